package guide

import (
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// article shows blocks below each other. It lays all of them out, which is
// arithmetic, but makes objects only for those in view: a guide has thousands
// of words, a pane shows a few hundred.
type article struct {
	widget.BaseWidget

	blocks  []block
	laid    []laid
	shown   map[int]*shownBlock // the blocks in view, by their index
	spare   []*look.Sheet       // of blocks that are so no longer
	palette *look.Palette       // whose colours they have
	width   float32
	height  float32

	kept      map[[2]int]laid // laid blocks by their id and that of the block before
	keptWidth float32

	viewY, viewH float32 // what is in view
	first, last  int     // the blocks in view: first ≤ i < last
	query        string  // what is highlighted

	tight      bool        // no space around blocks
	ground     color.Color // behind the text; nil: the palette's background
	plainLinks bool        // links have their colour, but are not tapped by themselves

	onLink func(link string)
	onKey  func(*fyne.KeyEvent) bool           // a key that a link has no use for; nil: nobody has
	onCopy func(text string, at fyne.Position) // a right click on a block's text
}

func newArticle(onLink func(string)) *article {
	a := &article{onLink: onLink, shown: map[int]*shownBlock{}, palette: look.Current()}
	a.ExtendBaseWidget(a)
	return a
}

// setBlocks replaces what is shown.
func (a *article) setBlocks(blocks []block) {
	a.blocks = blocks
	a.layOut()
}

// setWidth lays the blocks out anew if the width changed, and says whether it did.
func (a *article) setWidth(w float32) bool {
	if w == a.width {
		return false
	}
	a.width = w
	a.layOut()
	return true
}

func (a *article) layOut() {
	if a.width <= 0 {
		return
	}
	s := setter{width: a.width, tight: a.tight, measure: a.measure}
	kept := a.kept
	if a.keptWidth != a.width {
		kept = nil
	}
	a.kept, a.keptWidth = map[[2]int]laid{}, a.width
	a.laid = make([]laid, len(a.blocks))
	before := a.byKey()
	a.height = 0
	for i := range a.blocks {
		key := a.key(i)
		l, ok := kept[key]
		if ok && key[0] != 0 {
			if p := before[key]; p != nil {
				a.shown[i] = p
				delete(before, key)
			}
		} else {
			l = s.set(&a.blocks[i], a.before(i))
		}
		a.kept[key] = l
		l.y = a.height
		a.laid[i] = l
		a.height += a.laid[i].h
	}
	for _, p := range before {
		a.spare = append(a.spare, p.sheet)
	}
	a.first, a.last = 0, 0
	a.see()
}

// before is the block above block i; nil at the top.
func (a *article) before(i int) *block {
	if i == 0 {
		return nil
	}
	return &a.blocks[i-1]
}

// key tells blocks apart that look different, by their ids and those of the
// blocks before; those of live blocks are 0.
func (a *article) key(i int) [2]int {
	key := [2]int{a.blocks[i].id}
	if b := a.before(i); b != nil {
		key[1] = b.id
	}
	return key
}

// measure is the size of a text as a sheet paints it.
func (a *article) measure(text string, size float32, bold bool) (w, h float32) {
	font := look.Font(bold)
	m := font.Metrics(float64(size))
	return float32(font.Width(float64(size), text)), float32(m.Ascent + m.Descent)
}

// setView says which part is in view.
func (a *article) setView(y, h float32) {
	a.viewY, a.viewH = y, h
	a.see()
}

// setQuery highlights what was searched for.
func (a *article) setQuery(q string) {
	if q == a.query {
		return
	}
	a.query = q
	a.releaseAll()
	a.first, a.last = 0, 0
	a.see()
}

// setGround changes what is behind the text.
func (a *article) setGround(c color.Color) {
	if c == color.Transparent {
		c = nil
	}
	if c == a.ground {
		return
	}
	a.ground = c
	for _, p := range a.shown {
		p.sheet.Ground = c
		p.sheet.Refresh()
	}
}

// see shows the blocks in view, and makes the objects that takes.
func (a *article) see() {
	first := a.blockAt(a.viewY)
	last := min(len(a.laid), a.blockAt(a.viewY+a.viewH)+1)
	if first == a.first && last == a.last {
		return
	}
	a.first, a.last = first, last
	for i := range a.shown {
		if i < first || i >= last {
			a.release(i)
		}
	}
	a.Refresh()
}

// blockAt returns the index of the block at height y.
func (a *article) blockAt(y float32) int {
	i := sort.Search(len(a.laid), func(i int) bool { return a.laid[i].y > y })
	return max(0, i-1)
}

// objects are those of the blocks in view.
func (a *article) objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for i := a.first; i < min(a.last, len(a.laid)); i++ {
		p := a.shown[i]
		if p == nil {
			p = a.make(i)
			a.shown[i] = p
		}
		all = p.place(all, a.laid[i].y)
	}
	return all
}

// TappedSecondary offers to copy the text of the block under the pointer.
func (a *article) TappedSecondary(e *fyne.PointEvent) {
	if i := a.blockAt(e.Position.Y); a.onCopy != nil && i < len(a.blocks) {
		a.onCopy(a.blocks[i].text(), e.AbsolutePosition)
	}
}

// MinSize is the height of all blocks, in view or not.
func (a *article) MinSize() fyne.Size { return fyne.NewSize(0, a.height) }

// CreateRenderer implements fyne.Widget.
func (a *article) CreateRenderer() fyne.WidgetRenderer { return &articleRenderer{a: a} }

type articleRenderer struct{ a *article }

func (r *articleRenderer) Layout(fyne.Size)             {}
func (r *articleRenderer) MinSize() fyne.Size           { return r.a.MinSize() }
func (r *articleRenderer) Objects() []fyne.CanvasObject { return r.a.objects() }
func (r *articleRenderer) Destroy()                     {}

// Refresh makes anew what is shown if the palette changed: the desktop's may,
// without a new look.
func (r *articleRenderer) Refresh() {
	if p := look.Current(); p != r.a.palette {
		r.a.palette = p
		r.a.releaseAll()
	}
	canvas.Refresh(r.a)
}

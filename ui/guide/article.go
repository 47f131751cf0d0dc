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

	blocks []block
	laid   []laid
	made   []([]fyne.CanvasObject) // the objects of each block; nil: not made yet
	width  float32
	height float32

	kept      map[[2]int]laid // laid blocks by their id and that of the block before
	keptWidth float32

	viewY, viewH float32 // what is in view
	first, last  int     // the blocks in view: first ≤ i < last
	query        string  // what is highlighted

	tight      bool        // no space around blocks
	ground     color.Color // behind the text; nil: the palette's background
	plainLinks bool        // links have their colour, but are not tapped by themselves

	onLink func(link string)
	onCopy func(text string, at fyne.Position) // a right click on a block's text
}

func newArticle(onLink func(string)) *article {
	a := &article{onLink: onLink}
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
	a.made = make([][]fyne.CanvasObject, len(a.blocks))
	a.height = 0
	for i := range a.blocks {
		var before *block
		if i > 0 {
			before = &a.blocks[i-1]
		}
		key := [2]int{a.blocks[i].id}
		if before != nil {
			key[1] = before.id
		}
		l, ok := kept[key]
		if !ok || key[0] == 0 {
			l = s.set(&a.blocks[i], before)
		}
		a.kept[key] = l
		l.y = a.height
		a.laid[i] = l
		a.height += a.laid[i].h
	}
	a.first, a.last = 0, 0
	a.see()
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
	a.made = make([][]fyne.CanvasObject, len(a.blocks))
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
	for _, o := range a.objects() {
		if s, ok := o.(*look.Sheet); ok {
			s.Ground = c
			s.Refresh()
		}
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
		if a.made[i] == nil {
			a.made[i] = a.make(i)
		}
		all = append(all, a.made[i]...)
	}
	return all
}

// overhang is how far the box behind a word of code reaches out of its block.
const overhang float32 = 4

// make makes the objects of block i: a sheet with all of it, and its links.
func (a *article) make(i int) []fyne.CanvasObject {
	l, p := a.laid[i], look.Current()
	painted := make([]fyne.CanvasObject, 0, len(l.shapes)+len(l.texts))
	for _, s := range append(l.shapes[:len(l.shapes):len(l.shapes)], a.highlights(i)...) {
		r := canvas.NewRectangle(ink(s.role, p))
		if s.role == codeBox || s.role == liveBox || s.role == highlight {
			r.CornerRadius = 3
		}
		r.Move(fyne.NewPos(overhang+s.x, s.y))
		r.Resize(fyne.NewSize(s.w, s.h))
		painted = append(painted, r)
	}
	var links []fyne.CanvasObject
	for _, t := range l.texts {
		text := canvas.NewText(t.text, ink(t.role, p))
		text.TextSize = t.size
		look.SetFont(text, t.bold)
		w, h := a.measure(t.text, t.size, t.bold)
		text.Move(fyne.NewPos(overhang+t.x, t.y))
		text.Resize(fyne.NewSize(w, h))
		painted = append(painted, text)
		if t.style.link != "" && !a.plainLinks {
			o := newLink(t.style.link, a.onLink)
			o.Move(fyne.NewPos(t.x, l.y+t.y))
			o.Resize(fyne.NewSize(w, h))
			links = append(links, o)
			line := canvas.NewRectangle(look.WithAlpha(p.Accent, 0.4))
			line.Move(fyne.NewPos(overhang+t.x, t.y+h-underline))
			line.Resize(fyne.NewSize(w, look.Hairline))
			painted = append(painted, line)
		}
	}
	sheet := look.NewSheet(painted...)
	sheet.Ground = a.ground
	sheet.Move(fyne.NewPos(-overhang, l.y))
	sheet.Resize(fyne.NewSize(a.width+2*overhang, l.h))
	return append([]fyne.CanvasObject{sheet}, links...)
}

// highlights are the boxes behind what was searched for in block i.
func (a *article) highlights(i int) []placedShape {
	if a.query == "" {
		return nil
	}
	var shapes []placedShape
	for _, m := range find(a.blocks[i].text(), a.query) {
		for _, t := range a.laid[i].texts {
			from, to := max(m[0], t.offset), min(m[1], t.offset+len(t.text))
			if t.offset < 0 || from >= to {
				continue
			}
			x, h := a.measure(t.text[:from-t.offset], t.size, t.bold)
			w, _ := a.measure(t.text[from-t.offset:to-t.offset], t.size, t.bold)
			shapes = append(shapes, placedShape{t.x + x - 1, t.y, w + 2, h, highlight})
		}
	}
	return shapes
}

// ink is the colour of a role.
func ink(r role, p *look.Palette) color.Color {
	switch r {
	case muted:
		return p.Muted
	case linked:
		return p.Accent
	case codeBox:
		return look.WithAlpha(p.Text, 0.08)
	case liveBox:
		return look.WithAlpha(p.Accent, 0.10)
	case quoteBar:
		return look.WithAlpha(p.Accent, 0.75)
	case hairline:
		return p.Hairline
	case rowLine:
		return p.Border
	case highlight:
		return look.WithAlpha(p.Warning, 0.38)
	case body:
		return look.WithAlpha(p.Text, 0.88)
	}
	return p.Text
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

// Refresh takes the colours from the palette anew.
func (r *articleRenderer) Refresh() { canvas.Refresh(r.a) }

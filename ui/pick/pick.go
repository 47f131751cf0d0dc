// Package pick lets a person choose one of many names: a word with a ▾ that
// opens a list, which narrows while one types.
//
// Fyne's Select and SelectEntry open a menu with an item for each of 517 names,
// which does not narrow.
package pick

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/ui/look"
)

// Height of a picker, in Fyne's pixels.
const Height float32 = 24

// Options are what a Picker is made from. Names is asked each time the list
// opens.
type Options struct {
	Names    func() []string
	First    string // a choice above the names: all of them; empty: none. It is picked as ""
	Of       string // what is shown of the name that is chosen, said quietly after it
	Tip      string // tooltip; empty: none
	Hint     string // in the empty search box
	None     string // shown where no name matches
	Unchosen string // shown while nothing is chosen and there is no First; empty: nothing is
	OnPick   func(name string)
	Initial  string // the name chosen at first
}

// Picker shows what is chosen.
type Picker struct {
	ttwidget.ToolTipWidget
	o      Options
	chosen string
	text   *canvas.Text
	mark   *canvas.Text
	ring   look.Ring
	open   *list
}

// New returns a picker.
func New(o Options) *Picker {
	p := &Picker{o: o, chosen: o.Initial, text: canvas.NewText("", nil), mark: canvas.NewText("▾", nil), ring: look.NewRing()}
	if o.Of != "" {
		p.mark.Text = o.Of + "  ▾"
	}
	p.text.TextSize, p.mark.TextSize = look.TextSize, look.TextSize
	p.ExtendBaseWidget(p)
	p.SetToolTip(o.Tip)
	return p
}

// Chosen is the name that is chosen; "" for the first choice.
func (p *Picker) Chosen() string { return p.chosen }

// Choose changes the choice without telling of it.
func (p *Picker) Choose(name string) {
	p.chosen = name
	p.Refresh()
}

// Tapped opens the list, below the picker or as high as the window needs.
func (p *Picker) Tapped(*fyne.PointEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	p.MouseOut() // the tooltip must not appear over the list
	p.open = newList(p.o, p.pick, p.close)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	height := min(320, max(140, c.Size().Height-at.Y-p.Size().Height-8))
	top := min(at.Y+p.Size().Height, max(0, c.Size().Height-height-8))
	p.open.popup = widget.NewPopUp(p.open.content, c)
	p.open.popup.Resize(fyne.NewSize(220, height))
	p.open.popup.ShowAtPosition(fyne.NewPos(at.X, top))
	c.Focus(p.open.entry)
}

func (p *Picker) pick(name string) {
	p.close()
	if name != p.chosen {
		p.Choose(name)
		p.o.OnPick(name)
	}
}

func (p *Picker) close() {
	if p.open != nil {
		p.open.popup.Hide()
		p.open = nil
	}
}

// FocusGained shows that the keyboard is on it.
func (p *Picker) FocusGained() { p.ring.Show(true) }

// FocusLost shows that it is no more.
func (p *Picker) FocusLost() { p.ring.Show(false) }

// TypedRune does nothing: keys press it.
func (p *Picker) TypedRune(rune) {}

// TypedKey opens the list with Space, Enter or ↓.
func (p *Picker) TypedKey(k *fyne.KeyEvent) {
	if look.Presses(k) || k.Name == fyne.KeyDown {
		p.Tapped(nil)
	}
}

// Cursor is a pointing hand.
func (p *Picker) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{p}
	r.Refresh()
	return r
}

type renderer struct{ p *Picker }

func (r *renderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.text, r.p.mark, r.p.ring.Edge}
}
func (r *renderer) Destroy() {}
func (r *renderer) MinSize() fyne.Size {
	return fyne.NewSize(r.p.text.MinSize().Width+5+r.p.mark.MinSize().Width+4, Height)
}

func (r *renderer) Layout(size fyne.Size) {
	t, m := r.p.text.MinSize(), r.p.mark.MinSize()
	r.p.text.Move(fyne.NewPos(0, (size.Height-t.Height)/2))
	r.p.mark.Move(fyne.NewPos(t.Width+5, (size.Height-m.Height)/2))
	r.p.text.Resize(t)
	r.p.mark.Resize(m)
	look.Place(r.p.ring.Edge, -4, 0, size.Width+8, size.Height)
}

func (r *renderer) Refresh() {
	r.p.text.Text = r.p.chosen
	if r.p.chosen == "" {
		r.p.text.Text = r.p.o.First
	}
	look.SetFont(r.p.text, true)
	r.p.text.Color, r.p.mark.Color = look.Current().Text, look.Current().Muted
	if r.p.text.Text == "" {
		r.p.text.Text, r.p.text.Color = r.p.o.Unchosen, look.Current().Muted
	}
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

// Matching are the names that begin with what was typed, then those that
// contain it, each in the order given.
func Matching(names []string, typed string) []string {
	typed = strings.ToUpper(strings.TrimSpace(typed))
	var begin, contain []string
	for _, s := range names {
		switch upper := strings.ToUpper(s); {
		case strings.HasPrefix(upper, typed):
			begin = append(begin, s)
		case strings.Contains(upper, typed):
			contain = append(contain, s)
		}
	}
	return append(begin, contain...)
}

// list is what a picker opens.
type list struct {
	o       Options
	popup   *widget.PopUp
	entry   *entry
	list    *widget.List
	empty   *widget.Label
	content *fyne.Container

	names, shown []string
	current      int  // what Enter picks
	moving       bool // the selection is following the keys
	onPick       func(string)
}

func newList(o Options, onPick func(string), onClose func()) *list {
	l := &list{o: o, names: o.Names(), onPick: onPick, empty: widget.NewLabel(o.None)}
	l.list = widget.NewList(func() int { return len(l.shown) },
		func() fyne.CanvasObject { return look.NewLabel("", false) },
		func(i widget.ListItemID, item fyne.CanvasObject) {
			text := l.shown[i]
			if text == "" {
				text = o.First
			}
			item.(*look.Label).SetText(text)
		})
	l.list.HideSeparators = true
	l.entry = &entry{onKey: map[fyne.KeyName]func(){
		fyne.KeyReturn: l.pick, fyne.KeyEnter: l.pick, fyne.KeyEscape: onClose,
		fyne.KeyDown: func() { l.move(1) }, fyne.KeyUp: func() { l.move(-1) },
	}}
	l.entry.PlaceHolder = o.Hint
	l.entry.ExtendBaseWidget(l.entry)
	l.entry.OnChanged = l.filter
	l.content = container.NewBorder(l.entry, nil, nil, nil, container.NewStack(l.list, container.NewCenter(l.empty)))
	l.filter("")
	l.list.OnSelected = func(i widget.ListItemID) {
		if !l.moving { // it was tapped
			l.current = i
			l.pick()
		}
	}
	return l
}

func (l *list) filter(typed string) {
	l.shown, l.current = Matching(l.names, typed), 0
	if l.o.First != "" && typed == "" {
		l.shown = append([]string{""}, l.shown...)
	}
	if len(l.shown) == 0 {
		l.empty.Show()
	} else {
		l.empty.Hide()
	}
	l.list.UnselectAll()
	l.list.Refresh()
	l.list.ScrollToTop()
}

// move changes what Enter picks.
func (l *list) move(by int) {
	if len(l.shown) > 0 {
		l.current = min(len(l.shown)-1, max(0, l.current+by))
		l.moving = true
		l.list.Select(l.current)
		l.moving = false
	}
}

func (l *list) pick() {
	if l.current < len(l.shown) {
		l.onPick(l.shown[l.current])
	}
}

// entry is an entry that leaves some keys to others.
type entry struct {
	widget.Entry
	onKey map[fyne.KeyName]func()
}

// TypedKey does what onKey says of the key, or what an entry does.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if f := e.onKey[k.Name]; f != nil {
		f()
		return
	}
	e.Entry.TypedKey(k)
}

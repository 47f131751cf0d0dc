// Package firststart shows what a person needs in the first minutes: numbered
// marks on the real places of the window, with one note after the other, and the
// question which colour up has. It knows nothing of the window: it is told where
// the places are, and tells when it is over.
package firststart

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// Place tells where something is in the window; false while it is not on screen.
type Place func() (fyne.Position, fyne.Size, bool)

// Step is one mark with its note.
type Step struct {
	Title, Text string
	At          Place
}

// Options are what a tour is made from.
type Options struct {
	Words  *assets.Words
	Steps  []Step // at least one
	At     int    // the step to begin with, for a tour that was built anew
	OnStep func(int)
	OnDone func() // it was gone through, or skipped
}

// Tour is the layer over the window's content with the marks and one note. Only
// the note takes clicks. All its methods belong to the UI's goroutine.
type Tour struct {
	o      Options
	at     int
	over   bool
	object *fyne.Container
	marks  []*mark
	line   *canvas.Line
	note   *note
}

// New returns a tour at its step.
func New(o Options) *Tour {
	t := &Tour{o: o, at: min(max(0, o.At), len(o.Steps)-1)}
	t.object = container.New(tourLayout{t})
	for i := range o.Steps {
		t.marks = append(t.marks, newMark(i+1))
	}
	t.line = canvas.NewLine(color.Transparent)
	t.line.StrokeWidth = look.Hairline
	t.show()
	return t
}

// Object lies over the window's content.
func (t *Tour) Object() fyne.CanvasObject { return t.object }

// Over reports whether the tour was gone through or skipped.
func (t *Tour) Over() bool { return t.over }

// Focus gives the keyboard to the button that goes on, so that Enter goes through
// the whole tour and Escape skips it.
func (t *Tour) Focus(c fyne.Canvas) { c.Focus(t.note.next) }

// Follow places the marks anew: rows move and columns change while the tour shows.
func (t *Tour) Follow() {
	if !t.over {
		t.object.Layout.Layout(nil, t.object.Size())
	}
}

// Skip ends the tour; it reports whether it was not over yet.
func (t *Tour) Skip() bool {
	if t.over {
		return false
	}
	t.over = true
	t.object.RemoveAll()
	t.o.OnDone()
	return true
}

// next shows the next note, and ends after the last.
func (t *Tour) next() {
	if t.at+1 >= len(t.o.Steps) {
		t.Skip()
		return
	}
	t.at++
	if t.o.OnStep != nil {
		t.o.OnStep(t.at)
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(t.object)
	t.show()
	if c != nil {
		t.Focus(c)
	}
}

// show puts the marks and the note of the step on the layer.
func (t *Tour) show() {
	t.note = newNote(t)
	t.line.StrokeColor = look.Current().Accent
	objects := []fyne.CanvasObject{t.line}
	for i, m := range t.marks {
		m.dress(i == t.at)
		objects = append(objects, m.edge, m.disc, m.number)
	}
	t.object.Objects = append(objects, t.note.object)
	t.Follow()
	t.object.Refresh()
}

// Sizes of the marks and the note.
const (
	discSize  float32 = 17
	noteWidth float32 = 292
	notePad   float32 = 8
	noteGap   float32 = 30 // from a place to its note
	margin    float32 = 8  // to the window's edges
)

// mark is a frame round a place, with its number at the corner.
type mark struct {
	edge   *canvas.Rectangle
	disc   *canvas.Circle
	number *canvas.Text
}

func newMark(n int) *mark {
	m := &mark{edge: canvas.NewRectangle(color.Transparent), disc: canvas.NewCircle(color.Transparent), number: canvas.NewText(strconv.Itoa(n), nil)}
	m.edge.StrokeWidth, m.edge.CornerRadius, m.disc.StrokeWidth = look.Hairline, 3, look.Hairline
	m.number.TextSize, m.number.Alignment = look.SmallTextSize, fyne.TextAlignCenter
	look.SetFont(m.number, true)
	return m
}

// dress shows whether the note is that of the mark.
func (m *mark) dress(current bool) {
	p := look.Current()
	m.edge.StrokeColor, m.disc.StrokeColor, m.disc.FillColor, m.number.Color = p.Outline, p.Outline, p.Overlay, p.Muted
	if current {
		m.edge.StrokeColor, m.disc.StrokeColor, m.disc.FillColor, m.number.Color = p.Accent, p.Accent, p.Accent, p.Background
	}
}

// place puts the mark on its place, or hides it where that is not on screen. Its
// number stays within the room's width.
func (m *mark) place(at fyne.Position, size fyne.Size, seen bool, room float32) {
	look.SetVisible(seen, m.edge, m.disc, m.number)
	look.Place(m.edge, at.X, at.Y, size.Width, size.Height)
	x, y := max(0, min(at.X+size.Width-discSize/2, room-discSize)), max(0, at.Y-discSize/2)
	look.Place(m.disc, x, y, discSize, discSize)
	look.Place(m.number, x, y+(discSize-m.number.MinSize().Height)/2, discSize, m.number.MinSize().Height)
}

// note is the sentence of a step with its buttons.
type note struct {
	object *fyne.Container
	text   *widget.Label
	body   *fyne.Container
	next   *button
}

func newNote(t *Tour) *note {
	p, w, step := look.Current(), t.o.Words, t.o.Steps[t.at]
	n := &note{text: widget.NewLabel(step.Text)}
	n.text.Wrapping = fyne.TextWrapWord
	if w.Lang() == assets.Chinese {
		n.text.Wrapping = fyne.TextWrapBreak // its lines may end anywhere
	}
	key := "first.next"
	if t.at+1 == len(t.o.Steps) {
		key = "first.done"
	}
	n.next = newButton(w.T(key), t.next, t)
	n.next.Importance = widget.HighImportance
	skip := newButton(w.T("first.skip"), func() { t.Skip() }, t)
	skip.Importance = widget.LowImportance
	count := canvas.NewText(w.T("first.count", assets.Args{"N": t.at + 1, "Of": len(t.o.Steps)}), p.Muted)
	count.TextSize = look.SmallTextSize
	look.SetFont(count, false)
	ending := container.NewHBox(n.next)
	if t.at+1 < len(t.o.Steps) {
		ending = container.NewHBox(skip, n.next)
	}
	buttons := container.NewBorder(nil, nil, container.NewHBox(spacer(notePad), count), ending)
	n.body = container.NewVBox(look.NewLabel(step.Title, true), n.text, buttons)
	ground := newShield()
	n.object = container.NewStack(ground, container.NewPadded(n.body))
	return n
}

// height is what the note takes at a width: its text wraps.
func (n *note) height(width float32) float32 {
	n.object.Resize(fyne.NewSize(width, n.object.MinSize().Height))
	return n.object.MinSize().Height
}

func spacer(width float32) fyne.CanvasObject {
	s := canvas.NewRectangle(color.Transparent)
	s.SetMinSize(fyne.NewSize(width, 1))
	return s
}

// tourLayout places everything on the layer.
type tourLayout struct{ t *Tour }

// MinSize is nothing: the layer takes the room of the window.
func (tourLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout puts the marks on their places and the note beside the current one.
func (l tourLayout) Layout(_ []fyne.CanvasObject, room fyne.Size) {
	t := l.t
	if t.over || room.IsZero() {
		return
	}
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.object)
	for i, step := range t.o.Steps {
		at, size, seen := step.At()
		at = at.Subtract(origin)
		t.marks[i].place(at, size, seen, room.Width)
		if i == t.at {
			l.placeNote(at, size, seen, room)
		}
	}
	canvas.Refresh(t.object)
}

// placeNote puts the note below its place, above where there is no room, and into
// the middle of the window where the place is not on screen.
func (l tourLayout) placeNote(at fyne.Position, size fyne.Size, seen bool, room fyne.Size) {
	t := l.t
	width := min(noteWidth, room.Width-2*margin)
	height := t.note.height(width)
	t.line.Hidden = !seen
	if !seen {
		look.Place(t.note.object, (room.Width-width)/2, (room.Height-height)/2, width, height)
		return
	}
	middle := at.X + size.Width/2
	x := min(max(margin, middle-width/2), room.Width-width-margin)
	y, from := at.Y+size.Height+noteGap, at.Y+size.Height
	to := y
	if y+height > room.Height-margin {
		y, from = max(margin, at.Y-noteGap-height), at.Y
		to = y + height
	}
	look.Place(t.note.object, x, y, width, height)
	t.line.Position1, t.line.Position2 = fyne.NewPos(middle, from), fyne.NewPos(middle, to)
}

// button is one that Enter presses too, and on which Escape skips the tour.
type button struct {
	widget.Button
	tour *Tour
}

func newButton(label string, tapped func(), t *Tour) *button {
	b := &button{tour: t}
	b.Text, b.OnTapped = label, tapped
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey adds Enter and Escape to a button's keys.
func (b *button) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		b.OnTapped()
	case fyne.KeyEscape:
		b.tour.Skip()
	default:
		b.Button.TypedKey(k)
	}
}

// shield is the note's ground. It takes clicks and the pointer, so that nothing
// below the note answers to them.
type shield struct {
	widget.BaseWidget
	ground *canvas.Rectangle
}

func newShield() *shield {
	p := look.Current()
	s := &shield{ground: canvas.NewRectangle(p.Overlay)}
	s.ground.StrokeColor, s.ground.StrokeWidth, s.ground.CornerRadius = p.Accent, look.Hairline, 5
	s.ExtendBaseWidget(s)
	return s
}

func (s *shield) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.ground) }
func (s *shield) Tapped(*fyne.PointEvent)             {}
func (s *shield) MouseIn(*desktop.MouseEvent)         {}
func (s *shield) MouseMoved(*desktop.MouseEvent)      {}
func (s *shield) MouseOut()                           {}

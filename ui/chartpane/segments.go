package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

const (
	controlHeight float32 = 22
	segmentPad    float32 = 7
)

// segments is a row of words of which one is chosen: ranges, units, modes.
// Arrow keys move the choice when it is focused.
type segments struct {
	widget.BaseWidget
	texts    []*canvas.Text
	back     *canvas.Rectangle // behind the chosen one
	hover    *canvas.Rectangle
	focus    *canvas.Rectangle
	chosen   int
	onChange func(i int)
	focused  bool
}

func newSegments(labels []string, chosen int, onChange func(int)) *segments {
	s := &segments{chosen: chosen, onChange: onChange,
		back: canvas.NewRectangle(nil), hover: canvas.NewRectangle(nil), focus: canvas.NewRectangle(nil)}
	for _, r := range []*canvas.Rectangle{s.back, s.hover, s.focus} {
		r.CornerRadius = 4
	}
	s.focus.StrokeWidth = look.Hairline
	for _, l := range labels {
		t := canvas.NewText(l, nil)
		t.TextSize = look.SmallTextSize + 0.5
		t.Alignment = fyne.TextAlignCenter
		s.texts = append(s.texts, t)
	}
	s.hover.Hide()
	s.ExtendBaseWidget(s)
	return s
}

// choose changes the choice and tells of it.
func (s *segments) choose(i int) {
	if i < 0 || i >= len(s.texts) || i == s.chosen {
		return
	}
	s.chosen = i
	s.Refresh()
	s.onChange(i)
}

// index of the segment at x; -1: none.
func (s *segments) index(x float32) int {
	for i, t := range s.texts {
		if x >= t.Position().X && x < t.Position().X+t.Size().Width {
			return i
		}
	}
	return -1
}

// Tapped chooses what was tapped.
func (s *segments) Tapped(e *fyne.PointEvent) { s.choose(s.index(e.Position.X)) }

// Cursor is a pointing hand.
func (s *segments) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights up what the pointer is on.
func (s *segments) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved does what MouseIn does.
func (s *segments) MouseMoved(e *desktop.MouseEvent) {
	i := s.index(e.Position.X)
	setVisible(i >= 0 && i != s.chosen, s.hover)
	if i >= 0 {
		s.hover.Move(fyne.NewPos(s.texts[i].Position().X, 0))
		s.hover.Resize(fyne.NewSize(s.texts[i].Size().Width, controlHeight))
	}
}

// MouseOut ends that.
func (s *segments) MouseOut() { s.hover.Hide() }

// FocusGained shows the focus.
func (s *segments) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides it.
func (s *segments) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune does nothing.
func (s *segments) TypedRune(rune) {}

// TypedKey moves the choice.
func (s *segments) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft:
		s.choose(s.chosen - 1)
	case fyne.KeyRight:
		s.choose(s.chosen + 1)
	}
}

// MinSize holds all words.
func (s *segments) MinSize() fyne.Size {
	w := float32(0)
	for _, t := range s.texts {
		w += t.MinSize().Width + 2*segmentPad
	}
	return fyne.NewSize(w, controlHeight)
}

// CreateRenderer implements fyne.Widget.
func (s *segments) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentsRenderer{s: s, objects: []fyne.CanvasObject{s.back, s.hover, s.focus}}
	for _, t := range s.texts {
		r.objects = append(r.objects, t)
	}
	r.Refresh()
	return r
}

type segmentsRenderer struct {
	s       *segments
	objects []fyne.CanvasObject
}

func (r *segmentsRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *segmentsRenderer) MinSize() fyne.Size           { return r.s.MinSize() }
func (r *segmentsRenderer) Destroy()                     {}

func (r *segmentsRenderer) Layout(size fyne.Size) {
	x := float32(0)
	for i, t := range r.s.texts {
		w := t.MinSize().Width + 2*segmentPad
		h := t.MinSize().Height
		moveTo(t, x, (controlHeight-h)/2, w, h)
		if i == r.s.chosen {
			moveTo(r.s.back, x, 0, w, controlHeight)
		}
		x += w
	}
	moveTo(r.s.focus, 0, 0, x, controlHeight)
}

func (r *segmentsRenderer) Refresh() {
	p := look.Current()
	r.s.back.FillColor = look.WithAlpha(p.Accent, 0.16)
	r.s.hover.FillColor = look.WithAlpha(p.Text, 0.07)
	r.s.focus.FillColor, r.s.focus.StrokeColor = look.WithAlpha(p.Text, 0), look.WithAlpha(p.Accent, 0)
	if r.s.focused {
		r.s.focus.StrokeColor = look.WithAlpha(p.Accent, 0.6)
	}
	for i, t := range r.s.texts {
		t.Color = p.Muted
		if i == r.s.chosen {
			t.Color = p.Accent
		}
	}
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

// Package tabs is a row of words of which one is chosen: the tabs of the lower
// area, and every choice among a few things in a pane. The chosen word has a
// line under it; there are no boxes.
//
// Fyne's AppTabs owns the area below its words, so it cannot stand beside a
// title; its RadioGroup has a circle before each word: the nine ranges of a chart
// are 511 wide with it, 311 with this, and half a window of 1000 has no such room.
package tabs

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// Height of a strip, in Fyne's pixels.
const Height float32 = 24

const (
	pad       float32 = 8 // left and right of a word
	underline float32 = 2
)

// Strip is the row of words. The arrow keys move the choice while it has the
// keyboard.
type Strip struct {
	widget.BaseWidget

	OnChange func(i int) // the person chose another; nil: nobody listens
	OnAgain  func(i int) // the word that is chosen was tapped; nil: nobody listens

	texts  []*canvas.Text
	line   *canvas.Rectangle // under the chosen one
	hover  *canvas.Rectangle
	sheet  *look.Sheet
	focus  *canvas.Rectangle // around all of them
	chosen int
}

// New returns a strip of labels, of which the i-th is chosen.
func New(labels []string, i int) *Strip {
	s := &Strip{chosen: i, line: canvas.NewRectangle(nil), hover: canvas.NewRectangle(nil), focus: canvas.NewRectangle(nil)}
	s.hover.CornerRadius, s.focus.CornerRadius = 4, 4
	s.focus.StrokeWidth = look.Hairline
	s.hover.Hide()
	s.focus.Hide()
	for _, l := range labels {
		t := canvas.NewText(l, nil)
		t.TextSize = look.SmallTextSize + 0.5
		t.Alignment = fyne.TextAlignCenter
		s.texts = append(s.texts, t)
	}
	objects := []fyne.CanvasObject{s.focus, s.hover, s.line}
	for _, t := range s.texts {
		objects = append(objects, t)
	}
	s.sheet = look.NewSheet(objects...)
	s.ExtendBaseWidget(s)
	return s
}

// SetGround says on what the strip lies, where that is not the window's background.
func (s *Strip) SetGround(c color.Color) { s.sheet.Ground = c }

// Chosen is the index of the word that is chosen.
func (s *Strip) Chosen() int { return s.chosen }

// Choose changes the choice without telling of it; −1: none of them.
func (s *Strip) Choose(i int) {
	if i >= -1 && i < len(s.texts) && i != s.chosen {
		s.chosen = i
		s.Refresh()
	}
}

func (s *Strip) pick(i int) {
	if i < 0 || i >= len(s.texts) || i == s.chosen {
		return
	}
	s.Choose(i)
	if s.OnChange != nil {
		s.OnChange(i)
	}
}

// at is the word at x; −1: none.
func (s *Strip) at(x float32) int {
	for i, t := range s.texts {
		if x >= t.Position().X && x < t.Position().X+t.Size().Width {
			return i
		}
	}
	return -1
}

// Rename changes the i-th word and reports whether that is news; the strip may
// need another room then.
func (s *Strip) Rename(i int, label string) bool {
	if s.texts[i].Text == label {
		return false
	}
	s.texts[i].Text = label
	s.Refresh()
	return true
}

// Tapped chooses the word under the pointer.
func (s *Strip) Tapped(e *fyne.PointEvent) {
	i := s.at(e.Position.X)
	if i >= 0 && i == s.chosen && s.OnAgain != nil {
		s.OnAgain(i)
		return
	}
	s.pick(i)
}

// Cursor is a pointing hand.
func (s *Strip) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn, MouseMoved and MouseOut light the word under the pointer.
func (s *Strip) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved: see MouseIn.
func (s *Strip) MouseMoved(e *desktop.MouseEvent) {
	i := s.at(e.Position.X)
	if i < 0 {
		s.MouseOut()
		return
	}
	s.hover.Move(fyne.NewPos(s.texts[i].Position().X, max(0, (s.Size().Height-Height)/2)+2))
	s.hover.Resize(fyne.NewSize(s.texts[i].Size().Width, Height-4))
	s.hover.Show()
	s.sheet.Refresh()
}

// MouseOut: see MouseIn.
func (s *Strip) MouseOut() {
	if s.hover.Visible() {
		s.hover.Hide()
		s.sheet.Refresh()
	}
}

// FocusGained and FocusLost show whether the keyboard is here.
func (s *Strip) FocusGained() { s.focus.Show(); s.Refresh() }

// FocusLost: see FocusGained.
func (s *Strip) FocusLost() { s.focus.Hide(); s.Refresh() }

// TypedRune does nothing.
func (s *Strip) TypedRune(rune) {}

// TypedKey moves the choice.
func (s *Strip) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft:
		s.pick(s.chosen - 1)
	case fyne.KeyRight:
		s.pick(s.chosen + 1)
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{s}
	r.Refresh()
	return r
}

type renderer struct{ s *Strip }

func (r *renderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.s.sheet} }
func (r *renderer) Destroy()                     {}

// MinSize measures the words as bold as they get, so that choosing moves nothing.
func (r *renderer) MinSize() fyne.Size {
	width := float32(0)
	for _, t := range r.s.texts {
		width += wordWidth(t)
	}
	return fyne.NewSize(width, Height)
}

func wordWidth(t *canvas.Text) float32 {
	return look.MeasureText(t.Text, t.TextSize, true).Width + 2*pad
}

func (r *renderer) Layout(size fyne.Size) {
	r.s.sheet.Resize(size)
	x, top := float32(0), max(0, (size.Height-Height)/2)
	look.SetVisible(r.s.chosen >= 0, r.s.line)
	for i, t := range r.s.texts {
		w := wordWidth(t)
		t.Move(fyne.NewPos(x, top+(Height-t.MinSize().Height)/2))
		t.Resize(fyne.NewSize(w, t.MinSize().Height))
		if i == r.s.chosen {
			r.s.line.Move(fyne.NewPos(x+pad, top+Height-underline))
			r.s.line.Resize(fyne.NewSize(w-2*pad, underline))
		}
		x += w
	}
	r.s.focus.Move(fyne.NewPos(0, top))
	r.s.focus.Resize(fyne.NewSize(x, Height))
}

func (r *renderer) Refresh() {
	p := look.Current()
	for i, t := range r.s.texts {
		t.Color = p.Muted
		look.SetFont(t, i == r.s.chosen)
		if i == r.s.chosen {
			t.Color = p.Text
		}
	}
	r.s.line.FillColor = p.Accent
	r.s.hover.FillColor = look.WithAlpha(p.Text, 0.07)
	r.s.focus.StrokeColor = look.WithAlpha(p.Accent, 0.6)
	r.Layout(r.s.Size())
	r.s.sheet.Refresh()
}

package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Label is a line of text with the size and padding of Fyne's label, to stand in
// line with such and with buttons, but in the font that its words need: Fyne's
// can only ask for a style of the theme's, which has no hanzi of contracts'
// names, and whose bold costs 6 to 8 MB (see SetFont).
type Label struct {
	widget.BaseWidget
	text *canvas.Text
	bold bool
}

// NewLabel returns a label.
func NewLabel(text string, isBold bool) *Label {
	l := &Label{text: canvas.NewText("", nil), bold: isBold}
	l.text.TextSize = TextSize
	l.ExtendBaseWidget(l)
	l.SetText(text)
	return l
}

// Text returns the words.
func (l *Label) Text() string { return l.text.Text }

// SetText changes the words.
func (l *Label) SetText(text string) {
	l.text.Text = text
	SetFont(l.text, l.bold)
	l.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (l *Label) CreateRenderer() fyne.WidgetRenderer {
	r := &labelRenderer{l}
	r.Refresh()
	return r
}

type labelRenderer struct{ l *Label }

func (r *labelRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.l.text} }
func (r *labelRenderer) Destroy()                     {}

func (r *labelRenderer) MinSize() fyne.Size {
	return r.l.text.MinSize().Add(fyne.NewSquareSize(2 * theme.InnerPadding()))
}

func (r *labelRenderer) Layout(size fyne.Size) {
	pad := theme.InnerPadding()
	r.l.text.Move(fyne.NewPos(pad, pad))
	r.l.text.Resize(fyne.NewSize(size.Width-2*pad, r.l.text.MinSize().Height))
}

func (r *labelRenderer) Refresh() {
	r.l.text.Color = Current().Text
	canvas.Refresh(r.l)
}

// AccessibilityLabel is what a screen reader says: the words.
func (l *Label) AccessibilityLabel() string { return l.text.Text }

// AccessibilityRole says that a label is text.
func (l *Label) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

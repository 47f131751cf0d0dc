package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Ring is the edge round what has the keyboard, for controls of our own. Its
// control places it over its whole size and calls Show from FocusGained and
// FocusLost.
type Ring struct{ Edge *canvas.Rectangle }

// NewRing returns a ring that is not seen.
func NewRing() Ring {
	edge := canvas.NewRectangle(color.Transparent)
	edge.StrokeWidth, edge.CornerRadius = 1.5, 4
	edge.Hide()
	return Ring{edge}
}

// Show shows the ring, or hides it.
func (r Ring) Show(on bool) {
	r.Edge.StrokeColor = Current().Accent
	SetVisible(on, r.Edge)
	canvas.Refresh(r.Edge)
}

// Presses reports whether a key presses the control that has the keyboard.
func Presses(key *fyne.KeyEvent) bool {
	return key.Name == fyne.KeySpace || key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter
}

package look

import "fyne.io/fyne/v2"

// Place moves and sizes an object at once, as a layout does.
func Place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

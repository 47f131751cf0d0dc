package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// OpenMenu shows a menu below an object.
func OpenMenu(below fyne.CanvasObject, items ...*fyne.MenuItem) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below)
	OpenMenuAt(below, at.AddXY(0, below.Size().Height), items...)
}

// OpenMenuAt shows a menu at an absolute position, on the canvas of an object.
func OpenMenuAt(of fyne.CanvasObject, at fyne.Position, items ...*fyne.MenuItem) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(of); c != nil {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
	}
}

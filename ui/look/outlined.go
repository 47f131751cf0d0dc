package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Outlined draws an edge round a stock control that Fyne gives none, such as a
// Select, so that it is seen to be a control: its ground alone hardly differs from
// what it stands on.
func Outlined(control fyne.CanvasObject) *fyne.Container {
	edge := canvas.NewRectangle(color.Transparent)
	edge.StrokeColor, edge.StrokeWidth, edge.CornerRadius = Current().Outline, Hairline, 4
	return container.NewStack(control, edge)
}

package scorecard

import "fyne.io/fyne/v2"

// stack puts objects below each other; the one before the last takes the room
// that is left. Texts that wrap are as high as they need to be at the width
// there is, which a stock layout finds out one pass too late.
type stack struct{}

const (
	sidePad float32 = 10
	rowGap  float32 = 1
)

// MinSize is small: the list scrolls.
func (stack) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 120) }

// Layout places the objects.
func (stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width, heights, rest := size.Width-2*sidePad, make([]float32, len(objects)), size.Height-2*rowGap
	grows := len(objects) - 2
	for i, o := range objects {
		if !o.Visible() || i == grows {
			continue
		}
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
		heights[i] = o.MinSize().Height
		rest -= heights[i] + rowGap
	}
	heights[grows] = max(0, rest)
	y := rowGap
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Move(fyne.NewPos(sidePad, y))
		o.Resize(fyne.NewSize(width, heights[i]))
		y += heights[i] + rowGap
	}
}

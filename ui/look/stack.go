package look

import "fyne.io/fyne/v2"

// Stack is a layout that puts objects below each other; one of them takes the
// room that is left. Texts that wrap are as high as they need to be at the width
// there is, which a stock layout finds out one pass too late.
type Stack struct {
	Grows int     // index of the object that takes what is left
	Pad   float32 // left and right
}

const stackGap float32 = 1

// MinSize is small: what grows is expected to scroll.
func (Stack) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 120) }

// Layout places the objects.
func (s Stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width, heights, rest := size.Width-2*s.Pad, make([]float32, len(objects)), size.Height-2*stackGap
	for i, o := range objects {
		if !o.Visible() || i == s.Grows {
			continue
		}
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
		heights[i] = o.MinSize().Height
		rest -= heights[i] + stackGap
	}
	heights[s.Grows] = max(0, rest)
	y := stackGap
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Move(fyne.NewPos(s.Pad, y))
		o.Resize(fyne.NewSize(width, heights[i]))
		y += heights[i] + stackGap
	}
}

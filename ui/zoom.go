package ui

import (
	"os"
	"strconv"
)

// scaleVariable is where Fyne reads by how much a person wants everything larger.
// It asks again each time a theme is set, and there is no other way to tell it.
const scaleVariable = "FYNE_SCALE"

// zoom makes texts, and with them everything that has to keep its proportions,
// as large as the person set: all in the window grows or shrinks alike, so that
// nothing is cut. The window keeps its size on the screen. A theme is to be set
// next, which is when Fyne looks at it.
func (u *UI) zoom() {
	factor := float32(u.choice().TextSize) / 100
	if factor == u.zoomed {
		return
	}
	canvas := u.o.Window.Canvas()
	if c, ok := canvas.(interface{ SetScale(float32) }); ok { // a picture, or a test
		c.SetScale(canvas.Scale() * factor / u.zoomed)
	} else {
		_ = os.Setenv(scaleVariable, strconv.FormatFloat(float64(u.ownScale*factor), 'f', 2, 32)) // fails for bad names only
	}
	u.resized = u.zoomed / factor
	u.zoomed = factor
}

// keepSize gives the window the size on the screen that it had before a change of
// the scale, which Fyne changes along.
func (u *UI) keepSize() {
	if u.resized == 0 {
		return
	}
	size := u.o.Window.Canvas().Size()
	size.Width, size.Height = size.Width*u.resized, size.Height*u.resized
	u.resized = 0
	u.o.Window.Resize(size)
}

// scaleAtStart is what the variable was before zoom wrote there: the demo market is
// another UI in the same program.
var scaleAtStart = os.Getenv(scaleVariable)

// ownScale is how much larger the person wants everything in all programs.
func ownScale(settings float32) float32 {
	if s, err := strconv.ParseFloat(scaleAtStart, 32); err == nil && s > 0 {
		return float32(s)
	}
	if settings > 0 {
		return settings
	}
	return 1
}

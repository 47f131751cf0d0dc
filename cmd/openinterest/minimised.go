package main

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// onMinimised calls back, on the UI's goroutine, when the window is minimised
// or restored, so that the feed slows down while nobody can see it. Fyne tells
// only of focus, and a window on the second screen is watched without having
// it; so GLFW, which Fyne draws with on every desktop, is asked. Where the
// window is not GLFW's, nothing is ever called.
func onMinimised(w fyne.Window, changed func(minimised bool)) {
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return
	}
	drawn.RunWithContext(func() {
		if view := glfw.GetCurrentContext(); view != nil {
			view.SetIconifyCallback(func(_ *glfw.Window, minimised bool) { changed(minimised) })
		}
	})
}

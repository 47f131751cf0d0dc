package main

import (
	"fmt"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// onMinimised calls back when the window is minimised or restored, so that the
// feed slows down while nobody can see it. Fyne tells only of focus, and a
// window on the second screen is watched without having it.
func onMinimised(w fyne.Window, changed func(minimised bool)) {
	withGLFW(w, func(view *glfw.Window) {
		view.SetIconifyCallback(func(_ *glfw.Window, minimised bool) { changed(minimised) })
	})
}

// onPointerLeft calls back when the pointer leaves the window. Fyne tells
// nobody of it, so whatever was under the pointer would stay hovered until it
// comes back: rows would hold still, tooltips stay.
func onPointerLeft(w fyne.Window, left func()) {
	withGLFW(w, func(view *glfw.Window) {
		view.SetCursorEnterCallback(func(_ *glfw.Window, entered bool) {
			if !entered {
				left()
			}
		})
	})
}

// platformName is what the window is drawn on.
func platformName() string {
	switch p := glfw.GetPlatform(); p {
	case glfw.PlatformX11:
		return "X11"
	case glfw.PlatformWayland:
		return "Wayland"
	case glfw.PlatformWin32:
		return "Windows"
	case glfw.PlatformCocoa:
		return "macOS"
	default:
		return fmt.Sprint("platform ", int(p))
	}
}

// withGLFW reaches the window of GLFW, which Fyne draws with on every desktop,
// for what Fyne does not tell. Callbacks set on it come on the UI's goroutine.
// Where the window is not GLFW's, nothing happens.
func withGLFW(w fyne.Window, use func(*glfw.Window)) {
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return
	}
	drawn.RunWithContext(func() {
		if view := glfw.GetCurrentContext(); view != nil {
			use(view)
		}
	})
}

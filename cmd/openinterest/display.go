package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// otherwise is what works where no window does.
const otherwise = "; run it under xvfb-run, or try “openinterest screenshot” or “openinterest snapshot”"

// findDisplay fails, with a sentence, where there is nothing to open a window on.
func findDisplay() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display to open a window on" + otherwise)
	}
	return nil
}

// showWindow shows a window, and fails, with a sentence, where the display
// cannot be reached or cannot draw it. GLFW, which Fyne draws with, panics in
// the first case; in the second Fyne logs why and would wait for ever.
func showWindow(w fyne.Window) (err error) {
	defer func() {
		if r := recover(); r != nil {
			cause, ok := r.(*glfw.Error)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("the display cannot be reached (%w)%s", cause, otherwise)
		}
	}()
	w.Show()
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return nil
	}
	shown := false
	drawn.RunWithContext(func() { shown = true }) // does nothing where there is no window
	if !shown {
		return errors.New("the display has no OpenGL to draw a window with" + otherwise)
	}
	return nil
}

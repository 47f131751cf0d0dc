package main

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"

	"openinterest/ui/settings"
)

// place puts the window where it was, which is also its old screen, and follows
// it from then on. Under Wayland a program neither learns nor chooses where its
// windows are.
func (w *window) place() {
	withGLFW(w.window, func(view *glfw.Window) {
		if glfw.GetPlatform() == glfw.PlatformWayland {
			return
		}
		var old *settings.Place
		w.settings.Get(func(s *settings.Settings) { old = s.Place })
		if width, _ := view.GetSize(); old != nil && reachable(*old, width, workAreas()) {
			view.SetPos(old.X, old.Y)
		}
		toolkits := view.SetPosCallback(nil)
		view.SetPosCallback(func(view *glfw.Window, x, y int) {
			if toolkits != nil {
				toolkits(view, x, y)
			}
			if view.GetAttrib(glfw.Iconified) == glfw.False && view.GetAttrib(glfw.Maximized) == glfw.False {
				w.settings.Update(func(s *settings.Settings) { s.Place = &settings.Place{X: x, Y: y} })
			}
		})
	})
}

// workAreas are the parts of all screens that windows may cover.
func workAreas() (areas []image.Rectangle) {
	for _, m := range glfw.GetMonitors() {
		x, y, width, height := m.GetWorkarea()
		areas = append(areas, image.Rect(x, y, x+width, y+height))
	}
	return areas
}

// reachable reports whether a window can be seen and dragged at a place: enough
// of its upper edge lies on a screen, which may have been taken away since.
func reachable(at settings.Place, width int, areas []image.Rectangle) bool {
	const high, wide = 40, 120
	edge := image.Rect(at.X, at.Y, at.X+width, at.Y+high)
	for _, area := range areas {
		if seen := edge.Intersect(area); seen.Dx() >= min(wide, width) && seen.Dy() >= high {
			return true
		}
	}
	return false
}

// raiseWait is for how long a window that was asked for by another start of the
// program may take to come to the front.
const raiseWait = 3 * time.Second

// raise brings the window to the front, for another start of the program. It is
// called on a goroutine of its own, and reports whether it did.
func (w *window) raise() bool {
	done := make(chan struct{})
	w.loop.do(func() {
		w.living.show() // from the tray, where it is there
		toFront(w.window)
		close(done)
	})
	late := time.NewTimer(raiseWait)
	defer late.Stop()
	select {
	case <-done:
		return true
	case <-late.C:
	case <-w.ctx.Done():
	}
	return false
}

// toFront restores a window that is minimised and gives it the keyboard. Where
// the desktop lets no program do that, as under Wayland, it is marked there as
// asking for attention.
func toFront(w fyne.Window) {
	w.Show()
	withGLFW(w, func(view *glfw.Window) {
		if view.GetAttrib(glfw.Iconified) == glfw.True {
			view.Restore()
		}
		if glfw.GetPlatform() != glfw.PlatformWayland {
			view.Focus()
		}
		view.RequestAttention()
	})
}

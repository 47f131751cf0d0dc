package main

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
)

// loop hands functions to the UI's goroutine for as long as Fyne's event loop
// runs. After it, fyne.Do would run them at once on whatever goroutine calls,
// while this window is being taken apart; so they are dropped.
type loop struct {
	over   atomic.Bool
	around func(f func()) // runs each of them, for who measures; nil: they run by themselves
}

func (l *loop) end() { l.over.Store(true) }

func (l *loop) do(f func()) {
	if l.over.Load() {
		return
	}
	fyne.Do(func() {
		switch {
		case l.over.Load():
		case l.around != nil:
			l.around(f)
		default:
			f()
		}
	})
}

// quitQuietly keeps Fyne from queueing a hook of its own while its event loop
// ends. In Fyne 2.8.1 the hook is handed, from another goroutine, to a queue
// that is being closed (internal/driver/glfw/loop.go, runGL), so that one exit
// in fifty panics with “send on closed channel”, or waits for ever. The hook
// saves Fyne's preferences, which this program has no use for: see ui/settings.
func quitQuietly(a fyne.App) {
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}

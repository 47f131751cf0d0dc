package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/go-gl/glfw/v3.4/glfw"

	"openinterest/assets"
	system "openinterest/ui/desktop"
	"openinterest/ui/settings"
)

// living is the window's life on the desktop: the tray it is closed to, and the
// entry that starts the program. It implements ui.Desktop; all its methods belong
// to the UI's goroutine.
type living struct {
	w       *window
	entry   system.Autostart
	hasTray func() bool
	inTray  bool // the program has an icon there, which Fyne gives at the start only
}

// newLiving reads what is to be started from this process.
func newLiving(ctx context.Context, w *window) *living {
	l := &living{w: w, hasTray: sync.OnceValue(func() bool { return system.HasTray(ctx) })}
	program, err := os.Executable()
	if err != nil {
		w.log.Warn("the program does not know its own path, so it cannot be started with the desktop", "error", err)
		program = "openinterest"
	}
	l.entry = system.Autostart{ID: appID, Name: metadata().Name, Command: []string{program, "--minimised"}}
	if w.g.DataDir != "" {
		if dir, err := filepath.Abs(w.g.DataDir); err == nil {
			l.entry.Command = append(l.entry.Command, "--data-dir", dir)
		}
	}
	return l
}

// HasTray reports whether a closed window can be reached through a tray.
func (l *living) HasTray() bool { return l.hasTray() }

// Autostart reports whether the program starts with the desktop.
func (l *living) Autostart() bool {
	on, err := l.entry.Enabled()
	if err != nil {
		l.w.log.Warn("whether the program starts with the desktop is not known", "error", err)
	}
	return on
}

// SetAutostart makes the program start with the desktop, or no more.
func (l *living) SetAutostart(on bool) error { return l.entry.Set(on) }

// SetTray makes closing the window leave the program in the tray, or end it. Where
// there was no icon at the start, it comes with the next one.
func (l *living) SetTray(on bool) {
	if on && l.inTray {
		l.w.window.SetCloseIntercept(l.hide)
	} else {
		l.w.window.SetCloseIntercept(nil)
	}
}

// open gives the program its icon in the tray, where the person wants one and the
// desktop has a tray. It comes before Fyne's loop begins, and does nothing for a
// market that is only shown, such as the demo.
func (l *living) open(a fyne.App) {
	tray, ok := a.(desktop.App)
	wanted := false
	var lang string
	l.w.settings.Get(func(s *settings.Settings) { wanted, lang = s.Tray, s.Language })
	if !ok || !wanted || !l.HasTray() {
		return
	}
	words := assets.NewWords(l.w.g.language(lang))
	quit := fyne.NewMenuItem(words.T("settings.tray_quit"), a.Driver().Quit)
	quit.IsQuit = true
	tray.SetSystemTrayMenu(fyne.NewMenu("", fyne.NewMenuItem(words.T("settings.tray_show"), l.show), quit))
	l.inTray = true
	l.SetTray(true)
}

// start hides or minimises the window that was started with the desktop.
func (l *living) start() {
	switch {
	case !l.w.g.minimised:
	case l.inTray:
		l.hide()
	default:
		withGLFW(l.w.window, func(view *glfw.Window) { view.Iconify() })
	}
}

// hide closes the window to the tray.
func (l *living) hide() {
	l.w.window.Hide()
	l.w.ui.SetHidden(true)
}

// show brings the window back.
func (l *living) show() {
	l.w.window.Show()
	l.w.window.RequestFocus()
	l.w.ui.SetHidden(false)
}

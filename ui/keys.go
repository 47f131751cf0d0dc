package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/ui/shortcuts"
)

// bindKeys gives the window the keys that work wherever the pointer is, unless
// something that takes text has the keyboard.
func (u *UI) bindKeys() {
	canvas := u.o.Window.Canvas()
	canvas.SetOnTypedRune(u.typed)
	canvas.SetOnTypedKey(func(k *fyne.KeyEvent) {
		switch k.Name {
		case fyne.KeyF1:
			u.showGuide(!u.shell.guideOpen())
		case fyne.KeyEscape:
			u.escape()
		}
	})
	for key, do := range map[fyne.KeyName]func(){
		fyne.KeyF:     func() { u.panes.table.FocusSearch() },
		fyne.KeyComma: u.showSettings,
		fyne.KeyL:     func() { u.ShowCalculator("") },
	} {
		canvas.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { do() })
	}
}

// typed does what a key asks of the window that writes something. Panes hand on
// what they have no use for.
func (u *UI) typed(r rune) {
	switch r {
	case '/':
		u.panes.table.FocusSearch()
	case '?', '？':
		u.showSheet()
	}
}

// shortcut does what a combination of keys asks of the window.
func (u *UI) shortcut(s fyne.Shortcut) {
	if c, ok := u.o.Window.Canvas().(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// showSheet lists keys and gestures, once.
func (u *UI) showSheet() {
	if len(u.dialogs) > 0 {
		return
	}
	d := dialog.NewCustom(u.words.T("shortcut.title"), u.words.T("shortcut.close_sheet"), shortcuts.Sheet(u.words), u.o.Window)
	u.open(d, nil)
	d.Resize(u.dialogSize())
}

// open shows a dialog, which Escape closes; closed is called when it is closed in
// whatever way, nil for nothing.
func (u *UI) open(d dialog.Dialog, closed func()) {
	if u.panes != nil {
		u.panes.tips.Leave()
	}
	u.dialogs = append(u.dialogs, d)
	d.SetOnClosed(func() {
		for i, other := range u.dialogs {
			if other == d {
				u.dialogs = append(u.dialogs[:i:i], u.dialogs[i+1:]...)
				break
			}
		}
		if closed != nil {
			closed()
		}
	})
	d.Show()
}

// escape closes one thing that is open: what lies on top first, and the guide last.
func (u *UI) escape() {
	switch {
	case u.closeOverlay():
	case u.tour != nil && u.tour.Skip():
	case !u.panes.tips.Shown().Empty():
		u.panes.tips.Leave()
	case u.toasts.Dismiss():
	case u.panes.guide.CloseList():
	case u.panes.table.ClearFilters():
	case u.shell.guideOpen():
		u.showGuide(false)
	}
}

// closeOverlay closes the menu, the list or the dialog on top; it reports whether
// there was one.
func (u *UI) closeOverlay() bool {
	overlays := u.o.Window.Canvas().Overlays()
	top := overlays.Top()
	switch n := len(u.dialogs); {
	case top == nil:
		return false
	case n > 0 && len(overlays.List()) <= n: // nothing lies over the dialogs
		u.dialogs[n-1].Hide()
	default:
		if outside, ok := top.(fyne.Tappable); ok {
			outside.Tapped(&fyne.PointEvent{}) // as a click beside it
		}
		if overlays.Top() == top { // it stays for such clicks
			overlays.Remove(top)
		}
	}
	return true
}

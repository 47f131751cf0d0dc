package ui

import (
	"openinterest/ui/preferences"
)

// Desktop is what the program may use of the desktop it runs on. Its methods are
// called on the UI's goroutine.
type Desktop interface {
	HasTray() bool // a closed window can be reached through it
	Autostart() bool
	SetAutostart(on bool) error // starts the program with the desktop, or no more
	SetTray(on bool)            // closing the window leaves the program in the tray
}

// chooseDesktop applies what the person set of the desktop. The error says why the
// program does not start with it as was chosen; it is logged already.
func (u *UI) chooseDesktop(before, c preferences.Choice) error {
	if u.o.Desktop == nil {
		return nil
	}
	if c.Tray != before.Tray {
		u.o.Desktop.SetTray(c.Tray)
	}
	if c.Autostart == before.Autostart {
		return nil
	}
	err := u.o.Desktop.SetAutostart(c.Autostart)
	if err != nil {
		u.o.Log.Warn("what starts with the desktop was not changed", "error", err)
	}
	return err
}

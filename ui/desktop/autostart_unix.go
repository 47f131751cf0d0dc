//go:build !windows && !darwin

package desktop

import (
	"cmp"
	"path/filepath"

	"github.com/adrg/xdg"
)

func (a Autostart) entry() entryFile {
	return a.desktopEntry(cmp.Or(a.Folder, filepath.Join(xdg.ConfigHome, "autostart")))
}

// Enabled reports whether the program starts with the desktop.
func (a Autostart) Enabled() (bool, error) { return a.entry().enabled() }

// Set makes the program start with the desktop, or no more.
func (a Autostart) Set(on bool) error { return a.entry().set(on) }

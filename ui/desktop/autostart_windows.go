package desktop

import (
	"cmp"
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

// runKey is where Windows looks for what it starts for this person.
const runKey = `Software\Microsoft\Windows\CurrentVersion\Run`

func (a Autostart) key() string { return cmp.Or(a.Folder, runKey) }

// Enabled reports whether the program starts with the desktop.
func (a Autostart) Enabled() (bool, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, a.key(), registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading what starts with Windows: %w", err)
	}
	defer k.Close()
	_, _, err = k.GetStringValue(a.ID)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading what starts with Windows: %w", err)
	}
	return true, nil
}

// Set makes the program start with the desktop, or no more.
func (a Autostart) Set(on bool) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, a.key(), registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("changing what starts with Windows: %w", err)
	}
	defer k.Close()
	if on {
		err = k.SetStringValue(a.ID, a.commandLine())
	} else if err = k.DeleteValue(a.ID); errors.Is(err, registry.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("changing what starts with Windows: %w", err)
	}
	return nil
}

//go:build windows || darwin

package desktop

import "context"

// HasTray reports whether the desktop shows icons of programs: this system's always does.
func HasTray(context.Context) bool { return true }

// Notifies reports whether the desktop shows notifications: this system's always does.
func Notifies(context.Context) bool { return true }

//go:build !windows && !darwin

package desktop

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// answerWithin is how long the bus may take to say what the desktop has.
const answerWithin = 500 * time.Millisecond

// HasTray reports whether the desktop shows icons of programs in a tray: whether
// something on the session's bus takes them, as KDE and most panels do, and GNOME
// does with an extension.
func HasTray(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	bus := sessionBus(ctx)
	if bus == nil {
		return false
	}
	defer bus.Close()
	const watcher = "org.kde.StatusNotifierWatcher"
	var shown dbus.Variant
	err := bus.Object(watcher, "/StatusNotifierWatcher").CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		watcher, "IsStatusNotifierHostRegistered").Store(&shown)
	yes, _ := shown.Value().(bool)
	return err == nil && yes
}

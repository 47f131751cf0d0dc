//go:build !windows && !darwin

package desktop

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// Notifies reports whether something answers for notifications on this desktop. Fyne
// sends them over the session's bus, and only its log says where there is none.
func Notifies(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	bus := sessionBus(ctx)
	if bus == nil {
		return false
	}
	defer bus.Close()
	for _, names := range []string{"ListNames", "ListActivatableNames"} {
		var all []string
		if err := bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus."+names, 0).Store(&all); err != nil {
			return false
		}
		for _, name := range all {
			if name == "org.freedesktop.Notifications" || name == "org.freedesktop.portal.Desktop" {
				return true
			}
		}
	}
	return false
}

// sessionBus connects to the session's bus; nil where none runs. None is started.
func sessionBus(ctx context.Context) *dbus.Conn {
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil
	}
	if bus.Auth(nil) != nil || bus.Hello() != nil {
		_ = bus.Close()
		return nil
	}
	return bus
}

package main

import "github.com/godbus/dbus/v5"

// notifies reports whether something answers for notifications on this desktop. Fyne
// sends them over the session bus, and only its log says where there is none.
func notifies() bool {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return false
	}
	defer bus.Close()
	for _, names := range []string{"ListNames", "ListActivatableNames"} {
		var all []string
		if err := bus.BusObject().Call("org.freedesktop.DBus."+names, 0).Store(&all); err != nil {
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

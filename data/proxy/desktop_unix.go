//go:build !windows && !darwin

package proxy

import (
	"context"
	"net/url"
	"os"
	"path/filepath"

	"github.com/godbus/dbus/v5"
)

// desktop asks the desktop's portal, which knows GNOME's settings, KDE's and
// automatic configuration, also from inside a sandbox. Without a message bus there
// is no desktop to ask, and none is started.
func desktop(ctx context.Context, target *url.URL) (*url.URL, error) {
	if !hasBus() {
		return nil, nil
	}
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer bus.Close()
	var names []string
	portal := bus.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
	if err := portal.CallWithContext(ctx, "org.freedesktop.portal.ProxyResolver.Lookup", 0, target.String()).Store(&names); err != nil {
		return nil, err
	}
	return firstUsable(names), nil
}

// hasBus reports whether a message bus runs already. The library would start one.
func hasBus() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus"))
	return os.Getenv("XDG_RUNTIME_DIR") != "" && err == nil
}

// firstUsable is the first proxy of a list that this program can use; nil where
// no proxy is the first choice.
func firstUsable(names []string) *url.URL {
	for _, name := range names {
		u, err := url.Parse(name)
		if err != nil {
			continue
		}
		if _, err := normal(u); err == nil {
			return u
		}
	}
	return nil
}

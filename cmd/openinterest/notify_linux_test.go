package main

import (
	"path/filepath"
	"testing"
)

// Where there is no session bus nothing shows notifications, and asking takes no time.
func TestWithoutABusThereAreNoNotifications(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
	if notifies() {
		t.Error("notifications are promised")
	}
}

//go:build !windows && !darwin

package desktop

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// Asking takes no time, and starts no bus.
func TestWithoutABusThereAreNoNotifications(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/bus")
	if Notifies(t.Context()) {
		t.Error("notifications are promised")
	}
}

func TestWithoutABusThereIsNoTray(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nothing")
	if HasTray(t.Context()) {
		t.Error("there is a tray on no bus")
	}
}

// A bus of the test's own, with and without something on it that takes icons.
func TestATrayIsWhatTakesIcons(t *testing.T) {
	daemon := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Skipf("there is no D-Bus here to ask: %v", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill() // it has ended where the test's context has
		_ = daemon.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	if HasTray(t.Context()) {
		t.Error("there is a tray before anything takes icons")
	}
	bus, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	const watcher = "org.kde.StatusNotifierWatcher"
	properties, err := prop.Export(bus, "/StatusNotifierWatcher", prop.Map{watcher: {"IsStatusNotifierHostRegistered": {Value: false}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(watcher, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if HasTray(t.Context()) {
		t.Error("there is a tray that nothing shows")
	}
	properties.SetMust(watcher, "IsStatusNotifierHostRegistered", true)
	if !HasTray(t.Context()) {
		t.Error("there is no tray where something shows it")
	}
}

//go:build !windows && !darwin

package proxy

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// portal answers as the desktop's portal does.
type portal struct{ asked chan string }

// Lookup is called over the bus.
func (p portal) Lookup(uri string) ([]string, *dbus.Error) {
	p.asked <- uri
	return []string{"gopher://odd", "socks://proxy.test:1080", "direct://"}, nil
}

func TestTheDesktopsPortalIsAsked(t *testing.T) {
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("there is no dbus-daemon here to be a desktop's bus")
	}
	clean(t)
	bus := exec.Command(daemon, "--session", "--nofork", "--nopidfile", "--print-address")
	out, err := bus.StdoutPipe()
	if err == nil {
		err = bus.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bus.Process.Kill()
		_ = bus.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	conn, err := dbus.Connect(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p := portal{asked: make(chan string, 1)}
	if err := conn.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.ProxyResolver"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.portal.Desktop", 0); err != nil {
		t.Fatal(err)
	}
	d := New("")
	u, err := d.way.proxyFor(t.Context(), target)
	if err != nil || u == nil || u.String() != "socks5://proxy.test:1080" {
		t.Fatalf("%v, %v", u, err)
	}
	if uri := <-p.asked; uri != "https://"+target {
		t.Errorf("asked for %s", uri)
	}
	if s := d.Describe(t.Context(), "exchange.invalid", "443"); s != "socks5, as the system says" {
		t.Errorf("described as %q", s)
	}
}

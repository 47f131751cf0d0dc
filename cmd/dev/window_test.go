package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The test binary plays the windows that these tests open.
func TestMain(m *testing.M) {
	switch os.Getenv("DEV_TEST_WINDOW") {
	case "polite":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		fmt.Println("opened on", os.Getenv("DISPLAY"))
		if _, err := net.Dial("tcp", os.Getenv("DEV_TEST_READY")); err != nil {
			fmt.Println(err)
			os.Exit(4)
		}
		<-interrupted
		os.Exit(0)
	case "crashing":
		fmt.Println("cannot open")
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func openTestWindow(t *testing.T, kind string) (figures, error) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("windows are opened under Xvfb on Linux only")
	}
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed")
	}
	m, err := thisMachine()
	if err != nil {
		t.Fatal(err)
	}
	// The window has settled when it calls.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	settled := make(chan time.Time, 1)
	go func() {
		if call, err := listener.Accept(); err == nil {
			settled <- time.Now()
			_ = call.Close()
		}
	}()
	t.Setenv("DEV_TEST_WINDOW", kind)
	t.Setenv("DEV_TEST_READY", listener.Addr().String())
	return watchWindow(t.Context(), m, []string{os.Args[0]}, settled, func(_ context.Context, _ *machine, on display) error {
		if !strings.HasPrefix(on.name, ":") {
			return fmt.Errorf("the display is called %q", on.name)
		}
		return nil
	})
}

func TestAWindowIsOpenedMeasuredAndClosed(t *testing.T) {
	f, err := openTestWindow(t, "polite")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, f.output, "opened on :")
	if f.resident < 1<<20 || f.peak < f.resident/2 {
		t.Errorf("resident %d, peak %d bytes", f.resident, f.peak)
	}
}

func TestAWindowThatClosesByItselfIsAnError(t *testing.T) {
	_, err := openTestWindow(t, "crashing")
	if err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), "cannot open")
}

func TestAProcessIsMeasuredToItsEnd(t *testing.T) {
	m, err := thisMachine()
	if err != nil {
		t.Fatal(err)
	}
	f, err := measure(t.Context(), m, []string{"go", "version"})
	if err != nil {
		t.Fatal(err)
	}
	if f.wall <= 0 || runtime.GOOS != "windows" && f.peak < 1<<20 {
		t.Errorf("wall %s, peak %d bytes", f.wall, f.peak)
	}
}

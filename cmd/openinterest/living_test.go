package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"openinterest/data/sim"
	"openinterest/ui/settings"
)

// A second window on a data directory raises the first and ends well; a command
// without a window runs beside it.
func TestASecondWindowRaisesTheFirst(t *testing.T) {
	d := openDisplay(t)
	s := exchange(t, 20)
	dataDir := t.TempDir()
	first := openWindow(t, d, dataDir, against(s)...)
	first.waitForFullTable()
	d.dropFocus()
	x := d.connect()
	defer x.conn.Close()
	if has := fmt.Sprint(x.focus()); has == first.id {
		t.Fatal("the first has the keyboard still")
	}
	second := startWindow(t, d, dataDir, against(s)...)
	second.ends()
	if said := second.log.String(); !strings.Contains(said, alreadyOpen) {
		t.Errorf("the second says %q", said)
	}
	waitFor(t, 10*time.Second, func() (bool, string) {
		first.mustRun()
		has := fmt.Sprint(x.focus())
		return has == first.id, "the keyboard is with " + has + ", the first is " + first.id
	})
	if beside := program(t, against(s, "snapshot", "--data-dir", dataDir)...); beside.code != 0 {
		t.Errorf("beside it, snapshot ends with %d: %v", beside.code, beside.fault)
	}
	if err := first.process.Process.Kill(); err != nil { // it leaves its socket
		t.Fatal(err)
	}
	<-first.ended
	third := openWindow(t, d, dataDir, against(s)...)
	third.waitForFullTable()
	third.terminate()
}

// The window comes back where it was, and in sight where that is not a place
// any more.
func TestTheWindowComesBackWhereItWas(t *testing.T) {
	d := openDisplay(t)
	rest, stream := nobody(t)
	dataDir := t.TempDir()
	flags := []string{"--rest-url", rest, "--stream-url", stream}
	at := func(a *application) string {
		var x, y string
		for line := range strings.Lines(d.do("getwindowgeometry", "--shell", a.id)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), "X="); ok {
				x = v
			} else if v, ok := strings.CutPrefix(strings.TrimSpace(line), "Y="); ok {
				y = v
			}
		}
		return x + "," + y
	}
	a := openWindow(t, d, dataDir, flags...)
	d.do("windowmove", "--sync", a.id, "210", "130")
	waitFor(t, 20*time.Second, func() (bool, string) {
		kept, _ := os.ReadFile(filepath.Join(dataDir, "settings.json"))
		return bytes.Contains(kept, []byte(`"x": 210`)), "the settings are " + string(kept)
	})
	a.terminate()
	again := openWindow(t, d, dataDir, flags...)
	waitFor(t, 20*time.Second, func() (bool, string) { return at(again) == "210,130", "it is at " + at(again) })
	again.terminate()

	store, err := settings.Open(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	store.Update(func(s *settings.Settings) { s.Place = &settings.Place{X: 5000, Y: 130} }) // a screen that was taken away
	if err := store.Save(); err != nil {
		t.Fatal(err)
	}
	third := openWindow(t, d, dataDir, flags...)
	third.sees("the window", func(img *screen) (bool, string) { return lastOffer(img) != image.Point{}, "nothing offered" })
	if got := at(third); got == "5000,130" {
		t.Errorf("it is out of sight at %s", got)
	}
	third.terminate()
}

func TestReachable(t *testing.T) {
	two := []image.Rectangle{image.Rect(0, 30, 1920, 1080), image.Rect(-1280, 0, 0, 1024)}
	for at, want := range map[settings.Place]bool{
		{X: 0, Y: 30}: true, {X: -1200, Y: 10}: true, {X: -80, Y: 40}: true, {X: 1799, Y: 500}: true,
		{X: 1850, Y: 500}: false, {X: 300, Y: 1070}: false, {X: 300, Y: -500}: false, {X: -3000, Y: 100}: false, {X: 300, Y: 0}: false,
	} {
		if got := reachable(at, 1200, two); got != want {
			t.Errorf("at %v: %t", at, got)
		}
	}
	if reachable(settings.Place{}, 1200, nil) {
		t.Error("without a screen")
	}
}

// A safe start reads no settings and writes none, whatever is done in it.
func TestASafeStartLeavesTheSettingsAlone(t *testing.T) {
	d := openDisplay(t)
	s := exchange(t, 20)
	dataDir := t.TempDir()
	before := []byte(`{"theme": "light", "guide_hidden": true, "panes": {"table": {"ticked": ["ETHUSDT"]}}}`)
	file := filepath.Join(dataDir, "settings.json")
	if err := os.WriteFile(file, before, 0o600); err != nil {
		t.Fatal(err)
	}
	a := openWindow(t, d, dataDir, against(s, "--safe")...)
	a.waitForFullTable()
	a.sees("rows", hasRows)
	a.sees("the badge", func(img *screen) (bool, string) {
		n := near(img.within(image.Rect(700, 872, 1440, 900)), 0, 0, 1, 1, dark.Warning)
		return n > 100, fmt.Sprintf("%d pixels of a badge", n)
	})
	if ok, state := ticked(d.look()); ok {
		t.Errorf("the settings were read: %s", state)
	}
	d.click(tickX, rowY)
	d.moveTo(parking.X, parking.Y)
	a.sees("a tick", ticked)
	a.terminate()
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the settings became %s (%v)", after, err)
	}
}

// bare is an environment without a desktop's session: no D-Bus, no runtime
// directory, a home in which nothing was ever run.
func bare(home string, env ...string) []string {
	return append([]string{asProgram + "=1", "PATH=" + filepath.Join(home, "bin"), "HOME=" + home, "LANG=en_US.UTF-8"}, env...)
}

// The terminal is not greeted by what the toolkit lacks.
func TestTheTerminalStaysQuiet(t *testing.T) {
	d := openDisplay(t)
	s := exchange(t, 20)
	home := t.TempDir()
	said := &buffer{}
	process := exec.Command(os.Args[0], against(s, "--data-dir", filepath.Join(home, "data"))...)
	process.Env = bare(home, "DISPLAY=:"+d.number)
	process.Stdout, process.Stderr = said, said
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() { _ = process.Process.Kill() })
	_, noBus := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
	hasBus := noBus == nil // then there is nothing to complain of
	a := &application{t: t, d: d, process: process, log: said, ended: ended}
	waitFor(t, 60*time.Second, func() (bool, string) {
		a.mustRun()
		a.id = a.find()
		log, _ := os.ReadFile(filepath.Join(home, "data", "logs", "window.log"))
		return a.id != "" && (hasBus || bytes.Contains(log, []byte(complaint))), "no window, or no complaint in the log:\n" + string(log)
	})
	if title := d.do("getwindowname", a.id); title != "Open Interest Tracker" {
		t.Errorf("the window is titled %q", title)
	}
	a.terminate()
	if said.String() != "" {
		t.Errorf("the terminal is greeted by\n%s", said.String())
	}
}

// Of what libraries log, exactly the complaints about a missing D-Bus are kept
// from the terminal; the log file has them all.
func TestOnlyKnownComplaintsAreKeptFromTheTerminal(t *testing.T) {
	const (
		head   = "2026/12/01 12:53:34 Fyne error:  failed to watch theme settings\n"
		cause  = "2026/12/01 12:53:34   Cause: exec: \"dbus-launch\": executable file not found in $PATH\n"
		where  = "2026/12/01 12:53:34   At: x/app_xdg.go:152\n"
		other  = "2026/12/01 12:53:34   Cause: the portal is broken\n"
		foul   = "2026/12/01 12:53:34 Fyne error:  Failed to decode image\n"
		secret = "2026/12/01 asking http://me:hunter2@example.org\n"
	)
	for _, c := range []struct{ lines, shown []string }{
		{[]string{head, cause, where}, nil},
		{[]string{head, cause, where, foul, where}, []string{foul, where}},
		{[]string{head, other, where}, []string{head, other, where}},
		{[]string{foul, cause, where}, []string{foul, cause, where}},
		{[]string{head, foul, cause}, []string{head, foul, cause}},
		{[]string{head, head, cause, where}, []string{head}},
		{[]string{head, cause, foul}, []string{foul}},
		{[]string{secret}, []string{"2026/12/01 asking http://example.org\n"}},
	} {
		var shown, kept bytes.Buffer
		l := &libraryLog{shown: &shown, kept: &kept}
		for _, line := range c.lines {
			if _, err := l.Write([]byte(line)); err != nil {
				t.Fatal(err)
			}
		}
		if want := strings.Join(c.shown, ""); shown.String() != want {
			t.Errorf("of %q it shows %q, want %q", c.lines, shown.String(), want)
		}
		if kept.String() != strings.Join(c.lines, "") {
			t.Errorf("kept is %q", kept.String())
		}
	}
}

// Where there is no display, what is said to work can be typed as it is.
func TestTheHintRepeatsTheArguments(t *testing.T) {
	got := otherwise([]string{"--demo", "--data-dir", "/my data/it's", "--safe", "--lang=zh"})
	for _, want := range []string{
		`“xvfb-run openinterest --demo --data-dir '/my data/it'\''s' --safe --lang=zh”`,
		`“openinterest screenshot --demo --data-dir '/my data/it'\''s' --lang=zh -o market.png”`,
		`“openinterest snapshot --demo --data-dir '/my data/it'\''s' --lang=zh”`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it says %s\nwithout %s", got, want)
		}
	}
	if runtime.GOOS != "linux" {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for _, env := range []string{"DISPLAY=", "WAYLAND_DISPLAY=nobody-0"} {
		home := t.TempDir()
		process := exec.CommandContext(ctx, os.Args[0], "--demo", "--lang", "zh", "--data-dir", filepath.Join(home, "data"))
		process.Env = bare(home, env, "XDG_SESSION_TYPE=wayland")
		out, err := process.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "xvfb-run openinterest --demo --lang zh --data-dir ") {
			t.Errorf("%s: %v, it says\n%s", env, err, out)
		}
		if strings.Contains(string(out), "goroutine ") {
			t.Errorf("%s: it crashed", env)
		}
	}
}

// Under Wayland the window is shown as under X11: by weston, whose one window on
// an X display is its screen.
func TestTheWindowOnWayland(t *testing.T) {
	if _, err := exec.LookPath("weston"); err != nil {
		t.Skip("weston, a Wayland compositor, is not installed: the window was not seen on Wayland here")
	}
	d := openDisplay(t)
	runtimeDir, dataDir := t.TempDir(), t.TempDir()
	if err := os.Chmod(runtimeDir, 0o700); err != nil {
		t.Fatal(err)
	}
	weston := exec.Command("weston", "--backend=x11-backend.so", "--use-pixman", "--width=1440", "--height=900", "--socket=wayland-test", "--idle-time=0", "--no-config")
	weston.Env = append(os.Environ(), "DISPLAY=:"+d.number, "XDG_RUNTIME_DIR="+runtimeDir)
	said := &buffer{}
	weston.Stdout, weston.Stderr = said, said
	if err := weston.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = weston.Process.Kill()
		_ = weston.Wait() // it was killed
	})
	waitFor(t, 30*time.Second, func() (bool, string) {
		_, err := os.Stat(filepath.Join(runtimeDir, "wayland-test"))
		return err == nil, "weston does not listen:\n" + said.String()
	})
	s, err := sim.Start(context.Background(), sim.Options{Contracts: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	env := append(os.Environ(), asProgram+"=1", "DISPLAY=", "WAYLAND_DISPLAY=wayland-test", "XDG_SESSION_TYPE=wayland",
		"XDG_RUNTIME_DIR="+runtimeDir, "FYNE_SCALE=1", "HOME="+dataDir)
	flags := against(s, "--data-dir", dataDir, "--theme", "dark", "--log-level", "debug")
	a := &application{t: t, d: d, log: &buffer{}, ended: make(chan error, 1)}
	a.process = exec.Command(os.Args[0], flags...)
	a.process.Env = env
	a.process.Stdout, a.process.Stderr = a.log, a.log
	if err := a.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { a.ended <- a.process.Wait() }()
	t.Cleanup(func() {
		_ = a.process.Process.Kill()
		if t.Failed() {
			t.Logf("the program logged:\n%s", a.log.String())
		}
	})
	a.waitForFullTable()
	a.sees("rows", func(img *screen) (bool, string) {
		up, down := near(img, 0, 0, 1, 1, dark.Up), near(img, 0, 0, 1, 1, dark.Down)
		text := near(img, 0, 0, 1, 1, dark.Text)
		return up > 200 && down > 200 && text > 2000, fmt.Sprintf("%d, %d and %d pixels of rising, falling and text", up, down, text)
	})
	second := exec.CommandContext(t.Context(), os.Args[0], flags...)
	second.Env = env
	if out, err := second.CombinedOutput(); err != nil || !strings.Contains(string(out), alreadyOpen) {
		t.Errorf("a second window: %v\n%s", err, out)
	}
	a.terminate()
}

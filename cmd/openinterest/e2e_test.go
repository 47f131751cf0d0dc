package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"openinterest/data/sim"
	"openinterest/ui/look"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// These tests run the real window, on a display of their own, and use it as a
// person does: with mouse and keyboard, looking at pixels.

// Where things are in the window of 1440 × 900, dark, with the guide open.
var (
	rowY       = 112 // in the first row, whether headings take one line or two
	tickX      = 13  // in the tick box
	starX      = 38  // in the star beside it
	signalX    = 990 // in the signal column, 104 from the table's right edge
	parking    = image.Pt(300, 886)
	firstTick  = image.Rect(0, 90, 26, 124)
	rows       = image.Rect(0, 100, 1080, 520)
	comparison = image.Rect(560, 600, 1080, 860)
)

// application is a running program with its window.
type application struct {
	t       *testing.T
	d       *display
	process *exec.Cmd
	log     *buffer
	id      string // of the window
	ended   chan error
}

// openWindow starts the program on the display, and waits until its window has
// the keyboard.
func openWindow(t *testing.T, d *display, dataDir string, args ...string) *application {
	t.Helper()
	d.moveTo(parking.X, parking.Y)
	a := startWindow(t, d, dataDir, args...)
	waitFor(t, 60*time.Second, func() (bool, string) {
		a.mustRun()
		a.id = a.find()
		return a.id != "", "no window appeared"
	})
	d.do("windowfocus", "--sync", a.id) // no window manager does it
	return a
}

func startWindow(t *testing.T, d *display, dataDir string, args ...string) *application {
	t.Helper()
	a := &application{t: t, d: d, log: &buffer{}, ended: make(chan error, 1)}
	if !slices.Contains(args, "--greeting") && !slices.Contains(args, "soak") {
		args = append(args, "--no-greeting")
	}
	a.process = exec.Command(os.Args[0], append(args, "--data-dir", dataDir, "--lang", "en", "--theme", "dark", "--log-level", "debug")...)
	a.process.Env = append(os.Environ(), asProgram+"=1", "DISPLAY=:"+d.number, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11",
		"FYNE_SCALE=1", "HOME="+dataDir, "XDG_CONFIG_HOME="+dataDir, "XDG_DATA_HOME="+dataDir, "XDG_CACHE_HOME="+dataDir)
	a.process.Stdout, a.process.Stderr = a.log, a.log
	if err := a.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { a.ended <- a.process.Wait() }()
	t.Cleanup(func() {
		_ = a.process.Process.Kill() // unless it has ended
		if t.Failed() {
			t.Logf("the program logged:\n%s", a.log.String())
		}
	})
	return a
}

// find returns the id of the program's window, empty while it has none.
func (a *application) find() string {
	search := exec.Command("xdotool", "search", "--onlyvisible", "--name", "^Open Interest Tracker")
	search.Env = append(os.Environ(), "DISPLAY=:"+a.d.number)
	out, err := search.Output()
	if err != nil {
		return "" // that is how it says that it found none
	}
	id, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return id
}

// mustRun fails if the program has ended by itself.
func (a *application) mustRun() {
	a.t.Helper()
	select {
	case err := <-a.ended:
		a.ended <- err
		a.t.Fatalf("the program ended by itself: %v", err)
	default:
	}
}

// sees waits until the display shows something.
func (a *application) sees(what string, holds func(*screen) (bool, string)) {
	a.t.Helper()
	waitFor(a.t, 60*time.Second, func() (bool, string) {
		a.mustRun()
		ok, state := holds(a.d.look())
		return ok, "not seen: " + what + "; " + state
	})
}

// ends waits until the program has ended, and well.
func (a *application) ends() {
	a.t.Helper()
	select {
	case err := <-a.ended:
		a.ended <- err
		if err != nil {
			a.t.Errorf("the program ended badly: %v", err)
		}
	case <-time.After(30 * time.Second):
		a.t.Fatal("the program did not end")
	}
}

// terminate asks the program to end, as the system does when it shuts down.
func (a *application) terminate() {
	a.t.Helper()
	if err := a.process.Process.Signal(syscall.SIGTERM); err != nil {
		a.t.Fatal(err)
	}
	a.ends()
}

func (a *application) waitForFullTable() {
	a.t.Helper()
	waitFor(a.t, 60*time.Second, func() (bool, string) {
		a.mustRun()
		return strings.Contains(a.log.String(), `msg="table full"`), "the table is not full"
	})
}

var dark = look.New(look.Dark, false).Palette(0)

func hasRows(img *screen) (bool, string) {
	n := near(img.within(rows), 0, 0, 1, 1, dark.Text)
	return n > 1000, fmt.Sprintf("the table has %d pixels of text", n)
}

// ticked reports whether the first row's box is ticked: then it has the accent's colour.
func ticked(img *screen) (bool, string) {
	n := near(img.within(firstTick), 0, 0, 1, 1, dark.Accent)
	return n > 12, fmt.Sprintf("the tick box has %d pixels of the accent", n)
}

// compared reports whether the comparison has lines in the first two colours.
func compared(img *screen) (bool, string) {
	chart := img.within(comparison)
	first, second := near(chart, 0, 0, 1, 1, lineColour(0, look.Dark)), near(chart, 0, 0, 1, 1, lineColour(1, look.Dark))
	return first > 150 && second > 150, fmt.Sprintf("the comparison has %d and %d pixels of two lines", first, second)
}

func TestAPersonComparesTwoSymbols(t *testing.T) {
	d := openDisplay(t)
	s, err := sim.Start(context.Background(), sim.Options{Contracts: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	dataDir := t.TempDir()
	flags := []string{"--rest-url", s.RESTURL(), "--stream-url", s.StreamURL()}
	a := openWindow(t, d, dataDir, flags...)
	a.waitForFullTable()
	a.sees("rows", hasRows)
	before := d.look()
	if ok, state := compared(before); ok {
		t.Fatalf("nothing is ticked yet, but %s", state)
	}

	// The first by keyboard alone.
	d.do("key", "slash")
	d.do("type", "btcusdt")
	d.do("key", "Down", "space")
	a.sees("the first tick", ticked)

	// The second with the mouse.
	d.do("key", "slash", "Escape")
	d.do("type", "ethusdt")
	a.sees("a row that is not ticked", func(img *screen) (bool, string) {
		ok, state := ticked(img)
		return !ok, state
	})
	d.click(tickX, rowY)
	d.moveTo(parking.X, parking.Y)
	a.sees("the second tick", ticked)
	a.sees("two lines", compared)
	if share := changedShare(before, d.look(), comparison); share < 0.01 {
		t.Errorf("the comparison changed in %.2f %% of its pixels", 100*share)
	}
	hoversASignal(t, a)

	d.click(starX, rowY) // at the last moment: what is chosen is kept when the window closes
	id, err := strconv.ParseUint(a.id, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	d.closeWindow(uint32(id))
	a.ends()
	keeps(t, dataDir, "BTCUSDT", "ETHUSDT")

	again := openWindow(t, d, dataDir, flags...)
	again.waitForFullTable()
	again.sees("two lines after a restart", compared)
	again.terminate()
	keeps(t, dataDir, "BTCUSDT", "ETHUSDT")
}

// hoversASignal rests the pointer on a signal: the tooltip is an area in the
// colour of what lies over the window, and goes when the pointer does.
func hoversASignal(t *testing.T, a *application) {
	t.Helper()
	overlay := func(img *screen) int { return near(img.within(rows), 0, 0, 1, 1, dark.Overlay) }
	least := overlay(a.d.look())
	const tooltip = 10_000 // pixels: 300 × 60, less its text
	a.d.moveTo(signalX, rowY)
	a.sees("the tooltip of a signal", func(img *screen) (bool, string) {
		n := overlay(img) - least
		return n > tooltip, fmt.Sprintf("%d pixels more of an overlay", n)
	})
	a.d.moveTo(parking.X, parking.Y)
	a.sees("no tooltip any more", func(img *screen) (bool, string) {
		n := overlay(img) - least
		return n < tooltip/2, fmt.Sprintf("%d pixels more of an overlay", n)
	})
}

// keeps fails unless these symbols are ticked in the settings on disk, and the
// last of them is a favourite.
func keeps(t *testing.T, dataDir string, symbols ...string) {
	t.Helper()
	store, err := settings.Open(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	var kept table.State
	store.Get(func(s *settings.Settings) { s.Pane("table", &kept) })
	if strings.Join(kept.Ticked, " ") != strings.Join(symbols, " ") {
		t.Errorf("kept on disk as ticked: %v, want %v", kept.Ticked, symbols)
	}
	if last := symbols[len(symbols)-1]; strings.Join(kept.Favourites, " ") != last {
		t.Errorf("kept on disk as favourites: %v, want %s", kept.Favourites, last)
	}
}

// Where the exchange is out of reach the window says so, and a click on the
// last of its offers opens the demo market, which says what it is.
func TestAPersonOpensTheDemoWhenOffline(t *testing.T) {
	d := openDisplay(t)
	rest, stream := nobody(t)
	dataDir := t.TempDir()
	a := openWindow(t, d, dataDir, "--rest-url", rest, "--stream-url", stream)
	a.sees("an offer in the status bar", func(img *screen) (bool, string) {
		return lastOffer(img) != image.Point{}, "nothing there has the accent's colour"
	})
	if title := d.do("getwindowname", a.id); strings.Contains(title, "DEMO") {
		t.Fatalf("unasked, the window is titled %q", title)
	}
	var clicked image.Point
	waitFor(t, 60*time.Second, func() (bool, string) {
		a.mustRun()
		title := d.do("getwindowname", a.id)
		// The offers move when the sentence before them changes.
		if at := lastOffer(d.look()); at != clicked && at != (image.Point{}) && !strings.Contains(title, "DEMO") {
			clicked = at
			d.click(at.X-40, at.Y)
		}
		return strings.Contains(title, "DEMO"), fmt.Sprintf("the window is titled %q", title)
	})
	d.moveTo(parking.X, parking.Y)
	a.sees("rows", hasRows)
	d.do("key", "slash")
	d.do("type", "btcusdt")
	d.do("key", "Down", "space")
	a.sees("a tick in the demo", ticked)
	a.terminate()
	store, err := settings.Open(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	store.Get(func(s *settings.Settings) {
		var kept table.State
		s.Pane("table", &kept)
		if len(kept.Ticked) > 0 || s.Width == 0 {
			t.Errorf("what was done in the demo is kept, or what was done before it is not: %+v of %+v", kept, s)
		}
	})
}

// lastOffer is where the last button of the status bar ends: nothing else
// there has the accent's colour.
func lastOffer(img *screen) image.Point {
	for x := 1439; x > 0; x-- {
		for y := 872; y < 900; y++ {
			if isNear(img.RGBA64At(x, y), dark.Accent) {
				return image.Pt(x, 886)
			}
		}
	}
	return image.Point{}
}

// The program ends on a signal also while it is still starting.
func TestTheWindowEndsWhenToldWhileItStarts(t *testing.T) {
	d := openDisplay(t)
	rest, stream := nobody(t)
	a := startWindow(t, d, t.TempDir(), "--rest-url", rest, "--stream-url", stream)
	waitFor(t, 60*time.Second, func() (bool, string) {
		a.mustRun()
		return a.find() != "", "no window appeared"
	})
	a.terminate()
}

// Without a display, with one that is not there, and with one that cannot
// draw, the program says so, names what works there, and ends.
func TestWithoutADisplay(t *testing.T) {
	cases := map[string][]string{
		"no display to open":  {"DISPLAY="},
		"cannot be reached":   {"DISPLAY=:64007"},
		"display has no Open": nil,
	}
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere there always is one")
	}
	for says, env := range cases {
		t.Run(says, func(t *testing.T) {
			if env == nil {
				env = []string{"DISPLAY=:" + openDisplay(t, "-extension", "GLX").number}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			rest, stream := nobody(t)
			program := exec.CommandContext(ctx, os.Args[0], "--rest-url", rest, "--stream-url", stream, "--data-dir", t.TempDir())
			program.Env = append(append(os.Environ(), asProgram+"=1", "WAYLAND_DISPLAY="), env...)
			out, err := program.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Fatalf("%v, want exit code 1\n%s", err, out)
			}
			for _, want := range []string{says, "xvfb-run", "screenshot"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
			if strings.Contains(string(out), "goroutine ") {
				t.Errorf("it crashed:\n%s", out)
			}
		})
	}
}

package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/charts"
	"openinterest/data/sim"
	"openinterest/ui/chartpane"
	"openinterest/ui/look"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// picture takes a screenshot and reads it.
func picture(t *testing.T, args ...string) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "picture.png")
	got := program(t, append([]string{"screenshot", "-o", file}, args...)...)
	if got.code != 0 || got.out != "" {
		t.Fatalf("exit code %d (%v); it printed %q", got.code, got.fault, got.out)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("beside the picture it left %v, %v", left, err)
	}
	return readPNG(t, file)
}

func readPNG(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// near counts the pixels of a rectangle, given in parts of the picture, that
// have a colour or nearly so.
func near(img image.Image, x0, y0, x1, y1 float64, c color.NRGBA) int {
	pixels, b, n := img.(image.RGBA64Image), img.Bounds(), 0
	for y := int(y0 * float64(b.Dy())); y < int(y1*float64(b.Dy())); y++ {
		for x := int(x0 * float64(b.Dx())); x < int(x1*float64(b.Dx())); x++ {
			if isNear(pixels.RGBA64At(b.Min.X+x, b.Min.Y+y), c) {
				n++
			}
		}
	}
	return n
}

func isNear(at color.RGBA64, c color.NRGBA) bool {
	const tolerance = 14
	apart := func(x uint16, y uint8) bool { return int(x>>8)-int(y) > tolerance || int(y)-int(x>>8) > tolerance }
	return !apart(at.R, c.R) && !apart(at.G, c.G) && !apart(at.B, c.B)
}

// lineColour is that of the nth symbol ticked.
func lineColour(slot int, mode look.Mode) color.NRGBA {
	c, _ := charts.Palette(slot, look.New(mode, false).Palette(0).Background)
	return c
}

// changedShare is the part of the pixels in which two pictures of one size differ.
func changedShare(a, b image.RGBA64Image, within image.Rectangle) float64 {
	n := 0
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if a.RGBA64At(x, y) != b.RGBA64At(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(within.Dx()*within.Dy())
}

func TestScreenshotShowsTheWindow(t *testing.T) {
	s := exchange(t, 30)
	dark := picture(t, against(s)...)
	if size := dark.Bounds().Size(); size != image.Pt(1440, 900) {
		t.Errorf("it is %v", size)
	}
	palette := look.New(look.Dark, false).Palette(0)
	if n := near(dark, 0, 0, 1, 1, palette.Background); n < 1440*900/2 {
		t.Errorf("%d pixels are background", n)
	}
	if up, down := near(dark, 0, 0, 0.76, 0.6, palette.Up), near(dark, 0, 0, 0.76, 0.6, palette.Down); up < 300 || down < 300 {
		t.Errorf("the table has %d pixels of up and %d of down", up, down)
	}
	if n := near(dark, 0, 0.62, 0.38, 0.96, lineColour(0, look.Dark)); n < 200 {
		t.Errorf("the history has %d pixels of a line", n)
	}
	if n := near(dark, 0.385, 0.66, 0.755, 0.96, lineColour(1, look.Dark)); n > 0 {
		t.Errorf("nothing is ticked, and the comparison has %d pixels of a line", n)
	}
	other := picture(t, against(s, "--theme", "light", "--tick", "BTCUSDT,ethusdt", "--range", "4h")...)
	if n := near(other, 0, 0, 1, 1, look.New(look.Light, false).Palette(0).Background); n < 1440*900/2 {
		t.Errorf("%d pixels have the light background", n)
	}
	for slot := range 2 {
		if n := near(other, 0.385, 0.66, 0.755, 0.96, lineColour(slot, look.Light)); n < 150 {
			t.Errorf("the comparison has %d pixels of line %d", n, slot)
		}
	}
}

// The range is that of both charts.
func TestScreenshotFlagsAreWhatThePanesStartWith(t *testing.T) {
	store := (&screenshotCommand{Tick: []symbolFlag{"BTCUSDT", "ETHUSDT"}, Symbol: "SOLUSDT", Range: "7d"}).settings()
	var ticks table.State
	var history chartpane.HistoryState
	var compare chartpane.CompareState
	store.Get(func(s *settings.Settings) {
		s.Pane("table", &ticks)
		s.Pane("history", &history)
		s.Pane("compare", &compare)
	})
	if !slices.Equal(ticks.Ticked, []string{"BTCUSDT", "ETHUSDT"}) {
		t.Errorf("ticked are %v", ticks.Ticked)
	}
	if history.Symbol != "SOLUSDT" || history.Range != "7d" || compare.Range != "7d" {
		t.Errorf("the charts start with %+v and %+v", history, compare)
	}
}

func TestScreenshotHasTheSizeAskedFor(t *testing.T) {
	s := exchange(t, 12)
	for _, c := range []struct {
		size, scale string
		want        image.Point
	}{
		{"800x500", "1", image.Pt(800, 500)},
		{"640x480", "2", image.Pt(1280, 960)},
		{"640x480", "1.5", image.Pt(960, 720)},
	} {
		img := picture(t, against(s, "--size", c.size, "--scale", c.scale, "--pane", "guide")...)
		if size := img.Bounds().Size(); size != c.want {
			t.Errorf("--size %s --scale %s makes %v", c.size, c.scale, size)
		}
	}
}

func TestAScreenshotThatCannotBeWrittenIsRefusedAtOnce(t *testing.T) {
	s := exchange(t, 12)
	for name, file := range map[string]string{
		"no such folder": filepath.Join(t.TempDir(), "none", "x.png"),
		"a folder":       t.TempDir(),
	} {
		got := program(t, against(s, "screenshot", "-o", file)...)
		if got.code != 1 || !strings.Contains(got.fault.Error(), "writing ") {
			t.Errorf("%s: exit code %d: %v", name, got.code, got.fault)
		}
	}
	if n := s.Stats().Requests; len(n) > 0 {
		t.Errorf("the exchange was asked all the same: %v", n)
	}
}

// A symbol that the exchange doesn't list is said, instead of a picture of
// nothing.
func TestScreenshotOfAContractThatDoesNotExist(t *testing.T) {
	s := exchange(t, 12)
	for _, flags := range [][]string{{"--symbol", "NOPEUSDT"}, {"--tick", "BTCUSDT,NOPEUSDT"}} {
		file := filepath.Join(t.TempDir(), "x.png")
		got := program(t, against(s, append([]string{"screenshot", "-o", file}, flags...)...)...)
		if got.code != 2 || !strings.Contains(got.fault.Error(), "NOPEUSDT is not among the 12 contracts") || got.took > 20*time.Second {
			t.Errorf("%v: exit code %d after %v: %v", flags, got.code, got.took, got.fault)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%v: a picture was written all the same", flags)
		}
	}
}

// With no exchange in reach the window is drawn as it is then, and standard
// error says what is wrong.
func TestScreenshotOfAnExchangeOutOfReach(t *testing.T) {
	s := exchange(t, 12)
	s.Inject(sim.Fault{Kind: sim.Status, Code: 451})
	file := filepath.Join(t.TempDir(), "x.png")
	got := program(t, against(s, "screenshot", "-o", file)...)
	if got.code != 0 || !strings.Contains(got.err, "does not serve the place") || got.took > 30*time.Second {
		t.Errorf("exit code %d after %v (%v):\n%s", got.code, got.took, got.fault, got.err)
	}
	if n := near(readPNG(t, file), 0, 0.97, 1, 1, look.New(look.Dark, false).Palette(0).Error); n < 30 {
		t.Errorf("the status bar has %d pixels of trouble", n)
	}
}

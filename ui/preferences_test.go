package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/settings"
)

// set opens the settings and picks a value of what stands under a caption.
func (r *rig) set(value string) {
	r.t.Helper()
	if len(r.dialogs) == 0 {
		r.showSettings()
	}
	s := onTop(r.t, r.UI, func(s *widget.Select) bool { return slices.Contains(s.Options, value) })
	s.SetSelected(value)
	r.settle()
}

// usual puts what is set for the whole process back when a test ends.
func usual(t *testing.T) {
	t.Cleanup(func() {
		format.SetZone(time.UTC)
		format.SetNumbers(format.ByLanguage)
	})
}

func TestSettingsAreFollowedAtOnceAndKept(t *testing.T) {
	usual(t)
	folder := t.TempDir()
	store, err := settings.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, setup{settings: store})
	rows := r.rowsOnScreen()
	r.set("In full: 5,332,414,402")
	r.find("5,332,414,402", inTable)
	r.set("万 亿: 53.3 亿")
	r.find("53.3 亿", inTable)
	r.set("Roomy")
	if got := r.rowsOnScreen(); got >= rows {
		t.Errorf("roomy rows: %d on screen, before %d", got, rows)
	}
	r.set("Light")
	if look.Current().Dark {
		t.Error("the theme did not change")
	}
	r.set("简体中文")
	if len(r.dialogs) != 1 || r.foreign(assets.Chinese, assets.English) != nil {
		t.Errorf("%d dialogs; in Chinese one reads %v", len(r.dialogs), r.foreign(assets.Chinese, assets.English))
	}
	r.Close()
	if err := store.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := settings.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	again.Get(func(s *settings.Settings) {
		if s.Numbers != "wan" || s.Density != "roomy" || s.Theme != "light" || s.Language != "zh" {
			t.Errorf("kept: %+v", s)
		}
	})
}

// rowsOnScreen is how many rows the table shows.
func (r *rig) rowsOnScreen() int {
	n := 0
	for _, s := range r.rows() {
		if strings.HasSuffix(s.Text.Text, "USDT") {
			n++
		}
	}
	return n
}

func TestLocalTimeIsEverywhere(t *testing.T) {
	usual(t)
	r := start(t, setup{with: func(o *Options) { o.Local = time.FixedZone("", 8*3600) }})
	r.set("This computer's")
	r.escape()
	at := r.beside("BTCUSDT", 1050) // the age, whose tooltip has times
	test.MoveMouse(r.window.Canvas(), at.middle())
	r.until("no tooltip comes", func() bool { return !r.panes.tips.Shown().Empty() })
	if got := strings.Join(r.panes.tips.Shown().Texts(), " "); !strings.Contains(got, "UTC+8") || strings.Contains(got, "UTC ") {
		t.Errorf("the tooltip says %q", got)
	}
}

func TestTextSizeKeepsTheWindowsSizeOnTheScreen(t *testing.T) {
	r := start(t, setup{size: fyne.NewSize(1440, 900)})
	r.set("120 %")
	canvas := r.window.Canvas()
	if got := canvas.Scale(); got < 1.19 || got > 1.21 {
		t.Errorf("the scale is %v", got)
	}
	if w := canvas.Size().Width * canvas.Scale(); w < 1430 || w > 1450 {
		t.Errorf("the window is %v pixels wide, was 1440", w)
	}
	if !r.shell.folded {
		t.Error("with larger texts there is less room, but the guide has a column still")
	}
	r.set("100 %")
	if canvas.Scale() != 1 || r.shell.folded {
		t.Errorf("back again, the scale is %v, folded %t", canvas.Scale(), r.shell.folded)
	}
}

func TestTheTabAtTheStart(t *testing.T) {
	store := settings.InMemory()
	store.Update(func(s *settings.Settings) { s.Start = "alerts" })
	r := start(t, setup{settings: store})
	if r.shell.front != tabAlerts {
		t.Errorf("in front is %q", r.shell.front)
	}
	r.ShowPane("charts")
	r.set("Roomy") // builds the panes anew, which is no start
	if r.shell.front != tabCharts {
		t.Errorf("after a change of settings %q is in front", r.shell.front)
	}
}

// Files of versions without these settings load, and so do those with values that
// only a later version knows.
func TestSettingsOfOtherVersionsLoad(t *testing.T) {
	usual(t)
	for name, text := range map[string]string{
		"old":   `{"language": "en", "theme": "dark", "red_up": true}`,
		"newer": `{"zone": "Mars/Olympus", "text_size": 7000, "density": "vast", "numbers": "roman", "start": "casino"}`,
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "settings.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		store, err := settings.Open(folder)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r := start(t, setup{settings: store})
		if c := r.choice(); c.Local || !c.Markers || c.TextSize < 80 || c.TextSize > 150 || c.Density.RowHeight() != look.RowHeight {
			t.Errorf("%s: %+v", name, c)
		}
		if !r.sees("5.33 B") || r.shell.front != tabCharts {
			t.Errorf("%s: the table or the tabs are not as usual", name)
		}
	}
}

// fakeReach remembers which proxies it was told to take.
type fakeReach struct{ set []string }

func (f *fakeReach) SetProxy(address string) { f.set = append(f.set, address) }

func (f *fakeReach) TestReach(context.Context, func(market.Reached)) {}

func TestAProxyIsTakenAtOnceAndKept(t *testing.T) {
	store, line := settings.InMemory(), &fakeReach{}
	r := start(t, setup{settings: store, with: func(o *Options) { o.Reach = line }})
	r.set("None")
	r.set("Roomy") // another setting is no other proxy
	if len(line.set) != 1 || line.set[0] != "direct" {
		t.Errorf("the session was told %q", line.set)
	}
	store.Get(func(s *settings.Settings) {
		if s.Proxy != "direct" {
			t.Errorf("kept: %q", s.Proxy)
		}
	})
}

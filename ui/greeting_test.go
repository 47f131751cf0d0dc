package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
	"openinterest/ui/settings"
)

// greeted starts a window that may greet.
func greeted(t *testing.T, s setup, g Greeting) *rig {
	t.Helper()
	s.with = func(o *Options) { o.Greeting = g }
	r := start(t, s)
	r.show(r.feed.snapshot) // the marks come with the first snapshot after the rows
	return r
}

const running = "0.2.0"

var firstTime = Greeting{Version: running, First: true}

// says reports whether words stand anywhere in the window, in a dialog or a note too.
func (r *rig) says(words string) bool {
	found := false
	roots := append([]fyne.CanvasObject{r.window.Content()}, r.window.Canvas().Overlays().List()...)
	for _, root := range roots {
		for _, o := range test.LaidOutObjects(root) {
			switch o := o.(type) {
			case *widget.Label:
				found = found || strings.Contains(o.Text, words)
			case *look.Label:
				found = found || strings.Contains(o.Text(), words)
			}
		}
	}
	return found
}

func TestAFirstStartShowsFourMarksByKeyboard(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1440, Height: 900}, {Width: 1000, Height: 640}} {
		store := settings.InMemory()
		r := greeted(t, setup{settings: store, size: size}, firstTime)
		for i, title := range []string{"Sort a column", "Tick to compare", "Open a chart", "Read a signal"} {
			if !r.says(title) {
				t.Fatalf("%v: step %d does not say %q", size, i+1, title)
			}
			if i == 1 {
				r.SetLanguage(assets.Chinese)
				if !r.says("勾选对比") {
					t.Error("the step is lost in another language")
				}
				r.SetLanguage(assets.English)
			}
			r.press(fyne.KeyReturn)
		}
		if r.tour != nil || r.says("Read a signal") {
			t.Error("the marks stay after the last")
		}
		r.SetLanguage(assets.Chinese)
		r.show(r.feed.snapshot)
		if r.tour != nil {
			t.Error("the marks come back in another language")
		}
		if again := greeted(t, setup{settings: store, size: size}, firstTime); again.tour != nil {
			t.Error("the marks come back with the next start")
		}
	}
}

func TestEscapeSkipsTheMarks(t *testing.T) {
	r := greeted(t, setup{}, firstTime)
	r.press(fyne.KeyEscape)
	if r.tour != nil || r.says("Sort a column") {
		t.Error("the marks stay")
	}
	if !r.shell.guideOpen() {
		t.Error("Escape closed more than the marks")
	}
}

// The marks lie on their places, and only the note takes clicks.
func TestTheMarksLeaveTheTableUsable(t *testing.T) {
	r := greeted(t, setup{}, firstTime)
	row := r.find("BTCUSDT", inTable)
	if r.isTicked("BTCUSDT") {
		t.Fatal("it is ticked from the beginning")
	}
	r.tick(row.Text.Text)
	if !r.isTicked("BTCUSDT") {
		t.Error("a row cannot be ticked while the marks show")
	}
}

func TestNothingGreetsWhoDoesNotAsk(t *testing.T) {
	r := start(t, setup{})
	if r.tour != nil || len(r.dialogs) > 0 {
		t.Error("a window without a greeting greets")
	}
}

func TestTheQuestionOfColoursComesOnceAndFirst(t *testing.T) {
	store := settings.InMemory()
	ask := firstTime
	ask.AskUp = true
	r := greeted(t, setup{settings: store, lang: assets.Chinese}, ask)
	if len(r.dialogs) != 1 || r.tour != nil {
		t.Fatalf("%d dialogs are open; the marks show: %v", len(r.dialogs), r.tour != nil)
	}
	button := onTop(t, r.UI, func(b *widget.Button) bool { return b.Text == assets.NewWords(assets.Chinese).T("settings.red_up") })
	test.Tap(button)
	r.show(r.feed.snapshot)
	if !r.upRed() || len(r.dialogs) != 0 || r.tour == nil {
		t.Errorf("up is red: %v; %d dialogs; the marks show: %v", r.upRed(), len(r.dialogs), r.tour != nil)
	}
	later := Greeting{Version: running, AskUp: true} // the next start is no first one
	if r := greeted(t, setup{settings: store, lang: assets.Chinese}, later); len(r.dialogs) != 0 {
		t.Error("it is asked again")
	}
}

func TestAnUpdateSaysOnceWhatIsNew(t *testing.T) {
	store := settings.InMemory()
	store.Update(func(s *settings.Settings) { s.Version = "0.1.0" })
	r := greeted(t, setup{settings: store}, Greeting{Version: running})
	if !r.says("What's new") || !r.says("0.2.0") || r.says("0.1.0") || r.tour != nil {
		t.Error("the update does not say what it brought, and nothing else")
	}
	r.escape()
	if len(r.dialogs) != 0 {
		t.Error("Escape does not close it")
	}
	if again := greeted(t, setup{settings: store}, Greeting{Version: running}); len(again.dialogs) != 0 {
		t.Error("it is said again")
	}
}

func TestNewsSince(t *testing.T) {
	all := []assets.Release{{Version: "0.10.0"}, {Version: "0.9.1"}, {Version: "0.9.0"}}
	for _, c := range []struct {
		before, now string
		want        []string
	}{
		{"0.9.0", "0.10.0", []string{"0.10.0", "0.9.1"}},
		{"0.9.0", "0.9.1", []string{"0.9.1"}},
		{"", "0.10.0", []string{"0.10.0"}}, // from before versions were kept
		{"0.10.0", "0.10.0", nil},
		{"1.0.0", "0.10.0", nil}, // an older program was put back
		{"nonsense", "0.9.1", []string{"0.9.1", "0.9.0"}},
	} {
		var got []string
		for _, r := range newsSince(all, c.before, c.now) {
			got = append(got, r.Version)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("from %q to %q: %v, want %v", c.before, c.now, got, c.want)
		}
	}
}

// The settings are built anew for each change, and the keyboard stays where it was.
func TestTheKeyboardStaysOnTheFieldThatWasChanged(t *testing.T) {
	usual(t)
	r := start(t, setup{})
	r.set("Roomy")
	on, ok := r.window.Canvas().Focused().(*widget.Select)
	if !ok || on.Selected != "Roomy" {
		t.Errorf("the keyboard is on %v", r.window.Canvas().Focused())
	}
}

// fakeDesktop remembers what was asked of it.
type fakeDesktop struct {
	tray, starts, closes bool
	refuse               error
}

func (d *fakeDesktop) HasTray() bool   { return d.tray }
func (d *fakeDesktop) Autostart() bool { return d.starts }
func (d *fakeDesktop) SetTray(on bool) { d.closes = on }
func (d *fakeDesktop) SetAutostart(on bool) error {
	if d.refuse == nil {
		d.starts = on
	}
	return d.refuse
}

func TestTheDesktopIsUsedAsSet(t *testing.T) {
	d := &fakeDesktop{tray: true}
	store := settings.InMemory()
	r := start(t, setup{settings: store, with: func(o *Options) { o.Desktop = d }})
	r.set("Leaves it in the tray (from the next start)")
	r.set("Starts, minimised")
	if !d.closes || !d.starts {
		t.Errorf("the desktop was told %+v", *d)
	}
	store.Get(func(s *settings.Settings) {
		if !s.Tray {
			t.Error("the tray is not kept")
		}
	})
	d.refuse = errors.New("no folder")
	r.set("Does not start")
	if !d.starts || !strings.Contains(r.toasts.Shown().Text, "starts with the desktop") {
		t.Errorf("a refusal is told as %q", r.toasts.Shown().Text)
	}
}

func TestADesktopWithoutATraySaysSo(t *testing.T) {
	r := start(t, setup{with: func(o *Options) { o.Desktop = &fakeDesktop{} }})
	r.showSettings()
	if !r.says("this desktop has no tray") {
		t.Error("nothing says that there is no tray")
	}
}

func TestReducedMotionIsFollowedAndKept(t *testing.T) {
	t.Cleanup(func() { look.SetStill(false) })
	before := fyne.CurrentApp()
	t.Cleanup(func() { fyne.SetCurrentApp(before) })
	r := start(t, setup{})
	look.Calm(r.app)
	calm := fyne.CurrentApp()
	usual := calm.Settings().ShowAnimations()
	look.SetStill(false)
	r.set("Reduced")
	if calm.Settings().ShowAnimations() {
		t.Error("the toolkit still animates")
	}
	if r.choice().Still != true {
		t.Error("it is not kept")
	}
	look.SetStill(false)
	if calm.Settings().ShowAnimations() != usual {
		t.Error("what the desktop wishes is changed for good")
	}
}

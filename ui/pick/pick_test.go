package pick

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/ui/look"
)

func TestMatchingPutsBeginningsFirst(t *testing.T) {
	names := []string{"1000PEPEUSDT", "BTCUSDT", "WBTCUSDT", "币安人生USDT"}
	for typed, want := range map[string][]string{
		"btc": {"BTCUSDT", "WBTCUSDT"}, " pepe ": {"1000PEPEUSDT"}, "币安": {"币安人生USDT"}, "": names, "doge": nil,
	} {
		if got := Matching(names, typed); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

func picker(t *testing.T) (*Picker, fyne.Window, *[]string) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	var picked []string
	p := New(Options{Names: func() []string { return []string{"BTCUSDT", "ETHUSDT", "WBTCUSDT"} }, First: "All", Hint: "Search", None: "None such",
		Initial: "BTCUSDT", OnPick: func(name string) { picked = append(picked, name) }})
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(400, 400))
	return p, w, &picked
}

func TestTypingAndEnterPicks(t *testing.T) {
	p, w, picked := picker(t)
	test.Tap(p)
	if w.Canvas().Overlays().Top() == nil {
		t.Fatal("no list opens")
	}
	p.open.entry.SetText("eth")
	p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !slices.Equal(*picked, []string{"ETHUSDT"}) || p.Chosen() != "ETHUSDT" || p.text.Text != "ETHUSDT" || p.open != nil {
		t.Errorf("picked %q, shown is %q", *picked, p.text.Text)
	}
}

func TestTheFirstChoiceIsAllOfThem(t *testing.T) {
	p, _, picked := picker(t)
	test.Tap(p)
	p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !slices.Equal(*picked, []string{""}) || p.text.Text != "All" {
		t.Errorf("picked %q, shown is %q", *picked, p.text.Text)
	}
}

func TestArrowsEscapeAndWhatIsNotThere(t *testing.T) {
	p, _, picked := picker(t)
	test.Tap(p)
	p.open.entry.SetText("btc")
	p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !slices.Equal(*picked, []string{"WBTCUSDT"}) {
		t.Errorf("picked %q", *picked)
	}
	test.Tap(p)
	p.open.entry.SetText("doge")
	if !p.open.empty.Visible() {
		t.Error("nothing says that there is none")
	}
	p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.open != nil || len(*picked) != 1 {
		t.Errorf("after Escape: picked %q", *picked)
	}
}

func TestThePickerSaysWhatItIsOf(t *testing.T) {
	test.NewTempApp(t)
	names := func() []string { return nil }
	plain, told := New(Options{Names: names, Initial: "BTCUSDT"}), New(Options{Names: names, Initial: "BTCUSDT", Of: "price", Tip: "Choose another"})
	if told.ToolTip() != "Choose another" || told.mark.Text != "price  ▾" || plain.mark.Text != "▾" || told.MinSize().Width <= plain.MinSize().Width {
		t.Errorf("%q, %q, with the tooltip %q", plain.mark.Text, told.mark.Text, told.ToolTip())
	}
}

func TestThePickerOpensByKeyboard(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	p := New(Options{Names: func() []string { return []string{"BTCUSDT"} }, OnPick: func(string) {}})
	w := test.NewTempWindow(t, p)
	w.Canvas().Focus(p)
	if !p.ring.Edge.Visible() {
		t.Error("nothing shows that the keyboard is on it")
	}
	for _, key := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyDown} {
		p.TypedKey(&fyne.KeyEvent{Name: key})
		if p.open == nil {
			t.Fatalf("%s opens nothing", key)
		}
		p.open.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if p.open != nil {
			t.Errorf("Escape does not close what %s opened", key)
		}
	}
}

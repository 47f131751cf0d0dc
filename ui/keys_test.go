package ui

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
)

// press gives a key to whatever has the keyboard, as Fyne does.
func (r *rig) press(key fyne.KeyName) {
	if focused := r.window.Canvas().Focused(); focused != nil {
		focused.TypedKey(&fyne.KeyEvent{Name: key})
		return
	}
	r.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
}

func TestEscapeClosesWhatIsOpenOneByOne(t *testing.T) {
	r := start(t, setup{})
	r.panes.table.SetSearch("btc")
	r.panes.guide.ToggleContents()
	r.tick("BTCUSDT")
	r.typed('?')
	widget.ShowPopUpAtPosition(widget.NewLabel("over it"), r.window.Canvas(), fyne.NewPos(10, 10))
	if r.toasts.Shown().Text == "" || !r.shell.guideOpen() || len(r.dialogs) != 1 {
		t.Fatal("this test needs all of it open")
	}
	for _, closed := range []struct {
		what string
		is   func() bool
	}{
		{"the list over the sheet", func() bool { return len(r.window.Canvas().Overlays().List()) == 1 }},
		{"the sheet", func() bool { return r.window.Canvas().Overlays().Top() == nil && len(r.dialogs) == 0 }},
		{"the toast", func() bool { return r.toasts.Shown().Text == "" }},
		{"the guide's contents", func() bool { return !r.panes.guide.ListOpen() }},
		{"the search", func() bool { return !r.panes.table.Filtered() }},
		{"the guide", func() bool { return !r.shell.guideOpen() }},
	} {
		if closed.is() {
			t.Errorf("%s went together with what was above", closed.what)
		}
		if r.press(fyne.KeyEscape); !closed.is() {
			t.Errorf("%s stays", closed.what)
		}
	}
}

func TestEnterOpensTheChart(t *testing.T) {
	r := start(t, setup{})
	r.ShowPane("alerts")
	r.tap(r.find("SOLUSDT", inTable))
	r.press(fyne.KeyReturn)
	r.settle()
	if r.shell.front != tabCharts || r.panes.history.State().Symbol != "SOLUSDT" {
		t.Errorf("in front is %q, with %s", r.shell.front, r.panes.history.State().Symbol)
	}
}

func TestAThirteenthTickIsRefusedInAToast(t *testing.T) {
	r := start(t, setup{})
	others := slices.DeleteFunc(r.symbols(), func(s string) bool { return s == "BTCUSDT" })
	r.panes.table.SetTicked(others[:12])
	r.settle()
	r.tick("BTCUSDT")
	if got := r.toasts.Shown(); !got.Warning || !strings.Contains(got.Text, "12") {
		t.Errorf("told %+v", got)
	}
}

func TestAnAlertOnThisContract(t *testing.T) {
	r := start(t, setup{})
	items := r.panes.alertItems(r.UI, "SOLUSDT")
	items[len(items)-1].Action()
	if r.settle(); r.shell.front != tabAlerts || !r.sees("SOLUSDT") {
		t.Errorf("in front is %q", r.shell.front)
	}
}

// opener is an app that notes which pages were to be opened.
type opener struct {
	fyne.App
	pages []string
	err   error
}

func (o *opener) OpenURL(u *url.URL) error {
	o.pages = append(o.pages, u.String())
	return o.err
}

func TestOnlyPagesOfTheExchangeAreOpened(t *testing.T) {
	app := &opener{}
	r := start(t, setup{with: func(o *Options) { app.App, o.App = o.App, app }})
	r.openContract("SOLUSDT")
	r.openPage(contractPage(assets.Chinese, "币安人生USDT"))
	for _, page := range []string{"http://www.binance.com/en", "https://www.binance.com.evil.example/en", "file:///etc/passwd"} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		r.openPage(u)
	}
	want := "https://www.binance.com/en/futures/SOLUSDT https://www.binance.com/zh-CN/futures/%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT"
	if got := strings.Join(app.pages, " "); got != want {
		t.Errorf("opened %s", got)
	}
}

func TestTheSheetOpensOnce(t *testing.T) {
	r := start(t, setup{})
	test.TypeOnCanvas(r.window.Canvas(), "??")
	if len(r.dialogs) != 1 || !r.sees("Keys and mouse gestures") {
		t.Errorf("%d dialogs", len(r.dialogs))
	}
}

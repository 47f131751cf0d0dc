package preferences

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/proxy"
	"openinterest/ui/look"
)

// all lists the objects of a type that are shown, from top to bottom.
func all[T fyne.CanvasObject](o fyne.CanvasObject) (found []T) {
	if !o.Visible() {
		return nil
	}
	if x, ok := o.(T); ok {
		return []T{x}
	}
	switch o := o.(type) {
	case *container.Scroll:
		return all[T](o.Content)
	case *fyne.Container:
		for _, c := range o.Objects {
			found = append(found, all[T](c)...)
		}
	}
	return found
}

func button(t *testing.T, form fyne.CanvasObject, text string) *widget.Button {
	t.Helper()
	for _, b := range all[*widget.Button](form) {
		if b.Text == text {
			return b
		}
	}
	t.Fatalf("there is no button %q", text)
	return nil
}

// openReach opens a form that can test, and returns what runs on the UI's goroutine.
func openReach(t *testing.T, chosen string, set func(string), try func(context.Context, func(market.Reached))) (form fyne.CanvasObject, hops chan func()) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	hops = make(chan func(), 10)
	form = Form(Options{Words: assets.NewWords(assets.English), Choice: Choice{Language: assets.English, TextSize: 100, Markers: true}, OnChange: func(Choice) {}, Storage: widget.NewLabel(""),
		Reach: &Reach{Proxy: chosen, Set: set, Ctx: t.Context(), Test: try, Dispatch: func(f func()) { hops <- f }}})
	return form, hops
}

func TestAProxyIsChosenAndTyped(t *testing.T) {
	var told []string
	tested := 0
	form, hops := openReach(t, "", func(address string) { told = append(told, address) }, func(context.Context, func(market.Reached)) { tested++ })
	ways := selects(form)
	way := ways[len(ways)-1]
	if len(all[*widget.Entry](form)) != 0 {
		t.Error("fields are shown while no proxy is to be named")
	}
	way.SetSelected("None")
	way.SetSelected("This one:")
	fields := all[*widget.Entry](form)
	if len(fields) != 3 || !fields[2].Password || len(told) != 1 || told[0] != proxy.Direct {
		t.Fatalf("%d fields; told %q", len(fields), told)
	}
	fields[0].SetText("nonsense")
	test.Tap(button(t, form, "Use this proxy"))
	said := false
	for _, l := range all[*widget.Label](form) {
		said = said || strings.HasPrefix(l.Text, "This is not the address of a proxy")
	}
	if !said || len(told) != 1 {
		t.Errorf("of nonsense it says so: %t, and told %q", said, told)
	}
	fields[0].SetText("http://proxy.test:3128")
	fields[1].SetText("an a")
	fields[2].SetText("p:w@/")
	test.Tap(button(t, form, "Use this proxy"))
	(<-hops)() // the test that follows has ended
	if len(told) != 2 || tested != 1 || told[1] != "http://an%20a:p%3Aw%40%2F@proxy.test:3128" {
		t.Fatalf("told %q", told)
	}
	form, _ = openReach(t, told[1], nil, nil) // the form again
	fields = all[*widget.Entry](form)
	if len(fields) != 3 || fields[0].Text != "http://proxy.test:3128" || fields[1].Text != "an a" || fields[2].Text != "p:w@/" {
		t.Errorf("shown again are %d fields", len(fields))
	}
}

func TestTheTestSaysWhatCameBack(t *testing.T) {
	release := make(chan struct{})
	form, hops := openReach(t, "", nil, func(_ context.Context, tell func(market.Reached)) {
		<-release // the form does not wait
		tell(market.Reached{Host: market.HostREST, Took: 240 * time.Millisecond})
		tell(market.Reached{Host: market.HostStream, Took: time.Second, Problem: &market.Problem{Kind: market.ProxyLogin, Err: errors.New("x")}})
		tell(market.Reached{Host: market.HostArchive, Took: time.Second, Problem: &market.Problem{Kind: market.ExchangeDown, Code: 503}})
	})
	b := button(t, form, "Test the connection")
	test.Tap(b)
	texts := func() string {
		var lines []string
		for _, l := range all[*widget.Label](form) {
			lines = append(lines, l.Text)
		}
		return strings.Join(lines, "\n")
	}
	if !b.Disabled() || !strings.Contains(texts(), "Archive: being asked …") {
		t.Errorf("while it tests: disabled %t,\n%s", b.Disabled(), texts())
	}
	close(release)
	for range 4 {
		(<-hops)()
	}
	for _, want := range []string{"Numbers: answered in 0.24 s.", "Price stream: the proxy wants a user name and a password", "Archive: answered with a fault of its own (503) in 1.00 s"} {
		if !strings.Contains(texts(), want) {
			t.Errorf("it does not say %q:\n%s", want, texts())
		}
	}
	if b.Disabled() {
		t.Error("it cannot be tested again")
	}
}

// Each kind of problem has a sentence of its own, but for those that only a contract has.
func TestEveryKindHasASentence(t *testing.T) {
	for _, lang := range assets.Languages() {
		w, seen := assets.NewWords(lang), map[string]bool{}
		for _, kind := range []market.ProblemKind{market.Unreachable, market.TimedOut, market.BadCertificate, market.QuotaSpent, market.RefusedFirewall,
			market.RefusedLocation, market.BadAnswer, market.ExchangeDown, market.ProxyUnreachable, market.ProxyLogin, market.ProxyRefused} {
			s := Sentence(w, market.Reached{Host: market.HostREST, Problem: &market.Problem{Kind: kind}})
			if s == "" || seen[s] || strings.Contains(s, "–") || strings.Contains(s, "（）") {
				t.Errorf("%s, %s: %q", lang, kind, s)
			}
			seen[s] = true
		}
		for _, kind := range []market.ProblemKind{market.LimitedUntil, market.BannedUntil, market.UnknownSymbol} {
			if s := Sentence(w, market.Reached{Host: market.HostStream, Problem: &market.Problem{Kind: kind, Code: 429}}); s == "" {
				t.Errorf("%s, %s: nothing", lang, kind)
			}
		}
	}
}

package statusbar

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/look"
)

var clock = time.Date(2025, 6, 17, 12, 4, 9, 0, time.UTC)

// live is a feed in perfect health.
func live() Reading {
	return Reading{Now: clock, Oldest: 19 * time.Second, Status: market.Status{
		State: market.Live, LastGood: clock.Add(-time.Second), StreamLive: true, Ready: 517, Total: 517,
		Budget: market.Budget{Used: 1310, Allowed: 1920, Limit: 2400},
	}}
}

func with(change func(r *Reading)) Reading {
	r := live()
	change(&r)
	return r
}

func problem(kind market.ProblemKind) *market.Problem {
	return &market.Problem{Kind: kind, What: "open interest of BTCUSDT", Err: errors.New("details")}
}

// states are those that are looked at in pictures; sentences_test.go has all.
var states = map[string]Reading{
	"live":       live(),
	"connecting": {Now: clock, Oldest: -1, Status: market.Status{State: market.Loading}},
	"loading":    with(func(r *Reading) { r.Status.State, r.Status.Ready = market.Loading, 312 }),
	"waiting": with(func(r *Reading) {
		r.Status.State, r.Status.Problem = market.Refused, &market.Problem{Kind: market.LimitedUntil, Until: clock.Add(51 * time.Second), Told: true}
	}),
	"offline": with(func(r *Reading) {
		r.Status.State, r.Status.Problem, r.Status.Until = market.Offline, problem(market.Unreachable), clock.Add(8*time.Second)
		r.Status.LastGood = clock.Add(-time.Minute)
	}),
	"never":  {Now: clock, Oldest: -1, Status: market.Status{State: market.Refused, Problem: problem(market.RefusedLocation)}},
	"stream": with(func(r *Reading) { r.Status.StreamLive = false }),
	"several": with(func(r *Reading) {
		r.Status.StreamLive = false
		r.Status.Storage = &market.StorageProblem{Kind: market.StorageFull}
	}),
	"demo": with(func(r *Reading) { r.Demo = true }),
	"notices": with(func(r *Reading) {
		r.Notices = []market.Notice{
			{Time: clock.Add(-time.Hour), Symbol: "OLDUSDT", Kind: market.Listed},
			{Time: clock.Add(-5 * time.Minute), Symbol: "GONEUSDT", Kind: market.Delisted},
			{Time: clock.Add(-time.Minute), Symbol: "NEWUSDT", Kind: market.Listed},
		}
	}),
}

func TestEveryStateInWords(t *testing.T) {
	for _, c := range []struct {
		state                  string
		symbol                 string
		tone                   Tone
		word, sentence, figure string
	}{
		{"live", "●", Good, "Live", "", "517 / 517;oldest 19s;weight 1,310 / 1,920"},
		{"connecting", "○", Neutral, "Connecting", "Asking the exchange for its list of contracts…", ";;"},
		{"loading", "◐", Busy, "Loading", "", "312 / 517;oldest 19s;weight 1,310 / 1,920"},
	} {
		m := NewModel(states[c.state], assets.NewWords(assets.English))
		if m.Symbol != c.symbol || m.Tone != c.tone || m.State != c.word || m.Sentence != c.sentence || m.Retry || m.OpenDemo {
			t.Errorf("%s: %+v", c.state, m)
		}
		if got := m.Count + ";" + m.Oldest + ";" + m.Weight; got != c.figure {
			t.Errorf("%s: figures %q, want %q", c.state, got, c.figure)
		}
		if m.Clock != "12:04:09 UTC" {
			t.Errorf("%s: clock %q", c.state, m.Clock)
		}
	}
}

func TestNothingEverReceivedOffersTheDemo(t *testing.T) {
	w := assets.NewWords(assets.English)
	m := NewModel(states["never"], w)
	if !m.Retry || !m.OpenDemo || m.State != "Refused" || !strings.Contains(m.Sentence, "does not serve") {
		t.Errorf("%+v", m)
	}
	r := states["never"]
	r.Demo = true
	if NewModel(r, w).OpenDemo {
		t.Error("the demo offers the demo")
	}
}

func TestProgressOnlyWhileLoading(t *testing.T) {
	w := assets.NewWords(assets.English)
	for name, r := range states {
		m := NewModel(r, w)
		if want := name == "loading"; (m.Progress >= 0) != want {
			t.Errorf("%s: progress %v", name, m.Progress)
		}
	}
	if p := NewModel(states["loading"], w).Progress; p < 0.603 || p > 0.604 {
		t.Errorf("312 of 517 is %v", p)
	}
	r := states["loading"]
	r.Status.Unanswered = 205
	if p := NewModel(r, w).Progress; p != 1 {
		t.Errorf("312 of 517, and 205 without an answer, is %v", p)
	}
}

func TestListingsAreToldForAWhile(t *testing.T) {
	w := assets.NewWords(assets.English)
	if got := NewModel(states["notices"], w).Notice; got != "Newly listed: NEWUSDT · No longer trading: GONEUSDT" {
		t.Errorf("notice %q", got)
	}
	many := live()
	for _, s := range strings.Split("A B C D E", " ") {
		many.Notices = append(many.Notices, market.Notice{Time: clock, Symbol: s, Kind: market.Listed})
	}
	if got := NewModel(many, w).Notice; got != "Newly listed: E, D, C and 2 more" {
		t.Errorf("notice %q", got)
	}
}

// In no state and no language is a word missing.
func TestNoWordIsMissing(t *testing.T) {
	for _, lang := range assets.Languages() {
		w := assets.NewWords(lang)
		for name, r := range states {
			m := NewModel(r, w)
			if m.State == "" || strings.Contains(m.Tip+m.Notice+m.Count+m.Oldest+m.Weight, "–") {
				t.Errorf("%s, %s: %+v", lang, name, m)
			}
		}
		for _, kind := range []market.StorageKind{market.StorageFull, market.StorageDamaged, market.StorageSetAside, market.StorageNewer,
			market.StorageForbidden, market.StorageFailed} {
			r := with(func(r *Reading) { r.Status.Storage = &market.StorageProblem{Kind: kind, What: "/data/history.old"} })
			m := NewModel(r, w)
			if m.Sentence == "" || strings.Contains(m.Sentence, "/data/history.old") != (kind == market.StorageSetAside) || m.Symbol != symbolLive {
				t.Errorf("%s, storage %s: %+v", lang, kind, m)
			}
		}
		if m := NewModel(with(func(r *Reading) { r.Status.State = market.Offline }), w); m.State == "" || !m.Retry {
			t.Errorf("down for no reason given: %+v", m)
		}
	}
}

func TestReadFindsTheOldest(t *testing.T) {
	q := func(age time.Duration) *market.Quote {
		return &market.Quote{OpenInterest: market.OpenInterest{Contracts: 1, Received: clock.Add(-age)}}
	}
	s := market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{q(3 * time.Second), q(19 * time.Second), {}}})
	if got := Read(s, clock, false).Oldest; got != 19*time.Second {
		t.Errorf("oldest %v", got)
	}
	if r := Read(nil, clock, true); r.Oldest >= 0 || r.Status.State != market.Loading || !r.Demo {
		t.Errorf("nothing spoken yet: %+v", r)
	}
}

func show(t testing.TB, lang assets.Language, mode look.Mode, width float32) (*Bar, fyne.Window) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(mode, false))
	b := New(assets.NewWords(lang))
	w := test.NewTempWindow(t, b)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, Height))
	return b, w
}

func TestButtonsTell(t *testing.T) {
	b, w := show(t, assets.English, look.Dark, 1200)
	told := ""
	b.OnRetry, b.OnOpenDemo = func() { told += "retry " }, func() { told += "demo " }
	b.SetModel(NewModel(states["never"], assets.NewWords(assets.English)))
	for _, o := range []*button{b.retry, b.demo} {
		test.TapCanvas(w.Canvas(), o.Position().AddXY(5, 5))
	}
	if told != "retry demo " {
		t.Errorf("told %q", told)
	}
	b.SetModel(NewModel(live(), assets.NewWords(assets.English)))
	if b.retry.Visible() || b.demo.Visible() {
		t.Error("buttons stay when all is well")
	}
}

// Whatever the width, the scale of the screen and the sentence, nothing stands
// on something else: measured in the pixels that are painted.
func TestNothingOverlaps(t *testing.T) {
	for _, lang := range assets.Languages() {
		words := assets.NewWords(lang)
		for _, scale := range []float32{0.8, 1, 1.5} {
			b, w := show(t, lang, look.Dark, 1000)
			w.Canvas().(test.WindowlessCanvas).SetScale(scale)
			for _, c := range append(append([]sentence{}, ofAll...), ofParts...) {
				c.reading.Demo, c.reading.Safe = true, true
				b.SetModel(NewModel(c.reading, words))
				sentence := b.model.Sentence
				// from where it is cut a lot to where it fits
				for _, width := range []float32{1000, 1100, 1280, 1440, 1600, 2560} {
					b.checkPlaces(t, c.name, sentence, width)
				}
				needed := b.parts.sentence.Position().X + look.Painted(b, b.parts.sentence) + 420
				for width := max(1000, needed-30); width < needed+30; width += 4 {
					b.checkPlaces(t, c.name, sentence, width)
				}
			}
		}
	}
}

// checkPlaces lays the bar out for a width and looks where its parts end.
func (b *Bar) checkPlaces(t *testing.T, name, sentence string, width float32) {
	t.Helper()
	b.Resize(fyne.NewSize(width, Height))
	end := float32(0)
	at := func(what string, x, w float32) {
		if x < end {
			t.Errorf("%s, %v wide: %s begins at %v, what stands before it ends at %v", name, width, what, x, end)
		}
		end = x + w
	}
	p := &b.parts
	for _, text := range []*canvas.Text{p.symbol, p.state, p.count, p.oldest, p.weight, p.sentence, p.more} {
		if text.Visible() && text.Text != "" {
			at(text.Text, text.Position().X, look.Painted(b, text))
		}
	}
	for _, button := range []*button{b.retry, b.demo} {
		if button.Visible() {
			at(button.text.Text, button.Position().X, button.Size().Width)
		}
	}
	at(p.demoMarket.Text, p.badge.Position().X, p.badge.Size().Width)
	at(p.clock.Text, p.clock.Position().X, look.Painted(b, p.clock))
	if end > width {
		t.Errorf("%s, %v wide: the clock ends at %v", name, width, end)
	}
	if s := p.sentence.Text; s != sentence && !strings.HasSuffix(s, "…") {
		t.Errorf("%s, %v wide: %q is cut without saying so", name, width, s)
	}
}

func TestPictures(t *testing.T) {
	for _, c := range []struct {
		state string
		lang  assets.Language
		mode  look.Mode
		width float32
	}{
		{"live", assets.English, look.Dark, 1000},
		{"loading", assets.Chinese, look.Light, 1000},
		{"waiting", assets.English, look.Light, 1000},
		{"offline", assets.English, look.Dark, 1000},
		{"never", assets.Chinese, look.Dark, 1000},
		{"demo", assets.English, look.Light, 1000},
		{"notices", assets.Chinese, look.Dark, 1000},
		{"stream", assets.English, look.Dark, 640},
		{"connecting", assets.English, look.Light, 640},
		{"several", assets.English, look.Dark, 1000},
	} {
		t.Run(c.state, func(t *testing.T) {
			b, w := show(t, c.lang, c.mode, c.width)
			b.SetModel(NewModel(states[c.state], assets.NewWords(c.lang)))
			test.AssertImageMatches(t, c.state+".png", w.Canvas().Capture())
		})
	}
}

func BenchmarkSetModel(b *testing.B) {
	bar, _ := show(b, assets.English, look.Dark, 1000)
	words := assets.NewWords(assets.English)
	models := []Model{NewModel(states["live"], words), NewModel(states["loading"], words)}
	i := 0
	for b.Loop() {
		bar.SetModel(models[i%2])
		i++
	}
}

func BenchmarkNewModel(b *testing.B) {
	words := assets.NewWords(assets.English)
	for b.Loop() {
		NewModel(states["live"], words)
	}
}

package statusbar

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
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

// states are all that the feed can be in.
var states = map[string]Reading{
	"live":       live(),
	"connecting": {Now: clock, Oldest: -1, Status: market.Status{State: market.Loading}},
	"hydrating":  with(func(r *Reading) { r.Status.Ready = 312 }),
	"waiting": with(func(r *Reading) {
		r.Status.State, r.Status.Until, r.Status.Problem = market.Refused, clock.Add(51*time.Second), problem(market.LimitedUntil)
	}),
	"banned": with(func(r *Reading) {
		r.Status.State, r.Status.Until, r.Status.Problem = market.Refused, clock.Add(2*time.Hour), problem(market.BannedUntil)
	}),
	"offline": with(func(r *Reading) {
		r.Status.State, r.Status.Problem, r.Status.Until = market.Offline, problem(market.Unreachable), clock.Add(8*time.Second)
		r.Status.LastGood = clock.Add(-time.Minute)
	}),
	"never":    {Now: clock, Oldest: -1, Status: market.Status{State: market.Offline, Problem: problem(market.RefusedLocation)}},
	"exchange": with(func(r *Reading) { r.Status.State, r.Status.Problem = market.Offline, problem(market.ExchangeDown) }),
	"stream":   with(func(r *Reading) { r.Status.StreamLive = false }),
	"demo":     with(func(r *Reading) { r.Demo = true }),
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
		retry, demo            bool
	}{
		{"live", "●", Good, "Live", "", "517 / 517;oldest 19s;weight 1,310 / 1,920", false, false},
		{"connecting", "○", Neutral, "Connecting", "Asking the exchange for its list of contracts…", ";;", false, false},
		{"hydrating", "◐", Busy, "Loading", "", "312 / 517;oldest 19s;weight 1,310 / 1,920", false, false},
		{"waiting", "▲", Warn, "Waiting", "The exchange asked this address to wait until 12:05:00 UTC.", "517 / 517;oldest 19s;weight 1,310 / 1,920", false, false},
		{"banned", "▲", Warn, "Waiting", "The exchange has blocked this address until 14:04:09 UTC.", "517 / 517;oldest 19s;weight 1,310 / 1,920", false, false},
		{"offline", "▲", Bad, "Offline", "No connection to the exchange. Check this computer's network, VPN or proxy. Next try at 12:04:17 UTC. Last answer at 12:03:09 UTC.", "517 / 517;oldest 19s;weight 1,310 / 1,920", true, false},
		{"exchange", "▲", Bad, "Exchange down", "The exchange reports a fault of its own, or is under maintenance. Nothing is wrong here; it is asked again by itself. Last answer at 12:04:08 UTC.", "517 / 517;oldest 19s;weight 1,310 / 1,920", true, false},
		{"stream", "●", Good, "Live", "The live price stream is down; prices are being asked for instead.", "517 / 517;oldest 19s;weight 1,310 / 1,920", false, false},
	} {
		m := NewModel(states[c.state], assets.NewWords(assets.English))
		if m.Symbol != c.symbol || m.Tone != c.tone || m.State != c.word || m.Sentence != c.sentence {
			t.Errorf("%s: %s %s (%d) %q", c.state, m.Symbol, m.State, m.Tone, m.Sentence)
		}
		if got := m.Count + ";" + m.Oldest + ";" + m.Weight; got != c.figure {
			t.Errorf("%s: figures %q, want %q", c.state, got, c.figure)
		}
		if m.Retry != c.retry || m.OpenDemo != c.demo {
			t.Errorf("%s: offers retry %t, demo %t", c.state, m.Retry, m.OpenDemo)
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

func TestProgressOnlyWhileHydrating(t *testing.T) {
	for name, r := range states {
		m := NewModel(r, assets.NewWords(assets.English))
		if want := name == "hydrating"; (m.Progress >= 0) != want {
			t.Errorf("%s: progress %v", name, m.Progress)
		}
	}
	if p := NewModel(states["hydrating"], assets.NewWords(assets.English)).Progress; p < 0.603 || p > 0.604 {
		t.Errorf("312 of 517 is %v", p)
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
			if m.State == "" || strings.Contains(m.Sentence+m.Notice+m.Count+m.Oldest+m.Weight, "<no value>") {
				t.Errorf("%s, %s: %+v", lang, name, m)
			}
		}
		for _, kind := range []market.ProblemKind{market.Unreachable, market.TimedOut, market.LimitedUntil, market.BannedUntil, market.RefusedFirewall,
			market.RefusedLocation, market.UnknownSymbol, market.BadAnswer, market.ExchangeDown} {
			for _, state := range []market.FeedState{market.Offline, market.Refused} {
				r := with(func(r *Reading) { r.Status.State, r.Status.Problem = state, problem(kind) })
				if NewModel(r, w).Sentence == "" {
					t.Errorf("%s, %s for %s: no sentence", lang, state, kind)
				}
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

func TestSentenceIsCutToFit(t *testing.T) {
	b, _ := show(t, assets.English, look.Dark, 520)
	b.SetModel(NewModel(states["never"], assets.NewWords(assets.English)))
	end := b.demo.Position().X + b.demo.Size().Width
	if s := b.parts.sentence.Text; !strings.HasSuffix(s, "…") || end > b.parts.clock.Position().X {
		t.Errorf("%q; buttons end at %v, the clock begins at %v", s, end, b.parts.clock.Position().X)
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
		{"hydrating", assets.Chinese, look.Light, 1000},
		{"waiting", assets.English, look.Light, 1000},
		{"offline", assets.English, look.Dark, 1000},
		{"never", assets.Chinese, look.Dark, 1000},
		{"demo", assets.English, look.Light, 1000},
		{"notices", assets.Chinese, look.Dark, 1000},
		{"stream", assets.English, look.Dark, 640},
		{"connecting", assets.English, look.Light, 640},
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
	models := []Model{NewModel(states["live"], words), NewModel(states["hydrating"], words)}
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

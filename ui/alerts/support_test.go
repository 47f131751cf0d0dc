package alerts

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/look"
)

var noon = time.Date(2025, 6, 17, 12, 0, 0, 0, time.UTC)

func quote(symbol string, price float64, at time.Time) *market.Quote {
	return &market.Quote{
		Contract:     market.Contract{Symbol: symbol, PricePrecision: 2},
		Mark:         market.MarkPrice{Symbol: symbol, Price: price, Received: at},
		OpenInterest: market.OpenInterest{Contracts: 1000, Received: at},
	}
}

func live(quotes ...*market.Quote) *market.Snapshot {
	return market.NewSnapshot(market.Snapshot{Quotes: quotes,
		Status: market.Status{State: market.Live, Ready: len(quotes), Total: len(quotes)}})
}

func flush(symbol string, at time.Time) signal.Event {
	return signal.Event{Time: at, Symbol: symbol, Kind: signal.Flush1h, DefinitionVersion: signal.DefinitionVersion,
		Evidence: signal.Evidence{Window: "1h", OpenInterest: signal.Side{Pct: -4.2, Z: -5.1}, Price: signal.Side{Pct: -2.1, Z: -3.4}}}
}

func board(events ...signal.Event) *watch.Board {
	b := &watch.Board{}
	for _, e := range events {
		b.Events = append(b.Events, watch.Event{Event: e, Live: true})
	}
	return b
}

// told collects notifications and what is kept.
type told struct {
	titles []string
	kept   State
}

func newDesk(t *testing.T, rules ...alert.Rule) (*Desk, *told) {
	t.Helper()
	seen := &told{}
	return NewDesk(DeskOptions{State: State{Rules: rules}, Local: time.UTC,
		OnSave: func(s State) { seen.kept = s },
		Notify: func(title, body string) {
			if body == "" {
				t.Errorf("%q is notified without evidence", title)
			}
			seen.titles = append(seen.titles, title)
		}}), seen
}

func flushes(id string) alert.Rule {
	return alert.Rule{ID: id, Signal: signal.Flush1h, Scope: alert.ScopeAll, CooldownMinutes: 60}
}

// archive is a past in which the price of every contract falls through 100 at
// noon of each of the last days, and a flush fires then.
type archive struct {
	missing string
	short   map[string]time.Duration // contracts of which so much is known only
	gate    chan bool
}

func (a *archive) Past(ctx context.Context, symbol string, from, to time.Time, kind signal.EventKind) (alert.Past, error) {
	if a.gate != nil {
		select {
		case <-a.gate:
		case <-ctx.Done():
			return alert.Past{}, ctx.Err()
		}
	}
	if symbol == a.missing {
		return alert.Past{}, errors.New("not stored")
	}
	p := alert.Past{Contract: market.Contract{Symbol: symbol, PricePrecision: 2}}
	if known, ok := a.short[symbol]; ok {
		from = to.Add(-known)
	}
	if kind != "" {
		p.Evaluated = to.Sub(from)
		p.Shows = func(stamp int64, name string) (bool, bool) {
			return name == string(signal.Flush1h) && time.UnixMilli(stamp).UTC().Hour() >= 12, true
		}
	}
	for t := from.Add(-24 * time.Hour); !t.After(to); t = t.Add(market.Step) {
		price := 101.0
		if t.Hour() >= 12 {
			price = 99
		}
		p.Points = append(p.Points, market.Point{Time: t.UnixMilli(), Contracts: 1000, Price: price})
		if kind != "" && t.Hour() == 12 && t.Minute() == 0 {
			p.Events = append(p.Events, flush(symbol, t))
		}
	}
	return p, nil
}

// stage is the UI's goroutine of a test.
type stage struct{ queue chan func() }

func (s *stage) until(t *testing.T, done func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !done() {
		select {
		case f := <-s.queue:
			f()
		case <-deadline:
			t.Fatal("what was waited for did not happen")
		}
	}
}

func options(t *testing.T, lang assets.Language, mode look.Mode, d *Desk) (Options, *stage) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(mode, false))
	s := &stage{queue: make(chan func(), 1000)}
	return Options{Context: t.Context(), Words: assets.NewWords(lang), Desk: d, Now: func() time.Time { return noon.Add(time.Hour) },
		Dispatch: func(f func()) { s.queue <- f }, Local: time.UTC, Past: &archive{},
		Symbols: func() []string { return []string{"BTCUSDT", "ETHUSDT"} },
		Circle:  func() alert.Circle { return favourites("ETHUSDT") }}, s
}

func favourites(symbols ...string) alert.Circle {
	c := alert.Circle{Favourites: map[string]bool{}}
	for _, s := range symbols {
		c.Favourites[s] = true
	}
	return c
}

func window(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

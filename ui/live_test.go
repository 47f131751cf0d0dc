package ui

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"openinterest/data/history/ondemand"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/columns/columnstest"
)

// fakeSignals are those of the small market.
type fakeSignals struct {
	board   *watch.Board
	updates chan struct{}

	mu       sync.Mutex
	attended []string
	asked    []string
	grown    []string
}

func newFakeSignals() *fakeSignals {
	return &fakeSignals{board: columnstest.Board(), updates: make(chan struct{}, 1)}
}

func (f *fakeSignals) Board() *watch.Board {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.board
}

func (f *fakeSignals) Updates() <-chan struct{} { return f.updates }

func (f *fakeSignals) Attend(symbols []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attended = symbols
}

func (f *fakeSignals) Grown(symbol string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.grown = append(f.grown, symbol)
}

func (f *fakeSignals) Events(_ context.Context, symbol string, _, _ time.Time) ([]signal.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, symbol)
	return nil, nil
}

func watched(t *testing.T, f *fakeSignals) *rig {
	t.Helper()
	return start(t, setup{with: func(o *Options) { o.Signals = f }})
}

// Each signal's section of the guide lists who shows it now; a click filters the table.
func TestTheGuideListsWhoShowsASignalNow(t *testing.T) {
	r := watched(t, newFakeSignals())
	for section, want := range map[string]string{
		"spike": "SOLUSDT", "flush": "DOGEUSDT", "crowding": "HYPEUSDT", "divergence": "LINKUSDT", "strong_bullish": "ETHUSDT",
	} {
		r.openGuide(section)
		r.settle()
		said := ""
		for _, text := range r.texts() {
			said += text.Text.Text + "\n"
		}
		if _, below, ok := strings.Cut(said, "now: "); !ok || !strings.Contains(below, want) {
			t.Errorf("section %s does not list %s", section, want)
		}
	}
	r.panes.filter(string(signal.Flush1h))
	if s := r.panes.table.State(); s.Event != signal.Flush1h {
		t.Errorf("the table filters by %q", s.Event)
	}
	r.panes.filter(string(signal.StrongBullish))
	if s := r.panes.table.State(); s.Event != "" || s.Kind != signal.StrongBullish {
		t.Errorf("the table filters by %q, %q", s.Event, s.Kind)
	}
}

// History that a signal lacks is fetched on a click, and the signals are told
// once it is there.
func TestHistoryThatASignalLacksIsFetched(t *testing.T) {
	f, archive := newFakeSignals(), &vault{}
	r := start(t, setup{with: func(o *Options) { o.Signals, o.Archive = f, archive }})
	i := slices.IndexFunc(signal.EventKinds(), func(k signal.EventKind) bool { return len(f.board.Lacking(k)) > 0 })
	r.fetchFor(signal.EventKinds()[i])
	if !slices.Equal(archive.wanted, []string{"AVAXUSDT 14d"}) { // for 8 days of history
		t.Fatalf("the archive was asked for %v", archive.wanted)
	}
	archive.status.State = ondemand.Complete
	r.show(columnstest.Snapshot())
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.grown, []string{"AVAXUSDT"}) {
		t.Errorf("the signals were told of %v", f.grown)
	}
}

func TestSignalsKnowWhatIsLookedAt(t *testing.T) {
	f := newFakeSignals()
	r := watched(t, f)
	r.panes.table.SetTicked([]string{"XAUUSDT"})
	r.settle()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.attended, "XAUUSDT") || !slices.Contains(f.attended, "BTCUSDT") {
		t.Errorf("attended to %v", f.attended)
	}
	if !slices.Contains(f.asked, "BTCUSDT") || !slices.Contains(f.asked, "XAUUSDT") {
		t.Errorf("events on the charts were asked of %v", f.asked)
	}
}

// A new board is shown without a new snapshot.
func TestANewBoardIsShownAtOnce(t *testing.T) {
	f := newFakeSignals()
	r := watched(t, f)
	marked := func() bool {
		return slices.ContainsFunc(r.texts(), func(s seen) bool {
			return strings.Contains(s.Text.Text, "⚡") && strings.Contains(s.Text.Text, "Bull")
		})
	}
	if !marked() {
		t.Fatal("the spike on SOLUSDT is not shown")
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Run(ctx)
	}()
	defer func() {
		cancel()
		<-done
	}()
	f.mu.Lock()
	f.board = watch.NewBoard(columnstest.Now, nil)
	f.mu.Unlock()
	f.updates <- struct{}{}
	r.until("the spike stays on screen though nothing is known of it", func() bool { return !marked() })
}

// The guide leads from a reading to its quadrant on the map, where its contracts
// alone stand out.
func TestReadingsLeadToTheMap(t *testing.T) {
	r := start(t, setup{})
	r.openGuide("strong_bullish")
	r.settle()
	r.tap(r.find("on the map", func(s seen) bool { return s.at.Y < 400 })) // "Show" ends the line before
	r.settle()
	if r.shell.front != tabMap || r.panes.market.Reading() != signal.StrongBullish {
		t.Errorf("the tab in front is %q, the reading %q", r.shell.front, r.panes.market.Reading())
	}
	r.tap(r.find("4h", func(s seen) bool { return inLower(s) && s.at.Y > 565 }))
	if k := r.panes.market.Reading(); k != signal.Unknown {
		t.Errorf("over 4 hours %q still stands out", k)
	}
}

// What the table is filtered by applies to the map as well.
func TestTheTablesFilterAppliesToTheMap(t *testing.T) {
	r := start(t, setup{})
	r.ShowPane(tabMap)
	r.window.Canvas().Capture()
	r.settle()
	r.find("18 of 20 contracts · 2 without a reading", inLower)
	r.panes.table.SetSearch("BTC")
	r.window.Canvas().Capture()
	r.settle()
	r.find("1 of 20 contracts · as the table is filtered", inLower)
	r.panes.table.SetSearch("")
	r.window.Canvas().Capture()
	r.settle()
	r.find("18 of 20 contracts · 2 without a reading", inLower)
}

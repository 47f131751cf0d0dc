package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/chartpane"
	"openinterest/ui/columns/columnstest"
)

func TestPanesComeUp(t *testing.T) {
	r := start(t, setup{})
	for text, where := range map[string]func(seen) bool{
		"ETHUSDT":                     inTable,
		"币安人生USDT":                    inTable,
		"BTCUSDT":                     inHistory,
		"Compare":                     inCompare,
		"Live":                        inBar,
		"20 / 20":                     inBar,
		"12:04:09 UTC":                inBar,
		"Open interest, tracked live": inGuide,
	} {
		r.find(text, where)
	}
	if !r.sees("Open Interest Tracker") && !strings.Contains(r.window.Title(), "Open Interest Tracker") {
		t.Errorf("the window is titled %q", r.window.Title())
	}
	if strings.Contains(r.window.Title(), "DEMO") || r.sees("DEMO") {
		t.Error("it says that the market is simulated")
	}
}

func TestTheDemoSaysWhatItIs(t *testing.T) {
	r := start(t, setup{demo: true})
	if !strings.Contains(r.window.Title(), "DEMO — simulated market") {
		t.Errorf("the window is titled %q", r.window.Title())
	}
	r.find("DEMO — simulated market", inBar)
}

func TestATickIsComparedUntilItIsTakenBack(t *testing.T) {
	r := start(t, setup{})
	if r.isTicked("ETHUSDT") {
		t.Fatal("ETHUSDT is ticked from the beginning")
	}
	r.tick("ETHUSDT")
	r.tick("SOLUSDT")
	if !r.isTicked("ETHUSDT") || !r.isTicked("SOLUSDT") {
		t.Error("the table does not show the ticks")
	}
	r.find("Compare  2", inCompare)
	legend := r.find("ETHUSDT", inCompare)
	r.find("SOLUSDT", inCompare)
	if got := strings.Join(r.feed.loaded, ", "); !strings.Contains(got, "ETHUSDT 24h") || !strings.Contains(got, "SOLUSDT 24h") {
		t.Errorf("loaded was: %s", got)
	}

	r.tap(legend)
	if !r.isTicked("ETHUSDT") {
		t.Error("a tap on the name unticks")
	}
	r.tap(r.find("×", func(s seen) bool { return inCompare(s) && s.at.X > legend.at.X && s.at.X < legend.at.X+120 }))
	if r.isTicked("ETHUSDT") || !r.isTicked("SOLUSDT") {
		t.Error("the table does not follow the legend")
	}
	r.find("Compare  1", inCompare)
	r.tick("SOLUSDT")
	r.find("Compare", inCompare)
	if r.sees("×") {
		t.Error("the legend still names something")
	}
}

func TestOneTickTooManyIsASentence(t *testing.T) {
	r := start(t, setup{snapshot: columnstest.Large(40)})
	var rows []seen
	for _, s := range r.texts() {
		if inTable(s) && s.Text.Text == "☐" && s.at.Y > 104 {
			rows = append(rows, s)
		}
	}
	if len(rows) <= chartpane.MaxSymbols {
		t.Fatalf("%d rows are on screen", len(rows))
	}
	for i := range chartpane.MaxSymbols + 1 {
		r.tap(rows[i])
	}
	if n := len(r.panes.table.State().Ticked); n != chartpane.MaxSymbols {
		t.Errorf("%d symbols are ticked", n)
	}
	if !r.sees("At most 12 symbols are compared") {
		t.Error("nothing says why the last tick was refused")
	}
}

func TestADoubleClickShowsTheHistory(t *testing.T) {
	r := start(t, setup{})
	row := r.find("SOLUSDT", inTable)
	r.tap(row)
	r.find("BTCUSDT", inHistory)
	r.tap(row)
	r.find("SOLUSDT", inHistory)
	if got := r.feed.attention().Ticked; !slices.Contains(got, "SOLUSDT") {
		t.Errorf("the feed attends to %v", got)
	}
}

// What the person looks at is what the feed is told to keep fresh.
func TestTheFeedKnowsWhatIsLookedAt(t *testing.T) {
	r := start(t, setup{snapshot: columnstest.Large(300)})
	r.until("the rows on screen were not reported", func() bool { return len(r.feed.attention().Visible) > 0 })
	first := r.feed.attention()
	var onScreen []string
	for _, s := range r.texts() {
		if inTable(s) && strings.HasSuffix(s.Text.Text, "USDT") {
			onScreen = append(onScreen, s.Text.Text)
		}
	}
	slices.Sort(onScreen)
	visible := slices.Clone(first.Visible)
	slices.Sort(visible)
	if !slices.Equal(onScreen, visible) {
		t.Errorf("on screen are %v, the feed knows of %v", onScreen, visible)
	}
	if !slices.Equal(first.Ticked, []string{"BTCUSDT"}) || first.Hidden {
		t.Errorf("at first the feed is told %+v", first)
	}

	star := r.beside(onScreen[3], 38)
	if star.Text.Text != "☆" {
		t.Fatalf("beside %s is %q, no star", onScreen[3], star.Text.Text)
	}
	r.tap(star)
	r.tick(onScreen[4])
	a := r.feed.attention()
	if !slices.Equal(a.Favourites, onScreen[3:4]) || !slices.Contains(a.Ticked, onScreen[4]) || !slices.Contains(a.Ticked, "BTCUSDT") {
		t.Errorf("after a star and a tick the feed is told: favourites %v, ticked %v", a.Favourites, a.Ticked)
	}
	r.SetHidden(true)
	if !r.feed.attention().Hidden {
		t.Error("the feed does not know that the window is hidden")
	}
	r.SetHidden(false)
	if r.feed.attention().Hidden {
		t.Error("the feed does not know that the window is back")
	}

	// Another part of the table.
	test.Scroll(r.window.Canvas(), fyne.NewPos(400, 300), 0, -2600)
	r.until("scrolling was not reported", func() bool { return !slices.Contains(r.feed.attention().Visible, first.Visible[0]) })
}

// A feed that has fallen silent must be seen to be silent: ages go on without it.
func TestRowsAgeWhileTheFeedIsSilent(t *testing.T) {
	r := start(t, setup{})
	age := func() string { return r.beside("BTCUSDT", 1060).Text.Text }
	before := age()
	if before != "2s" {
		t.Fatalf("BTCUSDT is %q old", before)
	}
	fresh := r.find("BTCUSDT", inTable).Color
	r.pass(70 * time.Second)

	ctx := t.Context()
	ended := make(chan struct{})
	runs, stop := context.WithCancel(ctx)
	go func() {
		defer close(ended)
		r.Run(runs)
	}()
	r.until("the row does not age", func() bool { return age() != before })
	stop()
	<-ended
	r.settle()
	if got := age(); got != "1m" {
		t.Errorf("after 72 s it is %q old", got)
	}
	if r.find("BTCUSDT", inTable).Color == fresh {
		t.Error("a stale row is as loud as a fresh one")
	}
	if !r.sees("oldest 2m") {
		t.Error("the status bar does not say how old the oldest row is")
	}
}

// While nobody can see the window nothing in it is painted, which would cost a
// minimised one most of its processor time; what happened stands there at once
// when it is seen again.
func TestAHiddenWindowShowsTheNewestWhenItIsSeenAgain(t *testing.T) {
	r := start(t, setup{})
	age := func() string { return r.beside("BTCUSDT", 1060).Text.Text }
	before := age()
	r.SetHidden(true)
	r.pass(70 * time.Second)
	r.show(columnstest.Snapshot())
	if got := age(); got != before {
		t.Errorf("the age went on to %q in a window that is hidden", got)
	}
	r.SetHidden(false)
	r.settle()
	if got := age(); got != "1m" {
		t.Errorf("seen again after 72 s, the age is %q", got)
	}
}

// What the program has to say of itself stands behind what is wrong with the feed.
func TestTheStatusBarTakesNotes(t *testing.T) {
	r := start(t, setup{with: func(o *Options) {
		o.Notes = func(w *assets.Words) []string { return []string{"A note in " + string(w.Lang()) + "."} }
	}})
	s := *columnstest.Snapshot()
	s.Status = market.Status{State: market.Live, Ready: 20, Total: 20, StreamLive: true}
	r.hand(market.NewSnapshot(s), r.now())
	r.settle()
	if got := r.panes.bar.Model(); got.Sentence != "A note in en." {
		t.Errorf("the bar says %q", got.Sentence)
	}
	r.hand(problem(market.Unreachable, nil), r.now())
	r.settle()
	got := r.panes.bar.Model()
	if !strings.HasPrefix(got.Sentence, "No connection") || got.More != "+1" || !strings.HasSuffix(got.Tip, "\nA note in en.") {
		t.Errorf("offline, the bar says %q %s, its tooltip %q", got.Sentence, got.More, got.Tip)
	}
}

// The pump never has more than one hop pending, for the table and for the rest.
func TestAtMostOneHopIsPending(t *testing.T) {
	r := start(t, setup{})
	for i := range 200 {
		s := *columnstest.Snapshot()
		s.Status.Ready = i
		r.hand(&s, r.now())
	}
	if n := len(r.hops); n > 2 {
		t.Errorf("%d hops are pending", n)
	}
	r.settle()
	r.find("199 / 20", inBar) // the newest
}

func TestNothingMovesOnceClosed(t *testing.T) {
	r := start(t, setup{})
	r.Close()
	r.hand(columnstest.Snapshot(), r.now().Add(time.Hour))
	for len(r.hops) > 0 {
		(<-r.hops)()
	}
	r.find("12:04:09 UTC", inBar)
}

// problems is every way in which the feed can be down.
var problems = []market.ProblemKind{market.Unreachable, market.TimedOut, market.LimitedUntil, market.BannedUntil, market.RefusedFirewall,
	market.RefusedLocation, market.UnknownSymbol, market.BadAnswer, market.ExchangeDown, market.QuotaSpent, market.BadCertificate,
	market.ProxyUnreachable, market.ProxyLogin, market.ProxyRefused}

// problem is a feed that is down for a reason.
func problem(kind market.ProblemKind, change func(*market.Snapshot)) *market.Snapshot {
	s := *columnstest.Snapshot()
	s.Status.State = market.Offline
	s.Status.Problem = &market.Problem{Kind: kind, What: "open interest of BTCUSDT"}
	if change != nil {
		change(&s)
	}
	return market.NewSnapshot(s)
}

func TestTheStatusBarSaysHowTheFeedIs(t *testing.T) {
	until := columnstest.Now.Add(51 * time.Second)
	for name, c := range map[string]struct {
		snapshot *market.Snapshot
		says     []string
	}{
		"nothing yet": {nil, []string{"Connecting"}},
		"hydrating": {problem("", func(s *market.Snapshot) {
			s.Status = market.Status{State: market.Loading, Ready: 12, Total: 20}
		}), []string{"Loading", "12 / 20"}},
		"waiting": {problem(market.LimitedUntil, func(s *market.Snapshot) {
			s.Status.State, s.Status.Problem.Until, s.Status.Problem.Told = market.Refused, until, true
		}), []string{"Waiting", "12:05:00 UTC"}},
		"offline":  {problem(market.Unreachable, nil), []string{"Offline", "No connection to the exchange", "Retry"}},
		"location": {problem(market.RefusedLocation, nil), []string{"Refused", "does not serve the place", "Open the demo market"}},
		"delisted": {problem("", func(s *market.Snapshot) {
			s.Status = market.Status{State: market.Live, Ready: 20, Total: 20, StreamLive: true}
			s.Notices = []market.Notice{{Time: columnstest.Now, Symbol: "GONEUSDT", Kind: market.Delisted}}
		}), []string{"Live", "No longer trading: GONEUSDT"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, setup{silent: c.snapshot == nil, snapshot: c.snapshot})
			var bar []string
			for _, s := range r.texts() {
				if inBar(s) {
					bar = append(bar, s.Text.Text)
				}
			}
			for _, want := range c.says {
				if !strings.Contains(strings.Join(bar, " | "), want) {
					t.Errorf("the bar does not say %q: %v", want, bar)
				}
			}
		})
	}
}

func TestTheStatusBarsOffersWork(t *testing.T) {
	r := start(t, setup{silent: true, snapshot: nil})
	s := market.NewSnapshot(market.Snapshot{Time: columnstest.Now, Status: market.Status{
		State: market.Offline, Problem: &market.Problem{Kind: market.Unreachable, What: "asking"}}})
	r.show(s)
	if !slices.ContainsFunc(r.texts(), func(s seen) bool { return inTable(s) && strings.Contains(s.Text.Text, "No connection") }) {
		t.Errorf("the empty table does not say why it is empty: %v", r.words())
	}
	r.tap(r.find("Retry", inBar))
	r.tap(r.find("Open the demo market", inBar))
	if r.feed.retries != 1 || r.opened != 1 {
		t.Errorf("retried %d times, opened the demo %d times", r.feed.retries, r.opened)
	}
}

// A chart that cannot be loaded says why, and offers to try again.
func TestAChartThatFailsSaysWhy(t *testing.T) {
	r := start(t, setup{silent: true})
	r.feed.refuse = &market.Problem{Kind: market.ExchangeDown, What: "history of BTCUSDT"}
	r.show(columnstest.Snapshot())
	if !r.sees("BTCUSDT: The exchange reports a fault of its own") {
		t.Fatalf("the chart does not say why it is empty: %v", r.words())
	}
	r.feed.mu.Lock()
	r.feed.refuse = nil
	r.feed.mu.Unlock()
	r.tap(r.find("Retry", inHistory))
	if r.sees("reports a fault") {
		t.Error("the chart still says that it failed")
	}
}

func TestAViewComesToTheFrontAndIsKept(t *testing.T) {
	r := start(t, setup{})
	r.ShowView("nonsense")
	if r.sees("OI (USD) ≥ 20 M") {
		t.Error("a view that there is not is shown")
	}
	r.ShowView("liquid")
	if !r.sees("OI (USD) ≥ 20 M") || r.panes.table.State().View != "liquid" {
		t.Errorf("the view is %q", r.panes.table.State().View)
	}
}

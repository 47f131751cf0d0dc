package ui

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/data/alert"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/alerts"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/settings"
)

// shelf has some days of noise of every contract.
type shelf struct{ days int }

func (s *shelf) Symbols() []string { return []string{"BTCUSDT", "ETHUSDT"} }

func (s *shelf) Subject(_ context.Context, symbol string, _ bool) (signal.Subject, error) {
	in := &signal.Input{Symbol: symbol, Terms: market.DefaultFundingTerms(), Volume: market.Unknown}
	r := rand.New(rand.NewPCG(1, 2))
	first := columnstest.Now.Add(-time.Duration(s.days)*24*time.Hour).UnixMilli() / market.StepMillis * market.StepMillis
	q, p := 1e6, 100.0
	for i := range s.days * 288 {
		q, p = q*math.Exp(0.002*r.NormFloat64()), p*math.Exp(0.002*r.NormFloat64())
		in.Points = append(in.Points, market.Point{Time: first + int64(i)*market.StepMillis, Contracts: q, Price: p})
	}
	return signal.Subject{Input: in}, nil
}

func inLower(s seen) bool { return s.at.Y > 530 && s.at.X < 1090 }

func TestTabsBelowTheTable(t *testing.T) {
	kept := settings.InMemory()
	with := func(o *Options) { o.Scores = &shelf{days: 40} }
	r := start(t, setup{settings: kept, with: with})
	r.find("Compare", inCompare)
	r.tap(r.find("Scorecard", inLower))
	r.settle()
	r.find("OI lift ▸", inLower) // folded: there is not much room
	r.find("In words", inLower)
	if r.panes.history.Visible() && r.shell.pages[tabCharts].Visible() {
		t.Error("the charts are still there")
	}
	r.tap(r.find("Alerts", inLower))
	r.find("New rule", inLower)

	again := start(t, setup{settings: kept, with: with})
	again.find("New rule", inLower)
	again.tap(again.find("Charts", inLower))
	again.find("Compare", inCompare)
}

func TestGuideFoldsToATab(t *testing.T) {
	r := start(t, setup{size: fyne.NewSize(1100, 800)})
	r.find("Compare", func(s seen) bool { return true })
	r.tap(r.find("Guide", func(s seen) bool { return s.at.Y > 400 }))
	r.find("Open interest, tracked live", func(s seen) bool { return s.at.Y > 400 })
	r.tap(r.find("Charts", func(s seen) bool { return s.at.Y > 400 }))
	if r.panes.guide.Visible() {
		t.Error("the guide is still in front")
	}
	r.window.Resize(fyne.NewSize(1440, 800)) // there is room for its own column
	r.settle()
	if slices.Contains(r.shell.names, tabGuide) || !r.panes.guide.Visible() {
		t.Error("the guide does not come back into its column")
	}
}

// priced is the market with another price of a contract, as of now.
func priced(symbol string, price float64, now time.Time) *market.Snapshot {
	old := columnstest.Snapshot()
	s := *old
	s.Sequence++
	s.Quotes = slices.Clone(old.Quotes)
	for i, q := range s.Quotes {
		if q.Contract.Symbol == symbol {
			changed := *q
			changed.Mark.Price, changed.Mark.Received = price, now
			s.Quotes[i] = &changed
		}
	}
	return market.NewSnapshot(s)
}

func TestAlertReachesTheDesktopAndTheLog(t *testing.T) {
	t.Run("seen", func(t *testing.T) { alertReachesTheDesktop(t, false) })
	t.Run("hidden", func(t *testing.T) { alertReachesTheDesktop(t, true) })
}

func alertReachesTheDesktop(t *testing.T, hidden bool) {
	kept := settings.InMemory()
	kept.Update(func(s *settings.Settings) {
		s.SetPane(paneAlerts, alerts.State{Rules: []alert.Rule{
			{ID: "rule-1", Column: alert.Price, Direction: alert.Up, Bound: 9000, Scope: alert.ScopeOne, Symbol: "ETHUSDT"}}})
	})
	r := start(t, setup{settings: kept})
	r.pass(2 * time.Second)
	var sent *fyne.Notification
	r.UI.o.App = notified{r.app, func(n *fyne.Notification) { sent = n }}
	r.SetHidden(hidden)
	r.show(priced("ETHUSDT", 9100, r.now()))
	if sent == nil || sent.Title != "ETHUSDT: Mark price rises to 9,000 USDT" || !strings.Contains(sent.Content, "rose to 9,100") {
		t.Fatalf("the desktop was sent %+v", sent)
	}
	r.SetHidden(false)
	r.tap(r.find("Alerts (1)", inLower))
	r.find("ETHUSDT: Mark price rises to 9,000 USDT", inLower)
}

// notified is an app whose notifications can be read.
type notified struct {
	fyne.App
	send func(*fyne.Notification)
}

func (n notified) SendNotification(m *fyne.Notification) { n.send(m) }

// vault is an archive that ends when it is told to.
type vault struct {
	wanted []string
	status ondemand.Status
}

func (v *vault) Want(symbol string, r market.Range) {
	v.wanted = append(v.wanted, symbol+" "+r.String())
}
func (v *vault) Resume(symbol string, r market.Range)        { v.Want(symbol, r) }
func (v *vault) Stop(string)                                 {}
func (v *vault) Status(string, market.Range) ondemand.Status { return v.status }

func TestScorecardAsksTheArchiveAndCountsAnew(t *testing.T) {
	from, archive := &shelf{days: 31}, &vault{}
	r := start(t, setup{with: func(o *Options) { o.Scores, o.Archive = from, archive }})
	r.ShowPane("scorecard")
	r.settle()
	r.tap(r.find("Fetch a year from the archive", inLower))
	if len(archive.wanted) != 1 || archive.wanted[0] != "BTCUSDT 1y" {
		t.Fatalf("the archive was asked for %q", archive.wanted)
	}
	archive.status = ondemand.Status{State: ondemand.Fetching, Days: 334, Done: 12}
	r.show(columnstest.Snapshot())
	r.find("Fetching the archive: 12 / 334 days…", inLower)
	from.days = 120
	archive.status.State = ondemand.Complete
	r.show(columnstest.Snapshot())
	r.until("nothing was counted anew", func() bool {
		s := r.book.State("BTCUSDT")
		return s.Cards != nil && s.Cards.History.Days > 100
	})
	r.settle()
	if r.sees("Fetch a year from the archive") {
		t.Error("the archive is still asked for")
	}
}

func TestTooltipsTellTheScorecardOnceItIsThere(t *testing.T) {
	r := start(t, setup{with: func(o *Options) { o.Scores = &shelf{days: 60} }})
	if got := r.panes.explain.Scored(signal.StrongBullish24h, "BTCUSDT"); got != "" {
		t.Errorf("before anything was computed: %q", got)
	}
	r.book.Want("BTCUSDT")
	r.settle()
	r.until("the scorecard does not come", func() bool { return r.book.State("BTCUSDT").Cards != nil })
	if got := r.panes.explain.Scored(signal.StrongBullish24h, "BTCUSDT"); !strings.Contains(got, "independent cases on BTCUSDT") {
		t.Errorf("the line reads %q", got)
	}
}

func TestTheScorecardIsThatOfTheChart(t *testing.T) {
	r := start(t, setup{with: func(o *Options) { o.Scores = &shelf{days: 40} }})
	r.panes.history.SetSymbol("SOLUSDT")
	r.settle()
	if got := r.panes.scorecard.Choice().Symbol; got != "SOLUSDT" {
		t.Errorf("SOLUSDT is charted, the scorecard is that of %s", got)
	}
}

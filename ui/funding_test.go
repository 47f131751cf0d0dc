package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/ui/chartpane"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// A click on a contract in the table of funding shows its payments beside, and is
// remembered as the tab is.
func TestFundingHasATabOfItsOwn(t *testing.T) {
	const longest = "币安人生USDT" // its payments are the highest
	pays := func(o *Options) {
		o.Feed.(*fakeFeed).paid = func(symbol string, from, to int64) (points []market.FundingPoint) {
			const step = int64(8 * time.Hour / time.Millisecond)
			for at := (from + step - 1) / step * step; at <= to; at += step {
				points = append(points, market.FundingPoint{Time: at, Rate: 0.0001 * float64(len(symbol))})
			}
			return points
		}
	}
	r := start(t, setup{with: pays})
	r.ShowPane(tabFunding)
	r.settle()
	r.window.Canvas().Capture() // lays the list out
	if state := r.panes.funding.chart.State(); state.Symbol != "BTCUSDT" {
		t.Errorf("at first it shows %q", state.Symbol)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.panes.funding.heat)
	test.TapCanvas(r.window.Canvas(), at.AddXY(40, 63))
	r.settle()
	if state := r.panes.funding.chart.State(); state.Symbol != longest {
		t.Errorf("after a click on the first row it shows %q, want %s", state.Symbol, longest)
	}
	again := start(t, setup{settings: r.o.Settings, with: pays})
	if again.shell.front != tabFunding || again.panes.funding.chart.State().Symbol != longest {
		t.Errorf("again it shows %q of %q", again.shell.front, again.panes.funding.chart.State().Symbol)
	}
}

// The feed asks for ratios while somebody can see them, or asks about them.
func TestRatiosAreAskedForWhileTheyAreWanted(t *testing.T) {
	r := start(t, setup{})
	if r.feed.attention().Ratios {
		t.Error("ratios are asked for though nothing shows them")
	}
	visible := settings.InMemory()
	visible.Update(func(s *settings.Settings) {
		state := table.State{}
		state.Visible = map[columns.ID]bool{columns.TakerBuySell: true}
		s.SetPane(paneTable, state)
	})
	r = start(t, setup{settings: visible})
	if !r.feed.attention().Ratios {
		t.Error("a column of ratios is shown, and none is asked for")
	}
	plots := settings.InMemory()
	plots.Update(func(s *settings.Settings) {
		s.SetPane(paneHistory, chartpane.HistoryState{Plots: chartpane.PlotsState{LongShort: chartpane.PlotState{On: true}}})
	})
	r = start(t, setup{settings: plots})
	if !r.feed.attention().Ratios {
		t.Error("the plot of ratios is shown, and none is asked for")
	}
}

// A rule of alerts about a ratio has them asked for, too, while it is on.
func TestARuleAboutARatioHasItAskedFor(t *testing.T) {
	r := start(t, setup{})
	r.desk.Replace([]alert.Rule{{ID: "1", Column: alert.Column(columns.TakerBuySell), Direction: alert.Up, Bound: 2, Scope: alert.ScopeAll}})
	r.show(columnstest.Snapshot())
	if !r.feed.attention().Ratios {
		t.Error("a rule is about a ratio, and none is asked for")
	}
}

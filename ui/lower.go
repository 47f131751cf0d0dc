package ui

import (
	"slices"
	"time"

	"openinterest/data/history/ondemand"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/explain"
	"openinterest/ui/scorecard"
	"openinterest/ui/settings"
)

// The names under which the states of the lower area's panes are kept.
const (
	paneLower     = "lower"
	paneScorecard = "scorecard"
	paneAlerts    = "alerts"
	paneMap       = "map"
)

// lowerState is which tab of the lower area is in front.
type lowerState struct {
	Tab string `json:"tab"`
}

// openModels makes what outlives the panes: scorecards that were computed, and
// the desk that raises alerts whatever is on screen.
func (u *UI) openModels() {
	if u.o.Scores != nil {
		u.book = scorecard.NewBook(u.ctx, u.o.Scores, u.o.Now, u.o.Dispatch)
	}
	u.openDesk()
	u.fetching, u.filling = map[string]bool{}, map[string]market.Range{}
}

// newScorecard builds the scorecard's pane.
func (p *panes) newScorecard(u *UI) {
	var choice scorecard.Choice
	u.o.Settings.Get(func(s *settings.Settings) { s.Pane(paneScorecard, &choice) })
	o := scorecard.Options{Words: u.words, Book: u.book, Choice: choice,
		OnChoice: func(c scorecard.Choice) { u.save(paneScorecard, c) }}
	if u.o.Archive != nil {
		o.OnArchive = u.fetchYear
	}
	p.scorecard = scorecard.New(o)
	p.scorecard.Follow(p.history.State().Symbol)
}

// symbols lists every contract of the market.
func (u *UI) symbols() []string {
	if u.snapshot == nil {
		return nil
	}
	symbols := make([]string, len(u.snapshot.Quotes))
	for i, q := range u.snapshot.Quotes {
		symbols[i] = q.Contract.Symbol
	}
	return symbols
}

// scored is the scorecard's line about a kind of signal, of what was computed.
func (u *UI) scored(k signal.EventKind, symbol string) string {
	if u.book == nil {
		return ""
	}
	return u.book.Line(u.words, k, symbol)
}

// fetchYear has the archive fetch a year of a contract.
func (u *UI) fetchYear(symbol string) {
	u.fetching[symbol] = true
	if u.o.Archive.Status(symbol, market.Range1y).State.Ended() {
		u.o.Archive.Resume(symbol, market.Range1y)
		return
	}
	u.o.Archive.Want(symbol, market.Range1y)
}

// followFetching tells the scorecard how far the archive is, and has it count
// anew once more history is there.
func (u *UI) followFetching() {
	for symbol := range u.fetching {
		s := u.o.Archive.Status(symbol, market.Range1y)
		f := scorecard.Fetching{Done: s.Done, Days: s.Days, Ended: s.State.Ended(), Failed: s.State.Ended() && s.State != ondemand.Complete}
		u.panes.scorecard.SetFetching(symbol, f)
		if f.Ended {
			delete(u.fetching, symbol)
			u.book.Forget(symbol)
		}
	}
}

// mayFetch reports whether the archive can be asked for the history that keeps a
// kind of signal from being evaluated on some contracts.
func (u *UI) mayFetch(b *watch.Board, k signal.EventKind) bool {
	return u.o.Archive != nil && len(b.Lacking(k)) > 0
}

// fetchFor has the archive fetch the history that a kind of signal lacks. The
// guide and the table offer it.
func (u *UI) fetchFor(k signal.EventKind) { u.fetchDays(u.signs.Lacking(k), explain.Days(k)) }

// archiveFetch is fetchDays where there is an archive, else nil.
func (u *UI) archiveFetch() func(symbols []string, days int) {
	if u.o.Archive == nil {
		return nil
	}
	return u.fetchDays
}

// fetchDays has the archive fetch the last days of contracts.
func (u *UI) fetchDays(symbols []string, days int) {
	r := market.Range1y
	for _, shorter := range []market.Range{market.Range90d, market.Range30d, market.Range14d} {
		if time.Duration(days)*24*time.Hour <= time.Duration(shorter) {
			r = shorter
		}
	}
	for _, symbol := range symbols {
		u.filling[symbol] = r
		if u.o.Archive.Status(symbol, r).State.Ended() {
			u.o.Archive.Resume(symbol, r)
			continue
		}
		u.o.Archive.Want(symbol, r)
	}
}

// followFilling tells the signals of contracts whose history was fetched. It is
// called with every snapshot.
func (u *UI) followFilling() {
	for symbol, r := range u.filling {
		if u.o.Archive.Status(symbol, r).State.Ended() {
			delete(u.filling, symbol)
			if u.o.Signals != nil {
				u.o.Signals.Grown(symbol)
			}
			if len(u.filling) == 0 {
				u.panes.alerts.PastGrew()
			}
		}
	}
}

// tab names a page of the lower area.
type tab = string

// The tabs. The guide is one only while there is no room for its own column.
const (
	tabCharts    tab = "charts"
	tabScorecard tab = "scorecard"
	tabAlerts    tab = "alerts"
	tabMap       tab = "map"
	tabFunding   tab = "funding"
	tabGuide     tab = "guide"
)

// ShowPane brings a pane to the front: "charts", "map", "funding",
// "scorecard", "alerts" or "guide".
func (u *UI) ShowPane(name string) {
	if name == tabGuide {
		u.showGuide(true)
		return
	}
	u.shell.show(name)
}

// ShowView brings a view of the table to the front, by its key or its name.
func (u *UI) ShowView(name string) {
	if key := u.panes.table.ViewKey(name); key != "" {
		u.panes.table.ShowView(key)
	}
}

// startTabs are the tabs that can be in front at a start.
var startTabs = []tab{tabCharts, tabMap, tabFunding, tabScorecard, tabAlerts}

// startTab is the tab that was in front, or that shall be at each start.
func (u *UI) startTab() tab {
	var state lowerState
	u.o.Settings.Get(func(s *settings.Settings) {
		s.Pane(paneLower, &state)
		if u.shell == nil && slices.Contains(startTabs, s.Start) { // not where the panes are built anew
			state.Tab = s.Start
		}
	})
	if !slices.Contains(startTabs, state.Tab) {
		return tabCharts
	}
	return state.Tab
}

package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/alerts"
	"openinterest/ui/chartpane"
	"openinterest/ui/columns"
	"openinterest/ui/explain"
	"openinterest/ui/guide"
	"openinterest/ui/look/tip"
	"openinterest/ui/marketmap"
	"openinterest/ui/scorecard"
	"openinterest/ui/settings"
	"openinterest/ui/statusbar"
	"openinterest/ui/table"
)

// The names under which the panes' states are kept.
const (
	paneTable   = "table"
	paneHistory = "history"
	paneCompare = "compare"
	paneGuide   = "guide"
	paneCharts  = "charts"
)

// chartsState is what the charts have in common.
type chartsState struct {
	Apart   bool                  `json:"apart"` // each has its own time axis
	Markers chartpane.MarkerState `json:"markers"`
}

// panes are the parts of the window, in one language and theme.
type panes struct {
	words   *assets.Words
	tips    *tip.Layer
	table   *table.Table
	history *chartpane.History
	compare *chartpane.Compare
	guide   *guide.Pane
	bar     *statusbar.Bar

	mayFetch func(*watch.Board, signal.EventKind) bool // history that a kind lacks can be fetched

	showQuadrant func(signal.Kind) // marks a reading's quadrant on the map; nil: there is no map

	scorecard *scorecard.Pane
	alerts    *alerts.Pane
	market    *marketmap.Pane
	funding   *funding
	rows      []*columns.Row // of the table
	query     *columns.Query // what is asked of them; nil: no row came yet

	explain   *explain.Words
	live      *market.Snapshot // whose signals the guide shows
	livePrint watch.Fingerprint
}

func newPanes(u *UI, tips *tip.Layer) *panes {
	p := &panes{words: u.words, tips: tips, explain: explain.New(u.words), mayFetch: u.mayFetch}
	p.explain.Score = u.scored
	var tableState table.State
	var historyState chartpane.HistoryState
	var compareState chartpane.CompareState
	var guideState guide.State
	var common chartsState
	u.o.Settings.Get(func(s *settings.Settings) {
		s.Pane(paneTable, &tableState)
		s.Pane(paneHistory, &historyState)
		s.Pane(paneCompare, &compareState)
		s.Pane(paneGuide, &guideState)
		s.Pane(paneCharts, &common)
	})
	link := chartpane.NewLink(!common.Apart)
	link.OnChange = func(on bool) {
		common.Apart = !on
		u.save(paneCharts, common)
	}
	markers := chartpane.NewMarkerChoice(common.Markers)
	markers.OnChange = func(s chartpane.MarkerState) {
		common.Markers = s
		u.save(paneCharts, common)
	}
	charts := chartpane.Options{
		Context: u.ctx, Source: u.o.Feed, Words: u.words, Dispatch: u.o.Dispatch,
		Demo: u.o.Demo, Synchronous: u.o.Still, Archive: u.o.Archive, Link: link,
		OnExport: func(e chartpane.Export) { u.saveAs(e.Name, e.Write) },
		OnCopy:   u.copyPicture,
	}
	if u.o.Signals != nil {
		charts.Marking = chartpane.Marking{
			Events: u.o.Signals, Tips: tips, Explain: func(e signal.Event) tip.Content { return p.explain.Event(e, u.seenLive(e)) },
			OnGuide: func(k signal.EventKind) { u.openGuide(explain.Section(k)) },
			Name:    p.explain.Name, Choice: markers,
		}
	}
	p.history = chartpane.NewHistory(charts, historyState)
	p.history.OnState = func(s chartpane.HistoryState) {
		u.save(paneHistory, s)
		p.scorecard.Follow(s.Symbol)
		u.attend()
	}
	p.showLine(u)
	p.compare = chartpane.NewCompare(charts, compareState)
	p.compare.OnState = func(s chartpane.CompareState) { u.save(paneCompare, s) }
	p.compare.OnUntick = p.untick
	p.compare.OnHighlight = func(symbol string) { p.table.Select(symbol) }
	p.compare.OnTick = func(symbols []string) { p.table.SetTicked(symbols) }
	p.compare.SetTicked(tableState.Ticked)
	var before *guide.Pane
	if u.panes != nil {
		before = u.panes.guide
	}
	p.guide = guide.New(guide.Options{
		Sections: assets.Guide(u.words.Lang()), Words: u.words, State: guideState, Before: before,
		OnClose:  func() { u.showGuide(false) },
		OnFilter: p.filter,
		OnFetch:  func(kind string) { u.fetchFor(signal.EventKind(kind)) },
		OnMap: func(kind string) {
			u.ShowPane("map")
			p.showQuadrant(signal.Kind(kind))
		},
	})
	p.bar = statusbar.New(u.words)
	p.bar.OnRetry, p.bar.OnOpenDemo = u.o.Feed.Retry, u.o.OpenDemo
	p.table = table.New(p.tableOptions(u, tips, tableState))
	p.newScorecard(u)
	p.newAlerts(u)
	p.newMap(u, tips)
	p.newFunding(u, tips, charts)
	return p
}

func (p *panes) tableOptions(u *UI, tips *tip.Layer, state table.State) table.Options {
	return table.Options{
		Words: u.words, Tips: tips, Clock: tip.SystemClock(u.o.Dispatch), Dispatch: u.o.Dispatch,
		State: state, Trailing: u.tools(), Explain: p.explain,
		OnState: func(s table.State) {
			u.save(paneTable, s)
			u.attend()
		},
		OnSave:   u.saveAs,
		OnLoad:   u.load,
		Rules:    u.desk.Rules,
		SetRules: u.desk.Replace,
		OnOpen:   u.openChart,
		OnLook:   u.desk.LookedAt,
		Density:  u.choice().Density,
		Gestures: p.gestures(u),
		OnMoment: p.history.ShowMoment,
		OnGuide:  u.openGuide,
		MayFetch: u.mayFetch,
		OnFetch:  u.fetchFor,
		OnTicked: p.showTicked,
		OnRows:   p.takeRows,
		MayTick: func(_ string, others int) string {
			if others < chartpane.MaxSymbols {
				return ""
			}
			return u.words.T("chart.too_many", assets.Args{"Max": chartpane.MaxSymbols})
		},
		OnVisible: func(symbols []string) {
			u.visible = symbols
			u.attend()
		},
	}
}

// gestures are what the window does for keys and menus of the table.
func (p *panes) gestures(u *UI) table.Gestures {
	return table.Gestures{
		Tell: u.toasts.Show, OnEscape: u.escape, OnRune: u.typed, OnShortcut: u.shortcut,
		OnExchange: u.openContract, OnCalculate: u.ShowCalculator,
		Alerts: func(symbol string) []*fyne.MenuItem { return p.alertItems(u, symbol) },
		OnAlertView: func(name string, q columns.Query) {
			u.shell.show(tabAlerts)
			p.alerts.Edit(alerts.ViewRule(name, &q))
		},
	}
}

func (p *panes) untick(symbol string) {
	p.table.SetTicked(slices.DeleteFunc(p.table.State().Ticked, func(s string) bool { return s == symbol }))
}

func (p *panes) close() {
	p.history.Close()
	p.compare.Close()
	p.market.Close()
	p.funding.close()
	p.alerts.Close()
}

// objects lists the panes as the shell places them.
func (p *panes) objects() (table, history, compare, guide, bar fyne.CanvasObject) {
	return p.table.Object(), p.history, p.compare, p.guide, p.bar
}

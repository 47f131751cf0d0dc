package ui

import (
	"fyne.io/fyne/v2/container"

	"openinterest/data/market"
	"openinterest/ui/chartpane"
	"openinterest/ui/fundingheat"
	"openinterest/ui/look/tip"
	"openinterest/ui/settings"
)

// The names under which the states of the tab of funding are kept.
const (
	paneFunding = "funding"
	paneHeat    = "heat"
)

// funding is the tab: the table of all contracts beside the chart of one.
type funding struct {
	heat  *fundingheat.Pane
	chart *chartpane.Funding
	front bool
}

// newFunding builds the tab. charts are the options of the window's charts.
func (p *panes) newFunding(u *UI, tips *tip.Layer, charts chartpane.Options) {
	var heat fundingheat.State
	var state chartpane.FundingState
	u.o.Settings.Get(func(s *settings.Settings) {
		s.Pane(paneHeat, &heat)
		s.Pane(paneFunding, &state)
	})
	f := &funding{chart: chartpane.NewFunding(charts, state)}
	f.chart.OnState = func(s chartpane.FundingState) { u.save(paneFunding, s) }
	f.heat = fundingheat.New(fundingheat.Options{
		Context: u.ctx, Source: u.o.Feed, Words: u.words, Tips: tips, Dispatch: u.o.Dispatch, State: heat,
		OnState: func(s fundingheat.State) { u.save(paneHeat, s) },
		OnOpen:  f.chart.SetSymbol, OnExport: charts.OnExport,
	})
	p.funding = f
}

// object is the tab's content, split as the shell keeps it.
func (f *funding) object() *container.Split {
	return container.NewHSplit(f.heat, f.chart)
}

// setFront says whether the tab can be seen: only then anything is read.
func (f *funding) setFront(front bool, s *market.Snapshot) {
	f.front = front
	f.heat.SetShown(front)
	f.setSnapshot(s)
}

// setSnapshot hands over the newest snapshot, which may be nil.
func (f *funding) setSnapshot(s *market.Snapshot) {
	if f.front && s != nil {
		f.heat.SetSnapshot(s)
		f.chart.SetSnapshot(s)
	}
}

// busy reports whether something that is seen is still being read or drawn.
func (f *funding) busy() bool { return f.front && (f.heat.Busy() || f.chart.Busy()) }

func (f *funding) close() {
	f.heat.Close()
	f.chart.Close()
}

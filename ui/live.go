package ui

import (
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/columns"
	"openinterest/ui/explain"
	"openinterest/ui/guide"
)

// liveAgain is how often the lists are made anew while no stamp closes and no
// signal changes: scorecards and fetched history change what is said beside them.
const liveAgain = 10 * time.Second

// showLive lists, below the guide's section on each signal, the contracts that
// show it now, those with the most open interest first.
func (p *panes) showLive(s *market.Snapshot, b *watch.Board) {
	if !p.guide.Visible() {
		return
	}
	print := watch.FingerprintOf(s, b)
	if p.live != nil && print == p.livePrint && s.Time.Sub(p.live.Time) < liveAgain {
		return
	}
	p.live, p.livePrint = s, print
	quotes := slices.Clone(s.Quotes)
	slices.SortStableFunc(quotes, byOpenInterest)
	readings, events := showingNow(quotes, b)
	items := map[string][]guide.LiveItem{}
	for _, kind := range signal.ReadingKinds() {
		onMap := ""
		if p.showQuadrant != nil {
			onMap = p.words.T("guide.live_map")
		}
		items[columns.GuideSection(kind)] = []guide.LiveItem{{
			Map:  onMap,
			Kind: string(kind), Label: p.words.T("signal." + string(kind) + ".name"), Symbols: readings[kind],
			Note:     p.explain.Scored(signal.ReadingEvent(kind, market.Window24h), ""),
			Coverage: p.explain.CoverageOfReadings(len(quotes)-len(readings[signal.Unknown]), len(quotes)),
		}}
	}
	if b != nil {
		for _, kind := range signal.EventKinds() {
			if kind.Reading() != signal.Unknown && kind.Window() == market.Window24h || kind.OnTrial() {
				continue // listed above, without asking for a z; or not shown yet
			}
			section := explain.Section(kind)
			item := guide.LiveItem{
				Kind: string(kind), Label: p.explain.Plain(kind), Symbols: events[kind], Note: p.explain.Scored(kind, ""),
				Coverage: p.explain.Coverage(b, kind),
			}
			if p.mayFetch(b, kind) {
				item.Fetch = p.words.T("evidence.fetch")
			}
			items[section] = append(items[section], item)
		}
	}
	p.guide.SetAllLive(items)
}

// showingNow lists the contracts that show each signal, in the order given.
func showingNow(quotes []*market.Quote, b *watch.Board) (map[signal.Kind][]string, map[signal.EventKind][]string) {
	readings, events := map[signal.Kind][]string{}, map[signal.EventKind][]string{}
	for _, q := range quotes {
		symbol := q.Contract.Symbol
		sign := b.Sign(symbol)
		kind := signal.Unknown
		if sign != nil {
			kind = sign.Evaluation.Reading24h.Kind
		} else {
			kind = signal.ReadPriceOpenInterest(q.History, market.Window24h).Kind
		}
		readings[kind] = append(readings[kind], symbol)
		for _, k := range sign.Showing() {
			events[k] = append(events[k], symbol)
		}
	}
	return readings, events
}

// seenLive reports whether an event was seen as it happened.
func (u *UI) seenLive(e signal.Event) bool {
	if s := u.board().Sign(e.Symbol); s != nil {
		return slices.ContainsFunc(s.Events, func(x watch.Event) bool { return x.Live && x.Kind == e.Kind && x.Time.Equal(e.Time) })
	}
	return false
}

// filter shows the contracts with a signal, named as showLive names it.
func (p *panes) filter(kind string) {
	if k := signal.EventKind(kind); k.Valid() {
		p.table.ShowEvent(k)
		return
	}
	p.table.ShowKind(signal.Kind(kind))
}

// byOpenInterest puts the contract with more USD first, unknown ones last.
func byOpenInterest(a, b *market.Quote) int {
	x, y := a.OpenInterestUSD(), b.OpenInterestUSD()
	switch {
	case x > y || market.Known(x) && !market.Known(y):
		return -1
	case x < y || market.Known(y) && !market.Known(x):
		return 1
	}
	return 0
}

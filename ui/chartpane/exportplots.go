package chartpane

import (
	"cmp"
	"slices"

	"openinterest/data/history/export"
	"openinterest/data/market"
)

// exportColumn is what a plot below has at some times, as it is written.
type exportColumn struct {
	name string
	at   map[int64]string
}

// rows are the points, and one that is unknown at each time that a plot below
// alone has something at.
func (f form) rows(points []market.Point) []market.Point {
	if len(f.plots) == 0 {
		return points
	}
	rows, seen := slices.Clone(points), make(map[int64]bool, len(points))
	for _, p := range points {
		seen[p.Time] = true
	}
	for _, c := range f.plots {
		for at := range c.at {
			if !seen[at] {
				seen[at] = true
				rows = append(rows, market.Point{Time: at, Contracts: market.Unknown, Price: market.Unknown})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b market.Point) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

// exportedPlots are the plots below as they are when a file is asked for.
type exportedPlots struct {
	on      PlotsState
	unit    string
	candles []market.Candle // as the exchange gave them
	period  market.Period
	funding fundingRows
	ratios  []market.Ratios

	liquidations liquidationLoad
}

func (h *History) exportPlots() exportedPlots {
	p := exportedPlots{on: h.plots, unit: h.unit, candles: h.candles.rows, period: h.candles.period}
	if h.plots.Funding.On {
		p.funding = h.fundingRows()
	}
	p.ratios, p.liquidations = h.ratios.rows, h.liquidations
	return p
}

// columns are those of the plots that are switched on, with what they have in a span:
//   - change: by how much open interest changed since the point before, as the
//     chart counts it, in the unit that holds now;
//   - price and volume: candles, at the time when they began, in the unit of their
//     time, and how long they are;
//   - funding: payments in percent, and what the next would be now;
//   - ratios at their stamps;
//   - liquidations seen in each 5 minutes, at the time when these began, in USD:
//     lower bounds, and for how many seconds of them somebody listened.
func (p exportedPlots) columns(v View, from, to int64) (all []exportColumn) {
	column := func(name string) map[int64]string {
		at := map[int64]string{}
		all = append(all, exportColumn{name, at})
		return at
	}
	if p.on.Change.On {
		p.changes(v, from, to, column("oi_change_"+p.unit))
	}
	if p.on.Price.On || p.on.Volume.On {
		period := column("candle_period")
		for _, k := range p.within(from, to) {
			period[k.Time] = p.period.String()
		}
	}
	values := func(name string, of func(market.Candle) float64) {
		at := column(name)
		for _, k := range p.within(from, to) {
			at[k.Time] = export.Number(of(k))
		}
	}
	if p.on.Price.On {
		values("open", func(k market.Candle) float64 { return k.Open })
		values("high", func(k market.Candle) float64 { return k.High })
		values("low", func(k market.Candle) float64 { return k.Low })
		values("close", func(k market.Candle) float64 { return k.Close })
	}
	if p.on.Volume.On {
		values("volume", func(k market.Candle) float64 { return k.Volume })
		values("volume_usd", func(k market.Candle) float64 { return k.USD })
	}
	if p.on.Funding.On {
		paid, next := column("funding_pct"), column("funding_next_pct")
		for i, at := range p.funding.ends {
			switch {
			case at < from:
			case at == p.funding.next:
				next[at] = export.Number(p.funding.values[i])
			case at <= to:
				paid[at] = export.Number(p.funding.values[i])
			}
		}
	}
	for _, k := range p.ratioKinds() {
		at := column(k.Field())
		for _, r := range p.ratios {
			if r.Time >= from && r.Time <= to {
				at[r.Time] = export.Number(r.Values[k])
			}
		}
	}
	if p.on.Liquidations.On {
		longs, shorts, listened := column("liquidated_longs_usd"), column("liquidated_shorts_usd"), column("listened_s")
		l := &p.liquidations
		for i, at := range l.longs.times {
			if at >= from && at <= to {
				longs[at], shorts[at] = export.Number(max(0, -l.longs.values[i])), export.Number(l.shorts.values[i])
				listened[at] = export.Number(l.listenedIn(at, at+market.StepMillis).Seconds())
			}
		}
	}
	return all
}

// ratioKinds are those of the plots that are switched on.
func (p exportedPlots) ratioKinds() (kinds []market.RatioKind) {
	for _, k := range market.RatioKinds() {
		if on := p.on.LongShort.On; k == market.TakerBuySell && p.on.Taker.On || k != market.TakerBuySell && on {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// within are the candles that began in a span.
func (p exportedPlots) within(from, to int64) []market.Candle {
	first, _ := slices.BinarySearchFunc(p.candles, from, func(k market.Candle, at int64) int { return cmp.Compare(k.Time, at) })
	end, _ := slices.BinarySearchFunc(p.candles, to+1, func(k market.Candle, at int64) int { return cmp.Compare(k.Time, at) })
	return p.candles[first:end]
}

// changes writes those that the plot of changes puts together to bars.
func (p exportedPlots) changes(v View, from, to int64, at map[int64]string) {
	for _, plot := range v.built(&curves{}).Request.Below {
		if plot.Key != changeKey {
			continue
		}
		l := plot.Lines[0]
		for i := 1; i < len(l.Times); i++ {
			if ms := l.Times[i]; ms >= from && ms <= to && ms-l.Times[i-1] <= l.Gap {
				at[ms] = export.Number(l.Values[i] - l.Values[i-1])
			}
		}
	}
}

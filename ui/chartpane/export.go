package chartpane

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"openinterest/assets"
	"openinterest/data/history/export"
	"openinterest/data/market"
)

// exported are the points of one contract.
type exported struct {
	symbol string
	points []market.Point // as the exchange gave them
	since  int64          // of a comparison in percent: when the first of them is

	changes []market.UnitChange
}

// exported are a contract's points of a span.
func (ld *load) exported(symbol string, q *market.Quote, from, to int64) exported {
	served := ld.served(q, from).until(to)
	return exported{symbol: symbol, points: slices.Concat(served.body, served.tail), since: from, changes: ld.track(q, from).changes}
}

// percent is by how many percent a point differs from the first, in the same unit.
func (e exported) percent(p market.Point) float64 {
	first := e.points[0]
	return market.PercentChange(first.Contracts*market.UnitFactor(e.changes, first.Time), p.Contracts*market.UnitFactor(e.changes, p.Time))
}

// form is which columns a file has besides those of every file.
type form struct {
	symbols bool   // which contract a line is of: the second column
	percent bool   // oi_change_pct and since: what the chart counts, and from when on
	shown   string // what the chart shows, where that is computed otherwise: "oi_z"; empty: nothing

	plots []exportColumn // of the plots below
}

// columns are those of the file, in order.
func (f form) columns() []string {
	names := []string{"time", "contracts", "price", "oi_usd", "unit_factor"}
	if f.symbols {
		names = slices.Insert(names, 1, "symbol")
	}
	if f.percent {
		names = append(names, "oi_change_pct", "since")
	}
	if f.shown != "" {
		names = append(names, f.shown)
	}
	for _, c := range f.plots {
		names = append(names, c.name)
	}
	return names
}

// writePoints writes a header and a line a point: its time, RFC 3339 in UTC,
// contracts, price and oi_usd, with every digit; what isn't known is empty.
// They are as the exchange gave them: contracts times unit_factor are in the
// unit that holds now, as the chart shows them. shown are the chart's lines, where
// the form has a column of theirs. What a plot below has at another time has a
// line of its own, without a point.
func writePoints(w io.Writer, f form, all []exported, shown map[string]map[int64]float64) error {
	out := csv.NewWriter(w)
	_ = out.Write(f.columns()) // what fails, Flush tells
	var line []string
	for _, e := range all {
		for _, p := range f.rows(e.points) {
			line = append(line[:0], export.Time(p.Time))
			if f.symbols {
				line = append(line, e.symbol)
			}
			line = append(line, export.Number(p.Contracts), export.Number(p.Price), export.Number(p.USD()),
				export.Number(market.UnitFactor(e.changes, p.Time)))
			if f.percent {
				line = append(line, export.Number(e.percent(p)), export.Time(e.since))
			}
			if f.shown != "" {
				value, ok := shown[e.symbol][p.Time]
				if !ok {
					value = market.Unknown
				}
				line = append(line, export.Number(value))
			}
			for _, c := range f.plots {
				line = append(line, c.at[p.Time])
			}
			_ = out.Write(line)
		}
	}
	return flushed(out)
}

func flushed(out *csv.Writer) error {
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing a chart's points: %w", err)
	}
	return nil
}

// shownValues are what a view's lines show, by key and time.
func shownValues(v View) map[string]map[int64]float64 {
	shown := map[string]map[int64]float64{}
	for _, l := range v.built(&curves{}).Request.Lines {
		values := make(map[int64]float64, len(l.Times))
		for i, at := range l.Times {
			values[at] = l.Shown(l.Values[i])
		}
		shown[l.Key] = values
	}
	return shown
}

// writeFunding writes what a comparison of funding shows: a line a payment, and
// the rate that holds now.
func writeFunding(w io.Writer, column string, v View, from, to int64) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"time", "symbol", column})
	for _, l := range v.built(&curves{}).Request.Lines {
		for i, at := range l.Times {
			if at >= from && at <= to {
				_ = out.Write([]string{export.Time(at), l.Key, export.Number(l.Shown(l.Values[i]))})
			}
		}
	}
	return flushed(out)
}

// named is the contract.
func (h *History) named() subject {
	w := h.o.Words
	return subject{h.symbol, h.symbol + " · " + capital(w.T("chart.open_interest")) + ", " + w.T("chart."+h.unit)}
}

// Export returns what the chart shows.
func (h *History) Export() Export {
	from, to := h.axis.Span()
	var points []exported
	if ld := h.loader.loads[h.symbol]; ld != nil {
		points = append(points, ld.exported(h.symbol, h.snapshot.Quote(h.symbol), from, to))
	}
	plots, view := h.exportPlots(), h.chart.view
	return Export{Name: h.fileName(h.symbol, ".csv"), Write: func(w io.Writer) error {
		return writePoints(w, form{plots: plots.columns(view, from, to)}, points, nil)
	}}
}

// comparedBy names the columns of what a comparison computes of points.
var comparedBy = map[string]map[string]string{
	MetricOpenInterest: {UnitZ: "oi_z", UnitShare: "oi_share_pct"},
	MetricPrice:        {UnitPercent: "price_change_pct", UnitZ: "price_z"},
	MetricFunding:      {UnitRate: "funding_pct_8h", UnitZ: "funding_z"},
}

// named are the contracts; of many, how many.
func (c *Compare) named() subject {
	w := c.o.Words
	what := capital(w.T(metricWords[c.metric]))
	names := make([]string, len(c.symbols))
	for i, s := range c.symbols {
		names[i] = short(s)
	}
	return subject{"comparison", w.T("takeaway.compared", assets.Args{"What": what, "Symbols": strings.Join(names, w.T("chart.comma"))})}
}

// Export returns what the chart shows: a contract after the other.
func (c *Compare) Export() Export {
	from, to := c.axis.Span()
	column := comparedBy[c.metric][c.unit]
	e := Export{Name: c.fileName("comparison", ".csv")}
	view := c.view()
	if c.metric == MetricFunding {
		e.Write = func(w io.Writer) error { return writeFunding(w, column, view, from, to) }
		return e
	}
	all := c.tracks(from)
	begin, f := startsOf(all, to), form{symbols: true, percent: c.metric == MetricOpenInterest && c.unit == UnitPercent, shown: column}
	var points []exported
	for _, s := range all.symbols {
		if c.unit == UnitPercent {
			from = begin.since(s)
		}
		points = append(points, c.loader.loads[s].exported(s, c.snapshot.Quote(s), from, to))
	}
	e.Write = func(w io.Writer) error {
		var shown map[string]map[int64]float64
		if column != "" {
			shown = shownValues(view)
		}
		return writePoints(w, f, points, shown)
	}
	return e
}

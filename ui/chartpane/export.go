package chartpane

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/data/history/export"
	"openinterest/data/market"
)

// Export is what a chart shows, as a file.
type Export struct {
	Name  string                  // proposed for the file: "BTCUSDT-30d.csv"
	Write func(w io.Writer) error // writes it; may be called on any goroutine
}

// exportButton is the button that asks for one; nil where nobody listens.
func exportButton(o Options, make func() Export) fyne.CanvasObject {
	if o.OnExport == nil {
		return nil
	}
	b := ttwidget.NewButtonWithIcon("", theme.NewColoredResource(theme.DownloadIcon(), theme.ColorNamePlaceHolder), nil)
	b.OnTapped = func() {
		b.MouseOut() // the tooltip must not appear under a dialog
		o.OnExport(make())
	}
	b.Importance = widget.LowImportance
	b.SetToolTip(o.Words.T("chart.export"))
	return b
}

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
	symbols bool // which contract a line is of: the second column
	percent bool // oi_change_pct and since: what the chart counts, and from when on
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
	return names
}

// writePoints writes a header and a line a point: its time, RFC 3339 in UTC,
// contracts, price and oi_usd, with every digit; what isn't known is empty.
// They are as the exchange gave them: contracts times unit_factor are in the
// unit that holds now, as the chart shows them.
func writePoints(w io.Writer, f form, all []exported) error {
	out := csv.NewWriter(w)
	_ = out.Write(f.columns()) // what fails, Flush tells
	var line []string
	for _, e := range all {
		for _, p := range e.points {
			line = append(line[:0], export.Time(p.Time))
			if f.symbols {
				line = append(line, e.symbol)
			}
			line = append(line, export.Number(p.Contracts), export.Number(p.Price), export.Number(p.USD()),
				export.Number(market.UnitFactor(e.changes, p.Time)))
			if f.percent {
				line = append(line, export.Number(e.percent(p)), export.Time(e.since))
			}
			_ = out.Write(line)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing a chart's points: %w", err)
	}
	return nil
}

// Export returns what the chart shows.
func (h *History) Export() Export {
	from, to := h.axis.Span()
	var points []exported
	if ld := h.loader.loads[h.symbol]; ld != nil {
		points = append(points, ld.exported(h.symbol, h.snapshot.Quote(h.symbol), from, to))
	}
	return Export{Name: h.fileName(h.symbol), Write: func(w io.Writer) error { return writePoints(w, form{}, points) }}
}

// Export returns what the chart shows: a contract after the other.
func (c *Compare) Export() Export {
	from, to := c.axis.Span()
	all := c.tracks(from)
	begin, f := startsOf(all, to), form{symbols: true, percent: c.unit == UnitPercent}
	var points []exported
	for _, s := range all.symbols {
		if f.percent {
			from = begin.since(s)
		}
		points = append(points, c.loader.loads[s].exported(s, c.snapshot.Quote(s), from, to))
	}
	return Export{Name: c.fileName("comparison"), Write: func(w io.Writer) error { return writePoints(w, f, points) }}
}

// fileName has the range and the time, or the two ends of another span.
func (p *pane) fileName(of string) string {
	const form = "20060102-1504"
	from, to := p.axis.Span()
	span := strings.ToLower(p.axis.Chosen().String()) + "-" + p.now().UTC().Format(form)
	if p.axis.Zoomed() {
		span = time.UnixMilli(from).UTC().Format(form) + "-" + time.UnixMilli(to).UTC().Format(form)
	}
	return of + "-" + span + ".csv"
}

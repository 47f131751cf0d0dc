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
	points []market.Point
	since  int64 // of a comparison in percent: what the first of them is, 0 %
}

// shown are the points of a track.
func (t *track) shown(symbol string) exported {
	return exported{symbol: symbol, points: slices.Concat(t.body, t.tail)}
}

// form is which columns a file has besides those of every export of points.
type form struct {
	symbols bool // which contract a line is of: the second column
	percent bool // oi_change_pct and since: what the chart counts, and from when on
}

// columns are those of the file, in order.
func (f form) columns() []string {
	names := slices.Clone(export.Columns)
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
			line = append(line, export.Number(p.Contracts), export.Number(p.Price), export.Number(p.USD()))
			if f.percent {
				line = append(line, export.Number(market.PercentChange(e.points[0].Contracts, p.Contracts)), export.Time(e.since))
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
	at, r := h.now(), h.rangeShown()
	var points []exported
	if ld := h.loader.loads[h.symbol]; ld != nil {
		from, _ := bounds(r, at, ld.first(at))
		points = append(points, newTrack(ld.series, h.snapshot.Quote(h.symbol), from).shown(h.symbol))
	}
	return Export{Name: fileName(h.symbol, r, at), Write: func(w io.Writer) error { return writePoints(w, form{}, points) }}
}

// Export returns what the chart shows: a contract after the other.
func (c *Compare) Export() Export {
	at, r := c.now(), c.rangeShown()
	from, to := bounds(r, at, c.first(at))
	all := c.tracks(from)
	begin, f := startsOf(all, to), form{symbols: true, percent: c.unit == UnitPercent}
	var points []exported
	for i, s := range all.symbols {
		t := all.tracks[i]
		if f.percent {
			t = t.from(begin.since(s))
		}
		e := t.shown(s)
		e.since = begin.since(s)
		points = append(points, e)
	}
	return Export{Name: fileName("comparison", r, at), Write: func(w io.Writer) error { return writePoints(w, f, points) }}
}

func fileName(of string, r market.Range, at time.Time) string {
	return of + "-" + strings.ToLower(r.String()) + "-" + at.UTC().Format("20060102-1504") + ".csv"
}

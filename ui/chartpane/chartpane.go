// Package chartpane has the two charts of the window: History, the open
// interest of one contract with its price, and Compare, that of the contracts
// ticked in the table.
//
// A pane asks its Source for series off the UI's goroutine, a few at a time,
// and drops what is no longer wanted. It adds the newest stamps and the live
// quote from the snapshot, which the window hands over about once a second with
// SetSnapshot, and has a picture drawn, off the UI's goroutine too, whenever
// that would look different. What follows the pointer lies over the picture.
//
// Every method must be called on the UI's goroutine; panes call back on it,
// through Options.Dispatch. A pane is built anew for another language or theme,
// from its State; Close ends what it has running.
package chartpane

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// Options are what every pane needs.
type Options struct {
	Context  context.Context // ends loads and drawing
	Source   Source
	Words    *assets.Words
	Dispatch func(func()) // runs a function on the UI's goroutine; nil: fyne.Do
	Demo     bool         // the market is simulated: say so on the chart

	Marking     Marking          // of events; the zero value marks none
	Archive     Archive          // nil: nothing beyond what the exchange keeps
	Ranges      []market.Range   // offered; nil: from 4 hours to 30 days, with an Archive to all there is
	OnExport    func(Export)     // the person wants what is shown as a file; nil: no button
	Draw        Drawer           // nil: charts.Draw
	Now         func() time.Time // times what loading takes; nil: time.Now
	Synchronous bool             // draw while painting, for pictures of the window
}

// Ranges are those a pane offers unless told otherwise: what the exchange
// keeps, and what an archive has besides.
func Ranges(archive bool) []market.Range {
	ranges := []market.Range{market.Range4h, market.Range24h, market.Range3d, market.Range7d, market.Range14d, market.Range30d}
	if archive {
		ranges = append(ranges, market.Range90d, market.Range1y, market.RangeAll)
	}
	return ranges
}

func (o Options) complete() Options {
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.Dispatch == nil {
		o.Dispatch = fyne.Do
	}
	if o.Ranges == nil {
		o.Ranges = Ranges(o.Archive != nil)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Draw == nil {
		o.Draw = charts.Draw
	}
	return o
}

// watermark is what is written on every chart of a simulated market.
func (o Options) watermark() string {
	if !o.Demo {
		return ""
	}
	return o.Words.T("app.demo")
}

// rangeNamed returns the index of a range by its name; that of 24 hours, or the
// first, for one that isn't offered.
func rangeNamed(ranges []market.Range, name string) int {
	for i, r := range ranges {
		if r.String() == name {
			return i
		}
	}
	return max(0, slices.Index(ranges, market.Range24h))
}

func rangeNames(w *assets.Words, ranges []market.Range) []string {
	names := make([]string, len(ranges))
	for i, r := range ranges {
		names[i] = r.String()
		if r == market.RangeAll {
			names[i] = w.T("chart.all")
		}
	}
	return names
}

// note is a line below a chart that says what is wrong, with a remedy.
func note(sentence, remedy string, onTap func()) fyne.CanvasObject {
	label := ttwidget.NewLabel("▲ " + sentence)
	label.Truncation = fyne.TextTruncateEllipsis
	label.SizeName = theme.SizeNameCaptionText
	label.SetToolTip(sentence)
	var right fyne.CanvasObject
	if onTap != nil {
		b := widget.NewButton(remedy, onTap)
		b.Importance = widget.LowImportance
		right = b
	}
	return container.New(layout.NewCustomPaddedLayout(-3, -3, 0, 0), container.NewBorder(nil, nil, nil, right, label))
}

// failure is the sentence for a load that failed.
func failure(w *assets.Words, symbol string, err error) string {
	sentence := format.Problem(w, market.ProblemOf(err), symbol)
	if sentence == "" {
		sentence = w.T("chart.problem")
	}
	return w.T("chart.failed", assets.Args{"Symbol": symbol, "Sentence": sentence})
}

// short is a symbol as a line's end has room for it: without what all have in common.
func short(symbol string) string {
	if base, ok := strings.CutSuffix(symbol, "USDT"); ok && base != "" {
		return base
	}
	return symbol
}

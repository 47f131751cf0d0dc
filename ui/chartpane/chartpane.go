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
// What is shown of the time is the matter of a TimeAxis. The wheel, drags and keys
// (gestures.go) change it, the strip of ranges and the window behind its "…" do,
// and the pane follows: it has what is missing loaded, and the picture drawn from
// slices that are kept while only the span moves. A Link keeps the axes of the
// panes equal. A span that one selects is measured (selection.go, measure.go);
// where nothing is known, the chart says why (blank.go).
//
// Every method must be called on the UI's goroutine; panes call back on it,
// through Options.Dispatch. A pane is built anew for another language or theme,
// from its State; Close ends what it has running.
package chartpane

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
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
	Link        *Link            // keeps the pane's time axis equal to others'; nil: it has its own
	Ranges      []market.Range   // offered, the shortest first; nil: from 4 hours to 30 days, with an Archive to all there is
	OnExport    func(Export)     // the person wants what is shown as a file; nil: no button
	OnCopy      func(Export)     // the person wants a PNG picture on the clipboard; nil: not offered
	Draw        Drawer           // nil: charts.Draw
	Now         func() time.Time // times what loading takes; nil: time.Now
	Synchronous bool             // draw while painting, for pictures of the window
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

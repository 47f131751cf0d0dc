// Package columns is the table as data. One slice of Column gives the header,
// the cells, the order, the chooser, the tooltips and what is copied; a Row is
// one contract, formatted once, away from the UI's goroutine; a Query is what
// the person asks of the table (search, filters, order), and Arrange answers it.
//
// Nothing here knows a widget, so all of it is tested without a window.
package columns

import (
	"strconv"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/explain"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// ID names a column: in the settings, in the words (column.<id>) and in code.
type ID string

// The columns.
const (
	Tick           ID = "tick"
	Star           ID = "star"
	Symbol         ID = "symbol"
	Price          ID = "price"
	PriceChange24h ID = "price_change_24h"
	OIUSD          ID = "oi_usd"
	OIContracts    ID = "oi_contracts"
	OIChange5m     ID = "oi_change_5m"
	OIChange15m    ID = "oi_change_15m"
	OIChange1h     ID = "oi_change_1h"
	OIChange4h     ID = "oi_change_4h"
	OIChange24h    ID = "oi_change_24h"
	Funding        ID = "funding"
	FundingAPR     ID = "funding_apr"
	Volume24h      ID = "volume_24h"
	OIVolume       ID = "oi_volume"
	Signal         ID = "signal"
	Age            ID = "age"
)

// The order of the table until the person asks for another.
const (
	DefaultSort       = OIUSD
	DefaultDescending = true
)

// Align is where a cell's text stands.
type Align int8

// The alignments. Numbers are Trailing, so that their digits line up.
const (
	Leading Align = iota
	Center
	Trailing
)

// Tone is how a cell is coloured. A tone never carries meaning alone: the text
// has a sign or a mark as well.
type Tone int8

// The tones.
const (
	Plain   Tone = iota
	Up           // positive
	Down         // negative
	Muted        // of lesser interest: neutral, zero
	Faint        // not known
	Warning      // something failed
)

// Cell is what stands in one column of a row.
type Cell struct {
	Text  string
	Tight string // instead of Text where that does not fit; empty: Text is cut
	Tone  Tone
}

// Column is one property of a contract.
type Column struct {
	ID    ID
	Title string // in the header
	Name  string // in full, for the chooser and as the tooltip's title
	About string // what it is, in a sentence or two

	Width      float32 // in Fyne's pixels, as first shown: the title fits on one line
	Narrow     float32 // where there is less room: the numbers still fit
	Align      Align
	Pinned     bool // always shown, first, and stays when the others scroll sideways
	Default    bool // shown until the person says otherwise
	Descending bool // the first click on the header puts the largest first

	// Cell formats the property.
	Cell func(*Row) Cell
	// Key is what rows are ordered by; market.Unknown comes last either way.
	// Nil for Symbol, which is ordered as text.
	Key func(*Row, *Query) float64
	// Exact is the property with every digit and no grouping, empty when
	// unknown: what is copied.
	Exact func(*Row) string
	// Tip explains a cell with exact values. Nil for columns whose cells the
	// table itself draws.
	Tip func(*Row) tip.Content
}

// Header returns the tooltip of the column's header.
func (c *Column) Header() tip.Content {
	return tip.Content{Title: c.Name, Paragraphs: []tip.Paragraph{{Text: c.About}}}
}

// All returns every column in its default order, worded by w. Signals are
// explained by e; nil: without scorecards.
func All(w *assets.Words, e *explain.Words) []Column {
	if e == nil {
		e = explain.New(w)
	}
	t := &tips{words: w, explain: e}
	lang, readings := w.Lang(), newSignalCells(w)
	all := []Column{
		{ID: Tick, Width: 26, Narrow: 24, Align: Center, Pinned: true, Default: true, Descending: true,
			Key: func(r *Row, q *Query) float64 { return truth(q.Ticked[r.Symbol]) }},
		{ID: Star, Width: 24, Narrow: 22, Align: Center, Pinned: true, Default: true, Descending: true,
			Key: func(r *Row, q *Query) float64 { return truth(q.Favourites[r.Symbol]) }},
		{ID: Symbol, Width: 118, Narrow: 114, Align: Leading, Pinned: true, Default: true,
			Cell:  func(r *Row) Cell { return Cell{Text: r.Symbol} },
			Exact: func(r *Row) string { return r.Symbol }, Tip: t.symbol},
		number(Price, 96, 92, (*market.Quote).Price, t.price, func(r *Row) Cell {
			return plain(format.Price(r.Quote.Price(), r.Quote.Contract.PricePrecision))
		}),
		change(PriceChange24h, 84, 58, (*market.Quote).PriceChange24h, t.priceChange),
		number(OIUSD, 70, 67, (*market.Quote).OpenInterestUSD, t.openInterestUSD, func(r *Row) Cell {
			return plain(format.Compact(lang, r.Quote.OpenInterestUSD()))
		}),
		number(OIContracts, 100, 95, (*market.Quote).Contracts, t.contracts, func(r *Row) Cell {
			return plain(format.Contracts(lang, r.Quote.Contracts(), r.Quote.Contract.QuantityPrecision))
		}),
		t.openInterestChange(OIChange5m, market.Window5m),
		t.openInterestChange(OIChange15m, market.Window15m),
		t.openInterestChange(OIChange1h, market.Window1h),
		t.openInterestChange(OIChange4h, market.Window4h),
		t.openInterestChange(OIChange24h, market.Window24h),
		number(Funding, 90, 87, (*market.Quote).FundingRate, t.funding, func(r *Row) Cell {
			return plain(format.FundingRate(r.Quote.FundingRate(), r.Quote.Funding.IntervalHours))
		}),
		number(FundingAPR, 86, 58, (*market.Quote).FundingAPR, t.funding, func(r *Row) Cell {
			return plain(format.APR(r.Quote.FundingAPR()))
		}),
		number(Volume24h, 82, 67, (*market.Quote).Volume24h, t.volume, func(r *Row) Cell {
			return plain(format.Compact(lang, r.Quote.Volume24h()))
		}),
		number(OIVolume, 72, 54, (*market.Quote).OpenInterestToVolume, t.volume, func(r *Row) Cell {
			return plain(format.Ratio(r.Quote.OpenInterestToVolume()))
		}),
		{ID: Signal, Width: 120, Narrow: 117, Align: Leading, Default: true, Key: signalKey, Tip: t.signal,
			Cell: readings.cell, Exact: exactSignal},
		{ID: Age, Width: 56, Narrow: 53, Align: Trailing, Default: true, Descending: true, Key: ageKey, Tip: t.age,
			Cell:  func(r *Row) Cell { return ageCell(lang, r) },
			Exact: func(r *Row) string { return exact(ageKey(r, nil)) }},
	}
	for i := range all {
		c := &all[i]
		c.Title, c.Name, c.About = w.T("column."+string(c.ID)), w.T("column."+string(c.ID)+".name"), w.T("column."+string(c.ID)+".about")
	}
	return all
}

// number is a column of a quote's number.
func number(id ID, width, narrow float32, value func(*market.Quote) float64, explain func(*Row) tip.Content, cell func(*Row) Cell) Column {
	return Column{
		ID: id, Width: width, Narrow: narrow, Align: Trailing, Default: true, Descending: true,
		Key:   func(r *Row, _ *Query) float64 { return value(r.Quote) },
		Exact: func(r *Row) string { return exact(value(r.Quote)) },
		Cell:  cell, Tip: explain,
	}
}

// change is a column of changes in percent, toned by their sign.
func change(id ID, width, narrow float32, value func(*market.Quote) float64, explain func(*Row) tip.Content) Column {
	return number(id, width, narrow, value, explain, func(r *Row) Cell { return changeCell(value(r.Quote)) })
}

func (t *tips) openInterestChange(id ID, w market.Window) Column {
	value := func(q *market.Quote) float64 { return q.OpenInterestChange(w) }
	c := change(id, 70, 58, value, func(r *Row) tip.Content { return t.openInterestChangeTip(r, w) })
	c.Default = w >= market.Window1h
	return c
}

func plain(text string) Cell {
	if text == format.Unknown {
		return Cell{Text: text, Tone: Faint}
	}
	return Cell{Text: text}
}

// changeCell tones by what is written, so that "0.00" is neither up nor down.
func changeCell(percent float64) Cell {
	c := plain(format.Percent(percent))
	switch {
	case c.Tone == Faint:
	case c.Text[0] == '+':
		c.Tone = Up
	case percent < 0 && c.Text[0] != '0':
		c.Tone = Down
	default:
		c.Tone = Muted
	}
	return c
}

func ageCell(lang assets.Language, r *Row) Cell {
	c := Cell{Text: format.Unknown, Tone: Faint}
	if r.AgeKnown {
		c = Cell{Text: format.Age(lang, r.Age), Tone: Muted}
	}
	if r.Quote.Problem != nil {
		c = Cell{Text: "⚠ " + c.Text, Tone: Warning}
	}
	return c
}

func ageKey(r *Row, _ *Query) float64 {
	if !r.AgeKnown {
		return market.Unknown
	}
	return r.Age.Seconds()
}

// exact writes x with every digit and nothing else; empty when unknown.
func exact(x float64) string {
	if !market.Known(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

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

// The columns. Those of numbers have the names of the catalogue.
const (
	Tick           ID = "tick"
	Star           ID = "star"
	Symbol         ID = "symbol"
	Price             = ID(market.NumberPrice)
	PriceChange24h    = ID(market.NumberPriceChange24h)
	OIUSD             = ID(market.NumberOIUSD)
	OIContracts       = ID(market.NumberOIContracts)
	OIChange5m        = ID(market.NumberOIChange5m)
	OIChange15m       = ID(market.NumberOIChange15m)
	OIChange1h        = ID(market.NumberOIChange1h)
	OIChange4h        = ID(market.NumberOIChange4h)
	OIChange24h       = ID(market.NumberOIChange24h)
	Funding           = ID(market.NumberFunding)
	FundingAPR        = ID(market.NumberFundingAPR)
	Volume24h         = ID(market.NumberVolume24h)
	OIVolume          = ID(market.NumberOIVolume)
	Signal         ID = "signal"
	Age               = ID(market.NumberAge)
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
	Field string // its name in files: that of the catalogue, which says the unit
	Title string // in the header; with "%" over percentages
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
	// unknown: what is copied, and what is written to files.
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
		number(Price, 96, 92, t.price, func(r *Row, x float64) Cell {
			return plain(format.Price(x, r.Quote.Contract.PricePrecision))
		}),
		number(PriceChange24h, 84, 58, t.priceChange, change),
		number(OIUSD, 70, 67, t.openInterestUSD, compact(lang)),
		number(OIContracts, 100, 95, t.contracts, func(r *Row, x float64) Cell {
			return plain(format.Contracts(lang, x, r.Quote.Contract.QuantityPrecision))
		}),
		t.openInterestChange(OIChange5m, market.Window5m),
		t.openInterestChange(OIChange15m, market.Window15m),
		t.openInterestChange(OIChange1h, market.Window1h),
		t.openInterestChange(OIChange4h, market.Window4h),
		t.openInterestChange(OIChange24h, market.Window24h),
		number(Funding, 90, 87, t.funding, func(r *Row, _ float64) Cell {
			return plain(format.FundingRate(r.Quote.FundingRate(), r.Quote.Funding.IntervalHours))
		}),
		number(FundingAPR, 86, 58, t.funding, func(_ *Row, x float64) Cell { return plain(format.APR(x)) }),
		number(Volume24h, 82, 67, t.volume, compact(lang)),
		number(OIVolume, 72, 54, t.volume, func(_ *Row, x float64) Cell { return plain(format.Ratio(x)) }),
		{ID: Signal, Width: 120, Narrow: 117, Align: Leading, Default: true, Key: signalKey, Tip: t.signal,
			Cell: readings.cell, Exact: exactSignal},
		{ID: Age, Width: 56, Narrow: 53, Align: Trailing, Default: true, Descending: true, Key: ageKey, Tip: t.age,
			Cell:  func(r *Row) Cell { return ageCell(lang, r) },
			Exact: func(r *Row) string { return exact(ageKey(r, nil)) }},
	}
	for i := range all {
		c := &all[i]
		c.Field = string(c.ID)
		if n := market.NumberOf(market.NumberID(c.ID)); n != nil {
			c.Field = n.Field
		}
		c.Title, c.Name, c.About = w.T("column."+string(c.ID)), w.T("column."+string(c.ID)+".name"), w.T("column."+string(c.ID)+".about")
	}
	return widened(all)
}

// number is the column of a number of the catalogue.
func number(id ID, width, narrow float32, explain func(*Row) tip.Content, cell func(r *Row, x float64) Cell) Column {
	n := market.NumberOf(market.NumberID(id))
	value := func(r *Row) float64 { return n.Value(r.Quote, r.made) }
	return Column{
		ID: id, Width: width, Narrow: narrow, Align: Trailing, Default: true, Descending: true,
		Key:   func(r *Row, _ *Query) float64 { return value(r) },
		Exact: func(r *Row) string { return exact(value(r)) },
		Cell:  func(r *Row) Cell { return cell(r, value(r)) },
		Tip:   explain,
	}
}

func (t *tips) openInterestChange(id ID, w market.Window) Column {
	c := number(id, 70, 58, func(r *Row) tip.Content { return t.openInterestChangeTip(r, w) }, change)
	c.Default = w >= market.Window1h
	return c
}

// change is the cell of a change in percent, toned by its sign.
func change(_ *Row, x float64) Cell { return changeCell(x) }

// compact makes cells of few digits and a unit.
func compact(lang assets.Language) func(*Row, float64) Cell {
	return func(_ *Row, x float64) Cell { return plain(format.Compact(lang, x)) }
}

// plain is a cell in the colour of text; faint where the text says unknown.
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

// ageCell is the age of the row, with a mark where its last request failed.
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

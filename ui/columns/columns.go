// Package columns is the table as data. One slice of Column gives the header,
// the cells, the order, the chooser, the tooltips and what is copied; a Row is
// one contract; a Query is what the person asks of the table (search, filters,
// order), and Arrange answers it. Rows are made and arranged away from the UI's
// goroutine. Cells are written when a row is painted, since most rows never are.
//
// Nothing here knows a widget, so all of it is tested without a window.
package columns

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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
	PriceChange1h     = ID(market.NumberPriceChange1h)
	PriceChange4h     = ID(market.NumberPriceChange4h)
	PriceChange24h    = ID(market.NumberPriceChange24h)
	OIUSD             = ID(market.NumberOIUSD)
	OIShare           = ID(market.NumberOIShare)
	OIContracts       = ID(market.NumberOIContracts)
	Trend          ID = "oi_trend" // the sparkline of 24 hours
	OIChange5m        = ID(market.NumberOIChange5m)
	OIChange15m       = ID(market.NumberOIChange15m)
	OIChange1h        = ID(market.NumberOIChange1h)
	OIChange4h        = ID(market.NumberOIChange4h)
	OIChange24h       = ID(market.NumberOIChange24h)
	OIChange7d        = ID(market.NumberOIChange7d)
	OIPositions24h    = ID(market.NumberOIPositions24h)
	OIZ24h            = ID(market.NumberOIZ24h)
	Funding           = ID(market.NumberFunding)
	FundingAPR        = ID(market.NumberFundingAPR)
	NextFunding       = ID(market.NumberNextFunding)
	Volume24h         = ID(market.NumberVolume24h)
	OIVolume          = ID(market.NumberOIVolume)
	Signal         ID = "signal"

	LongShortAccounts     = ID(market.NumberLongShortAccounts)
	TopLongShortAccounts  = ID(market.NumberTopLongShortAccounts)
	TopLongShortPositions = ID(market.NumberTopLongShortPositions)
	TakerBuySell          = ID(market.NumberTakerBuySell)
	Basis                 = ID(market.NumberBasis)
	LiquidatedLongs1h     = ID(market.NumberLiquidatedLongs1h)
	LiquidatedShorts1h    = ID(market.NumberLiquidatedShorts1h)
	LiquidatedLongs24h    = ID(market.NumberLiquidatedLongs24h)
	LiquidatedShorts24h   = ID(market.NumberLiquidatedShorts24h)

	Age = ID(market.NumberAge)
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
	Spark *Spark // instead of Text: a line
}

// Column is one property of a contract.
type Column struct {
	ID    ID
	Field string // its name in files: that of the catalogue, which says the unit
	Title string // in the header; with "%" over percentages
	Name  string // in full, for the chooser and as the tooltip's title
	About string // what it is, in a sentence or two
	Guide string // the section of the guide to which its tooltips lead; empty: none, or that of the row's signal

	Width      float32 // in Fyne's pixels, as first shown: the title fits on one line
	Narrow     float32 // where there is less room: the numbers still fit
	Align      Align
	Pinned     bool // always shown, first, and stays when the others scroll sideways
	Default    bool // shown until the person says otherwise
	Spare      int  // of those that are not: shown where there is room to spare, 1 before 2; 0: not even then
	Descending bool // the first click on the header puts the largest first

	// Cell formats the property, for rows on screen alone. Nil for columns whose
	// cells the table itself draws.
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
		spare(5, number(PriceChange1h, 74, 58, t.priceChange, change)),
		spare(7, number(PriceChange4h, 74, 58, t.priceChange, change)),
		number(PriceChange24h, 84, 58, t.priceChange, change),
		number(OIUSD, 70, 67, t.openInterestUSD, compact(lang)),
		spare(6, number(OIShare, 66, 54, t.share, func(_ *Row, x float64) Cell { return plain(format.Ratio(x)) })),
		number(OIContracts, 100, 95, t.contracts, func(r *Row, x float64) Cell {
			return plain(format.Contracts(lang, x, r.Quote.Contract.QuantityPrecision))
		}),
		{ID: Trend, Width: 96, Narrow: 84, Align: Leading, Spare: 1, Descending: true, Key: trendKey, Cell: sparkCell, Tip: t.trend},
		t.openInterestChange(OIChange5m, market.Window5m),
		t.openInterestChange(OIChange15m, market.Window15m),
		t.openInterestChange(OIChange1h, market.Window1h),
		t.openInterestChange(OIChange4h, market.Window4h),
		t.openInterestChange(OIChange24h, market.Window24h),
		spare(4, number(OIChange7d, 66, 58, t.week, change)),
		spare(2, number(OIPositions24h, 80, 70, t.positions, func(_ *Row, x float64) Cell { return signedCell(format.Compact(lang, x), x) })),
		spare(3, number(OIZ24h, 66, 48, t.zOfChange, func(_ *Row, x float64) Cell { return signedCell(format.ExactTo(x, 1), x) })),
		number(Funding, 90, 87, t.funding, func(r *Row, _ float64) Cell {
			return plain(format.FundingRate(r.Quote.FundingRate(), r.Quote.Funding.IntervalHours))
		}),
		number(FundingAPR, 86, 58, t.funding, func(_ *Row, x float64) Cell { return plain(format.APR(x)) }),
		spare(8, number(NextFunding, 78, 66, t.funding, func(_ *Row, x float64) Cell { return countdown(lang, x) })),
		number(Volume24h, 82, 67, t.volume, compact(lang)),
		number(OIVolume, 72, 54, t.volume, func(_ *Row, x float64) Cell { return plain(format.Ratio(x)) }),
		{ID: Signal, Width: 120, Narrow: 117, Align: Leading, Default: true, Key: signalKey, Tip: t.signal,
			Cell: readings.cell, Exact: exactSignal},
		{ID: Age, Width: 56, Narrow: 53, Align: Trailing, Default: true, Descending: true, Key: ageKey, Tip: t.age,
			Cell:  func(r *Row) Cell { return ageCell(lang, r) },
			Exact: func(r *Row) string { return exact(ageKey(r, nil)) }},
	}
	all = slices.Insert(all, len(all)-2, t.whoColumns()...) // before the signal
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
	value := func(r *Row) float64 { return n.Value(r.Quote, r.beyond, r.made) }
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
	if !c.Default {
		c.Spare = 9
	}
	return c
}

// spare is a column that is shown by itself only where there is room to spare.
func spare(rank int, c Column) Column {
	c.Default, c.Spare = false, rank
	return c
}

// Number returns the number of the catalogue that the column shows; nil for
// tick boxes, names, signals and lines. Rows can be filtered by it.
func (c *Column) Number() *market.Number { return market.NumberOf(market.NumberID(c.ID)) }

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

// trendKey orders by the change from the line's begin to its end.
func trendKey(r *Row, _ *Query) float64 {
	if r.spark == nil {
		return market.Unknown
	}
	return r.spark.Change
}

// signedCell writes a number that has a sign but is no percentage.
func signedCell(text string, x float64) Cell {
	c := plain(text)
	switch {
	case c.Tone == Faint:
	case !strings.ContainsAny(text, "123456789"):
		c.Tone = Muted
	case x > 0:
		c.Text, c.Tone = "+"+text, Up
	default:
		c.Tone = Down
	}
	return c
}

// countdown writes for how many seconds something is still to come.
func countdown(lang assets.Language, seconds float64) Cell {
	if !market.Known(seconds) {
		return plain(format.Unknown)
	}
	left := time.Duration(seconds * float64(time.Second))
	return Cell{Text: format.Age(lang, left), Tight: fmt.Sprintf("%d:%02d", left/time.Hour, left%time.Hour/time.Minute)}
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

package alert

import (
	"time"

	"openinterest/data/market"
)

// Column names a number of the table, as the table does.
type Column string

// The columns that have a number.
const (
	Price          Column = "price"            // USD
	PriceChange24h Column = "price_change_24h" // %
	OIUSD          Column = "oi_usd"           // USD
	OIContracts    Column = "oi_contracts"     // contracts
	OIChange5m     Column = "oi_change_5m"     // %
	OIChange15m    Column = "oi_change_15m"    // %
	OIChange1h     Column = "oi_change_1h"     // %
	OIChange4h     Column = "oi_change_4h"     // %
	OIChange24h    Column = "oi_change_24h"    // %
	Funding        Column = "funding"          // % per interval
	FundingAPR     Column = "funding_apr"      // %
	Volume24h      Column = "volume_24h"       // USD
	OIVolume       Column = "oi_volume"        // quotient
	Age            Column = "age"              // seconds
)

// Unit is what a column is counted in.
type Unit string

// The units.
const (
	USD       Unit = "usd"
	Percent   Unit = "percent"
	Contracts Unit = "contracts"
	Plain     Unit = "plain"
	Seconds   Unit = "seconds"
)

// column knows where a number comes from.
type column struct {
	id   Column
	unit Unit

	// now is the number, as the table shows it, and when its data came.
	now func(q *market.Quote, at time.Time) (x float64, received time.Time)

	// then is the number at a past stamp; nil where history does not tell.
	then func(points []market.Point, i int) float64
}

var columns = []column{
	{Price, USD, func(q *market.Quote, _ time.Time) (float64, time.Time) { return q.Price(), q.Mark.Received },
		func(p []market.Point, i int) float64 { return p[i].Price }},
	{PriceChange24h, Percent, func(q *market.Quote, _ time.Time) (float64, time.Time) { return q.PriceChange24h(), q.Ticker.Received },
		func(p []market.Point, i int) float64 { return change(p, i, market.Window24h, ofPrice) }},
	{OIUSD, USD, func(q *market.Quote, _ time.Time) (float64, time.Time) {
		return q.OpenInterestUSD(), earlier(q.OpenInterest.Received, q.Mark.Received)
	}, func(p []market.Point, i int) float64 { return p[i].USD() }},
	{OIContracts, Contracts, func(q *market.Quote, _ time.Time) (float64, time.Time) {
		return q.Contracts(), q.OpenInterest.Received
	}, func(p []market.Point, i int) float64 { return p[i].Contracts }},
	changed(OIChange5m, market.Window5m),
	changed(OIChange15m, market.Window15m),
	changed(OIChange1h, market.Window1h),
	changed(OIChange4h, market.Window4h),
	changed(OIChange24h, market.Window24h),
	{Funding, Percent, func(q *market.Quote, _ time.Time) (float64, time.Time) { return 100 * q.FundingRate(), q.Mark.Received }, nil},
	{FundingAPR, Percent, func(q *market.Quote, _ time.Time) (float64, time.Time) { return q.FundingAPR(), q.Mark.Received }, nil},
	{Volume24h, USD, func(q *market.Quote, _ time.Time) (float64, time.Time) { return q.Volume24h(), q.Ticker.Received }, nil},
	{OIVolume, Plain, func(q *market.Quote, _ time.Time) (float64, time.Time) {
		return q.OpenInterestToVolume(), earlier(q.OpenInterest.Received, earlier(q.Mark.Received, q.Ticker.Received))
	}, nil},
	{Age, Seconds, func(q *market.Quote, at time.Time) (float64, time.Time) {
		if age, ok := q.Age(at); ok {
			return age.Seconds(), q.OpenInterest.Received
		}
		return market.Unknown, time.Time{}
	}, nil},
}

// changed is the change of open interest over w.
func changed(id Column, w market.Window) column {
	return column{id, Percent, func(q *market.Quote, _ time.Time) (float64, time.Time) {
		return q.OpenInterestChange(w), q.OpenInterest.Received
	}, func(p []market.Point, i int) float64 { return change(p, i, w, ofContracts) }}
}

// Columns lists the columns with a number, in the table's order.
func Columns() []Column {
	ids := make([]Column, len(columns))
	for i, c := range columns {
		ids[i] = c.id
	}
	return ids
}

// Unit is what the column is counted in; empty for a column that is none.
func (c Column) Unit() Unit {
	if k := c.find(); k != nil {
		return k.unit
	}
	return ""
}

// HasHistory reports whether the column's past can be computed from 5-minute
// stamps, so that a rule on it can be dry-run. Funding is not among them: the
// rate on screen is the one being built up for the next payment, and only
// payments are kept.
func (c Column) HasHistory() bool {
	k := c.find()
	return k != nil && k.then != nil
}

// Value is the column's number of a contract, Unknown when it is not known or
// its data is older than FreshFor.
func (c Column) Value(q *market.Quote, now time.Time) float64 {
	k := c.find()
	if k == nil || q == nil {
		return market.Unknown
	}
	x, received := k.now(q, now)
	if received.IsZero() || now.Sub(received) > FreshFor || !market.Known(x) {
		return market.Unknown
	}
	return x
}

func (c Column) find() *column {
	for i := range columns {
		if columns[i].id == c {
			return &columns[i]
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func ofPrice(p market.Point) float64     { return p.Price }
func ofContracts(p market.Point) float64 { return p.Contracts }

// change is by how many percent a number differs from w before; unknown where
// that stamp is missing.
func change(points []market.Point, i int, w market.Window, of func(market.Point) float64) float64 {
	then := points[i].Time - w.Millis()
	// Stamps may be missing, never doubled: the one looked for is at most so far back.
	for j := max(0, i-int(w.Millis()/market.StepMillis)); j < i; j++ {
		switch t := points[j].Time; {
		case t == then:
			return market.PercentChange(of(points[j]), of(points[i]))
		case t > then:
			return market.Unknown
		}
	}
	return market.Unknown
}

package alert

import (
	"time"

	"openinterest/data/market"
)

// Column names a number of the table that a rule can be about, as the catalogue
// of numbers does.
type Column string

// Columns that the screen has words for.
const (
	Price          = Column(market.NumberPrice)
	PriceChange24h = Column(market.NumberPriceChange24h)
	OIUSD          = Column(market.NumberOIUSD)
	OIShare        = Column(market.NumberOIShare)
	OIContracts    = Column(market.NumberOIContracts)
	OIChange5m     = Column(market.NumberOIChange5m)
	OIChange15m    = Column(market.NumberOIChange15m)
	OIChange1h     = Column(market.NumberOIChange1h)
	OIChange4h     = Column(market.NumberOIChange4h)
	OIChange24h    = Column(market.NumberOIChange24h)
	OIPositions24h = Column(market.NumberOIPositions24h)
	OIZ24h         = Column(market.NumberOIZ24h)
	Funding        = Column(market.NumberFunding)
	FundingAPR     = Column(market.NumberFundingAPR)
	Volume24h      = Column(market.NumberVolume24h)
	OIVolume       = Column(market.NumberOIVolume)
	Basis          = Column(market.NumberBasis)
	Age            = Column(market.NumberAge)
)

// Columns lists the columns with a number, in the table's order.
func Columns() []Column {
	var columns []Column
	for _, n := range market.Numbers() {
		if n.Column {
			columns = append(columns, Column(n.ID))
		}
	}
	return columns
}

// Unit is what the column is counted in; empty for a column that is none.
func (c Column) Unit() market.Unit {
	if n := c.number(); n != nil {
		return n.Unit
	}
	return ""
}

// HasHistory reports whether the column's past can be computed from 5-minute
// stamps, so that a rule on it can be dry-run.
func (c Column) HasHistory() bool {
	n := c.number()
	return n != nil && n.Past != nil
}

// Value is the column's number of a contract, Unknown when it is not known or
// its data is older than FreshFor.
func (c Column) Value(q *market.Quote, b *market.Beyond, now time.Time) float64 {
	n := c.number()
	if n == nil || q == nil {
		return market.Unknown
	}
	x, received := n.Value(q, b, now), n.Received(q)
	if received.IsZero() || now.Sub(received) > FreshFor || !market.Known(x) {
		return market.Unknown
	}
	return x
}

// number is the column's entry in the catalogue; nil for a column that is none.
func (c Column) number() *market.Number {
	if n := market.NumberOf(market.NumberID(c)); n != nil && n.Column {
		return n
	}
	return nil
}

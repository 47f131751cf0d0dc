package market

// Beyond is what is known of a contract beyond its quote: what the market has
// open together, how unusual the contract's day is, and where it stood a week
// ago. It is immutable. A nil *Beyond knows nothing.
type Beyond struct {
	Totals Totals
	Z24h   float64 // robust z of the change of open interest over 24 h; Unknown where the history is too short
	Week   *Week   // nil: not known
}

// Week has the stamps of a contract from about a week ago.
type Week struct {
	Points []Point // increasing in time
	AsOf   int64   // Unix ms: they are in the unit that held then
}

// Totals are sums over the whole market.
type Totals struct {
	USD   float64 // open interest of all contracts; Unknown while too many are missing
	Known int     // contracts whose open interest is in it
	All   int     // contracts there are
}

// knownShare is how many of the contracts must be known before their sum counts
// as the market's: a few are always not, such as those that were listed just now.
const knownShare = 0.95

// Totals sums up the market.
func (s *Snapshot) Totals() Totals {
	if s == nil {
		return Totals{USD: Unknown}
	}
	t := Totals{All: len(s.Quotes)}
	for _, q := range s.Quotes {
		if usd := q.OpenInterestUSD(); Known(usd) {
			t.USD += usd
			t.Known++
		}
	}
	if t.Known == 0 || float64(t.Known) < knownShare*float64(t.All) {
		t.USD = Unknown
	}
	return t
}

// OpenInterestShare returns the contract's part of the open interest of the whole
// market, both in USD, in percent.
func (q *Quote) OpenInterestShare(b *Beyond) float64 {
	if b == nil || !(b.Totals.USD > 0) {
		return Unknown
	}
	return 100 * q.OpenInterestUSD() / b.Totals.USD
}

// OpenInterestChange7d returns by how many percent the contracts changed since the
// last 5-minute stamp at or before seven days ago, as OpenInterestChange does over
// shorter windows, for which the quote's own history reaches.
func (q *Quote) OpenInterestChange7d(b *Beyond) float64 {
	p, ok := q.WeekAgo(b)
	if !ok {
		return Unknown
	}
	return PercentChange(p.Contracts, q.Contracts())
}

// WeekAgo is the stamp that OpenInterestChange7d measures from, in the unit of now;
// false where it is missing, or in which unit now is cannot be told.
func (q *Quote) WeekAgo(b *Beyond) (Point, bool) {
	received := q.OpenInterest.Received
	if b == nil || b.Week == nil || received.IsZero() || q.UnitUnclear() {
		return Point{}, false
	}
	week := Series{Points: b.Week.Points}
	p, ok := week.At(FloorStamp(received.UnixMilli() - Window7d.Millis()))
	if !ok {
		return Point{}, false
	}
	unit := q.unitSince(b.Week.AsOf, received)
	return Point{Time: p.Time, Contracts: p.Contracts * unit, Price: p.Price / unit}, true
}

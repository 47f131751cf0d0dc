package recorder

import (
	"time"

	"openinterest/data/market"
)

// Paid is the stretch of time of which the exchange was asked for every funding
// payment of a contract. It grows at both ends: by what is paid, and back to the
// contract's listing. The zero value is none.
type Paid struct {
	From int64 // Unix ms: payments from here on were asked for; 0: none were
	To   int64 // Unix ms of the newest payment known; 0: none is

	// narrow: an answer was full and said nothing of when the others were, so the
	// next asks for so little that it cannot be full. wide: it was empty, so the next
	// asks for all that is left.
	narrow, wide bool
}

// One answer has at most maxPayments payments. A span of so many intervals has
// room for fewer.
const (
	fullSpan        = 990
	longestInterval = 24 * time.Hour
	shortest        = 1 // hours between payments, at least
)

// exchangeBegan is before the first payment of any contract.
var exchangeBegan = time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC)

// Newer is the span to be asked for next at the new end: all of it, with To 0,
// where that cannot be too many. Without any stretch it is the last 30 days.
func (p Paid) Newer(wall time.Time) Span {
	if p.From == 0 {
		return Span{From: oldest(wall)}
	}
	s := Span{From: max(p.From, p.To+1)}
	if most := s.From + fullSpan*shortest*hourMillis; most < wall.UnixMilli() {
		s.To = most
	}
	return s
}

// Older is the span to be asked for next at the old end, towards begin (zero: the
// exchange's). hours is the time between payments now, 0 where it is not known.
// False: there is nothing older, or nothing was asked for yet.
func (p Paid) Older(begin time.Time, hours int) (Span, bool) {
	first := exchangeBegan.UnixMilli()
	if begin.After(exchangeBegan) {
		first = begin.UnixMilli()
	}
	if p.From == 0 || p.From <= first {
		return Span{}, false
	}
	if hours <= 0 {
		hours = market.DefaultFundingTerms().IntervalHours
	}
	switch {
	case p.narrow:
		hours = shortest
	case p.wide:
		return Span{first, p.From - 1}, true
	}
	return Span{max(first, p.From-fullSpan*int64(hours)*hourMillis), p.From - 1}, true
}

// With is the stretch once a span that Newer or Older named was answered with
// these payments, in order.
func (p Paid) With(s Span, points []market.FundingPoint) Paid {
	if p.From == 0 || s.From >= p.From { // at the new end
		if p.From == 0 {
			p.From = s.From
		}
		if s.To != 0 && len(points) < maxPayments {
			p.To = max(p.To, s.To)
		}
		for _, f := range points {
			p.To = max(p.To, f.Time)
		}
		return p
	}
	switch n := len(points); {
	case n < maxPayments, p.narrow:
		p.From, p.narrow, p.wide = s.From, p.narrow && n > 0, n == 0
	case points[n-1].Time >= s.To-longestInterval.Milliseconds(): // it has the newest of the span
		p.From = points[0].Time
	default: // the oldest: what lies between is not known
		p.narrow, p.wide = true, false
	}
	return p
}

// sane drops a stretch that cannot be, as a damaged note may tell of.
func (p Paid) sane(wall time.Time) Paid {
	if p.From <= 0 || p.From > wall.UnixMilli() || p.To < 0 || p.To > wall.Add(longestInterval).UnixMilli() {
		return Paid{}
	}
	return p
}

// PaidIn is the stretch of a contract's payments that notes tell of. Who imports a
// contract's past reads it, and keeps it with NotePaid, so that the recorder does
// not ask again.
func PaidIn(notes []byte, symbol string, wall time.Time) Paid {
	return readNotes(notes, wall).paid(symbol)
}

// NotePaid returns notes with a contract's stretch in them.
func NotePaid(notes []byte, symbol string, p Paid, wall time.Time) []byte {
	n := readNotes(notes, wall)
	n.setPaid(symbol, p)
	return n.encode()
}

// paid is the stretch of a contract's payments that were asked for.
func (n *notes) paid(symbol string) Paid {
	c := n.Contracts[symbol]
	if c == nil {
		return Paid{}
	}
	return Paid{From: c.Funding, To: c.Paid}
}

func (n *notes) setPaid(symbol string, p Paid) {
	c := n.contract(symbol)
	c.Funding, c.Paid = p.From, p.To
}

const hourMillis = int64(time.Hour / time.Millisecond)

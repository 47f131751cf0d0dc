package recorder

import (
	"time"

	"openinterest/data/market"
)

// Kind is what a request of the recorder asks for.
type Kind int

const (
	Gap      Kind = iota // stamps that are not kept
	Payments             // funding payments that took place
	Check                // stamps that are kept, to see whether the exchange says the same
)

// Request is what the recorder wants to know of the exchange. When it is asked,
// within what the exchange allows, is for the feed to decide.
type Request struct {
	Kind   Kind
	Symbol string
	Limit  int  // at most so many points are in the answer
	Span   Span // the stamps, or the time of the payments; a To of 0: all from From on
}

// The most that one answer of the exchange has.
const (
	maxStamps   = 500
	maxPayments = 1000 // 41 days of hourly payments, 333 of those each 8 hours
)

// gapRequests covers gaps with as few requests as possible, the newest first.
func gapRequests(symbol string, gaps []Span) (requests []Request) {
	const most = maxStamps * market.StepMillis
	var windows []Span
	for _, g := range gaps {
		for g.From <= g.To {
			if n := len(windows); n > 0 && g.From < windows[n-1].From+most {
				end := min(g.To, windows[n-1].From+most-market.StepMillis)
				windows[n-1].To = end
				g.From = end + market.StepMillis
				continue
			}
			windows = append(windows, Span{g.From, g.From})
		}
	}
	for i := len(windows) - 1; i >= 0; i-- {
		limit := int((windows[i].To-windows[i].From)/market.StepMillis) + 1
		requests = append(requests, Request{Kind: Gap, Symbol: symbol, Limit: limit, Span: windows[i]})
	}
	return requests
}

// What the exchange keeps.
const (
	reach   = 30 * 24 * time.Hour
	margin  = time.Hour     // of it that is left alone: it goes while the request is on its way
	settled = 2 * time.Hour // stamps older than this are not late any more
)

// oldest is the first moment of which the exchange is asked, as Unix ms.
func oldest(wall time.Time) int64 { return wall.Add(margin - reach).UnixMilli() }

// newest is the last stamp that is not late any more.
func newest(wall time.Time) int64 { return market.FloorStamp(wall.Add(-settled).UnixMilli()) }

// pastOf is the span in which the exchange has stamps of a contract that are
// not late any more. It is empty (From > To) for one that was just listed.
func pastOf(c market.Contract, wall time.Time) Span {
	s := Span{From: market.FloorStamp(oldest(wall)) + market.StepMillis, To: newest(wall)}
	if !c.Listed.IsZero() {
		s.From = max(s.From, market.FloorStamp(c.Listed.UnixMilli())+market.StepMillis)
	}
	return s
}

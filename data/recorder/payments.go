package recorder

import (
	"time"

	"openinterest/data/market"
)

// When funding payments are asked for.
const (
	paymentLate  = 2 * time.Minute  // after it took place a payment is there
	paymentRetry = 10 * time.Minute // while it is not
)

// payments is what is known of a contract's funding payments.
type payments struct {
	known     bool      // it was looked up what is kept
	paid      int64     // newest payment known, Unix ms; 0: all of the last 30 days are wanted
	notBefore time.Time // on the exchange's clock
	asking    bool
}

// due reports whether payments are to be asked for: now where none is known,
// else when the next one has taken place.
func (p payments) due(terms market.FundingTerms, wall time.Time) bool {
	if !p.known || p.asking || wall.Before(p.notBefore) {
		return false
	}
	if p.paid == 0 {
		return true
	}
	hours := terms.IntervalHours
	if hours <= 0 {
		hours = market.DefaultFundingTerms().IntervalHours
	}
	next := time.UnixMilli(p.paid).Add(time.Duration(hours)*time.Hour + paymentLate)
	return !wall.Before(next)
}

// askPayments returns the request for what is not known of a contract's payments.
func (r *Recorder) askPayments(symbol string, wall time.Time) Request {
	p := &r.contract(symbol).payments
	p.asking = true
	from := p.paid + 1
	if p.paid == 0 {
		from = oldest(wall)
	}
	return Request{Kind: Payments, Symbol: symbol, Limit: maxPayments, Span: Span{From: from}}
}

// lookedUp takes which payments of a contract are kept. Where those of the last
// 30 days were never asked for, only the latest are kept, so all are wanted.
func (r *Recorder) lookedUp(f finding, c *contract, wall time.Time) {
	p := &c.payments
	p.known, p.notBefore, p.paid = true, time.Time{}, max(p.paid, f.paid)
	if since := r.notes.funding(f.symbol); since == 0 || since > oldest(wall)+settled.Milliseconds() {
		p.paid = 0
	}
}

// Funding takes the answer to a request for funding payments.
func (r *Recorder) Funding(q Request, points []market.FundingPoint, wall time.Time) {
	r.writer.keepFunding(q.Symbol, points)
	p := &r.contract(q.Symbol).payments
	if p.paid == 0 {
		r.notes.contract(q.Symbol).Funding = q.Span.From
	}
	for _, f := range points {
		p.paid = max(p.paid, f.Time)
	}
	p.asking, p.notBefore = false, wall.Add(paymentRetry)
}

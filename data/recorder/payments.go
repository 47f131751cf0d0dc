package recorder

import (
	"iter"
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
	paid      Paid      // what was asked for; none: all of the last 30 days are wanted
	notBefore time.Time // on the exchange's clock; for new payments
	asking    bool
}

// due reports whether new payments are to be asked for: now where none is known,
// else when the next one has taken place.
func (p *payments) due(terms market.FundingTerms, wall time.Time) bool {
	if !p.known || p.asking || wall.Before(p.notBefore) {
		return false
	}
	if p.paid.From == 0 || p.paid.To == 0 {
		return true
	}
	hours := terms.IntervalHours
	if hours <= 0 {
		hours = market.DefaultFundingTerms().IntervalHours
	}
	next := time.UnixMilli(p.paid.To).Add(time.Duration(hours)*time.Hour + paymentLate)
	return !wall.Before(next)
}

// askPayments returns the request for a span of a contract's payments.
func (r *Recorder) askPayments(symbol string, s Span) Request {
	r.contract(symbol).payments.asking = true
	return Request{Kind: Payments, Symbol: symbol, Limit: maxPayments, Span: s}
}

// duePayments asks for the payments that took place since the last that are known;
// where none are due, for a page of one contract's past, back to its listing: one
// page at a time, so that new payments never wait behind years of old ones.
func (r *Recorder) duePayments(quotes iter.Seq[*market.Quote], wall time.Time) (wanted []Request) {
	asking := false
	var past *Request
	for q := range quotes {
		symbol := q.Contract.Symbol
		p := &r.contract(symbol).payments
		if p.due(q.Funding, wall) {
			wanted = append(wanted, r.askPayments(symbol, p.paid.Newer(wall)))
			continue
		}
		asking = asking || p.asking
		if past != nil || !p.known || p.asking {
			continue
		}
		if s, ok := p.paid.Older(q.Contract.Listed, q.Funding.IntervalHours); ok {
			past = &Request{Symbol: symbol, Span: s}
		}
	}
	if len(wanted) == 0 && !asking && past != nil {
		wanted = append(wanted, r.askPayments(past.Symbol, past.Span))
	}
	return wanted
}

// lookedUp takes which payments of a contract are kept, of the last 30 days: where
// some of those that were asked for are lost, they are asked for again.
func (r *Recorder) lookedUp(f finding, c *contract, wall time.Time) {
	p, noted, month := &c.payments, r.notes.paid(f.symbol), oldest(wall)
	if p.asking {
		return // the answer tells more
	}
	p.known, p.notBefore = true, time.Time{}
	switch {
	case noted.From == 0 || noted.From > month+settled.Milliseconds():
		noted = Paid{}
	case f.paid != 0:
		noted.To = f.paid
	case noted.To == 0 || noted.To > month+settled.Milliseconds():
		noted = Paid{}
	}
	p.paid = noted
}

// Funding takes the answer to a request for funding payments.
func (r *Recorder) Funding(q Request, points []market.FundingPoint, wall time.Time) {
	r.writer.keepFunding(q.Symbol, points)
	p := &r.contract(q.Symbol).payments
	newer := p.paid.From == 0 || q.Span.From >= p.paid.From
	p.paid = p.paid.With(q.Span, points)
	r.notes.setPaid(q.Symbol, p.paid)
	if p.asking = false; newer {
		p.notBefore = wall.Add(paymentRetry)
	}
}

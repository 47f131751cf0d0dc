package chartpane

import (
	"context"
	"sort"
	"time"

	"openinterest/data/market"
)

// paymentsAgain is how often the payments of what is shown are asked for anew.
const paymentsAgain = time.Minute

// fundings keeps the funding of the symbols that a pane shows. Like those of a loader,
// its methods belong to the UI's goroutine.
type fundings struct {
	o       Options
	changed func()
	kept    map[string]*payments
}

// payments are what is known of one symbol's.
type payments struct {
	span    market.Range
	points  []market.FundingPoint
	tried   time.Time
	running bool
	came    bool // they were read, if only that there are none
	cancel  context.CancelFunc
}

func newFundings(o Options, changed func()) *fundings {
	return &fundings{o: o, changed: changed, kept: map[string]*payments{}}
}

// want says whose funding is shown over which range.
func (p *fundings) want(symbols []string, r market.Range, now time.Time) {
	wanted := make(map[string]bool, len(symbols))
	for _, s := range symbols {
		wanted[s] = true
		k := p.kept[s]
		if k != nil && k.span == r && (k.running || now.Sub(k.tried) < paymentsAgain) {
			continue
		}
		p.start(s, r, now)
	}
	for s, k := range p.kept {
		if !wanted[s] {
			k.cancel()
			delete(p.kept, s)
		}
	}
}

func (p *fundings) start(symbol string, r market.Range, now time.Time) {
	next := &payments{span: r, tried: now}
	if before := p.kept[symbol]; before != nil {
		before.cancel()
		next.points, next.came = before.points, before.came
	}
	ctx, cancel := context.WithCancel(p.o.Context)
	next.cancel, p.kept[symbol] = cancel, next
	next.running = true
	from := time.UnixMilli(0)
	if r != market.RangeAll {
		from = now.Add(-time.Duration(r) - 24*time.Hour) // the rate before the first that is seen
	}
	go func() {
		defer cancel()
		points, err := p.o.Source.Funding(ctx, symbol, max(0, from.UnixMilli()), now.UnixMilli())
		if ctx.Err() != nil {
			return
		}
		p.o.Dispatch(func() {
			if p.kept[symbol] != next {
				return
			}
			next.running = false
			if err == nil { // the status bar says of a store that cannot be read
				next.points, next.came = points, true
			}
			p.changed()
		})
	}()
}

// busy reports whether funding of what is shown is still to come.
func (p *fundings) busy() bool {
	for _, k := range p.kept {
		if k.running {
			return true
		}
	}
	return false
}

// of returns a symbol's payments, and whether an answer came.
func (p *fundings) of(symbol string) ([]market.FundingPoint, bool) {
	k := p.kept[symbol]
	if k == nil {
		return nil, false
	}
	return k.points, k.came
}

// fundingBasis is the interval in which funding is compared, in hours: that of
// most contracts.
const fundingBasis = market.MostFundingHours

// fundingCurve is what a chart shows of funding: percent in fundingBasis hours at
// each payment, and, last, the rate that holds now. Contracts are paid every
// eight, four or one hours, some differently over time, so each payment counts by
// how long after the one before it came.
func fundingCurve(points []market.FundingPoint, q *market.Quote) (times []int64, values []float64) {
	rate := func(rate, hours float64) float64 { return 100 * rate * fundingBasis / hours }
	for i, p := range points {
		hours := hoursOf(points, i, q)
		value := market.Unknown
		if hours > 0 {
			value = rate(p.Rate, hours)
		}
		times, values = append(times, p.Time), append(values, value)
	}
	if q == nil || q.Funding.IntervalHours <= 0 || !market.Known(q.FundingRate()) {
		return times, values
	}
	now := q.Mark.Received.UnixMilli()
	n := sort.Search(len(times), func(i int) bool { return times[i] >= now })
	return append(times[:n], now), append(values[:n], rate(q.FundingRate(), float64(q.Funding.IntervalHours)))
}

// hoursOf is for how many hours the i-th payment was; 0 where that is not known.
func hoursOf(points []market.FundingPoint, i int, q *market.Quote) float64 {
	now := 0
	if q != nil {
		now = q.Funding.IntervalHours
	}
	return market.FundingHours(points, i, now)
}

package marketmap

import (
	"context"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

// contract is one contract as the map shows it.
type contract struct {
	symbol  string
	reading signal.Reading
	size    float64 // its open interest in USD, of the same time; may be unknown
}

// reads is the market over a window, now or at a stamp of the past.
type reads struct {
	window    market.Window
	at        int64      // Unix ms; 0: now
	contracts []contract // those the filter lets through, in the order of the snapshot
	counts    map[signal.Kind]int
	total     int // contracts of the market, whatever the filter

	newest int64 // the newest closed stamp of the market; 0: there is none
	oldest int64 // how far back at least half of the market's contracts are known, whatever the filter
}

// plain reports whether the readings go by the size of the moves alone, and not by
// what is unusual for a contract as well.
func (r *reads) plain() bool {
	return r.at != 0 || r.window != market.Window24h && r.window != market.Window4h
}

// unknown is how many contracts have no reading.
func (r *reads) unknown() int { return r.counts[signal.Unknown] }

// read holds a market against a window. Readings of now over 24 and 4 hours are
// those of the board, which know what is unusual for a contract; the others, and
// those of the past, go by the size of the moves alone.
func (j *job) read(ctx context.Context) *reads {
	r := &reads{window: j.window, at: j.at, counts: map[signal.Kind]int{}, total: len(j.snapshot.Quotes)}
	var reach []int64
	if j.window == market.Window7d {
		j.past.fill(ctx, j.snapshot)
	}
	for _, q := range j.snapshot.Quotes {
		symbol := q.Contract.Symbol
		if last, ok := q.History.Last(); ok {
			r.newest = max(r.newest, last.Time)
			reach = append(reach, firstReading(j.history(q), j.window))
		}
		if j.shown != nil && !j.shown[symbol] {
			continue
		}
		h := j.history(q)
		c := contract{symbol: symbol, size: q.OpenInterestUSD()}
		if j.at != 0 {
			c.reading, c.size = readingAt(h, j.window, j.at)
		} else {
			c.reading = readingNow(h, j.board.Sign(symbol), j.window)
		}
		r.contracts = append(r.contracts, c)
		r.counts[c.reading.Kind]++
	}
	if slices.Sort(reach); len(reach) > 0 {
		r.oldest = min(r.newest, reach[len(reach)/2])
	}
	return r
}

// history is a contract's stamps, with those that only the longest window needs.
func (j *job) history(q *market.Quote) *market.Series {
	if j.window == market.Window7d {
		return j.past.with(q.Contract.Symbol, q.History)
	}
	return q.History
}

// readingNow is the reading of the newest closed stamp.
func readingNow(h *market.Series, sign *watch.Sign, w market.Window) signal.Reading {
	if sign != nil {
		switch w {
		case market.Window24h:
			return sign.Evaluation.Reading24h
		case market.Window4h:
			return sign.Evaluation.Reading4h
		}
	}
	return signal.ReadPriceOpenInterest(h, w)
}

// readingAt is the reading of a stamp of the past, and the open interest in USD
// then. A contract without that stamp has none: its neighbours don't stand in.
func readingAt(h *market.Series, w market.Window, at int64) (signal.Reading, float64) {
	p, ok := h.At(at)
	if !ok {
		return signal.ReadPriceOpenInterest(nil, w), market.Unknown
	}
	then := &market.Series{Symbol: h.Symbol, Period: h.Period, Points: h.Between(h.Points[0].Time, at), Official: h.Official}
	return signal.ReadPriceOpenInterest(then, w), p.USD()
}

// firstReading is the first stamp that a window of history ends at.
func firstReading(h *market.Series, w market.Window) int64 {
	return h.Points[0].Time + w.Millis()
}

// past is the stamps of seven days ago, which a quote does not have. They are
// loaded when the window is first chosen, and again after an hour; of the days
// between, one stamp an hour is kept, so that a change of unit is seen.
type past struct {
	load func(ctx context.Context, symbol string, from, to time.Time) ([]market.Point, error)

	mu     sync.Mutex
	loaded int64 // the newest stamp as of which it was loaded
	series map[string]*market.Series
}

const (
	pastAgain  = int64(time.Hour / time.Millisecond)
	pastReplay = int64(25 * time.Hour / time.Millisecond) // how far back the slider can go
	pastAhead  = 2 * pastAgain                            // stamps that come to be seven days old meanwhile
)

// fill loads what is missing. It is called off the UI's goroutine.
func (p *past) fill(ctx context.Context, s *market.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	newest := market.FloorStamp(s.Time.UnixMilli())
	if p.load == nil || p.series != nil && newest-p.loaded < pastAgain {
		return
	}
	series := make(map[string]*market.Series, len(s.Quotes))
	from := newest - market.Window7d.Millis() - pastReplay
	until := newest - market.Window7d.Millis() + pastAhead
	for _, q := range s.Quotes {
		if ctx.Err() != nil {
			return
		}
		points, err := p.load(ctx, q.Contract.Symbol, time.UnixMilli(from), time.UnixMilli(newest))
		if err != nil {
			continue // it is counted as one without seven days of history
		}
		var kept []market.Point
		for _, x := range points {
			if x.Time >= from && (x.Time <= until || x.Time%int64(time.Hour/time.Millisecond) == 0) {
				kept = append(kept, x)
			}
		}
		if len(kept) > 0 {
			series[q.Contract.Symbol] = market.NewSeries(q.Contract.Symbol, market.Period5m, slices.Clip(kept))
		}
	}
	p.series, p.loaded = series, newest
}

// with is a contract's history with what was loaded before it.
func (p *past) with(symbol string, h *market.Series) *market.Series {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.series[symbol]; s != nil {
		return s.Merge(h, 0)
	}
	return h
}

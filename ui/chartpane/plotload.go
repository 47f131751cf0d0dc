package chartpane

import (
	"context"
	"time"

	"openinterest/charts"
	"openinterest/data/market"
)

// plotFresh is for how long what a plot shows up to now serves.
const plotFresh = time.Minute

// plotLoad is what is known of the rows that a plot shows: of one question over
// a span. Its methods are called on the UI's goroutine.
type plotLoad struct {
	question string // symbol and period; another one begins anew
	from, to int64  // the span that rows cover
	had      bool   // they do
	err      error  // of the last try
	again    time.Time
	tried    time.Time
	running  bool
	wants    [2]int64 // the span on its way
	cancel   context.CancelFunc
	turn     int
	version  int // grows with whatever may look different
}

// candleLoad and paymentLoad are with their rows.
type candleLoad struct {
	plotLoad
	symbol string
	period market.Period
	rows   []market.Candle
}

type paymentLoad struct {
	plotLoad
	symbol string
	rows   []market.FundingPoint
}

// due reports whether a span must be asked for, and which: half of it more on
// either side, so that panning has something to show.
func (l *plotLoad) due(question string, from, to int64, now time.Time) (wanted [2]int64, due bool) {
	margin := (to - from) / 2
	end := min(to, now.UnixMilli())
	wanted = [2]int64{from - margin, min(to+margin, now.UnixMilli())}
	if question != l.question {
		return wanted, true
	}
	if l.running {
		return wanted, l.wants[0] > from || l.wants[1] < end
	}
	if l.err != nil {
		return wanted, !now.Before(l.again)
	}
	covered := l.had && l.from <= from && l.to >= min(end, l.tried.UnixMilli())
	stale := l.to >= l.tried.UnixMilli() && now.Sub(l.tried) >= plotFresh // it reached the end of what there was
	return wanted, !covered || stale && end > l.to
}

// stop gives up what is on its way.
func (l *plotLoad) stop() {
	if l.cancel != nil {
		l.cancel()
	}
	l.cancel, l.running = nil, false
	l.turn++
}

// start asks; take is called on the UI's goroutine with the rows, unless
// something else was asked for meanwhile.
func startPlot[T any](p *pane, l *plotLoad, question string, wanted [2]int64, now time.Time,
	ask func(ctx context.Context, from, to int64) ([]T, error), take func([]T)) {
	l.stop()
	ctx, cancel := context.WithCancel(p.o.Context)
	l.question, l.cancel, l.running, l.wants, l.tried = question, cancel, true, wanted, now
	l.version++
	turn := l.turn
	go func() {
		defer cancel()
		rows, err := ask(ctx, wanted[0], wanted[1])
		if ctx.Err() != nil {
			return
		}
		p.o.Dispatch(func() {
			if l.turn != turn {
				return
			}
			l.running, l.cancel, l.err = false, nil, err
			l.version++
			if err != nil {
				l.again = now.Add(retryAfter)
				if why := market.ProblemOf(err); why != nil && why.Until.After(now) {
					l.again = why.Until
				}
			} else {
				l.from, l.to, l.had = wanted[0], wanted[1], true
				take(rows)
			}
			p.changed()
		})
	}()
}

// forget drops what is known of another contract.
func (l *plotLoad) forget() {
	l.stop()
	*l = plotLoad{turn: l.turn, version: l.version + 1}
}

// wantPlots loads what the plots switched on lack.
func (h *History) wantPlots(now time.Time) {
	from, to := h.axis.Span()
	if h.plots.Price.On || h.plots.Volume.On {
		h.wantCandles(from, to, now)
	}
	if h.plots.Funding.On {
		h.wantPayments(&h.payments, h.symbol, from, to, now)
	}
	if h.plots.LongShort.On || h.plots.Taker.On {
		h.wantRatios(from, to, now)
	}
	if h.plots.Liquidations.On || h.o.Marking.Choice.ShowsLiquidations() {
		h.wantLiquidations(from, to, now)
	}
}

// wantPayments loads the payments of a span.
func (p *pane) wantPayments(l *paymentLoad, symbol string, from, to int64, now time.Time) {
	if l.symbol != symbol {
		l.forget()
		l.symbol, l.rows = symbol, nil
	}
	if wanted, due := l.due(symbol, from, to, now); due {
		startPlot(p, &l.plotLoad, symbol, wanted, now, func(ctx context.Context, from, to int64) ([]market.FundingPoint, error) {
			return p.o.Source.Funding(ctx, symbol, from, to)
		}, func(rows []market.FundingPoint) { l.rows = rows })
	}
}

// wantCandles loads the candles of a span, as short as they can be seen. Those of
// another length stay until they are there.
func (h *History) wantCandles(from, to int64, now time.Time) {
	l, symbol, period := &h.candles, h.symbol, klinePeriod(to-from, float64(h.chart.Size().Width))
	if l.symbol != symbol {
		l.forget()
		l.symbol, l.rows, l.period = symbol, nil, period
	}
	question := symbol + " " + period.String()
	if wanted, due := l.due(question, from, to, now); due {
		startPlot(&h.pane, &l.plotLoad, question, wanted, now, func(ctx context.Context, from, to int64) ([]market.Candle, error) {
			return h.o.Source.Klines(ctx, symbol, period, from, to)
		}, func(rows []market.Candle) { l.rows, l.period = rows, period })
	}
}

// klinePeriod is the period in which the candles of a span are asked for: that
// of the buckets they are drawn in, or its longest part.
func klinePeriod(span int64, width float64) market.Period {
	const usual = 800 // a narrower chart may not be laid out yet; shorter candles are put together anyway
	step := charts.BucketStep(span, max(width, usual), market.Period5m.Millis())
	return min(market.Period(time.Duration(step)*time.Millisecond), market.Period1d)
}

package chartpane

import (
	"context"
	"image/color"
	"slices"
	"sort"
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// The plot of liquidations seen: shorts above zero, longs below, in the colours of
// the way that such orders push the price. The exchange shows at most the largest
// of each contract and second, so all sums are lower bounds, and are called that.
// Where nobody listened nothing can be said, which is hatched and told in words;
// where somebody did and saw none, a bar of no height lies on the line of zero.

// liquidationLoad is what was seen of one contract.
type liquidationLoad struct {
	plotLoad
	symbol   string
	seen     []market.Liquidation
	listened []market.Span // ascending, disjoint

	longs, shorts barRows // of 5 minutes each, where any of them was listened to
}

// barRows are the bars of one side.
type barRows struct {
	times  []int64
	values []float64
}

// heard is what one question for liquidations answers.
type heard struct {
	seen     []market.Liquidation
	listened []market.Span
}

// take keeps an answer, and makes bars of it.
func (l *liquidationLoad) take(answers []heard) {
	l.seen, l.listened, l.longs, l.shorts = nil, nil, barRows{}, barRows{}
	for _, a := range answers {
		l.seen, l.listened = a.seen, a.listened
	}
	bar := func(at int64) {
		if n := len(l.longs.times); n == 0 || l.longs.times[n-1] < at {
			l.longs.add(at)
			l.shorts.add(at)
		}
	}
	slot := func(ms int64) int64 { return ms / market.StepMillis * market.StepMillis }
	next := 0 // of the liquidations: bars ascend
	sums := func(before int64) {
		for ; next < len(l.seen) && l.seen[next].Time.UnixMilli() < before; next++ {
			one := l.seen[next]
			bar(slot(one.Time.UnixMilli()))
			n := len(l.longs.times) - 1
			if one.Long {
				l.longs.values[n] -= one.USD()
			} else {
				l.shorts.values[n] += one.USD()
			}
		}
	}
	for _, s := range l.listened {
		for at := slot(s.From); at <= s.To; at += market.StepMillis {
			sums(at)
			bar(at)
		}
	}
	sums(never)
}

func (r *barRows) add(at int64) { r.times, r.values = append(r.times, at), append(r.values, 0) }

// listenedIn is for how long somebody listened within a span.
func (l *liquidationLoad) listenedIn(from, to int64) time.Duration {
	sum := int64(0)
	for i := sort.Search(len(l.listened), func(i int) bool { return l.listened[i].To >= from }); i < len(l.listened) && l.listened[i].From < to; i++ {
		sum += min(to, l.listened[i].To) - max(from, l.listened[i].From)
	}
	return time.Duration(sum) * time.Millisecond
}

// deaf are the stretches of a span in which nobody listened, as far as the answer reaches.
func (l *liquidationLoad) deaf(from, to int64) (spans []market.Span) {
	from, to = max(from, l.from), min(to, l.to)
	for _, s := range l.listened {
		if s.From > from && from < to {
			spans = append(spans, market.Span{From: from, To: min(s.From, to)})
		}
		from = max(from, s.To)
	}
	if from < to {
		spans = append(spans, market.Span{From: from, To: to})
	}
	return spans
}

// anySeen reports whether a liquidation was seen in the bars of a span.
func (l *liquidationLoad) anySeen(from, to int64) bool {
	return slices.ContainsFunc(l.seen, func(one market.Liquidation) bool {
		at := one.Time.UnixMilli()
		return at >= from-market.StepMillis && at <= to && one.USD() > 0
	})
}

// wantLiquidations loads those of a span.
func (h *History) wantLiquidations(from, to int64, now time.Time) {
	l, symbol := &h.liquidations, h.symbol
	if l.symbol != symbol {
		l.forget()
		l.symbol = symbol
		l.take(nil)
	}
	if wanted, due := l.due(symbol, from, to, now); due {
		startPlot(&h.pane, &l.plotLoad, symbol, wanted, now, func(ctx context.Context, from, to int64) ([]heard, error) {
			seen, listened, err := h.o.Source.Liquidations(ctx, symbol, from, to)
			return []heard{{seen, listened}}, err
		}, l.take)
	}
}

// liquidationPlot is what was seen of both sides, in USD.
func (h *History) liquidationPlot(v *View) charts.Plot {
	w, p, l := h.o.Words, look.Current(), &h.liquidations
	line := func(key string, rows barRows, colour color.NRGBA) charts.Line {
		return charts.Line{Key: key, Form: charts.Bars, Period: market.StepMillis, Times: rows.times, Values: rows.values, Colour: colour, Down: colour}
	}
	read := func(long bool, label string) Read {
		return Read{Label: w.T(label), Format: h.readUSD, Bucket: func(b charts.Bucket) string { return h.readLiquidated(b, long) }}
	}
	v.Reads = append(v.Reads, read(false, "chart.liquidated_shorts"), read(true, "chart.liquidated_longs"))
	plot := charts.Plot{
		Title:   w.T("chart.pane_liquidations_title"),
		Lines:   []charts.Line{line("liquidated_shorts", l.shorts, p.Up), line("liquidated_longs", l.longs, p.Down)},
		Left:    charts.ValueAxis{Format: axisNumber(w.Lang())},
		Message: h.plotMessage(w.T("chart.pane_liquidations"), &l.plotLoad),
	}
	if l.had && l.err == nil {
		plot.Message = w.T("chart.pane_deaf_all")
	}
	from, to := h.axis.Span()
	if !l.anySeen(from, to) { // an axis of USD without USD
		plot.Left.Format = func(v, _ float64) string {
			if v != 0 {
				return ""
			}
			return "0"
		}
	}
	for _, s := range l.deaf(from, min(to, h.axis.millis()-plotFresh.Milliseconds())) {
		if s.To-s.From >= max(time.Minute.Milliseconds(), (to-from)/visibleShare/4) {
			plot.Blanks = append(plot.Blanks, charts.Blank{From: s.From, To: s.To, Text: w.T("chart.pane_deaf")})
		}
	}
	return plot
}

// readUSD writes an amount of USD.
func (h *History) readUSD(x float64) string {
	return "$" + format.Compact(h.o.Words.Lang(), max(x, -x))
}

// readLiquidated writes what was seen of one side in a bar: a lower bound, or that
// none was seen, and for how much of the bar somebody listened, if not for all.
func (h *History) readLiquidated(b charts.Bucket, long bool) string {
	w := h.o.Words
	end := min(b.To, h.axis.millis())
	length, listened := time.Duration(end-b.From)*time.Millisecond, h.liquidations.listenedIn(b.From, end)
	key := "chart.liquidated_none"
	if b.Close != 0 {
		key = "chart.liquidated_sum"
	}
	args := assets.Args{"Sum": h.readUSD(b.Close), "Length": format.Age(w.Lang(), time.Duration(b.To-b.From)*time.Millisecond)}
	if short := length - listened; short > max(plotFresh, length/50) { // what is newest may not have come
		key += "_part"
		args["Listened"] = format.Age(w.Lang(), listened)
	}
	return w.T(key, args)
}

// largeShare is from which part of the contract's open interest on a liquidation
// that was seen is marked on its line.
const largeShare = 0.001

// largeLiquidations are those that are marked: at least largeShare of the open
// interest then, each in contracts of the unit that holds now.
func (h *History) largeLiquidations(t *track) (large []market.Liquidation) {
	if !h.o.Marking.Choice.ShowsLiquidations() {
		return nil
	}
	for _, one := range h.liquidations.seen {
		at := one.Time.UnixMilli()
		i := sort.Search(t.len(), func(i int) bool { return t.at(i).Time > at }) - 1
		if i < 0 || at-t.at(i).Time > t.gap {
			continue
		}
		if one.Contracts*market.UnitFactor(t.changes, at) >= largeShare*t.at(i).Contracts {
			large = append(large, one)
		}
	}
	return large
}

package signal

import (
	"math"
	"slices"
	"sort"
	"time"
)

// walker moves a baseline along a history, an hour at a time: twelve moves
// enter and twelve leave each of its multisets, so that a year costs a year's
// stamps and not a year of hours times 30 days of stamps.
type walker struct {
	*Workspace
	g        *grid
	payments []payment
	weekP    []float64 // P on every full hour, the first weekHours of them before the grid
	weekQ    []float64
	hour0    int64 // of weekP[weekHours]
	standing ratioWalk
	baseline Baseline

	// A walker that stays at one hour needs no multiset for later: one serves all
	// moves in turn, and what is asked of each is taken before the next.
	stays bool
}

// newWalker sets out along g. It is done with once another one sets out in the
// same space.
func newWalker(in *Input, g *grid, space *Workspace) *walker {
	w := &walker{Workspace: space, g: g, payments: in.payments(), standing: in.ratioWalk()}
	w.clear()
	w.hour0 = floorHour(g.start + hourMillis - 1)
	n := weekHours
	if g.len() > 0 {
		n += int((g.time(g.len()-1)-w.hour0)/hourMillis) + 1
	}
	w.weekP, w.weekQ = filled(n), filled(n)
	for k := weekHours; k < n; k++ {
		i := g.index(w.hour0 + int64(k-weekHours)*hourMillis)
		w.weekP[k], w.weekQ[k] = at(g.p, i), at(g.q, i)
	}
	w.baseline.Symbol = in.Symbol
	if g.len() > 0 {
		w.baseline.oldest = g.start
	}
	return w
}

// jump computes the baseline of an hour from nothing.
func (w *walker) jump(hour int64) { w.shift(hour, math.MinInt64, math.MinInt64) }

// advance moves the baseline on by one hour.
func (w *walker) advance() {
	hour := w.baseline.Hour
	w.shift(hour+hourMillis, hour-baselineMillis, hour)
}

// shift takes the multisets to hour. They hold what is in [from, to], shortened
// at its end by each window; nothing when from is MinInt64.
func (w *walker) shift(hour, from, to int64) {
	w.baseline.rarity = nil
	if w.stays {
		w.baseline.rarity = new([len(steps)]quantiles)
	}
	newFrom := hour - baselineMillis
	enter := func(after int64) int64 { // first instant that is not held yet
		if from == math.MinInt64 {
			return newFrom
		}
		return after
	}
	for i, n := range steps {
		span := int64(n) * stepMillis
		lo, hi := enter(to-span+stepMillis), hour-span
		for x, xs := range [...][]float64{w.g.q, w.g.p} {
			w.out = w.collect(w.out[:0], xs, n, from, newFrom-stepMillis)
			w.in = w.collect(w.in[:0], xs, n, lo, hi)
			s := w.movesOf(x, i)
			w.replace(s)
			m := s.median()
			w.baseline.spreads[x][i] = spread{n: s.len(), median: m, mad: s.mad(m)}
			if w.stays && x == ofContracts {
				w.baseline.rarity[i].set(s)
			}
		}
	}
	lo := enter(to + hourMillis)
	quantity := func(k int) float64 { return w.weekQ[k] }
	usd := func(k int) float64 { return w.weekQ[k] * w.weekP[k] }
	w.out, w.in = w.onTheHour(w.out[:0], quantity, from, newFrom-1), w.onTheHour(w.in[:0], quantity, lo, hour)
	w.replace(&w.hours)
	w.out, w.in = w.onTheHour(w.out[:0], usd, from, newFrom-1), w.onTheHour(w.in[:0], usd, lo, hour)
	w.replace(&w.usd)
	w.pay(from, to, newFrom, hour)
	w.standAt(from, to, newFrom, hour)
	w.describe(hour)
}

func (w *walker) replace(s *sorted) { s.replace(w.out, w.in) }

// movesOf is the multiset for the moves of series x over window i.
func (w *walker) movesOf(x, i int) *sorted {
	if !w.stays {
		return &w.moves[x][i]
	}
	turn := &w.moves[0][0]
	turn.clear()
	return turn
}

// collect appends the defined moves over n stamps with lo ≤ time ≤ hi; none
// for a lo of MinInt64.
func (w *walker) collect(to, xs []float64, n int, lo, hi int64) []float64 {
	if lo == math.MinInt64 || len(xs) == 0 {
		return to
	}
	i, j := max(w.g.index(lo), n), min(w.g.index(hi), len(xs)-1)
	to = slices.Grow(to, max(0, j+1-i))
	for ; i <= j; i++ {
		if d := logMove(xs, i, n); !math.IsNaN(d) {
			to = append(to, d)
		}
	}
	return to
}

// onTheHour appends what is known on the full hours with lo ≤ time ≤ hi.
func (w *walker) onTheHour(to []float64, value func(k int) float64, lo, hi int64) []float64 {
	if lo == math.MinInt64 {
		return to
	}
	for k := max(weekHours, w.week(floorHour(lo+hourMillis-1))); k < len(w.weekP) && k <= w.week(floorHour(hi)); k++ {
		if x := value(k); !math.IsNaN(x) && !math.IsInf(x, 0) {
			to = append(to, x)
		}
	}
	return to
}

// week is the index of a full hour in weekP; it may lie outside.
func (w *walker) week(hour int64) int { return weekHours + int((hour-w.hour0)/hourMillis) }

// pay moves the payments on from [from, to] to [newFrom, hour].
func (w *walker) pay(from, to, newFrom, hour int64) {
	after := func(ms int64) int { // index of the first payment at or after ms
		return sort.Search(len(w.payments), func(i int) bool { return w.payments[i].at >= ms })
	}
	w.out, w.in = w.out[:0], w.in[:0]
	entering := after(newFrom)
	if from != math.MinInt64 {
		for i := after(from); i < after(newFrom); i++ {
			w.out = append(w.out, w.payments[i].apr)
		}
		entering = after(to + 1)
	}
	end := after(hour + 1)
	for i := entering; i < end; i++ {
		w.in = append(w.in, w.payments[i].apr)
	}
	w.replace(&w.aprs)
	b := &w.baseline
	b.paidHours, b.latest = 0, payment{}
	for i := after(newFrom); i < end; i++ {
		b.paidHours += w.payments[i].hours
	}
	if end > 0 {
		b.latest = w.payments[end-1]
	}
}

// describe completes the baseline of the hour from the multisets. It shares
// memory with the walker: it is valid until that moves on.
func (w *walker) describe(hour int64) {
	b := &w.baseline
	b.Hour = hour
	b.hours.set(&w.hours)
	b.medianUSD, b.rankAPR = w.usd.median(), w.rankAPR()
	b.gap = w.g.lastGap(hour)
	prices, contracts := w.lastWeek(w.weekP, hour), w.lastWeek(w.weekQ, hour)
	b.high, b.low = peakOf(prices, contracts, hour, 1), peakOf(prices, contracts, hour, -1)
}

// rankAPR is the percentile rank of the newest payment's yearly rate among those
// of 30 days; NaN without 30 days.
func (w *walker) rankAPR() float64 {
	b := &w.baseline
	if b.latest.at == 0 || w.payments[0].at > b.Hour-baselineMillis || b.paidHours < fullHours {
		return math.NaN()
	}
	return w.aprs.rank(b.latest.apr)
}

// lastWeek is the part of xs that lies on the hours [hour − 7 d, hour − 1 h],
// cut short where the history ends before.
func (w *walker) lastWeek(xs []float64, hour int64) []float64 {
	k := w.week(hour)
	if k < weekHours || k-weekHours >= len(xs) {
		return nil
	}
	return xs[k-weekHours : min(k, len(xs))]
}

// rare computes the quantiles that tell how rare a move is, once they are asked for.
func (w *walker) rare() {
	if w.baseline.rarity != nil {
		return
	}
	w.baseline.rarity = new([len(steps)]quantiles)
	for i := range steps {
		w.baseline.rarity[i].set(&w.moves[ofContracts][i])
	}
}

const stepMillis = int64(5 * time.Minute / time.Millisecond)

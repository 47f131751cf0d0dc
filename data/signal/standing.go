package signal

import (
	"math"
	"slices"
	"sort"

	"openinterest/data/market"
)

// Who stands where: ratios, and liquidations seen.
const (
	extremeHigh = 95  // percentile from which a ratio is high
	extremeLow  = 5   // and up to which it is low
	liquidated  = 1.0 // % of open interest, of liquidations seen in an hour

	// listenSlack is how much of an hour may be missed, by connecting again, for it to
	// count as listened to.
	listenSlack = int64(60_000)
)

// extremes are what a ratio is usually within: its 5th and its 95th percentile among
// the full hours of 30 days.
type extremes struct {
	hours     int // of those, at which it is known
	low, high float64
}

var noExtremes = extremes{low: math.NaN(), high: math.NaN()}

// extremesOf are those of a ratio's hourly values: the smallest value that at least
// 5 %, or 95 %, are at most. They are unknown without nine tenths of 30 days, and
// where both are the same: then nothing is extreme.
func extremesOf(s *sorted) extremes {
	n := s.len()
	e := extremes{n, math.NaN(), math.NaN()}
	if n < fullHours {
		return e
	}
	at := func(percent int) float64 { return s.values[(percent*n+99)/100-1] }
	if low, high := at(extremeLow), at(extremeHigh); low < high {
		e.low, e.high = low, high
	}
	return e
}

// standing is who stood where at a stamp.
type standing struct {
	ratios [market.RatioCount]ratioNow
	bounds [market.RatioCount]extremes

	// Of the hour up to the stamp.
	usd      [2]float64 // USD of longs and of shorts that were seen liquidated
	count    [2]int
	listened int64   // ms of the hour in which somebody listened
	before   float64 // USD open an hour before; NaN where not known
}

// ratioNow is the newest value of a ratio at a stamp. It is NaN where that is more
// than 15 minutes old.
type ratioNow struct {
	value float64
	at    int64
}

// stand fills in who stood where at the view's stamp.
func (v *view) stand(in *Input, b *Baseline) {
	v.bounds = b.ratios
	for k := range v.ratios {
		v.ratios[k] = ratioNow{value: math.NaN()}
	}
	rows := in.Ratios
	end := sort.Search(len(rows), func(i int) bool { return rows[i].Time > v.stamp })
	for i := end - 1; i >= 0 && v.stamp-rows[i].Time <= oldestData.Milliseconds(); i-- {
		for k, x := range rows[i].Values {
			if math.IsNaN(v.ratios[k].value) && market.UsableRatio(x) {
				v.ratios[k] = ratioNow{x, rows[i].Time}
			}
		}
	}
	v.hear(in)
	v.before = v.changes[ofContracts][in1h].then * v.changes[ofPrice][in1h].then
}

// hear adds up the liquidations that were seen in the hour up to the stamp.
func (v *view) hear(in *Input) {
	from := v.stamp - hourMillis
	seen := in.Liquidations
	for i := sort.Search(len(seen), func(i int) bool { return seen[i].Time.UnixMilli() > from }); i < len(seen); i++ {
		l := &seen[i]
		if l.Time.UnixMilli() > v.stamp {
			break
		}
		usd := l.USD()
		if !(usd > 0) || math.IsInf(usd, 0) {
			continue
		}
		side := 1
		if l.Long {
			side = 0
		}
		v.usd[side] += usd
		v.count[side]++
	}
	spans := in.Listened
	for i := sort.Search(len(spans), func(i int) bool { return spans[i].To > from }); i < len(spans) && spans[i].From < v.stamp; i++ {
		v.listened += max(0, min(spans[i].To, v.stamp)-max(spans[i].From, from))
	}
}

// heardAll reports whether somebody listened through the hour up to the stamp.
func (s *standing) heardAll() bool { return s.listened >= hourMillis-listenSlack }

// liquidatedPct is how many percent of the open interest of an hour before were seen
// liquidated since, of longs (0) or shorts (1).
func (s *standing) liquidatedPct(side int) float64 { return 100 * s.usd[side] / s.before }

// wasLiquidated tells whether liquidations seen of a side came to 1 % of open
// interest. They are a lower bound, so that enough of them is true however little was
// heard; that there were not enough seen is known only of an hour listened through.
func (s *standing) wasLiquidated(side int) State {
	met := atLeast(s.liquidatedPct(side), liquidated)
	if met == False && !s.heardAll() {
		return Undefined
	}
	return met
}

// standings evaluates the kinds of ratios and liquidations.
func (v *view) standings(s *[kindCount]State) {
	for k := range v.ratios {
		x, e := v.ratios[k].value, v.bounds[k]
		s[atRatios+2*k], s[atRatios+2*k+1] = atLeast(x, e.high), atMost(x, e.low)
	}
	s[atLiquidatedLongs], s[atLiquidatedShorts] = v.wasLiquidated(0), v.wasLiquidated(1)
}

// ratioWalk has a contract's ratios on the full hours, for a walker.
type ratioWalk struct {
	hours [market.RatioCount][]float64 // from first on, NaN where not known; nil for a ratio that never is
	first int64
}

// ratioWalk lays out the ratios of the full hours.
func (in *Input) ratioWalk() ratioWalk {
	rows := in.Ratios
	if len(rows) == 0 {
		return ratioWalk{}
	}
	newest := rows[len(rows)-1].Time
	rows = rows[sort.Search(len(rows), func(i int) bool { return rows[i].Time >= newest-longestHistory }):]
	w := ratioWalk{first: floorHour(rows[0].Time)}
	n := int((newest-w.first)/hourMillis) + 1
	for _, r := range rows {
		i := (r.Time - w.first) / hourMillis
		if r.Time%hourMillis != 0 || i < 0 || i >= int64(n) {
			continue
		}
		for k, x := range r.Values {
			if !market.UsableRatio(x) {
				continue
			}
			if w.hours[k] == nil {
				w.hours[k] = filled(n)
			}
			w.hours[k][i] = x
		}
	}
	return w
}

// between appends what is known of a ratio on the full hours with lo ≤ time ≤ hi;
// nothing for a lo of math.MinInt64.
func (w *ratioWalk) between(to []float64, k int, lo, hi int64) []float64 {
	if lo == math.MinInt64 {
		return to
	}
	i := max(0, (floorHour(lo+hourMillis-1)-w.first)/hourMillis)
	for ; i < int64(len(w.hours[k])) && w.first+i*hourMillis <= hi; i++ {
		if x := w.hours[k][i]; !math.IsNaN(x) {
			to = append(to, x)
		}
	}
	return to
}

// standAt moves the multisets of ratios from [from, to] to [newFrom, hour], and takes
// their extremes. shift calls it.
func (w *walker) standAt(from, to, newFrom, hour int64) {
	lo := newFrom
	if from != math.MinInt64 {
		lo = to + hourMillis
	}
	for k := range w.ratioSets {
		if w.standing.hours[k] == nil {
			w.baseline.ratios[k] = noExtremes
			continue
		}
		w.out, w.in = w.standing.between(w.out[:0], k, from, newFrom-1), w.standing.between(w.in[:0], k, lo, hour)
		w.replace(&w.ratioSets[k])
		w.baseline.ratios[k] = extremesOf(&w.ratioSets[k])
	}
}

// noRatios are the extremes of a contract of which none is known.
func noRatios() (e [market.RatioCount]extremes) {
	copy(e[:], slices.Repeat([]extremes{noExtremes}, market.RatioCount))
	return e
}

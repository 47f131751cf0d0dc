package charts

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"sort"
)

// Form is how a Line is drawn.
type Form uint8

// The forms. What all but a Curve show is put together in buckets, whose length
// follows from the span and the picture's width (BucketStep) and whose bounds
// are those of the UTC day or, for weeks, Monday.
const (
	Curve   Form = iota // points joined by straight lines
	Bars                // from zero to the sum of the values in each bucket; Times are when what a value counts began
	Changes             // from zero to how much the value changed in each bucket; Values are samples at Times
	Candles             // open, high, low and close of each bucket; Times are when a candle began, or those of samples
)

// The lengths of buckets that are read at a glance.
var bucketSteps = []int64{
	5 * minuteMillis, 15 * minuteMillis, 30 * minuteMillis, hourMillis, 2 * hourMillis, 4 * hourMillis, 12 * hourMillis, dayMillis, 7 * dayMillis,
}

// leastBucket is how wide a bucket is at least, in units of the whole picture:
// in the plot, which is narrower, that is four or more.
const leastBucket = 5

// monday is a Monday, from which weeks are counted; 1970 began with a Thursday.
const monday = 4 * dayMillis

// BucketStep is how long the buckets are, in ms, of a line whose neighbours are
// period apart, in a picture so many units wide that shows a span: the least of
// the usual steps, or the period itself, that is wide enough and a multiple of
// the period. Whoever loads bars or candles for a picture asks for this step.
func BucketStep(span int64, units float64, period int64) int64 {
	period = max(period, 1)
	least := float64(span) / max(units, 1) * leastBucket
	if period >= minuteMillis && float64(period) >= least {
		return period
	}
	for _, step := range bucketSteps {
		if float64(step) >= least && step%period == 0 {
			return step
		}
	}
	week := bucketSteps[len(bucketSteps)-1]
	unit := max(week, (period+week-1)/week*week) // of weeks, whatever the period
	return unit * max(1, int64(math.Ceil(least/float64(unit))))
}

// bucketOf is when the bucket began that an instant lies in.
func bucketOf(ms, step int64) int64 {
	origin := int64(0)
	if step%(7*dayMillis) == 0 {
		origin = monday
	}
	rest := (ms - origin) % step
	if rest < 0 {
		rest += step
	}
	return ms - rest
}

// isSampled reports whether the values are samples at their times, not what
// began with them.
func (l *Line) isSampled() bool { return l.Form == Changes || l.Form == Candles && l.Opens == nil }

// gathered returns lines whose bars and candles are put together in the buckets
// of the span: Times are when these began, Period is how long they are. Curves
// stay as they are.
func (r *Request) gathered(lines []Line) ([]Line, error) {
	if !slices.ContainsFunc(lines, func(l Line) bool { return l.Form != Curve }) {
		return lines, nil
	}
	out := slices.Clone(lines)
	for i := range out {
		if out[i].Form == Curve {
			continue
		}
		units := float64(r.Width) / r.Scale
		period := out[i].Period
		if out[i].Ends != nil {
			shortest, longest := lines[i].lengths(r.From, r.To)
			if float64(shortest) >= float64(r.To-r.From)/units*leastBucket {
				out[i] = lines[i].apart(r.From, r.To)
				continue
			}
			for period = hourMillis; period < longest; period *= 2 { // buckets begin where a day does
			}
		}
		gathered, err := gather(&lines[i], r.From, r.To, BucketStep(r.To-r.From, units, period))
		if err != nil {
			return nil, err
		}
		out[i] = gathered
	}
	return out, nil
}

// within are the indices, first ≤ i < end, of the bars with Ends that are in a span.
func (l *Line) within(from, to int64) (first, end int) {
	first = sort.Search(len(l.Times), func(i int) bool { return l.Ends[i] > from })
	return first, max(first, sort.Search(len(l.Times), func(i int) bool { return l.Times[i] > to }))
}

// lengths are those of the shortest and of the longest bar with Ends in a span;
// without any, there is no shortest.
func (l *Line) lengths(from, to int64) (shortest, longest int64) {
	shortest = math.MaxInt64
	first, end := l.within(from, to)
	for i := first; i < end; i++ {
		length := l.Ends[i] - l.Times[i]
		shortest, longest = min(shortest, length), max(longest, length)
	}
	return shortest, min(longest, 7*dayMillis)
}

// apart is the line with its bars in the span, each over its own time.
func (l *Line) apart(from, to int64) Line {
	first, end := l.within(from, to)
	out := *l
	out.Base, out.Times, out.Values, out.Ends = 0, l.Times[first:end], l.Values[first:end], l.Ends[first:end]
	if l.Opens != nil {
		out.Opens, out.Closes = l.Opens[first:end], l.Closes[first:end]
	}
	return out
}

// gather puts together what a line has in the span.
func gather(l *Line, from, to, step int64) (Line, error) {
	out := *l
	out.Period, out.Base = step, 0
	out.Times, out.Values, out.Opens, out.Highs, out.Lows, out.Closes, out.Ends = nil, nil, nil, nil, nil, nil, nil
	if l.Form == Changes { // they are summed up already
		out.Form = Bars
	}
	shift := int64(0) // a sample belongs to what ends with it
	if l.isSampled() {
		shift = 1
	}
	first := bucketOf(from, step) + shift
	begin := sort.Search(len(l.Times), func(i int) bool { return l.Times[i] >= first })
	bucket := first - shift - step
	for i := begin; i < len(l.Times); i++ {
		ms := l.Times[i]
		if i > 0 && ms < l.Times[i-1] {
			return out, fmt.Errorf("line %s, point %d: %w", l.Key, i, ErrUnsorted)
		}
		if ms-shift >= bucket+step { // not in the one before, which is dear to find out otherwise
			bucket = bucketOf(ms-shift, step)
		}
		if bucket > to {
			break
		}
		if open, high, low, last, ok := l.entry(i); ok {
			out.put(bucket, open, high, low, last)
			if l.Closes != nil {
				out.putCandle(l.Opens[i], l.Closes[i])
			}
		}
	}
	return out, nil
}

// entry is what the i-th value adds to its bucket; false where it is not known.
// Of Bars and Changes, only last counts.
func (l *Line) entry(i int) (open, high, low, last float64, ok bool) {
	v := l.Values[i]
	if !known(v, -limit) {
		return 0, 0, 0, 0, false
	}
	before := math.NaN() // the sample that joins this one
	if l.isSampled() && i > 0 && (l.Gap <= 0 || l.Times[i]-l.Times[i-1] <= l.Gap) {
		before = l.Values[i-1]
	}
	switch {
	case l.Form == Bars:
		return 0, 0, 0, v, true
	case l.Form == Changes:
		return 0, 0, 0, v - before, known(before, -limit)
	case l.Opens != nil:
		open, high, low = l.Opens[i], l.Highs[i], l.Lows[i]
		return open, high, low, v, known(open, -limit) && known(high, -limit) && known(low, -limit)
	case !known(before, -limit):
		before = v
	}
	return before, max(before, v), min(before, v), v, true
}

// put adds to the last bucket, or begins another.
func (l *Line) put(bucket int64, open, high, low, last float64) {
	n := len(l.Times)
	isNew := n == 0 || l.Times[n-1] != bucket
	if isNew {
		l.Times, l.Values = append(l.Times, bucket), append(l.Values, 0)
		n++
	}
	if l.Form != Candles {
		l.Values[n-1] += last
		return
	}
	if isNew {
		l.Opens, l.Highs, l.Lows = append(l.Opens, open), append(l.Highs, high), append(l.Lows, low)
	}
	l.Values[n-1] = last
	l.Highs[n-1], l.Lows[n-1] = max(l.Highs[n-1], high), min(l.Lows[n-1], low)
}

// putCandle has the last bucket take the colour of all its candles, from the open
// of the first to the close of the last.
func (l *Line) putCandle(begin, end float64) {
	if len(l.Opens) < len(l.Times) {
		l.Opens, l.Closes = append(l.Opens, begin), append(l.Closes, end)
	}
	l.Closes[len(l.Closes)-1] = end
}

// measureBuckets is what gathered bars or candles show; what lies below lowest does not.
func measureBuckets(l *Line, lowest float64) extent {
	e := extent{end: len(l.Times), low: math.Inf(1), high: math.Inf(-1), last: -1}
	for i, v := range l.Values {
		if !known(v, lowest) {
			continue
		}
		e.last = i
		low, high := min(v, 0), max(v, 0) // bars stand on zero
		if l.Form == Candles {
			low, high = l.Lows[i], l.Highs[i]
			if !known(low, lowest) {
				low = v
			}
		}
		e.low, e.high = min(e.low, low), max(e.high, high)
	}
	return e
}

// end is when a gathered bucket ended.
func (l *Line) end(i int) int64 {
	if l.Ends != nil {
		return l.Ends[i]
	}
	return l.Times[i] + l.Period
}

// middle is the instant that stands for a gathered bucket.
func (l *Line) middle(i int) int64 { return l.Times[i] + (l.end(i)-l.Times[i])/2 }

// anchor is when the i-th value is shown.
func (l *Line) anchor(i int) int64 {
	if l.Form == Curve {
		return l.Times[i]
	}
	return l.middle(i)
}

// Bucket is one bar or candle of a picture. Of bars, Close is the value, and the
// others are 0.
type Bucket struct {
	From, To               int64
	Open, High, Low, Close float64
	Colour                 color.NRGBA
}

// IsCurve reports whether a line shows points, not bars or candles.
func (p *Picture) IsCurve(line int) bool {
	return line >= 0 && line < len(p.lines) && p.lines[line].Form == Curve
}

// Bucket is what a line of bars or candles shows at an instant; false for a
// curve, and where it shows nothing.
func (p *Picture) Bucket(line int, ms int64) (Bucket, bool) {
	if line < 0 || line >= len(p.lines) || p.lines[line].Form == Curve {
		return Bucket{}, false
	}
	l := &p.lines[line]
	i := sort.Search(len(l.Times), func(i int) bool { return l.Times[i] > ms }) - 1
	if i < 0 || ms >= l.end(i) {
		return Bucket{}, false
	}
	b := Bucket{From: l.Times[i], To: l.end(i), Close: l.Values[i], Colour: l.colourOf(i)}
	if l.Form == Candles {
		b.Open, b.High, b.Low = l.Opens[i], l.Highs[i], l.Lows[i]
	}
	return b, true
}

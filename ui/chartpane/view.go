package chartpane

import (
	"math"
	"slices"
	"sort"
	"sync"

	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// View is what a Chart shows: a request without its size, and how the read-out
// writes the values of each of its lines.
type View struct {
	Request charts.Request // Width, Height and Scale are the chart's affair
	Reads   []Read         // one for each line of all plots, the main one's first

	// Curves give the times and values of the first lines, where those are not
	// there yet: they are computed where the picture is drawn.
	Curves []Curve

	derive derivation // computes what the lines show of what they hold; nil: that itself
	sorted bool       // the read-out is sorted by value

	gaps    gapReasons  // of holes inside the lines; they become blanks when built
	marks   []mark      // events; once built, those of Request.Markers
	samples [][]float64 // of each line's values; built with the curves
}

// Curve is what one line shows: all there is of a track, not the span in view
// alone, so that the same slices serve while that moves.
type Curve struct {
	track *track
	of    quantity
	since int64 // nothing before; 0: all there is
}

// quantity is what is computed of a track. Its name tells it from others.
type quantity struct {
	name   string
	values func(*track) []float64
}

var (
	contractsOf = quantity{"contracts", (*track).contracts}
	usdOf       = quantity{"usd", (*track).usd}
	priceOf     = quantity{"price", (*track).prices}
	positionOf  = quantity{"position", (*track).position}
)

// curveSlices are what a curve is drawn from.
type curveSlices struct {
	times   []int64
	values  []float64
	samples []float64
	holes   []hole
}

// curves keeps the slices of the curves that were drawn last, so that a frame in
// which nothing but the span moved copies none. It belongs to the goroutine that
// draws. The zero value is ready.
type curves struct{ kept map[curveKey]*curveSlices }

// curveKey tells what a curve shows: of two that are equal, the slices are too.
type curveKey struct {
	name                   string
	body                   *market.Point // the first of it
	points, live           int           // in body and tail
	tail, end              int64         // the times of its first and last
	endContracts, endPrice uint64        // as bits: unknown ones are to be equal
}

func (c Curve) key() curveKey {
	t := c.track
	k := curveKey{name: c.of.name, points: len(t.body), live: len(t.tail)}
	if len(t.body) > 0 {
		k.body = &t.body[0]
	}
	if n := len(t.tail); n > 0 {
		last := t.tail[n-1]
		k.tail, k.end = t.tail[0].Time, last.Time
		k.endContracts, k.endPrice = math.Float64bits(last.Contracts), math.Float64bits(last.Price)
	}
	return k
}

// of returns the slices of each curve, and forgets those of others.
func (k *curves) of(all []Curve) []*curveSlices {
	found, kept := make([]*curveSlices, len(all)), make(map[curveKey]*curveSlices, len(all))
	var wait sync.WaitGroup
	for i, c := range all {
		key := c.key()
		if found[i] = k.kept[key]; found[i] == nil {
			if found[i] = kept[key]; found[i] == nil {
				found[i] = &curveSlices{}
				wait.Go(func() {
					values := c.of.values(c.track)
					times := c.track.times()
					*found[i] = curveSlices{times, values, samples(values), holesOf(times, c.track.gap)}
				})
			}
		}
		kept[key] = found[i]
	}
	wait.Wait()
	k.kept = kept
	return found
}

// built returns the view with the slices that are drawn. It takes four
// milliseconds for ten years of 5-minute points that are not among those kept,
// so it has no business on the UI's goroutine.
func (v View) built(kept *curves) View {
	lines := v.lines()
	v.samples = make([][]float64, len(lines))
	var holes []hole
	for i, s := range kept.of(v.Curves) {
		if i == 0 {
			holes = s.holes
		} else {
			holes = common(holes, s.holes)
		}
		since := v.Curves[i].since
		first := sort.Search(len(s.times), func(i int) bool { return s.times[i] >= since })
		lines[i].Times, lines[i].Values, v.samples[i] = s.times[first:], s.values[first:], s.samples
	}
	for i := len(v.Curves); i < len(lines); i++ {
		v.samples[i] = samples(lines[i].Values)
	}
	if v.derive != nil {
		v.derive(lines, v.Request.From, v.Request.To)
		for i := range lines {
			v.samples[i] = samples(lines[i].Values)
		}
	}
	v.Curves = nil
	v.setLines(lines)
	v.Request.Blanks = slices.Concat(v.Request.Blanks, v.gaps.blanks(holes, v.Request.From, v.Request.To))
	v.blankChanges()
	if len(v.marks) > 0 {
		v.Request.Markers, v.marks = markers(v.marks, lines)
	}
	return v
}

// blankChanges hatches the plot of changes where nothing is known of what changed;
// the plot above says why.
func (v *View) blankChanges() {
	for i := range v.Request.Below {
		p := &v.Request.Below[i]
		if p.Key != changeKey {
			continue
		}
		p.Blanks = slices.Clone(v.Request.Blanks)
		for k := range p.Blanks {
			p.Blanks[k].Text = ""
		}
	}
}

// chartTheme is the look of a picture.
func chartTheme(p *look.Palette) charts.Theme {
	return charts.Theme{Background: p.Background, Text: p.Text, Axis: p.Muted, Grid: p.Grid, Font: look.Font(false), FontSize: 11}
}

// Read is how the read-out names a line and writes its values.
type Read struct {
	Label  string
	Format func(float64) string

	still bool // the same at all times: the crosshair does not go to its points
	steps bool // a step is two points a millisecond apart, of which the crosshair goes to the second
	ends  bool // a bar is read at the moment it ends, as a payment is: what it was for lies before

	Bucket func(charts.Bucket) string // of a candle, and of a bar whose span matters; nil: Format writes its value
}

// samples are values whose texts are likely the widest: the extremes, and those
// between where a sign or a unit changes.
func samples(values []float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	lo, hi := values[0], values[0]
	for _, v := range values {
		switch { // hardly ever true, but for unknown values at the beginning
		case v < lo || lo != lo:
			lo = v
		case v > hi || hi != hi:
			hi = v
		}
	}
	return []float64{lo, hi, values[len(values)/2], values[len(values)-1]}
}

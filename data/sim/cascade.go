package sim

import "math"

// A tree is a pair of correlated random walks, one for price and one for open
// interest, that can be read at any instant without reading those before.
//
// Time is cut into roots of 2^23 s (97 days), and each root into halves, down
// to one second. At every cut two things are drawn from a hash of the cut:
//
//   - how the activity of the span splits between its halves (a conservative
//     multiplicative cascade), which gives volatility that clusters on every
//     scale and returns whose tails fatten towards short ones;
//   - how far both walks deviate, at the cut, from the line between the span's
//     ends, with the variance of a Brownian bridge in activity time.
//
// That is Lévy's construction of Brownian motion run in the trading time of
// Mandelbrot, Fisher and Calvet, "A Multifractal Model of Asset Returns"
// (1997). Reading an instant costs 23 cuts, a few hundred nanoseconds; reading
// on from an instant nearby costs only the cuts that differ (see walker).
//
// Both walks are in units of one day's standard deviation; activity is in days.
type tree struct {
	seed   uint64
	offset float64 // s, so that the cuts of different contracts don't coincide
	rho    float64 // how much the open-interest walk follows the price walk
	burst  float64 // strength of the volatility clustering, about 1
	wander float64 // how far the price walk strays over months, days' standard deviations
	pulse  pulse
}

const (
	rootDepth   = 23
	rootSeconds = 1 << rootDepth
	day         = 86400.0
)

// pulse is the rhythm of activity: more in American and European hours than in
// Asian ones, less at weekends. Each amplitude is below 1 and is the share by
// which activity swings around its mean.
type pulse struct{ daily, weekly float64 }

// warp turns wall time into activity time, both in seconds. It is monotone.
func (p pulse) warp(t float64) float64 {
	const (
		dailyPeak  = 15 * 3600.0      // 15:00 UTC
		weeklyPeak = 5*day + day*0.85 // Tuesday evening; the epoch was a Thursday
	)
	swing := func(amplitude, period, peak float64) float64 {
		turns := (t - peak) / period
		return amplitude * period / (2 * math.Pi) * math.Sin(2*math.Pi*(turns-math.Floor(turns)))
	}
	return t + swing(p.daily, day, dailyPeak) + swing(p.weekly, 7*day, weeklyPeak)
}

// node is the state at a span of the tree: the walks at both ends, the
// activity inside, and the activity of the root before it.
type node struct {
	p0, p1, q0, q1 float64
	mass, before   float64
}

// A reading is a tree at one instant.
type reading struct {
	price    float64 // walk of the price, days' standard deviations
	interest float64 // walk of the open interest, the same
	activity float64 // accumulated activity, days
}

// A walker reads a tree and keeps the path to the last reading, so that reading
// the next one nearby is cheap. The zero path is empty. Not safe for
// concurrent use.
type walker struct {
	tree  *tree
	path  [rootDepth + 1]node
	root  int64
	leaf  int // of the last reading
	valid bool
}

// at reads the tree at t, Unix seconds.
func (w *walker) at(t float64) reading {
	u := w.tree.pulse.warp(t) + w.tree.offset
	root := int64(math.Floor(u / rootSeconds))
	inside := u - float64(root)*rootSeconds
	leaf := min(int(inside), rootSeconds-1)

	depth := 0
	if w.valid && w.root == root {
		for depth < rootDepth && w.leaf>>(rootDepth-depth-1) == leaf>>(rootDepth-depth-1) {
			depth++
		}
	} else {
		w.path[0] = w.tree.rootNode(root)
	}
	for ; depth < rootDepth; depth++ {
		right := leaf>>(rootDepth-depth-1)&1 == 1
		w.path[depth+1] = w.tree.half(&w.path[depth], root, depth, leaf>>(rootDepth-depth), right)
	}
	w.root, w.leaf, w.valid = root, leaf, true

	n, x := &w.path[rootDepth], inside-float64(leaf)
	return reading{
		price:    n.p0 + (n.p1-n.p0)*x,
		interest: n.q0 + (n.q1-n.q0)*x,
		activity: float64(root)*(rootSeconds/day) + n.before + n.mass*x,
	}
}

// rootNode draws the walks at the ends of a root: independent from root to
// root, so that nothing wanders off for good, plus a swing over years.
func (t *tree) rootNode(root int64) node {
	end := func(r int64, what uint64) float64 {
		return t.wander * (0.7*gauss(key(t.seed, what, uint64(r))) + 0.7*noise(key(t.seed, what+1), float64(r)/6))
	}
	return node{
		p0: end(root, 1), p1: end(root+1, 1),
		q0: end(root, 3) * 0.6, q1: end(root+1, 3) * 0.6,
		mass: rootSeconds / day,
	}
}

// half cuts a span and returns its left or right half.
func (t *tree) half(n *node, root int64, depth, prefix int, right bool) node {
	h := mix(t.seed ^ uint64(root)<<24 ^ (1<<depth | uint64(prefix)))
	gp := gauss(h)
	gq := gauss(mix(h + 1))
	x := t.burst * burstiness[depth] * gauss(mix(h+2))
	share := 0.5 + 0.5*x/math.Sqrt(1+x*x)

	gq = coupling[depth]*t.rho*gp + math.Sqrt(1-coupling[depth]*coupling[depth]*t.rho*t.rho)*gq
	sd := math.Sqrt(n.mass * share * (1 - share))
	intensity := n.mass * float64(int(1)<<depth) / (rootSeconds / day)
	p := n.p0 + (n.p1-n.p0)*share + sd*gp
	q := n.q0 + (n.q1-n.q0)*share + sd*gq*persistence[depth]*math.Sqrt(math.Sqrt(intensity))
	if right {
		return node{p0: p, p1: n.p1, q0: q, q1: n.q1, mass: n.mass * (1 - share), before: n.before + n.mass*share}
	}
	return node{p0: n.p0, p1: p, q0: n.q0, q1: q, mass: n.mass * share, before: n.before}
}

// The profile of the cuts by depth; depth 7 is a span of 18 hours, depth 15 one
// of four minutes. Fitted by eye to 5-minute recordings of large contracts:
// kurtosis of returns 7 a day and 20 to 40 in five minutes, open interest a
// little persistent, coupled to price over days but hardly within the hour.
var burstiness, coupling, persistence = profile()

func profile() (burst, couple, persist [rootDepth]float64) {
	for d := range rootDepth {
		switch {
		case d < 6:
			burst[d] = 0.24
		case d < 15:
			burst[d] = 0.45
		default:
			burst[d] = 0.22
		}
		couple[d] = 1 - smooth(float64(d-4)/6)*0.8
		persist[d] = 1.1 - 0.02*float64(d)
	}
	return burst, couple, persist
}

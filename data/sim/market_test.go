package sim

import (
	"math"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

var someDay = time.Date(2026, 11, 22, 14, 3, 20, 0, time.UTC)

// series samples the logarithms of price and open interest.
func series(u *universe, c *contract, end time.Time, n int, step time.Duration) (p, q []float64) {
	v := newView(u.tide)
	for i := range n {
		at := v.at(c, millis(end)-int64(n-1-i)*step.Milliseconds())
		p, q = append(p, math.Log(at.price)), append(q, math.Log(at.contracts))
	}
	return p, q
}

// diffs are the changes over k steps.
func diffs(x []float64, k int) []float64 {
	d := make([]float64, len(x)-k)
	for i := range d {
		d[i] = x[i+k] - x[i]
	}
	return d
}

func moments(x []float64) (sd, kurtosis float64) {
	var mean, two, four float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		d := (v - mean) * (v - mean)
		two, four = two+d/float64(len(x)), four+d*d/float64(len(x))
	}
	return math.Sqrt(two), four / two / two
}

func correlation(a, b []float64) float64 {
	sa, _ := moments(a)
	sb, _ := moments(b)
	var ma, mb, sum float64
	n := float64(len(a))
	for i := range a {
		ma, mb = ma+a[i]/n, mb+b[i]/n
	}
	for i := range a {
		sum += (a[i] - ma) * (b[i] - mb) / n
	}
	return sum / sa / sb
}

func absolute(x []float64) []float64 {
	y := slices.Clone(x)
	for i := range y {
		y[i] = math.Abs(y[i])
	}
	return y
}

// median and spread as the signals define them: 1.4826 × MAD.
func robust(x []float64) (median, spread float64) {
	y := slices.Sorted(slices.Values(x))
	median = y[len(y)/2]
	for i := range y {
		y[i] = math.Abs(y[i] - median)
	}
	slices.Sort(y)
	return median, 1.4826 * y[len(y)/2]
}

// TestReadingsAtAnyStart: whenever a demo starts, each of the four readings of
// price and open interest over 24 hours is shown by at least 20 contracts.
func TestReadingsAtAnyStart(t *testing.T) {
	for i := range 120 {
		start := someDay.AddDate(0, 0, (i-60)*31).Add(time.Duration(i) * time.Hour)
		u := newUniverse(uint64(i%3), 530, start)
		now, old := newView(u.tide), newView(u.tide)
		var count [2][2]int
		for _, symbol := range u.shown() {
			c := u.bySymbol[symbol]
			a, b := now.at(c, millis(start)), old.at(c, millis(start)-dayMillis)
			dp, dq := a.price/b.price-1, a.contracts/b.contracts-1
			if c.tradedAt(millis(start)-dayMillis) && math.Abs(dp) >= 0.01 && math.Abs(dq) >= 0.01 {
				count[sign(dp)][sign(dq)]++
			}
		}
		if least := min(count[0][0], count[0][1], count[1][0], count[1][1]); least < 20 {
			t.Errorf("start %s, seed %d: readings %v", start, i%3, count)
		}
	}
}

func sign(x float64) int {
	if x > 0 {
		return 1
	}
	return 0
}

// TestSignalsOccur: spikes, flushes, divergences and crowding, by their
// definitions, somewhere in the last three days, looking at
// every other contract.
func TestSignalsOccur(t *testing.T) {
	for _, start := range []time.Time{someDay, time.Date(2028, 7, 1, 12, 0, 0, 0, time.UTC)} {
		u := newUniverse(0, 530, start)
		seen := map[string]int{}
		for i, symbol := range u.shown() {
			if c := u.bySymbol[symbol]; i%2 == 0 && start.Sub(c.Listed) > 40*24*time.Hour {
				countSignals(u, c, start.Truncate(time.Hour), seen)
			}
		}
		t.Logf("%s: %v", start.Format(time.DateOnly), seen)
		for _, kind := range []string{"spike", "flush down", "flush up", "divergence high", "divergence low", "crowded longs", "crowded shorts"} {
			if seen[kind] < 2 {
				t.Errorf("start %s: %d contracts with %s in the last days, want 2 or more", start, seen[kind], kind)
			}
		}
	}
}

// countSignals counts the kinds that a contract shows in its last three days, on the hour.
func countSignals(u *universe, c *contract, end time.Time, seen map[string]int) {
	const hours, recent = 30 * 24, 72
	p, q := series(u, c, end, hours, time.Hour)
	dp, dq := diffs(p, 1), diffs(q, 1)
	mp, sp := robust(dp)
	mq, sq := robust(dq)
	_, daily := robust(diffs(q, 24))
	found := map[string]bool{}
	for i := hours - recent; i < hours; i++ {
		zq, zp := (dq[i-1]-mq)/sq, (dp[i-1]-mp)/sp
		found["spike"] = found["spike"] || zq >= 3 && dq[i-1] >= math.Log(1.03)
		flush := zq <= -3 && dq[i-1] <= math.Log(0.97)
		found["flush down"] = found["flush down"] || flush && zp <= -1.5
		found["flush up"] = found["flush up"] || flush && zp >= 1.5
		week := p[i-168 : i]
		for _, way := range []struct {
			name string
			sign float64
		}{{"divergence high", 1}, {"divergence low", -1}} {
			best := i - 168
			for j := i - 168; j <= i-24; j++ {
				if way.sign*p[j] > way.sign*p[best] {
					best = j
				}
			}
			extreme := !slices.ContainsFunc(week, func(x float64) bool { return way.sign*x > way.sign*p[i] })
			if extreme && way.sign*(p[i]-p[best]) >= math.Log(1.0025) && q[i]-q[best] <= -math.Max(0.02, 0.5*daily) {
				found[way.name] = true
			}
		}
	}
	crowding(u, c, end, q, found)
	for kind, ok := range found {
		if ok {
			seen[kind]++
		}
	}
}

func crowding(u *universe, c *contract, end time.Time, q []float64, found map[string]bool) {
	v := newView(u.tide)
	var rates []float64
	for ms := floor(millis(end), c.fundingMillis()); ms > millis(end.AddDate(0, 0, -30)); ms -= c.fundingMillis() {
		_, felt := v.mark(c, ms)
		rates = append(rates, c.fundingRate(ms, felt))
	}
	rank := func(list []float64, x float64) float64 {
		n := 0
		for _, y := range list {
			if y <= x {
				n++
			}
		}
		return 100 * float64(n) / float64(len(list))
	}
	for i := range min(9, len(rates)) {
		at := len(q) - 1 - i*c.fundingHours
		apr := rates[i] * 24 / float64(c.fundingHours) * 365 * 100
		high := at >= 0 && rank(q, q[at]) >= 90
		found["crowded longs"] = found["crowded longs"] || high && apr >= 20 && rank(rates, rates[i]) >= 95
		found["crowded shorts"] = found["crowded shorts"] || high && apr <= -10 && rank(rates, rates[i]) <= 5
	}
}

// TestRealism holds the market against what 5-minute recordings of large
// contracts show.
func TestRealism(t *testing.T) {
	u := newUniverse(0, 530, someDay)
	within := func(symbol, what string, x, lo, hi float64) {
		t.Helper()
		if !(x >= lo && x <= hi) {
			t.Errorf("%s: %s = %.3f, want %g to %g", symbol, what, x, lo, hi)
		}
	}
	for _, x := range []struct {
		symbol         string
		day, hour      float64 // price, %
		interest, less float64 // open interest over 24 h, %
	}{{"BTCUSDT", 2.5, 0.5, 4, 0.6}, {"SOLUSDT", 4.2, 0.8, 5.5, 0.6}, {"DOGEUSDT", 4.4, 0.85, 5.5, 0.6}, {"XAUUSDT", 1.3, 0.22, 2.8, 0.6}} {
		c := u.bySymbol[x.symbol]
		p, q := series(u, c, someDay, 120*288, market.Step)
		sd := func(x []float64, k int) float64 { s, _ := moments(diffs(x, k)); return 100 * s }
		within(x.symbol, "24 h price σ %", sd(p, 288), x.day*x.less, x.day*1.5)
		within(x.symbol, "1 h price σ %", sd(p, 12), x.hour*x.less, x.hour*1.5)
		within(x.symbol, "24 h open interest σ %", sd(q, 288), x.interest*x.less, x.interest*1.5)
		within(x.symbol, "5 min open interest σ %", sd(q, 1), 0.05, 0.5)
		returns, moves := diffs(p, 1), diffs(q, 1)
		_, kurtosis := moments(returns)
		within(x.symbol, "kurtosis of 5 min returns", kurtosis, 5, 80)
		_, kurtosis = moments(diffs(p, 288))
		within(x.symbol, "kurtosis of 24 h returns", kurtosis, 2, 12)
		size := absolute(returns)
		within(x.symbol, "autocorrelation of |return| after 1 h", correlation(size[12:], size[:len(size)-12]), 0.06, 0.5)
		within(x.symbol, "autocorrelation of returns", correlation(returns[1:], returns[:len(returns)-1]), -0.15, 0.15)
		within(x.symbol, "correlation of |return| and |open interest change|", correlation(size, absolute(moves)), 0.15, 0.7)
		within(x.symbol, "correlation of return and open interest change", correlation(returns, moves), -0.4, 0.4)
	}
}

// TestFundingLooksReal: most rates are the neutral one, a few are extreme, and
// none exceeds its limit.
func TestFundingLooksReal(t *testing.T) {
	u := newUniverse(0, 530, someDay)
	v := newView(u.tide)
	neutral, extreme, n := 0, 0, 0
	for _, symbol := range u.shown() {
		c := u.bySymbol[symbol]
		_, felt := v.mark(c, millis(someDay))
		rate := c.fundingRate(millis(someDay), felt)
		if math.Abs(rate) > c.fundingCap {
			t.Errorf("%s: rate %g beyond %g", symbol, rate, c.fundingCap)
		}
		apr := rate * 24 / float64(c.fundingHours) * 365
		n++
		if math.Abs(apr-0.1095) < 0.002 {
			neutral++
		}
		if math.Abs(apr) > 0.5 {
			extreme++
		}
	}
	if neutral < n*40/100 || neutral > n*85/100 || extreme < n/100 || extreme > n/5 {
		t.Errorf("of %d rates %d are neutral and %d extreme", n, neutral, extreme)
	}
}

// TestUniverse: magnitudes and kinds.
func TestUniverse(t *testing.T) {
	u := newUniverse(0, 530, someDay)
	if got := len(u.shown()); got != 530 {
		t.Fatalf("%d contracts shown, want 530", got)
	}
	v := newView(u.tide)
	var usd []float64
	kinds, recent := map[string]int{}, 0
	for _, c := range u.all {
		at := v.at(c, millis(someDay))
		if market.Shown(c.quoteAsset, c.status, string(c.Type)) {
			usd = append(usd, at.price*at.contracts)
			if someDay.Sub(c.Listed) < 5*24*time.Hour {
				recent++
			}
		}
		kinds[string(c.Type)+" "+c.status+" "+c.quoteAsset]++
	}
	slices.Sort(usd)
	btc := v.at(u.bySymbol["BTCUSDT"], millis(someDay))
	if btc.contracts < 50_000 || btc.contracts > 130_000 || btc.price < 40_000 || btc.price > 200_000 {
		t.Errorf("BTCUSDT: %+v", btc)
	}
	if lo, mid, hi := usd[0], usd[len(usd)/2], usd[len(usd)-1]; lo > 2e6 || mid < 1e6 || mid > 3e7 || hi < 3e9 {
		t.Errorf("open interest from %.3g over %.3g to %.3g USD", lo, mid, hi)
	}
	for _, kind := range []string{"PERPETUAL TRADING USDT", "TRADIFI_PERPETUAL TRADING USDT", "PERPETUAL SETTLING USDT", "PERPETUAL TRADING USDC", "CURRENT_QUARTER TRADING USDT", "NEXT_QUARTER TRADING USDT"} {
		if kinds[kind] == 0 {
			t.Errorf("no contract is %s", kind)
		}
	}
	if recent < 2 || recent > 25 {
		t.Errorf("%d contracts listed in the last days", recent)
	}
	for _, symbol := range []string{"BTCUSDT", "1000PEPEUSDT", "币安人生USDT", "XAUUSDT", "TSLAUSDT"} {
		if !slices.Contains(u.shown(), symbol) {
			t.Errorf("%s is missing", symbol)
		}
	}
}

// TestContinuous: from second to second nothing leaps, and yet open interest
// is alive.
func TestContinuous(t *testing.T) {
	u := newUniverse(0, 530, someDay)
	for _, symbol := range []string{"BTCUSDT", "DOGEUSDT", "TSLAUSDT"} {
		c, v := u.bySymbol[symbol], newView(u.tide)
		before, changes := v.at(c, millis(someDay)), 0
		for i := int64(1); i <= 3600; i++ {
			ms := millis(someDay) + i*1000
			now := v.at(c, ms)
			if d := math.Abs(math.Log(now.price / before.price)); d > 0.01 {
				t.Fatalf("%s: price leaps by %.2f %% in a second", symbol, 100*d)
			}
			if d := math.Abs(math.Log(now.contracts / before.contracts)); d > 0.02 {
				t.Fatalf("%s: open interest leaps by %.2f %% in a second", symbol, 100*d)
			}
			if now.changed > ms || now.changed < before.changed || now.contracts != before.contracts && now.changed == before.changed {
				t.Fatalf("%s: changed at %d, read at %d", symbol, now.changed, ms)
			}
			if now.contracts != before.contracts {
				changes++
			}
			before = now
		}
		if changes < 300 {
			t.Errorf("%s: open interest changed %d times in an hour", symbol, changes)
		}
	}
}

// TestReadingOrder: an instant reads the same alone, in order and in reverse.
func TestReadingOrder(t *testing.T) {
	u := newUniverse(4, 12, someDay)
	c := u.bySymbol["SOLUSDT"]
	forth, back := newView(u.tide), newView(u.tide)
	const n = 2000
	want := make([]state, n)
	at := func(i int) int64 { return millis(someDay) + int64(i)*3_333_333 }
	for i := range n {
		want[i] = forth.at(c, at(i))
	}
	for i := n - 1; i >= 0; i-- {
		if i%7 == 0 {
			back.at(u.bySymbol["BTCUSDT"], at(i)) // turning away must not matter
		}
		if got := back.at(c, at(i)); got != want[i] || newView(u.tide).at(c, at(i)) != want[i] {
			t.Fatalf("instant %d differs by order: %+v, %+v", i, got, want[i])
		}
	}
}

// TestSeedsDiffer: another seed is another market.
func TestSeedsDiffer(t *testing.T) {
	a, b := newUniverse(1, 10, someDay), newUniverse(2, 10, someDay)
	x := newView(a.tide).at(a.bySymbol["BTCUSDT"], millis(someDay))
	y := newView(b.tide).at(b.bySymbol["BTCUSDT"], millis(someDay))
	if x.price == y.price || x.contracts == y.contracts {
		t.Errorf("seeds 1 and 2 agree: %+v", x)
	}
}

// TestForms: no event outlives the days that are looked back for it, so none
// ends in a leap.
func TestForms(t *testing.T) {
	total := 0.0
	for _, f := range forms {
		total += f.weight
		if hours := f.rise + f.hold + f.fade; hours > 24*(eventDays-1) {
			t.Errorf("%+v lasts %g hours", f, hours)
		}
	}
	if math.Abs(total-1) > 1e-9 {
		t.Errorf("the weights add up to %g", total)
	}
}

package quota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

var start = time.Date(2026, 11, 22, 12, 3, 10, 0, time.UTC)

// Three venues with other limits, each the same type with other values.
func binance() *Quota {
	weight := func(n int) Cost { return Cost{"weight", n} }
	return New([]Bucket{
		{Name: "weight", Span: time.Minute, Limit: 2400, Share: 0.8, Reported: true},
		{Name: "history", Span: 5 * time.Minute, Limit: 1000, Share: 0.9},
		{Name: "funding", Span: 5 * time.Minute, Limit: 500, Share: 0.8},
	}, []Route{
		{Name: market.RouteOpenInterest, Costs: []Cost{weight(1)}, Main: true},
		{Name: market.RouteTickers, Costs: []Cost{weight(40)}, Main: true},
		{Name: market.RouteHistory, Costs: []Cost{weight(1), {"history", 1}}},
		{Name: market.RouteFunding, Costs: []Cost{{"funding", 1}}},
	})
}

func requestsIn5s() *Quota { // Bybit: 600 in 5 s for everything
	return New([]Bucket{{Name: "requests", Span: 5 * time.Second, Limit: 600, Share: 0.5}}, []Route{
		{Name: market.RouteOpenInterest, Costs: []Cost{{"requests", 1}}, Main: true},
		{Name: market.RouteTickers, Costs: []Cost{{"requests", 1}}, Main: true},
		{Name: market.RouteHistory, Costs: []Cost{{"requests", 1}}, Main: true},
	})
}

func eachRoute() *Quota { // OKX: 20 in 2 s for each route
	return New([]Bucket{
		{Name: "open interest", Span: 2 * time.Second, Limit: 20, Share: 0.5},
		{Name: "tickers", Span: 2 * time.Second, Limit: 20, Share: 0.5},
		{Name: "history", Span: 2 * time.Second, Limit: 20, Share: 0.5},
	}, []Route{
		{Name: market.RouteOpenInterest, Costs: []Cost{{"open interest", 1}}},
		{Name: market.RouteTickers, Costs: []Cost{{"tickers", 1}}},
		{Name: market.RouteHistory, Costs: []Cost{{"history", 1}}},
	})
}

func weights1200() *Quota { // Hyperliquid: weight 1200 a minute, of which nothing is told
	return New([]Bucket{{Name: "weight", Span: time.Minute, Limit: 1200, Share: 0.5}}, []Route{
		{Name: market.RouteOpenInterest, Costs: []Cost{{"weight", 20}}, Main: true},
		{Name: market.RouteTickers, Costs: []Cost{{"weight", 20}}, Main: true},
		{Name: market.RouteHistory, Costs: []Cost{{"weight", 20}}, Main: true},
	})
}

// No venue ever counts more in any span than this program allows itself,
// however the requests are delayed on their way, and most of it is used.
func TestNoLimitIsEverExceeded(t *testing.T) {
	for name, q := range map[string]*Quota{"weight and buckets": binance(), "requests": requestsIn5s(), "each route": eachRoute(), "weight alone": weights1200()} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			type flight struct {
				permit *Permit
				lands  time.Time
			}
			type arrival struct {
				at     time.Time
				amount int
			}
			var flying []flight
			arrived := map[string][]arrival{}
			spent := map[string]int{}
			now := start
			for now.Sub(start) < 12*time.Minute {
				for i := 0; i < len(flying); i++ {
					if f := flying[i]; !f.lands.After(now) {
						f.permit.Settle(now, Outcome{Used: -1, Answered: true})
						flying = append(flying[:i], flying[i+1:]...)
						i--
					}
				}
				route := []market.Route{market.RouteOpenInterest, market.RouteTickers, market.RouteHistory}[random.IntN(3)]
				permit, verdict := q.Take(now, route, 0)
				if permit == nil {
					if !verdict.Again.After(now) {
						t.Fatalf("told to ask again at %v, which is not later than %v", verdict.Again, now)
					}
					now = now.Add(min(10*time.Millisecond, verdict.Again.Sub(now)))
					continue
				}
				trip := time.Duration(random.IntN(int(900 * time.Millisecond)))
				for _, c := range permit.route.Costs {
					arrived[c.Bucket] = append(arrived[c.Bucket], arrival{now.Add(time.Duration(random.Int64N(int64(trip) + 1))), c.Amount})
					spent[c.Bucket] += c.Amount
				}
				flying = append(flying, flight{permit, now.Add(trip)})
			}
			for _, b := range q.buckets {
				all := arrived[b.Name]
				slices.SortFunc(all, func(x, y arrival) int { return x.at.Compare(y.at) })
				first, sum := 0, 0
				for _, a := range all {
					for a.at.Sub(all[first].at) >= b.Span {
						sum -= all[first].amount
						first++
					}
					if sum += a.amount; sum > b.window.max {
						t.Fatalf("%s: %d in one span, more than %d", b.Name, sum, b.window.max)
					}
				}
				if len(all) == 0 {
					continue // no route of this test spends from it
				}
				if spans := float64(12*time.Minute) / float64(b.Span); b.Name != "history" && float64(spent[b.Name]) < 0.7*spans*float64(b.window.max) {
					t.Errorf("%s: only %d was spent in %.0f spans of %d", b.Name, spent[b.Name], spans, b.window.max)
				}
			}
		})
	}
}

// What the venue says counts, others' requests included, until its next span.
func TestTheVenuesCountIsBelieved(t *testing.T) {
	q := binance()
	p, _ := q.Take(start, market.RouteOpenInterest, 0)
	p.Settle(start.Add(time.Second), Outcome{Used: 1895, Answered: true})
	now := start.Add(time.Second)
	for range 25 {
		p, v := q.Take(now, market.RouteOpenInterest, 0)
		if p == nil {
			t.Fatalf("no permit before the share is spent; again at %v", v.Again)
		}
	}
	if p, v := q.Take(now, market.RouteOpenInterest, 0); p != nil || v.Pause != nil || !v.Again.Equal(time.Date(2026, 11, 22, 12, 4, 0, 5e8, time.UTC)) {
		t.Errorf("again at %v, want half a second after the minute", v.Again)
	}
	why := q.Spent(now, market.RouteOpenInterest, 0)
	if why == nil || why.Kind != market.QuotaSpent || why.Used != 1920 || why.Allowed != 1920 || why.Until.Minute() != 4 {
		t.Errorf("the share is spent: %+v", why)
	}
	if next := time.Date(2026, 11, 22, 12, 4, 1, 0, time.UTC); q.Spent(next, market.RouteOpenInterest, 0) != nil || q.Sustained(next) != 1920 {
		t.Error("what was spent before the start is held against the next minute")
	}
}

// Others behind the address who go on spending leave less to this program.
func TestOthersThatGoOnAreYieldedTo(t *testing.T) {
	q := binance()
	own, minute := 0, int64(0)
	for now := start; now.Sub(start) < 3*time.Minute; now = now.Add(500 * time.Millisecond) {
		if m := now.Unix() / 60; m != minute {
			own, minute = 0, m
		}
		p, _ := q.Take(now, market.RouteOpenInterest, 0)
		own++
		others := 600 * (now.Second()*1000 + now.Nanosecond()/1e6) / 60_000
		p.Settle(now, Outcome{Used: own + others, Answered: true})
	}
	if got := q.Sustained(start.Add(3 * time.Minute)); got < 1220 || got > 1340 {
		t.Errorf("%d a minute is left beside others' 600, want about 1320", got)
	}
}

var refusals = map[string]struct {
	route  market.Route
	kind   market.ProblemKind
	wait   time.Duration // named; 0: none was
	page   bool
	rests  []market.Route
	open   []market.Route
	lasts  time.Duration // the pause, at first
	within time.Duration
	told   bool
	named  market.Route // the only one that the reason names
}{
	"429 on the main routes, with a time": {market.RouteOpenInterest, market.LimitedUntil, 20 * time.Second, false,
		[]market.Route{market.RouteOpenInterest, market.RouteTickers, market.RouteHistory}, []market.Route{market.RouteFunding}, 20 * time.Second, 0, true, ""},
	"429 on the main routes, without": {market.RouteTickers, market.LimitedUntil, 0, false,
		[]market.Route{market.RouteOpenInterest, market.RouteHistory}, []market.Route{market.RouteFunding}, 50 * time.Second, time.Second, false, ""},
	"429 for less than a second": {market.RouteOpenInterest, market.LimitedUntil, 300 * time.Millisecond, false,
		[]market.Route{market.RouteOpenInterest}, []market.Route{market.RouteFunding}, time.Second, 0, true, ""},
	"418 with a time": {market.RouteHistory, market.BannedUntil, time.Hour, false,
		[]market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding}, nil, time.Hour, 0, true, ""},
	"418 without": {market.RouteOpenInterest, market.BannedUntil, 0, false,
		[]market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding}, nil, 2 * time.Minute, 0, false, ""},
	"403 on the main routes": {market.RouteOpenInterest, market.RefusedFirewall, 0, false,
		[]market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding}, nil, time.Minute, 0, false, ""},
	"451 on the main routes": {market.RouteTickers, market.RefusedLocation, 0, false,
		[]market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding}, nil, time.Minute, 0, false, ""},
	"429 on a route of its own": {market.RouteHistory, market.LimitedUntil, 0, false,
		[]market.Route{market.RouteHistory}, []market.Route{market.RouteOpenInterest, market.RouteFunding}, 15 * time.Second, 0, false, market.RouteHistory},
	"403 on a route of its own": {market.RouteFunding, market.RefusedFirewall, 0, false,
		[]market.Route{market.RouteFunding}, []market.Route{market.RouteOpenInterest, market.RouteHistory}, 15 * time.Second, 0, false, market.RouteFunding},
	"451 on a route of its own": {market.RouteHistory, market.RefusedLocation, 0, false,
		[]market.Route{market.RouteHistory}, []market.Route{market.RouteOpenInterest, market.RouteFunding}, 15 * time.Second, 0, false, market.RouteHistory},
	"a web page on a route of its own": {market.RouteHistory, market.BadAnswer, 0, true,
		[]market.Route{market.RouteHistory}, []market.Route{market.RouteOpenInterest, market.RouteFunding}, 2 * time.Second, 0, false, market.RouteHistory},
	"a web page on the main routes": {market.RouteOpenInterest, market.BadAnswer, 0, true,
		nil, []market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding}, 0, 0, false, ""},
}

func TestARefusalHasAReach(t *testing.T) {
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			q := binance()
			refuse(t, q, start, c.route, c.kind, c.wait, c.page)
			for _, r := range c.open {
				if p, v := q.Take(start, r, 0); p == nil {
					t.Errorf("%s rests until %v", r, v.Again)
				} else {
					p.Settle(start, Outcome{Used: -1, Answered: true})
				}
			}
			for _, r := range c.rests {
				why := q.Refused(r)
				if why == nil {
					t.Fatalf("%s does not rest", r)
				}
				if d := why.Until.Sub(start); d < c.lasts || d > c.lasts+c.within || why.Told != c.told || why.Route != c.named || why.Kind != c.kind {
					t.Errorf("%s rests for %v, named by the venue %v, of route %q: %v", r, d, why.Told, why.Route, why)
				}
				if p, v := q.Take(why.Until.Add(-time.Millisecond), r, 0); p != nil || v.Pause != why || !v.Again.Equal(why.Until) {
					t.Errorf("%s may be asked before its pause is over; again %v", r, v.Again)
				}
			}
		})
	}
}

// refuse sends one request that is refused.
func refuse(t *testing.T, q *Quota, now time.Time, r market.Route, kind market.ProblemKind, wait time.Duration, page bool) {
	t.Helper()
	p, v := q.Take(now, r, 0)
	if p == nil {
		t.Fatalf("%s may not be asked until %v", r, v.Again)
	}
	problem := &market.Problem{Kind: kind, What: "asking"}
	if wait > 0 {
		problem.Until, problem.Told = now.Add(wait), true
	}
	p.Settle(now, Outcome{Used: -1, Answered: true, Problem: problem, Page: page})
}

// A pause that is over is over for everybody, once one request was answered;
// until then that request is the only one.
func TestAfterAPauseOneRequestGoesFirst(t *testing.T) {
	q := binance()
	refuse(t, q, start, market.RouteOpenInterest, market.BannedUntil, 30*time.Second, false)
	now := start.Add(30 * time.Second)
	first, _ := q.Take(now, market.RouteOpenInterest, 0)
	if first == nil {
		t.Fatal("no request may see whether the ban is over")
	}
	for _, r := range []market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding} {
		if p, _ := q.Take(now.Add(900*time.Millisecond), r, 0); p != nil {
			t.Errorf("%s goes beside the first", r)
		}
	}
	first.Settle(now.Add(time.Second), Outcome{Used: 1, Answered: true})
	for _, r := range []market.Route{market.RouteOpenInterest, market.RouteHistory, market.RouteFunding} {
		if p, v := q.Take(now.Add(time.Second), r, 0); p == nil || q.Refused(r) != nil {
			t.Errorf("%s still rests until %v", r, v.Again)
		}
	}
}

// Whatever comes of the probes, they are a second apart and back off.
func TestProbesAreApartAndBackOff(t *testing.T) {
	for name, c := range map[string]struct {
		probe Outcome
		sent  bool
		least int // in ten minutes
		most  int
	}{
		"refused again":        {Outcome{Answered: true, Problem: &market.Problem{Kind: market.RefusedLocation}}, true, 2, 5},
		"refused, with a wink": {Outcome{Answered: true, Problem: &market.Problem{Kind: market.LimitedUntil, Told: true, Until: start}}, true, 5, 20},
		"nobody answers":       {Outcome{Problem: &market.Problem{Kind: market.TimedOut}}, true, 100, 140},
		"nothing is sent":      {Outcome{}, false, 100, 140},
	} {
		t.Run(name, func(t *testing.T) {
			q := binance()
			refuse(t, q, start, market.RouteOpenInterest, market.RefusedFirewall, 0, false)
			probes, last := 0, time.Time{}
			for now := start; now.Sub(start) < 10*time.Minute; now = now.Add(10 * time.Millisecond) {
				p, _ := q.Take(now, market.RouteOpenInterest, 0)
				if p == nil {
					continue
				}
				if !last.IsZero() && now.Sub(last) < time.Second {
					t.Fatalf("a probe %v after the last", now.Sub(last))
				}
				probes, last = probes+1, now
				if c.sent {
					c.probe.Used = -1
					p.Settle(now, c.probe)
				} else {
					p.Cancel(now)
				}
			}
			if probes < c.least || probes > c.most {
				t.Errorf("%d probes in ten minutes, want %d to %d", probes, c.least, c.most)
			}
			if !c.sent && q.Use(start.Add(10*time.Minute), "weight").Own != 0 {
				t.Error("what was not sent is charged")
			}
		})
	}
}

// A route that stays refused is asked at least every five minutes.
func TestARouteRestsForFiveMinutesAtMost(t *testing.T) {
	q := binance()
	now := start
	for range 12 {
		refuse(t, q, now, market.RouteHistory, market.RefusedFirewall, 0, false)
		until := q.Refused(market.RouteHistory).Until
		if d := until.Sub(now); d > 5*time.Minute {
			t.Fatalf("it rests for %v", d)
		}
		now = until
	}
	if d := now.Sub(start); d < 30*time.Minute {
		t.Errorf("twelve refusals took %v: it does not back off", d)
	}
}

// Requests that left before the refusal came refuse the same thing once more:
// they neither lengthen a guess nor shorten what was named.
func TestEchoesOfARefusalChangeNothing(t *testing.T) {
	q := binance()
	var flying []*Permit
	for range 30 {
		p, _ := q.Take(start, market.RouteHistory, 0)
		flying = append(flying, p)
	}
	for i, p := range flying {
		p.Settle(start.Add(time.Duration(i)*time.Millisecond), Outcome{Used: -1, Answered: true, Problem: &market.Problem{Kind: market.RefusedFirewall}})
	}
	if d := q.Refused(market.RouteHistory).Until.Sub(start); d != 15*time.Second {
		t.Errorf("thirty answers to one burst rest the route for %v", d)
	}
}

func TestRetryEndsWhatWasGuessedOnly(t *testing.T) {
	for kind, ends := range map[market.ProblemKind]bool{market.RefusedLocation: true, market.RefusedFirewall: true, market.LimitedUntil: false, market.BannedUntil: false} {
		q := binance()
		refuse(t, q, start, market.RouteOpenInterest, kind, 0, false)
		now := start.Add(5 * time.Second)
		q.Retry(now)
		if p, _ := q.Take(now, market.RouteOpenInterest, 0); (p != nil) != ends {
			t.Errorf("%s: retried %v, want %v", kind, p != nil, ends)
		}
	}
	q := binance()
	refuse(t, q, start, market.RouteOpenInterest, market.RefusedFirewall, time.Hour, false)
	q.Retry(start.Add(time.Second))
	if p, _ := q.Take(start.Add(time.Second), market.RouteOpenInterest, 0); p != nil {
		t.Error("a wait that the venue named was not waited out")
	}
}

// The venue's clock and the machine's disagree: the machine slept for an hour,
// or the clock turns out to have been two hours wrong, in mid-pause and with a
// full window. Pauses end when the venue means, and the window is not starved.
func TestClocksThatDisagree(t *testing.T) {
	fill := func(q *Quota) {
		for {
			p, _ := q.Take(start, market.RouteOpenInterest, 0)
			if p == nil {
				return
			}
			p.Settle(start, Outcome{Used: -1, Answered: true})
		}
	}
	for name, c := range map[string]struct {
		elapsed time.Duration // on the venue's clock, as it is known then
		shift   time.Duration // what it is corrected by
		ban     time.Duration // named; 0: none
		point   bool          // as a point in time
		again   time.Duration // from start, on the clock of then, until the next request may go
	}{
		"asleep for an hour, window full":             {time.Hour, 0, 0, false, time.Hour},
		"asleep for an hour, told to wait 10 s":       {time.Hour, 0, 10 * time.Second, false, time.Hour},
		"asleep for an hour, banned for two":          {time.Hour, 0, 2 * time.Hour, true, 2 * time.Hour},
		"two hours ahead, window full":                {2*time.Hour + time.Second, 2 * time.Hour, 0, false, 2*time.Hour + time.Minute + time.Millisecond},
		"two hours behind, window full":               {-2*time.Hour + time.Second, -2 * time.Hour, 0, false, -2*time.Hour + time.Minute + time.Millisecond},
		"two hours ahead, told to wait 10 s":          {2*time.Hour + time.Second, 2 * time.Hour, 10 * time.Second, false, 2*time.Hour + 10*time.Second},
		"two hours behind, told to wait 0.3 s":        {-2*time.Hour + 100*time.Millisecond, -2 * time.Hour, 300 * time.Millisecond, false, -2*time.Hour + time.Second},
		"two hours behind, banned until a given time": {-2*time.Hour + time.Second, -2 * time.Hour, 30 * time.Second, true, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			q := binance()
			if c.ban == 0 {
				fill(q)
			} else {
				p, _ := q.Take(start, market.RouteOpenInterest, 0)
				p.Settle(start, Outcome{Used: -1, Answered: true, Absolute: c.point,
					Problem: &market.Problem{Kind: market.BannedUntil, Told: true, Until: start.Add(c.ban)}})
			}
			now := start.Add(c.elapsed)
			if c.shift != 0 {
				q.Shift(c.shift)
			}
			asked := 0
			for {
				p, v := q.Take(now, market.RouteOpenInterest, 0)
				if p != nil {
					break
				}
				if asked++; asked > 3 {
					t.Fatalf("asked %d times; the last time told %v", asked, v.Again)
				}
				now = v.Again
			}
			if got := now.Sub(start); got != c.again {
				t.Errorf("the next request goes at %v, want %v", got, c.again)
			}
		})
	}
}

// Processes on one machine count each other's requests of the buckets that the
// venue does not tell of, and what they say is clipped to the present.
func TestProcessesCountEachOther(t *testing.T) {
	one, two := binance(), binance()
	for range 300 {
		p, _ := one.Take(start, market.RouteHistory, 0)
		p.Settle(start, Outcome{Used: -1, Answered: true})
	}
	now := start.Add(time.Minute)
	said := one.Spending(now)
	if len(said["history"]) != 300 || said["weight"] != nil {
		t.Fatalf("it says %d, and of the weight %d", len(said["history"]), len(said["weight"]))
	}
	two.SetOthers(now, said)
	if room := two.Room(now, market.RouteHistory); room != 600 {
		t.Errorf("room for %d beside the other's 300", room)
	}
	if room := two.Room(start.Add(5*time.Minute+time.Millisecond), market.RouteHistory); room != 900 {
		t.Errorf("room for %d once that is over", room)
	}
	two.SetOthers(now, Spending{"history": {now.Add(5 * time.Hour)}})
	if room := two.Room(now.Add(6*time.Minute), market.RouteHistory); room != 900 {
		t.Errorf("a time to come counts for ever: room for %d", room)
	}
}

// The rate spreads what is left after a burst over the time until it may be
// repeated, and is the whole share in the steady state.
func TestThePaceSpreadsWhatIsLeft(t *testing.T) {
	q := binance()
	if pace := q.Pace(start, 0); pace != 32 {
		t.Errorf("at first %v a second", pace)
	}
	for range 1000 {
		p, _ := q.Take(start, market.RouteOpenInterest, 0)
		p.Settle(start, Outcome{Used: -1, Answered: true})
	}
	if pace := q.Pace(start.Add(10*time.Second), 60); pace < 17 || pace > 37.3 {
		t.Errorf("%v a second, with 860 to spend in 50 s", pace)
	}
	if s := fmt.Sprint(q.Use(start, "weight")); s != "{1000 1000 1920 2400}" {
		t.Errorf("use %s", s)
	}
}

package quota

import (
	"testing"
	"time"

	"openinterest/data/market"
)

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
	"429 on a route within another's limit": {market.RouteRatios, market.LimitedUntil, 0, false,
		[]market.Route{market.RouteRatios}, []market.Route{market.RouteHistory, market.RouteOpenInterest}, 15 * time.Second, 0, false, market.RouteRatios},
	"403 on a route within another's limit": {market.RouteRatios, market.RefusedFirewall, 0, false,
		[]market.Route{market.RouteRatios}, []market.Route{market.RouteHistory, market.RouteOpenInterest}, 15 * time.Second, 0, false, market.RouteRatios},
	"403 on a route with another within its limit": {market.RouteHistory, market.RefusedFirewall, 0, false,
		[]market.Route{market.RouteHistory}, []market.Route{market.RouteRatios, market.RouteOpenInterest}, 15 * time.Second, 0, false, market.RouteHistory},
	"429 on a route of its own": {market.RouteHistory, market.LimitedUntil, 0, false,
		[]market.Route{market.RouteHistory, market.RouteRatios}, []market.Route{market.RouteOpenInterest, market.RouteFunding}, 15 * time.Second, 0, false, market.RouteHistory},
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

// What left before the person asked for another try, and is refused after, does
// not put that off.
func TestRetryIsNotPutOffByWhatWasOnItsWay(t *testing.T) {
	q := binance()
	flying, _ := q.Take(start, market.RouteHistory, 0)
	refuse(t, q, start, market.RouteOpenInterest, market.RefusedLocation, 0, false)
	q.Retry(start.Add(time.Second))
	flying.Settle(start.Add(time.Second), Outcome{Used: -1, Answered: true, Problem: &market.Problem{Kind: market.RefusedLocation}})
	if d := q.Refused(market.RouteHistory).Until.Sub(start); d > 2*time.Second {
		t.Errorf("history rests for %v", d)
	}
}

// An asker may give up while a web page comes: that says nothing of the route.
func TestAPageForWhoGaveUpIsNoRefusal(t *testing.T) {
	q := binance()
	p, _ := q.Take(start, market.RouteHistory, 0)
	p.Settle(start, Outcome{Used: -1, Answered: true, Page: true})
	if why := q.Refused(market.RouteHistory); why != nil {
		t.Errorf("history rests because of %v", why)
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

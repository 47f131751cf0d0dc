package quota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

// heard is a venue's quota after its first answer.
func heard(q *Quota, r market.Route) *Quota {
	p, _ := q.Take(start.Add(-time.Hour), r, 0)
	p.Settle(start.Add(-time.Hour), Outcome{Used: -1, Answered: true})
	return q
}

var start = time.Date(2026, 11, 22, 12, 3, 10, 0, time.UTC)

// Three venues with other limits, each the same type with other values.
func binance() *Quota {
	weight := func(n int) Cost { return Cost{"weight", n} }
	return heard(New([]Bucket{
		{Name: "weight", Span: time.Minute, Limit: 2400, Share: 0.8, Reported: true},
		{Name: "history", Span: 5 * time.Minute, Limit: 1000, Share: 0.9},
		{Name: "funding", Span: 5 * time.Minute, Limit: 500, Share: 0.8},
		{Name: "ratios", Span: 5 * time.Minute, Limit: 1000, Share: 0.3},
	}, []Route{
		{Name: market.RouteOpenInterest, Costs: []Cost{weight(1)}, Main: true},
		{Name: market.RouteTickers, Costs: []Cost{weight(40)}, Main: true},
		{Name: market.RouteHistory, Costs: []Cost{weight(1), {"history", 1}}},
		{Name: market.RouteRatios, Costs: []Cost{weight(1), {"history", 1}, {"ratios", 1}}}, // within another route's limit
		{Name: market.RouteFunding, Costs: []Cost{{"funding", 1}}},
	}), market.RouteTickers)
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

// The first request goes alone: its answer tells what the run before this one
// left of the minute. A line that is silent does not keep the others for ever.
func TestTheFirstAnswerIsWaitedFor(t *testing.T) {
	q := New([]Bucket{{Name: "weight", Span: time.Minute, Limit: 2400, Share: 0.8, Reported: true}},
		[]Route{{Name: market.RouteOpenInterest, Costs: []Cost{{"weight", 1}}, Main: true}})
	first, _ := q.Take(start, market.RouteOpenInterest, 0)
	if p, v := q.Take(start.Add(time.Second), market.RouteOpenInterest, 0); p != nil || !v.Again.After(start.Add(time.Second)) {
		t.Error("a second request leaves before the first was answered")
	}
	if p, _ := q.Take(start.Add(2*time.Second), market.RouteOpenInterest, 0); p == nil {
		t.Error("one request that nobody answers keeps all others")
	}
	first.Settle(start.Add(3*time.Second), Outcome{Used: 1919, Answered: true})
	if p, _ := q.Take(start.Add(3*time.Second), market.RouteOpenInterest, 0); p != nil {
		t.Error("the share is spent, and a request leaves")
	}
}

// Where the first request found no line, the next one, which a person's Retry may
// send, goes at once.
func TestAFirstRequestThatFailedIsNotWaitedFor(t *testing.T) {
	for name, end := range map[string]func(*Permit, time.Time){
		"unreachable": func(p *Permit, now time.Time) {
			p.Settle(now, Outcome{Used: -1, Problem: &market.Problem{Kind: market.Unreachable}})
		},
		"not sent": func(p *Permit, now time.Time) { p.Cancel(now) },
	} {
		q := New([]Bucket{{Name: "weight", Span: time.Minute, Limit: 2400, Share: 0.8, Reported: true}},
			[]Route{{Name: market.RouteOpenInterest, Costs: []Cost{{"weight", 1}}, Main: true}})
		first, _ := q.Take(start, market.RouteOpenInterest, 0)
		now := start.Add(100 * time.Millisecond)
		end(first, now)
		if p, v := q.Take(now, market.RouteOpenInterest, 0); p == nil {
			t.Errorf("%s: the next one waits for %v", name, v.Again.Sub(now))
		}
		if p, _ := q.Take(now, market.RouteOpenInterest, 0); p != nil {
			t.Errorf("%s: two are on their way, and nothing was answered", name)
		}
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

// The venue's clock and the machine's disagree: the machine slept for an hour,
// or the clock turns out to have been two hours wrong, in mid-pause and with a
// full window. Pauses end when the venue means, and the window is not starved.
// Who yields to others has not spent the share itself: what is told as used is
// what the others use, too, and the time stays while it is waited for.
func TestYieldingTellsWhatOthersUse(t *testing.T) {
	q := binance()
	own, minute, yielded := 0, int64(0), 0
	for now := start; now.Sub(start) < 4*time.Minute; now = now.Add(500 * time.Millisecond) {
		if m := now.Unix() / 60; m != minute {
			own, minute = 0, m
		}
		if q.Free(now) <= 20 {
			yielded++
			if p := q.Yield(now, market.RouteOpenInterest); p.Used < 1900 || p.Own >= p.Used || p.Until.Second()%10 != 0 || !p.Until.After(now) {
				t.Fatalf("at %v: %+v", now, p)
			}
			continue
		}
		if p, _ := q.Take(now, market.RouteOpenInterest, 0); p != nil {
			own++
			p.Settle(now, Outcome{Used: own + 2300*(now.Second()*1000+now.Nanosecond()/1e6)/60_000, Answered: true})
		}
	}
	if yielded == 0 {
		t.Error("it never yielded")
	}
}

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
	after := binance() // the run before spent most of the minute
	p, _ := after.Take(start.Add(15*time.Second), market.RouteOpenInterest, 0)
	p.Settle(start.Add(15*time.Second), Outcome{Used: 1500, Answered: true})
	if pace := after.Pace(start.Add(15*time.Second), 60); pace < 9 || pace > 360/35. {
		t.Errorf("%v a second, with 360 left of the venue's minute, of which 35 s are", pace)
	}
	if s := fmt.Sprint(q.Use(start, "weight")); s != "{1000 1000 1920 2400}" {
		t.Errorf("use %s", s)
	}
}

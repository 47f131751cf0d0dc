//go:build !race

package feed

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

// One goroutine imagines hours of a market here, in which the race detector
// could find nothing; with it they would take fifteen times as long. So the
// tests of this file, which begin with TestSchedule, are run without it:
// “go run ./cmd/dev test” does both.

func TestScheduleKeepsTheWholeMarketFreshWithinTheBudget(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	visible := s.symbols[100:130]
	s.schedule.attend(Attention{Visible: visible})
	ages := s.collect(90*time.Second, map[string][]string{"all": s.symbols, "visible": visible})
	early := time.Duration(0)
	steady := s.ages
	s.ages = func(now time.Duration) {
		steady(now)
		if now > 2*time.Second {
			for _, symbol := range visible {
				early = max(early, now-s.received[symbol])
			}
		}
	}
	s.run(10 * time.Minute)

	median, p99, oldest := quantile(ages["all"], 0.5), quantile(ages["all"], 0.99), quantile(ages["all"], 1)
	t.Logf("hydrated in %v; all: median %v, p99 %v, oldest %v; visible: oldest %v",
		s.hydrated, median, p99, oldest, early)
	if s.hydrated > 4*time.Second {
		t.Errorf("hydrated in %v, want ≤ 4 s", s.hydrated)
	}
	if median > 12*time.Second || p99 > 25*time.Second || oldest > 24*time.Second {
		t.Errorf("ages: median %v, p99 %v, oldest %v; want ≤ 12 s, 25 s, 24 s", median, p99, oldest)
	}
	if early > 6*time.Second {
		t.Errorf("a visible row was %v old, want ≤ 6 s always", early)
	}
	if n := len(s.sent); n < 16000 {
		t.Errorf("%d requests in ten minutes: the budget is not used", n)
	}
}

func TestScheduleAsksFavouritesTwiceAsOften(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	favourites := s.symbols[200:220]
	s.schedule.attend(Attention{Visible: s.symbols[:30], Favourites: favourites})
	ages := s.collect(2*time.Minute, map[string][]string{"all": s.symbols, "favourites": favourites})
	s.run(5 * time.Minute)
	if all, few := quantile(ages["all"], 1), quantile(ages["favourites"], 1); few > 14*time.Second || all > 25*time.Second {
		t.Errorf("favourites were up to %v old, all up to %v; want ≤ 14 s and 25 s", few, all)
	}
}

// Ten seconds after a fault no row is older than it ever is without one: those
// whose answer was odd are asked at their next try, and those that slow answers
// left behind are asked ahead of the pace.
func TestScheduleHasNoRowBehindTenSecondsAfterAFault(t *testing.T) {
	t.Parallel()
	const begins = 100 * time.Second
	for name, c := range map[string]struct {
		lasts time.Duration
		fault func(s *simulation, on bool)
	}{
		"a twelfth of the contracts is answered oddly": {6 * time.Second, func(s *simulation, on bool) {
			s.odd = func(symbol string) bool { return on && slices.Index(s.symbols, symbol)%12 == 0 }
		}},
		"every answer takes three seconds": {20 * time.Second, func(s *simulation, on bool) {
			s.latency = map[bool]time.Duration{true: 3 * time.Second, false: 60 * time.Millisecond}[on]
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t, 517)
			s.run(begins)
			c.fault(s, true)
			s.run(begins + c.lasts)
			c.fault(s, false)
			s.run(begins + c.lasts + 10*time.Second)
			for _, symbol := range s.symbols {
				if age := s.now - s.received[symbol]; age > 24*time.Second {
					t.Fatalf("%s is %v old", symbol, age)
				}
			}
			began := len(s.sent)
			s.run(begins + c.lasts + 70*time.Second)
			if n := len(s.sent) - began; n < 1200 {
				t.Errorf("%d requests in the minute after: the budget was spent before it", n)
			}
		})
	}
}

func TestScheduleTopsUpHistoryOfEveryContract(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	s.late = func(symbol string) time.Duration { // 6 to 10 minutes, by contract
		return 6*time.Minute + time.Duration(symbol[3]%5)*time.Minute
	}
	visible := s.symbols[100:130]
	s.schedule.attend(Attention{Visible: visible})
	s.run(60 * time.Minute)

	requests, lagging := 0, 0
	for _, r := range s.sent {
		if r.kind != askHistory {
			continue
		}
		if requests++; requests > 517 && (r.limit < 3 || r.limit > 20) {
			t.Fatalf("a top-up asks for %d points", r.limit)
		}
	}
	for _, e := range s.schedule.entries {
		behind := time.Duration(s.wallNow()-e.official) * time.Millisecond
		if most := s.late(e.symbol) + 22*time.Minute; behind > most {
			t.Errorf("%s is %v behind, want ≤ %v", e.symbol, behind, most)
		}
		if e.tier == attended && behind > s.late(e.symbol)+8*time.Minute {
			lagging++
		}
	}
	t.Logf("%d history requests in an hour, publishing lag learned: %v", requests, s.schedule.topUps.late)
	if late := s.schedule.topUps.late; late < 8*time.Minute || late > 11*time.Minute {
		t.Errorf("learned that stamps come after %v, want about the slowest contract's 10 min", late)
	}
	if lagging > 0 {
		t.Errorf("%d visible rows lag by more than a stamp and its delay", lagging)
	}
	if perStamp := (requests - 517) / 12; perStamp > 360 || perStamp < 200 {
		t.Errorf("%d history requests a stamp, want 200 … 360", perStamp)
	}
}

func TestScheduleHydratesInTheOrderOfAttention(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 100)
	s.schedule.parallel = 1 // so that the order is the order sent
	s.schedule.attend(Attention{Ticked: s.symbols[70:72], Visible: s.symbols[60:62], Favourites: s.symbols[80:82]})
	s.run(20 * time.Second)

	var order []string
	for _, r := range s.sent {
		if (r.kind == askOpenInterest || r.kind == askHistory) && !slices.Contains(order, r.symbol) {
			order = append(order, r.symbol)
		}
	}
	want := []string{"C060USDT", "C061USDT", "C070USDT", "C071USDT", "C080USDT", "C081USDT", "C000USDT", "C001USDT", "C002USDT"}
	if !slices.Equal(order[:len(want)], want) {
		t.Errorf("hydrated in the order %v, want %v", order[:len(want)], want)
	}
}

// Others behind the address spend too: visible rows keep their cadence as long
// as that is possible, the rest slows down.
func TestScheduleYieldsToOthersBehindTheAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		foreign          int
		visible, slowest time.Duration
	}{
		{600, 6 * time.Second, 45 * time.Second},
		{1200, 6 * time.Second, 3 * time.Minute},
		{1600, 15 * time.Second, 18 * time.Minute},
	} {
		t.Run(fmt.Sprint(c.foreign), func(t *testing.T) {
			s := newSimulation(t, 517)
			visible := s.symbols[:30]
			s.schedule.attend(Attention{Visible: visible})
			s.foreign = func(now time.Duration) int { // the exchange's counter starts again each minute
				if now < 2*time.Minute {
					return 0
				}
				return int(time.Duration(c.foreign) * (now % time.Minute) / time.Minute)
			}
			ages := s.collect(6*time.Minute, map[string][]string{"all": s.symbols, "visible": visible})
			s.run(20 * time.Minute)
			got, all := quantile(ages["visible"], 1), quantile(ages["all"], 1)
			t.Logf("visible ≤ %v, all ≤ %v", got, all)
			if got > c.visible || all > c.slowest {
				t.Errorf("visible rows were up to %v old, all up to %v; want ≤ %v and %v", got, all, c.visible, c.slowest)
			}
			own := s.own.sum
			if own > 1920-c.foreign+10 { // the estimate of what they spend is late by a moment
				t.Errorf("%d weight beside the others' %d", own, c.foreign)
			}
		})
	}
}

func TestScheduleSlowsDownWhenTheWindowIsHidden(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	ticked := s.symbols[:5]
	s.schedule.attend(Attention{Ticked: ticked, Visible: s.symbols[:40], Hidden: true})
	ages := s.collect(3*time.Minute, map[string][]string{"all": s.symbols, "ticked": ticked})
	s.run(8 * time.Minute)
	if own := s.own.sum; own > 750 {
		t.Errorf("%d weight a minute while hidden, want ≤ 750", own)
	}
	if all, few := quantile(ages["all"], 1), quantile(ages["ticked"], 1); all > 70*time.Second || few > 17*time.Second {
		t.Errorf("hidden, rows were up to %v old and ticked ones %v; want ≤ 70 s and 17 s", all, few)
	}
}

func TestSchedulePacesSmoothly(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	s.schedule.attend(Attention{Visible: s.symbols[:30]})
	s.run(5 * time.Minute)
	perSecond := map[int]int{}
	for _, r := range s.sent {
		if r.at > 70*time.Second {
			perSecond[int(r.at/time.Second)]++
		}
	}
	for second, n := range perSecond {
		if n > 75 {
			t.Errorf("%d requests in second %d: a burst", n, second)
		}
	}
}

// A row scrolled into view is asked at once, not at its old turn.
func TestScheduleTurnsToWhatIsScrolledIntoView(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	s.schedule.attend(Attention{Visible: s.symbols[:30]})
	s.run(3 * time.Minute)
	shown := s.symbols[300:330]
	s.schedule.attend(Attention{Visible: shown})
	at := s.now
	s.run(at + 1500*time.Millisecond)
	for _, symbol := range shown {
		if age := s.now - s.received[symbol]; age > 6*time.Second {
			t.Errorf("%s is %v old 1.5 s after it came into view", symbol, age)
		}
	}
}

// After hours of sleep the hole in every history is filled with one larger
// request each, and the buckets still hold.
func TestScheduleFillsTheHoleAfterSleep(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	s.schedule.attend(Attention{Visible: s.symbols[:30]})
	s.run(6 * time.Minute)
	s.wall = s.wall.Add(5 * time.Hour)
	s.schedule.overdue()
	from := len(s.sent)
	s.run(s.now + 3*time.Minute)
	for _, e := range s.schedule.entries {
		if behind := time.Duration(s.wallNow()-e.official) * time.Millisecond; behind > 30*time.Minute {
			t.Errorf("three minutes after waking %s is %v behind", e.symbol, behind)
		}
	}
	for _, r := range s.sent[from:] {
		if r.kind == askHistory && r.limit > 70 {
			t.Errorf("%s: %d points asked for a hole of five hours", r.symbol, r.limit)
		}
	}
}

// While a market's worth of gaps is filled, the rows stay as fresh as ever and
// the buckets hold.
func TestScheduleFillsGapsWithinTheBudgets(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	visible := s.symbols[100:130]
	s.schedule.attend(Attention{Visible: visible})
	ages := s.collect(90*time.Second, map[string][]string{"all": s.symbols, "visible": visible})
	look := s.ages
	s.ages = func(now time.Duration) {
		look(now)
		for len(s.schedule.fills.gaps) < 4 && s.hydrated > 0 {
			s.schedule.fills.gaps = append(s.schedule.fills.gaps, request{kind: askGap, symbol: s.symbols[7], limit: maxPoints})
		}
	}
	s.run(20 * time.Minute)
	filled := 0
	for _, r := range s.sent {
		if r.kind == askGap && r.at > 10*time.Minute {
			filled++
		}
	}
	if filled < 300 {
		t.Errorf("%d gaps filled in ten minutes", filled)
	}
	if q := quantile(ages["visible"], 1); q > 6*time.Second {
		t.Errorf("visible rows up to %v old", q)
	}
	if q := quantile(ages["all"], 0.99); q > 25*time.Second {
		t.Errorf("99 of 100 rows up to %v old", q)
	}
	if q := quantile(ages["all"], 0.5); q > 12*time.Second {
		t.Errorf("half of the rows up to %v old", q)
	}
	t.Logf("%d gaps in ten minutes; ages: median %v, 99th percentile %v, visible %v", filled,
		quantile(ages["all"], 0.5), quantile(ages["all"], 0.99), quantile(ages["visible"], 1))
}

// Forty rows of which somebody wants the ratios, from a cold start: each stamp of each
// kind is asked for soon after it is published, and neither a limit nor the history of
// any contract suffers (run checks the limits throughout).
func TestScheduleAsksRatiosWithinWhatHistoryLeaves(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, 517)
	visible := s.symbols[100:140]
	s.schedule.attend(Attention{Visible: visible, Ratios: true})
	s.run(6 * time.Minute)
	had := func() (n int) {
		for _, e := range s.schedule.entries {
			for k := range market.RatioCount {
				if e.ratios != nil && e.ratios[k].have {
					n++
				}
			}
		}
		return n
	}
	if n := had(); n != 160 {
		t.Errorf("after six minutes %d ratios are known, want 160", n)
	}
	s.run(32 * time.Minute)
	asked, all := map[string]int{}, 0
	for _, r := range s.sent {
		if r.kind == askRatios {
			asked[r.symbol]++
			all++
		}
	}
	if most := 160 + 6*160*11/10; all > most { // a few find out when the exchange publishes
		t.Errorf("%d requests for 6 stamps of 160 ratios, want ≤ %d", all, most)
	}
	if len(asked) != 40 {
		t.Errorf("the ratios of %d contracts were asked for", len(asked))
	}
	for symbol, n := range asked {
		if n < 4*6 {
			t.Errorf("%s was asked %d times for 6 stamps", symbol, n)
		}
	}
	for _, e := range s.schedule.entries {
		behind := time.Duration(s.wallNow()-e.official) * time.Millisecond
		if most := 7*time.Minute + 22*time.Minute; behind > most {
			t.Errorf("the history of %s is %v behind, want ≤ %v", e.symbol, behind, most)
		}
		if e.tier != attended {
			continue
		}
		if most := 7*time.Minute + 8*time.Minute; behind > most {
			t.Errorf("the history of %s, which is watched, is %v behind, want ≤ %v", e.symbol, behind, most)
		}
		for k := range e.ratios {
			if behind := time.Duration(s.wallNow()-e.ratios[k].newest) * time.Millisecond; behind > 7*time.Minute+7*time.Minute {
				t.Errorf("ratio %d of %s is %v behind", k, e.symbol, behind)
			}
		}
	}
}

package sim

import (
	"strconv"
	"testing"
	"time"
)

func TestWeights(t *testing.T) {
	s := started(t)
	used := 0
	for _, x := range []struct {
		path   string
		weight int
	}{
		{"/fapi/v1/ping", 1}, {"/fapi/v1/time", 1}, {"/fapi/v1/exchangeInfo", 1}, {oneOI, 1},
		{"/fapi/v1/ticker/24hr", 40}, {"/fapi/v1/ticker/24hr?symbol=BTCUSDT", 1},
		{"/fapi/v1/premiumIndex", 10}, {"/fapi/v1/premiumIndex?symbol=BTCUSDT", 1},
		{"/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=500", 1},
		{"/fapi/v1/fundingInfo", 0}, {"/fapi/v1/fundingRate?symbol=BTCUSDT", 0},
		{"/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=99", 1}, {"/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=499", 2},
		{"/fapi/v1/klines?symbol=BTCUSDT&interval=5m", 5}, {"/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=1000", 5},
		{"/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=1001", 10},
	} {
		r, _ := fetch(t, s.RESTURL()+x.path)
		used += x.weight
		if got := r.Header.Get("X-MBX-USED-WEIGHT-1M"); got != strconv.Itoa(used) {
			t.Fatalf("after %s the header says %s, want %d", x.path, got, used)
		}
	}
	stats := s.Stats()
	if stats.PeakWeightMinute != used || stats.PeakWeightRolling != used || stats.PeakHistory != 1 {
		t.Errorf("%+v, want a peak of %d", stats, used)
	}
}

// TestWeightBudget: who asks too much gets 429 until the minute ends, and who
// carries on is banned.
func TestWeightBudget(t *testing.T) {
	now := someDay.Truncate(time.Minute).Add(20 * time.Second)
	l := newLedger(true)
	for range WeightLimit {
		if v := l.charge(now, "/fapi/v1/ping", 1); v.status != 200 {
			t.Fatalf("refused within the budget: %+v", v)
		}
	}
	v := l.charge(now, "/fapi/v1/ping", 1)
	if v.status != 429 || v.until.Sub(now) != 40*time.Second {
		t.Errorf("over the budget: %+v", v)
	}
	for range banAfter + 1 {
		v = l.charge(now.Add(time.Second), "/fapi/v1/ping", 1)
	}
	if v.status != 418 || v.until.Sub(now) != banTime+time.Second {
		t.Errorf("who carries on: %+v", v)
	}
	if v := l.charge(now.Add(time.Minute), "/fapi/v1/ping", 1); v.status != 418 {
		t.Errorf("during the ban: %+v", v)
	}
	if v := l.charge(now.Add(3*time.Minute), "/fapi/v1/ping", 1); v.status != 200 {
		t.Errorf("after the ban: %+v", v)
	}
	if l.whileBlocked != banAfter+2 || l.refused != banAfter+3 {
		t.Errorf("%d while blocked, %d refused", l.whileBlocked, l.refused)
	}
}

// TestHistoryBudget: 1000 requests in any five minutes, apart from weight.
func TestHistoryBudget(t *testing.T) {
	const path = "/futures/data/openInterestHist"
	now := someDay.Truncate(time.Minute)
	l := newLedger(true)
	for i := range HistoryLimit {
		if v := l.charge(now.Add(time.Duration(i)*100*time.Millisecond), path, 1); v.status != 200 {
			t.Fatalf("request %d: %+v", i, v)
		}
	}
	at := now.Add(200 * time.Second)
	v := l.charge(at, path, 1)
	if v.status != 429 || v.until.Sub(now) != 300*time.Second {
		t.Errorf("the 1001st: %+v", v)
	}
	if v := l.charge(at, "/fapi/v1/openInterest", 1); v.status != 200 {
		t.Errorf("another route while history is refused: %+v", v)
	}
	if v := l.charge(now.Add(300*time.Second), path, 1); v.status != 200 {
		t.Errorf("when the oldest have left the window: %+v", v)
	}
	if l.peakHistory != HistoryLimit || l.whileBlocked != 0 {
		t.Errorf("peak %d, while blocked %d", l.peakHistory, l.whileBlocked)
	}
}

// TestRollingPeak: two halves of a rush on both sides of a minute's end are
// one rush.
func TestRollingPeak(t *testing.T) {
	l, edge := newLedger(false), someDay.Truncate(time.Minute)
	l.charge(edge.Add(-time.Second), "/fapi/v1/ping", 2000)
	l.charge(edge.Add(time.Second), "/fapi/v1/ping", 1500)
	if v := l.charge(edge.Add(59*time.Second), "/fapi/v1/ping", 2000); v.status != 200 {
		t.Errorf("refused although budgets are not enforced: %+v", v)
	}
	if l.peakMinute != 3500 || l.peakRolling != 3500 {
		t.Errorf("peaks: %d a minute, %d in any 60 s", l.peakMinute, l.peakRolling)
	}
}

func TestBudgetOverHTTP(t *testing.T) {
	s := started(t, func(o *Options) { o.EnforceBudgets = true })
	for range 60 {
		fetch(t, s.RESTURL()+"/fapi/v1/ticker/24hr")
	}
	r, body := fetch(t, s.RESTURL()+"/fapi/v1/ping")
	if r.StatusCode != 429 || r.Header.Get("Retry-After") != "40" { // the clock stands at :20
		t.Errorf("status %d, Retry-After %s, %s", r.StatusCode, r.Header.Get("Retry-After"), body)
	}
}

// TestOthersSpend: weight of others behind the address counts.
func TestOthersSpend(t *testing.T) {
	now := someDay
	s := started(t, func(o *Options) { o.Now = func() time.Time { return now } })
	s.Inject(Fault{Kind: OthersSpend, PerSecond: 30})
	now = now.Add(10 * time.Second)
	r, _ := fetch(t, s.RESTURL()+"/fapi/v1/ping")
	if got := r.Header.Get("X-MBX-USED-WEIGHT-1M"); got != "301" {
		t.Errorf("used weight %s, want 301", got)
	}
}

// TestPolls: gaps between polls of a symbol.
func TestPolls(t *testing.T) {
	tally := newTally()
	for i := range 101 {
		tally.polled("BTCUSDT", someDay.Add(time.Duration(i)*4*time.Second))
	}
	tally.polled("BTCUSDT", someDay.Add(460*time.Second))
	s := tally.copy()
	p := s.Symbols["BTCUSDT"]
	if p.Count != 102 || p.LongestGap != time.Minute || s.GapMedian != 4*time.Second || s.GapMax != time.Minute ||
		p.Age(someDay.Add(470*time.Second)) != 10*time.Second {
		t.Errorf("%+v, %+v", p, s)
	}
}

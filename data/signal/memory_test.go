package signal_test

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// alive is what is on the heap after a collection.
func alive() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// One baseline of every contract is kept while the window is open.
func TestABaselineIsSmall(t *testing.T) {
	const contracts = 100
	in := noise(1, 31*288+1)
	for i := range in.Points { // payments as often as they come
		if at := in.Points[i].Time; at%hour == 0 {
			in.Funding = append(in.Funding, market.FundingPoint{Time: at, Rate: float64(i) * 1e-9})
		}
	}
	kept, before := make([]*signal.Baseline, contracts), alive()
	for i := range kept {
		kept[i] = new(signal.Workspace).Baseline(in, in.Points[len(in.Points)-1].Time)
	}
	each := (alive() - before) / contracts
	t.Logf("%d bytes a contract", each)
	if each > 9_000 {
		t.Errorf("a baseline takes %d bytes", each)
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(in)
}

// An evaluation is shown until the next, a divergence for an hour. The series it
// was made from goes before.
func TestAnEvaluationLetsTheSeriesGo(t *testing.T) {
	in := noise(1, 12*288)
	e := evaluateLast(in, 0)
	points, payments := weak.Make(&in.Points[0]), weak.Make(&in.Funding[0])
	stamp := in.Points[len(in.Points)-1].Time
	in = nil
	runtime.GC()
	if points.Value() != nil {
		t.Error("an evaluation holds the stamps it was made from")
	}
	if payments.Value() != nil {
		t.Error("an evaluation holds the payments it was made from")
	}
	if x := e.Evidence(signal.Spike1h); e.Stamp != stamp || !x.OpenInterest.Z.Known() || x.Eligibility.DataAge != 0 {
		t.Errorf("evidence without the series, at %v: %s", time.UnixMilli(e.Stamp), asJSON(t, x))
	}
}

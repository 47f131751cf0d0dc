package feed

import (
	"fmt"
	"testing"
	"time"

	"openinterest/data/market"
)

// A table of 517 rows in which every price has changed, as the stream does it
// each second. Budget: 200 µs.
func BenchmarkPublish517(b *testing.B) {
	t, marks := newTable(), []market.MarkPrice{}
	var list []market.Contract
	for i := range 517 {
		symbol := fmt.Sprintf("C%03dUSDT", i)
		list = append(list, market.Contract{Symbol: symbol})
		marks = append(marks, market.MarkPrice{Symbol: symbol, Price: 1, Received: time.Unix(1, 0)})
	}
	t.setContracts(list, nil, time.Now())
	b.ReportAllocs()
	for b.Loop() {
		t.setMarks(marks)
		t.snapshot(1, time.Now(), market.Status{})
	}
}

// One decision about what to ask next, in the steady state.
func BenchmarkNext517(b *testing.B) {
	s := newSimulation(&testing.T{}, 517)
	s.schedule.attend(Attention{Visible: s.symbols[:30]})
	s.run(2 * time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		s.schedule.scan(s.instant())
	}
}

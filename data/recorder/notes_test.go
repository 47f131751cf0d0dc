package recorder

import (
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

const step = market.StepMillis

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// What the exchange was asked for and did not answer is not asked for again,
// however the questions overlap, and also in the next run.
func TestWhatTheExchangeLacksIsNoted(t *testing.T) {
	at := func(i int64) int64 { return noon.UnixMilli() + i*step }
	n := &notes{}
	n.asked("A", Span{at(0), at(9)}, []market.Point{{Time: at(2)}, {Time: at(3)}, {Time: at(7)}})
	n.asked("A", Span{at(8), at(12)}, []market.Point{{Time: at(12)}})
	n.asked("A", Span{at(20), at(20)}, nil)
	want := absences{{at(0), at(1)}, {at(4), at(6)}, {at(8), at(11)}, {at(20), at(20)}}
	for name, n := range map[string]*notes{"noted": n, "read": readNotes(n.encode(), noon.Add(2*time.Hour))} {
		if got := n.of("A"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for i := int64(-1); i < 22; i++ {
		lacking := slices.ContainsFunc(want, func(s Span) bool { return s.From <= at(i) && at(i) <= s.To })
		if n.of("A").has(at(i)) != lacking {
			t.Errorf("stamp %d: lacking %t", i, !lacking)
		}
	}
	left := n.of("A").less([]Span{{at(-1), at(5)}, {at(9), at(10)}, {at(11), at(21)}})
	if want := []Span{{at(-1), at(-1)}, {at(2), at(3)}, {at(12), at(19)}, {at(21), at(21)}}; !slices.Equal(left, want) {
		t.Errorf("left to ask for: %v, want %v", left, want)
	}
}

// The exchange keeps 30 days: what it lacked before is of no use.
func TestOldNotesAreDropped(t *testing.T) {
	n := &notes{}
	n.asked("A", Span{noon.UnixMilli(), noon.UnixMilli()}, nil)
	if got := readNotes(n.encode(), noon.Add(32*24*time.Hour)); len(got.Contracts) != 0 {
		t.Errorf("a month later there is still %v", got.of("A"))
	}
}

// Notes lie on a disk, where anything may happen to them.
func FuzzNotes(f *testing.F) {
	n := &notes{Late: 400}
	n.asked("A", Span{noon.UnixMilli(), noon.Add(time.Hour).UnixMilli()}, nil)
	n.contract("B").Funding = noon.UnixMilli()
	f.Add(n.encode())
	f.Add([]byte(`{"Contracts":{"A":null,"B":{"Absent":[{"From":9,"To":1}]}}}`))
	f.Add([]byte(`{"Late":1e99}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for symbol, c := range readNotes(b, noon).Contracts {
			for i, s := range c.Absent {
				if s.From > s.To || i > 0 && c.Absent[i-1].To >= s.From {
					t.Errorf("%s: %v are not in order and apart", symbol, c.Absent)
				}
			}
		}
	})
}

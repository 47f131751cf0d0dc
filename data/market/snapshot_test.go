package market

import "testing"

func TestASnapshotFindsItsQuotesInAnyOrder(t *testing.T) {
	for name, symbols := range map[string][]string{
		"none": nil, "one": {"B"}, "in order": {"A", "B", "BTC", "C", "币安人生"}, "out of order": {"C", "A", "币安人生", "B"},
	} {
		var quotes []*Quote
		for _, s := range symbols {
			quotes = append(quotes, &Quote{Contract: Contract{Symbol: s}})
		}
		s := NewSnapshot(Snapshot{Quotes: quotes})
		for i, symbol := range symbols {
			if s.Quote(symbol) != quotes[i] {
				t.Errorf("%s: %s is not found", name, symbol)
			}
		}
		for _, other := range []string{"", "AA", "Z", "龙"} {
			if q := s.Quote(other); q != nil {
				t.Errorf("%s: %q is %v", name, other, q.Contract.Symbol)
			}
		}
	}
	var none *Snapshot
	if none.Quote("A") != nil {
		t.Error("a quote of no snapshot")
	}
}

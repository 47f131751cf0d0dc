package history

import (
	"math"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

func liquidation(symbol string, second int, contracts float64) market.Liquidation {
	return market.Liquidation{Symbol: symbol, Long: second%2 == 0, Price: 2.5, Contracts: contracts, Time: time.UnixMilli(stampOf(day0, 0) + int64(second)*1000).UTC()}
}

func TestALiquidationIsKeptOnceHoweverOftenItComes(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	a, b, c, other := liquidation("A", 0, 1), liquidation("B", 1, 2), liquidation("A", 2, 3.75), liquidation("A", 2, 9)
	for _, seen := range [][]market.Liquidation{{c, a}, {b, c}, {a, b, c, other, a}} {
		if err := s.SaveLiquidations(t.Context(), seen, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	s = openStore(t, dir)
	for symbol, want := range map[string][]market.Liquidation{"": {a, b, c, other}, "A": {a, c, other}, "B": {b}, "C": nil} {
		got, err := s.Liquidations(t.Context(), symbol, 0, math.MaxInt64)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("of %q: %v, want %v; %v", symbol, got, want, err)
		}
	}
	got, err := s.Liquidations(t.Context(), "", b.Time.UnixMilli(), b.Time.UnixMilli())
	if err != nil || !slices.Equal(got, []market.Liquidation{b}) {
		t.Errorf("within a millisecond: %v, %v", got, err)
	}
}

func TestALiquidationThatCannotBeMeantCostsOnlyItself(t *testing.T) {
	s := openStore(t, t.TempDir())
	good := liquidation("A", 0, 1)
	var seen []market.Liquidation
	for _, spoil := range []func(*market.Liquidation){
		func(l *market.Liquidation) { l.Symbol = "../A" }, func(l *market.Liquidation) { l.Price = math.NaN() },
		func(l *market.Liquidation) { l.Contracts = 0 }, func(l *market.Liquidation) { l.Contracts = math.Inf(1) },
		func(l *market.Liquidation) { l.Price = -1 }, func(l *market.Liquidation) { l.Time = time.Time{} },
	} {
		odd := good
		spoil(&odd)
		seen = append(seen, odd)
	}
	if err := s.SaveLiquidations(t.Context(), append(seen, good), []market.Span{{From: 0, To: 5}, {From: 9, To: 8}}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Liquidations(t.Context(), "", 0, math.MaxInt64)
	if err != nil || !slices.Equal(got, []market.Liquidation{good}) {
		t.Errorf("%v, %v", got, err)
	}
	if spans, err := s.Listened(t.Context(), 0, math.MaxInt64); err != nil || spans != nil {
		t.Errorf("%v, %v", spans, err)
	}
}

func TestSpansThatTouchBecomeOne(t *testing.T) {
	s := openStore(t, t.TempDir())
	for _, step := range []struct {
		add  market.Span
		want []market.Span
	}{
		{market.Span{From: 100, To: 200}, []market.Span{{From: 100, To: 200}}},
		{market.Span{From: 100, To: 200}, []market.Span{{From: 100, To: 200}}},
		{market.Span{From: 300, To: 400}, []market.Span{{From: 100, To: 200}, {From: 300, To: 400}}},
		{market.Span{From: 401, To: 450}, []market.Span{{From: 100, To: 200}, {From: 300, To: 450}}},
		{market.Span{From: 50, To: 99}, []market.Span{{From: 50, To: 200}, {From: 300, To: 450}}},
		{market.Span{From: 500, To: 600}, []market.Span{{From: 50, To: 200}, {From: 300, To: 450}, {From: 500, To: 600}}},
		{market.Span{From: 320, To: 330}, []market.Span{{From: 50, To: 200}, {From: 300, To: 450}, {From: 500, To: 600}}},
		{market.Span{From: 150, To: 499}, []market.Span{{From: 50, To: 600}}},
		{market.Span{From: 10, To: 1000}, []market.Span{{From: 10, To: 1000}}},
	} {
		if err := s.SaveLiquidations(t.Context(), nil, []market.Span{step.add}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Listened(t.Context(), 0, math.MaxInt64)
		if err != nil || !slices.Equal(got, step.want) {
			t.Fatalf("after %v: %v, want %v; %v", step.add, got, step.want, err)
		}
	}
	if got, err := s.Listened(t.Context(), 400, 500); err != nil || !slices.Equal(got, []market.Span{{From: 400, To: 500}}) {
		t.Errorf("clipped: %v, %v", got, err)
	}
	if got, err := s.Listened(t.Context(), 1001, 2000); err != nil || got != nil {
		t.Errorf("after the last: %v, %v", got, err)
	}
}

package market_test

import (
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// A name says what its number is counted in, and names one number.
func TestTheCatalogueNamesUnits(t *testing.T) {
	ids, fields := map[market.NumberID]bool{}, map[string]bool{}
	for _, n := range market.Numbers() {
		if ids[n.ID] || fields[n.Field] {
			t.Errorf("%s, %s: named twice", n.ID, n.Field)
		}
		ids[n.ID], fields[n.Field] = true, true
		for suffix, unit := range map[string]market.Unit{"_pct": market.UnitPercent, "_s": market.UnitSeconds, "_hours": market.UnitHours, "_ratio": market.UnitRatio, "_z": market.UnitZ} {
			if named := strings.HasSuffix(n.Field, suffix) || isRatio(n.Field); named != (n.Unit == unit) && !(isRatio(n.Field) && unit != market.UnitRatio) {
				t.Errorf("%s is in %s", n.Field, n.Unit)
			}
		}
		if found := market.NumberOf(n.ID); found == nil || found.Field != n.Field {
			t.Errorf("%s is not found", n.ID)
		}
		if x := n.Value(&market.Quote{}, nil, time.Time{}); market.Known(x) {
			t.Errorf("%s of a contract of which nothing is known is %v", n.ID, x)
		}
		if !n.Received(&market.Quote{}).IsZero() {
			t.Errorf("%s of a contract of which nothing is known was received", n.ID)
		}
	}
	if market.NumberOf("nonsense") != nil {
		t.Error("a name that is none has a number")
	}
}

// isRatio reports whether a field is one of the ratios, whose names are fixed.
func isRatio(field string) bool {
	for _, k := range market.RatioKinds() {
		if k.Field() == field {
			return true
		}
	}
	return false
}

// What was not heard is unknown, what was listened for and not heard is zero.
func TestLiquidationsNotListenedForAreUnknown(t *testing.T) {
	q := &market.Quote{}
	if x := q.LiquidatedUSD(market.Window1h, true); market.Known(x) {
		t.Errorf("nobody listened, and %v USD are told", x)
	}
	q.Liquidations = market.LiquidationsSeen{Hour: market.Liquidated{Longs: 5, Listened: time.Minute}, Day: market.Liquidated{Longs: 9, Shorts: 2, Listened: time.Hour}}
	for _, test := range []struct {
		w    market.Window
		long bool
		want float64
	}{{market.Window1h, true, 5}, {market.Window1h, false, 0}, {market.Window24h, true, 9}, {market.Window24h, false, 2}} {
		if x := q.LiquidatedUSD(test.w, test.long); x != test.want {
			t.Errorf("%v, longs %v: %v, want %v", test.w, test.long, x, test.want)
		}
	}
}

// The basis is of two prices of one message; without an index price it is unknown.
func TestTheBasisNeedsBothPrices(t *testing.T) {
	q := &market.Quote{Mark: market.MarkPrice{Price: 101, Index: 100, Received: at(12, 0, 0)}}
	if x := q.Basis(); x != market.PercentChange(100, 101) {
		t.Errorf("basis %v", x)
	}
	for _, index := range []float64{market.Unknown, 0} {
		q.Mark.Index = index
		if x := q.Basis(); market.Known(x) {
			t.Errorf("without an index price (%v) the basis is %v", index, x)
		}
	}
}

// The same number in percent and as a fraction, exact to the last decimal that
// was served; what is computed of several parts is as old as the oldest.
func TestTheCatalogueReadsAQuote(t *testing.T) {
	now := at(12, 0, 0)
	q := quoteAt(now)
	q.Mark.Received = now.Add(-time.Minute)
	value := func(id market.NumberID) float64 { return market.NumberOf(id).Value(q, nil, now.Add(3*time.Second)) }
	for rate, pct := range map[float64]float64{0.000048: 0.0048, -0.00731: -0.731, 0.00012345: 0.012345, 0: 0} {
		q.Mark.FundingRate = rate
		if got := value(market.NumberFunding); got != pct {
			t.Errorf("a rate of %v is %v %%, want %v", rate, got, pct)
		}
		if got := value(market.NumberFundingRate); got != rate {
			t.Errorf("a rate of %v is told as %v", rate, got)
		}
	}
	if x := value(market.NumberAge); x != 3 {
		t.Errorf("age %v s", x)
	}
	if got := market.NumberOf(market.NumberOIUSD).Received(q); !got.Equal(q.Mark.Received) {
		t.Errorf("open interest in USD is of %v, its price of %v", got, q.Mark.Received)
	}
}

// What was known at a closed stamp is what a row would have shown then.
func TestThePastOfANumberIsThatOfAQuoteThen(t *testing.T) {
	points := walked(300)
	for i := range points {
		points[i].Time += at(0, 0, 0).UnixMilli()
	}
	points = append(points[:100:100], points[104:]...)
	for i := 40; i < len(points); i += 37 {
		p := points[i]
		q := quoteAt(time.UnixMilli(p.Time), append([]market.Point(nil), points[:i+1]...)...)
		q.OpenInterest.Contracts, q.Mark.Price = p.Contracts, p.Price
		for _, n := range market.Numbers() {
			if n.Past == nil || n.ID == market.NumberPriceChange24h { // the exchange's own
				continue
			}
			if got, want := n.Past(points, i), n.Value(q, nil, time.UnixMilli(p.Time)); got != want && (market.Known(got) || market.Known(want)) {
				t.Errorf("%s at stamp %d: %v, a row says %v", n.ID, i, got, want)
			}
		}
	}
}

package market

import "testing"

// 1 : 100 at noon: what was before is a hundredth in price and a hundredfold in
// contracts, and the candle in which it happened says neither.
func TestCandlesAreInOneUnit(t *testing.T) {
	const hour = int64(3_600_000)
	noon := 12 * hour
	var served []Candle
	for at := 9 * hour; at <= 13*hour; at += hour {
		price, volume := 200.0, 5.0
		if at >= noon {
			price, volume = 2, 500
		}
		served = append(served, Candle{Time: at, Open: price, High: 1.1 * price, Low: 0.9 * price, Close: price, Volume: volume, USD: 1000})
	}
	got := RescaleCandles(served, Period1h, []UnitChange{{Time: noon, Factor: 100}})
	if len(got) != 4 {
		t.Fatalf("%d candles, not all but that from 11 to 12: %+v", len(got), got)
	}
	for _, k := range got {
		if k.Time == 11*hour || k.Close != 2 || k.High != 2.2 || k.Volume != 500 || k.USD != 1000 {
			t.Errorf("%+v", k)
		}
	}
	if got := RescaleCandles(served, Period1h, []UnitChange{{Time: noon, Factor: Unknown}}); len(got) != 2 || got[0].Time != noon {
		t.Errorf("before a change that is not known: %+v", got)
	}
	if got := RescaleCandles(served, Period1h, nil); len(got) != len(served) {
		t.Errorf("without a change %d of %d stay", len(got), len(served))
	}
}

package market

// Candle is what a contract's price did, and what was traded, in one period.
type Candle struct {
	Time                   int64   // when the period began: Unix ms, UTC
	Open, High, Low, Close float64 // USD
	Volume                 float64 // contracts; may be Unknown
	USD                    float64 // the same in USD; may be Unknown
}

// RescaleCandles gives candles of a period in the unit that holds after changes
// of unit, as Rescale does with points: prices are divided by what contracts are
// multiplied with. A candle in which the unit changed mixes both and is left out,
// as is what lies before a change whose factor is not known. Without changes it
// returns candles themselves.
func RescaleCandles(candles []Candle, period Period, changes []UnitChange) []Candle {
	if len(changes) == 0 {
		return candles
	}
	scaled := make([]Candle, 0, len(candles))
	for _, k := range candles {
		factor := UnitFactor(changes, k.Time)
		if !Known(factor) || factor == 0 || factor != UnitFactor(changes, k.Time+period.Millis()+StepMillis-1) {
			continue // the change was between its stamp and the one before
		}
		k.Open, k.High, k.Low, k.Close = k.Open/factor, k.High/factor, k.Low/factor, k.Close/factor
		k.Volume *= factor
		scaled = append(scaled, k)
	}
	return scaled
}

package export

import (
	"io"
	"slices"

	"openinterest/data/history"
	"openinterest/data/market"
)

// RatioColumns are the columns that come after Columns where ratios are exported.
// As those, they never change.
var RatioColumns = ratioColumns()

func ratioColumns() (names []string) {
	for _, k := range market.RatioKinds() {
		names = append(names, k.Field())
	}
	return names
}

// Joined is a stamp with the ratios at it.
type Joined struct {
	history.Stamp // its Contracts are Unknown where no open interest is kept
	Ratios        [market.RatioCount]float64
}

// Join joins stamps and ratios by time, both ascending. What has either is in it.
func Join(stamps []history.Stamp, ratios []market.Ratios) []Joined {
	rows := make([]Joined, 0, max(len(stamps), len(ratios)))
	for len(stamps) > 0 || len(ratios) > 0 {
		var row Joined
		if len(stamps) == 0 || len(ratios) > 0 && ratios[0].Time < stamps[0].Time {
			row.Stamp = history.Stamp{Time: ratios[0].Time, Contracts: market.Unknown, USD: market.Unknown, Price: market.Unknown}
		} else {
			row.Stamp, stamps = stamps[0], stamps[1:]
		}
		row.Ratios = market.NoRatios(row.Time).Values
		if len(ratios) > 0 && ratios[0].Time == row.Time {
			row.Ratios, ratios = ratios[0].Values, ratios[1:]
		}
		rows = append(rows, row)
	}
	return rows
}

// EveryRatio does for ratios what Every does for stamps.
func EveryRatio(period market.Period, ratios []market.Ratios) []market.Ratios {
	return slices.DeleteFunc(slices.Clone(ratios), func(r market.Ratios) bool { return r.Time%period.Millis() != 0 })
}

// CSVWithRatios does what CSV does, with the ratios.
func CSVWithRatios(w io.Writer, rows []Joined, changes []market.UnitChange) error {
	return writeCSV(w, slices.Concat(Columns, RatioColumns), rows, func(row Joined) []string {
		line := fields(row.Stamp, changes)
		for _, k := range market.RatioKinds() {
			line = append(line, Number(row.Ratios[k]))
		}
		return line
	})
}

// RowWithRatios is a stamp in a Parquet file with ratios.
type RowWithRatios struct {
	Time                  int64    `parquet:"time,timestamp(millisecond),delta"`
	Contracts             *float64 `parquet:"contracts,optional"`
	Price                 *float64 `parquet:"price,optional"`
	USD                   *float64 `parquet:"oi_usd,optional"`
	Unit                  *float64 `parquet:"unit_factor,optional"`
	LongShortAccounts     *float64 `parquet:"long_short_accounts,optional"`
	TopLongShortAccounts  *float64 `parquet:"top_long_short_accounts,optional"`
	TopLongShortPositions *float64 `parquet:"top_long_short_positions,optional"`
	TakerBuySell          *float64 `parquet:"taker_buy_sell,optional"`
}

// ParquetWithRatios does what Parquet does, with the ratios.
func ParquetWithRatios(w io.Writer, symbol string, rows []Joined, changes []market.UnitChange) error {
	return writeParquet(w, symbol, rows, func(r Joined) RowWithRatios {
		return RowWithRatios{
			Time: r.Time, Contracts: known(r.Contracts), Price: known(r.Price), USD: known(r.USD), Unit: known(market.UnitFactor(changes, r.Time)),
			LongShortAccounts: known(r.Ratios[market.LongShortAccounts]), TopLongShortAccounts: known(r.Ratios[market.TopLongShortAccounts]),
			TopLongShortPositions: known(r.Ratios[market.TopLongShortPositions]), TakerBuySell: known(r.Ratios[market.TakerBuySell]),
		}
	})
}

// Package export writes stamps of the history to files that other programs
// read: CSV and Parquet.
//
// Both have the columns time, contracts, price, oi_usd and unit_factor, one row a
// stamp, the oldest first. Numbers are those that were served and are kept, to the
// last bit: what is parsed from a CSV is the same float64 that a Parquet file has.
// time is the end of the stamp's period, RFC 3339 in UTC in a CSV, a timestamp in
// milliseconds in Parquet. A price that isn't known, and the USD that go with it,
// are empty or null; a stamp that is missing has no row.
//
// unit_factor brings a row into the unit of the newest stamp that is kept:
// contracts × unit_factor, price ÷ unit_factor. It is 1 unless the exchange has
// redenominated the contract since (see market.UnitChange), and empty or null where
// it has, by a factor that can't be told.
//
// With ratios there are four columns more, those of RatioColumns, of the same stamp;
// one that isn't known is empty or null. A stamp of which a ratio is kept has a row
// then, also where no open interest is: its contracts are empty or null.
package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"

	"openinterest/data/history"
	"openinterest/data/market"
)

// Columns are the names of the columns, in order. They are a contract with
// whoever reads the files: none changes, and new ones come at the end.
var Columns = []string{"time", "contracts", "price", "oi_usd", "unit_factor"}

// UnitChanges finds the redenominations in all stamps that are kept from the
// first exported one on, also those that are too new to be exported: CSV and
// Parquet need them.
func UnitChanges(stamps []history.Stamp) []market.UnitChange {
	points := make([]market.Point, len(stamps))
	for i, s := range stamps {
		points[i] = s.Point()
	}
	return market.UnitChanges(points)
}

// Every returns the stamps that close a period: the last of each hour at one
// hour, the one at midnight UTC at one day. Where that stamp is missing, the
// period is: another is not put in its place.
func Every(period market.Period, stamps []history.Stamp) []history.Stamp {
	var closing []history.Stamp
	for _, s := range stamps {
		if s.Time%period.Millis() == 0 {
			closing = append(closing, s)
		}
	}
	return closing
}

// CSV writes a header and a line a stamp.
func CSV(w io.Writer, stamps []history.Stamp, changes []market.UnitChange) error {
	return writeCSV(w, Columns, stamps, func(s history.Stamp) []string { return fields(s, changes) })
}

// fields are what a line has of a stamp, in the order of Columns.
func fields(s history.Stamp, changes []market.UnitChange) []string {
	return []string{Time(s.Time), Number(s.Contracts), Number(s.Price), Number(s.USD), Number(market.UnitFactor(changes, s.Time))}
}

func writeCSV[T any](w io.Writer, columns []string, list []T, line func(T) []string) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return fmt.Errorf("writing a CSV: %w", err)
	}
	for _, x := range list {
		if err := out.Write(line(x)); err != nil {
			return fmt.Errorf("writing a CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing a CSV: %w", err)
	}
	return nil
}

// Time writes Unix milliseconds as RFC 3339 in UTC, with a fraction where there is one.
func Time(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }

// Number writes the shortest decimal that is parsed as the same float64, without
// an exponent; what isn't known is empty.
func Number(x float64) string {
	if !market.Known(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Row is a stamp in a Parquet file.
type Row struct {
	Time      int64    `parquet:"time,timestamp(millisecond),delta"`
	Contracts float64  `parquet:"contracts"`
	Price     *float64 `parquet:"price,optional"`
	USD       *float64 `parquet:"oi_usd,optional"`
	Unit      *float64 `parquet:"unit_factor,optional"`
}

// rowsAtOnce bounds what is converted in memory before it is written.
const rowsAtOnce = 4096

// Parquet writes a file, compressed by Zstandard, with the symbol in its metadata.
func Parquet(w io.Writer, symbol string, stamps []history.Stamp, changes []market.UnitChange) error {
	return writeParquet(w, symbol, stamps, func(s history.Stamp) Row {
		return Row{Time: s.Time, Contracts: s.Contracts, Price: known(s.Price), USD: known(s.USD), Unit: known(market.UnitFactor(changes, s.Time))}
	})
}

func writeParquet[T, R any](w io.Writer, symbol string, list []T, row func(T) R) error {
	out := parquet.NewGenericWriter[R](w, parquet.Compression(&parquet.Zstd), parquet.KeyValueMetadata("symbol", symbol))
	rows := make([]R, 0, rowsAtOnce)
	for part := range slices.Chunk(list, rowsAtOnce) {
		rows = rows[:0]
		for _, x := range part {
			rows = append(rows, row(x))
		}
		if _, err := out.Write(rows); err != nil {
			return fmt.Errorf("writing a Parquet file: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("writing a Parquet file: %w", err)
	}
	return nil
}

func known(x float64) *float64 {
	if !market.Known(x) {
		return nil
	}
	return &x
}

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// field is one column of the snapshot subcommand's output. Its name is a
// contract with scripts: it never changes.
type field struct {
	name  string
	value func(q *market.Quote, now time.Time) any // string, float64, or nil where unknown
}

// ageField grows by itself, which is no change.
const ageField = "age_s"

// growsByItself reports whether a field is another at every look, be there news or not.
func growsByItself(name string) bool {
	return name == ageField || strings.HasPrefix(name, "liquidations_listened_")
}

// timeText is a time as it is printed; nil for none.
func timeText(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func number(x float64) any {
	if !market.Known(x) {
		return nil
	}
	return x
}

// numeric is a field of the catalogue of numbers, under the name that it has there.
func numeric(id market.NumberID) field {
	n := market.NumberOf(id)
	return field{n.Field, func(q *market.Quote, now time.Time) any { return number(n.Value(q, nil, now)) }}
}

// snapshotFields are the columns of the snapshot, in order. Percentages are in
// percent, funding_rate is a fraction per interval, times are RFC 3339 in UTC.
var snapshotFields = []field{
	{"symbol", func(q *market.Quote, _ time.Time) any { return q.Contract.Symbol }},
	numeric(market.NumberPrice),
	numeric(market.NumberPriceChange24h),
	numeric(market.NumberOIContracts),
	numeric(market.NumberOIUSD),
	numeric(market.NumberOIChange5m),
	numeric(market.NumberOIChange15m),
	numeric(market.NumberOIChange1h),
	numeric(market.NumberOIChange4h),
	numeric(market.NumberOIChange24h),
	numeric(market.NumberPriceChange1h),
	numeric(market.NumberPriceChange4h),
	numeric(market.NumberFundingRate),
	numeric(market.NumberFundingInterval),
	numeric(market.NumberFundingAPR),
	numeric(market.NumberVolume24h),
	numeric(market.NumberOIVolume),
	{"signal", func(q *market.Quote, _ time.Time) any {
		r := signal.ReadPriceOpenInterest(q.History, market.Window24h)
		if r.Kind == signal.Unknown {
			return nil
		}
		return string(r.Kind)
	}},
	{"oi_time", func(q *market.Quote, _ time.Time) any { return timeText(q.OpenInterest.Changed) }},
	numeric(market.NumberAge),
	numeric(market.NumberLongShortAccounts),
	numeric(market.NumberTopLongShortAccounts),
	numeric(market.NumberTopLongShortPositions),
	numeric(market.NumberTakerBuySell),
	numeric(market.NumberBasis),
	numeric(market.NumberLiquidatedLongs1h),
	numeric(market.NumberLiquidatedShorts1h),
	numeric(market.NumberLiquidatedLongs24h),
	numeric(market.NumberLiquidatedShorts24h),
	listened("liquidations_listened_1h_s", market.Window1h),
	listened("liquidations_listened_24h_s", market.Window24h),
}

// listened is for how many seconds of a window somebody listened to liquidations: what
// was seen in it is to be read with that.
func listened(name string, w market.Window) field {
	return field{name, func(q *market.Quote, _ time.Time) any {
		if q.Liquidations.Received.IsZero() {
			return nil
		}
		return q.Liquidations.Seen(w).Listened.Seconds()
	}}
}

// writeCSV prints a header and one line a contract; what is unknown is empty.
func writeCSV(w io.Writer, s *market.Snapshot, now time.Time) error {
	out := csv.NewWriter(w)
	line := make([]string, len(snapshotFields))
	for i, f := range snapshotFields {
		line[i] = f.name
	}
	if err := out.Write(line); err != nil {
		return fmt.Errorf("printing the snapshot: %w", err)
	}
	for _, q := range s.Quotes {
		for i, f := range snapshotFields {
			line[i] = csvText(f.value(q, now))
		}
		if err := out.Write(line); err != nil {
			return fmt.Errorf("printing the snapshot: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("printing the snapshot: %w", err)
	}
	return nil
}

func csvText(v any) string {
	switch v := v.(type) {
	case string:
		return printable(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return ""
	}
}

// writeJSON prints an array with one object a contract, fields in order; what
// is unknown is null.
func writeJSON(w io.Writer, s *market.Snapshot, now time.Time) error {
	var b bytes.Buffer
	b.WriteString("[")
	for i, q := range s.Quotes {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n{")
		for j, f := range snapshotFields {
			if j > 0 {
				b.WriteString(",")
			}
			writeMember(&b, f.name, f.value(q, now))
		}
		b.WriteString("}")
	}
	b.WriteString("\n]\n")
	if _, err := w.Write(escaped(b.Bytes())); err != nil {
		return fmt.Errorf("printing the snapshot: %w", err)
	}
	return nil
}

// writeMember writes a member of a JSON object. A value of a field is a text, a
// finite number or nil, which all have JSON.
func writeMember(b *bytes.Buffer, name string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("null")
	}
	fmt.Fprintf(b, "%q:%s", name, text)
}

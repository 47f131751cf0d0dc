package sim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Fields that hold instants, and those that hold quantities or prices.
var (
	timeFields   = []string{"time", "timestamp", "fundingTime", "closeTime", "openTime", "nextFundingTime", "serverTime"}
	amountFields = []string{"openInterest", "sumOpenInterest", "sumOpenInterestValue", "markPrice", "indexPrice", "lastPrice", "quoteVolume"}
)

// mutate turns a good body into an odd one.
func (f *Fault) mutate(body []byte) []byte {
	switch f.Kind {
	case BrokenJSON:
		return body[:len(body)/2]
	case Null:
		return []byte("null")
	case EmptyObject:
		return []byte("{}")
	case EmptyArray:
		return []byte("[]")
	case EmptyBody:
		return nil
	case HTML:
		return []byte("<!DOCTYPE html><html><body><h1>System maintenance</h1></body></html>")
	case ErrorBody:
		return errSymbol.body
	}
	return f.mutateRows(body)
}

// mutateRows changes the rows of a body: the elements of a list, the symbols
// of exchangeInfo, or the one object.
func (f *Fault) mutateRows(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var whole any
	if err := decoder.Decode(&whole); err != nil {
		return body
	}
	rows := []any{whole}
	switch v := whole.(type) {
	case []any:
		if f.Kind == Duplicate {
			v = doubled(v)
			whole = v
		}
		rows = v
	case map[string]any:
		if symbols, ok := v["symbols"].([]any); ok {
			if f.Kind == Duplicate {
				symbols = doubled(symbols)
				v["symbols"] = symbols
			}
			rows = symbols
		}
	}
	for i, row := range rows {
		if fields, ok := row.(map[string]any); ok {
			f.mutateRow(i, fields)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(whole); err != nil {
		return body
	}
	return bytes.TrimSpace(out.Bytes())
}

func (f *Fault) mutateRow(i int, row map[string]any) {
	change := func(names []string, to func(old any) any) {
		for _, name := range names {
			if old, ok := row[name]; ok {
				row[name] = to(old)
			}
		}
	}
	switch f.Kind {
	case Malformed:
		for name := range row {
			if name != "symbol" && i < max(1, f.Rows) {
				row[name] = map[string]any{"oops": nil}
			}
		}
	case Negative:
		value := f.Value
		if value == "" {
			value = "-1"
		}
		change(amountFields, func(any) any { return value })
	case QuotedTime:
		change(timeFields, func(old any) any { return strings.Trim(asText(old), `"`) })
	case WrongTime:
		change(timeFields, func(old any) any {
			ms, err := strconv.ParseInt(asText(old), 10, 64)
			if err != nil || f.Shift == 0 {
				return 0
			}
			return ms + f.Shift.Milliseconds()
		})
	case OtherSymbol:
		change([]string{"symbol"}, func(old any) any {
			if old == "BTCUSDT" {
				return "ETHUSDT"
			}
			return "BTCUSDT"
		})
	}
}

func asText(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	s, _ := v.(string)
	return s
}

// doubled returns every row twice, the last first.
func doubled(rows []any) []any {
	out := make([]any, 0, 2*len(rows))
	for _, r := range slices.Backward(rows) {
		out = append(out, r, r)
	}
	return out
}

package binance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/adshao/go-binance/v2/common"
	"github.com/adshao/go-binance/v2/futures"
)

// The library decodes an answer as a whole and strictly: a timestamp in quotes
// in one row of 500 costs the other 499. So before it sees an answer, the
// transport tidies it with the functions here: each row is decoded alone, into
// the library's own row type; a field that does not fit is mended where its
// meaning is plain, else removed; what is no row at all is dropped. An answer
// that is in order passes through byte by byte.

// tidier turns the body of an answer into one that the library can decode.
// rows is how many rows the answer had, lost how many had to be dropped.
type tidier func(body []byte) (clean []byte, rows, lost int, err error)

var errEmptyAnswer = errors.New("the answer is empty")

// tidyList tidies a list of T.
func tidyList[T any](body []byte) (clean []byte, rows, lost int, err error) {
	if err := isJSON(body, '['); err != nil {
		return nil, 0, 0, err
	}
	var all []*T
	if json.Unmarshal(body, &all) == nil && !slices.Contains(all, nil) {
		return body, len(all), 0, nil // as nearly always
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, 0, 0, err
	}
	kept := make([]json.RawMessage, 0, len(raws))
	for _, raw := range raws {
		if row, err := mend[T](raw); err == nil {
			kept = append(kept, row)
		}
	}
	clean, err = json.Marshal(kept)
	return clean, len(raws), len(raws) - len(kept), err
}

// tidyObject tidies a single T.
func tidyObject[T any](body []byte) (clean []byte, rows, lost int, err error) {
	if err := isJSON(body, '{'); err != nil {
		return nil, 0, 0, err
	}
	clean, err = mend[T](body)
	return clean, 1, 0, err
}

// tidyExchangeInfo tidies the answer of exchangeInfo, whose rows are symbols.
// What this program does not use of it is left out.
func tidyExchangeInfo(body []byte) (clean []byte, rows, lost int, err error) {
	if err := isJSON(body, '{'); err != nil {
		return nil, 0, 0, err
	}
	var all struct {
		ServerTime json.RawMessage `json:"serverTime,omitempty"`
		RateLimits json.RawMessage `json:"rateLimits,omitempty"`
		Symbols    json.RawMessage `json:"symbols,omitempty"`
	}
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, 0, 0, err
	}
	if all.Symbols, rows, lost, err = tidyList[futures.Symbol](all.Symbols); err != nil {
		return nil, 0, 0, fmt.Errorf("symbols: %w", err)
	}
	if all.RateLimits, _, _, err = tidyList[futures.RateLimit](all.RateLimits); err != nil {
		all.RateLimits = nil // the documented limits hold
	}
	if clean, err = json.Marshal(all); err != nil {
		return nil, 0, 0, err
	}
	clean, err = mend[futures.ExchangeInfo](clean)
	return clean, rows, lost, err
}

// isJSON says in words what an answer is that does not start as it should.
func isJSON(body []byte, start byte) error {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return errEmptyAnswer
	case body[0] == start:
		return nil
	case body[0] == '<':
		return errors.New("the answer is a web page: " + excerpt(body))
	case start == '[':
		return errors.New("the answer is no list: " + excerpt(body))
	}
	return errors.New("the answer is no object: " + excerpt(body))
}

// excerpt is the beginning of a body, for the log.
func excerpt(body []byte) string {
	const most = 120
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(body[:min(len(body), 4*most)]), "")), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// mostRepairs bounds how often one row is mended; no row type has more fields.
const mostRepairs = 64

// mend returns raw if it decodes into a T; otherwise a copy of it that does,
// with the fields that do not fit rewritten or removed. It fails on what is no
// object.
func mend[T any](raw json.RawMessage) (json.RawMessage, error) {
	if err := isJSON(raw, '{'); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	for range mostRepairs {
		var row T
		err := json.Unmarshal(raw, &row)
		var misfit *json.UnmarshalTypeError
		if err == nil || !errors.As(err, &misfit) || misfit.Field == "" {
			return raw, err
		}
		if fields == nil {
			if err := json.Unmarshal(raw, &fields); err != nil {
				return nil, err
			}
		}
		repair(fields, misfit)
		if raw, err = json.Marshal(fields); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("too many fields are not as documented")
}

// repair rewrites the field that the decoder complained of, if its meaning is
// plain, else removes it.
func repair(fields map[string]json.RawMessage, misfit *json.UnmarshalTypeError) {
	name, inner, _ := strings.Cut(misfit.Field, ".")
	for key, value := range fields {
		if !strings.EqualFold(key, name) || key != name && fields[name] != nil {
			continue // the decoder falls back to names in another case
		}
		if fixed, ok := convert(value, misfit.Type); ok && inner == "" {
			fields[key] = fixed
		} else {
			delete(fields, key)
		}
	}
}

// convert writes a number as a string or a string as a whole number, as t
// wants it.
func convert(value json.RawMessage, t reflect.Type) (json.RawMessage, bool) {
	text := string(value)
	var quoted string
	if json.Unmarshal(value, &quoted) == nil {
		text = quoted
	}
	x := number(text)
	switch t.Kind() {
	case reflect.String:
		if math.IsNaN(x) {
			return nil, false
		}
		return json.RawMessage(strconv.Quote(text)), true
	case reflect.Int, reflect.Int64:
		const exact = 1 << 53
		if math.IsNaN(x) || x != math.Trunc(x) || math.Abs(x) > exact {
			return nil, false
		}
		return json.RawMessage(strconv.FormatInt(int64(x), 10)), true
	}
	return nil, false
}

// errorIn finds the exchange's own kind of error, {"code":-1121,"msg":"…"},
// which comes with any HTTP status, 200 included.
func errorIn(body []byte) *common.APIError {
	const longest = 8 << 10
	if len(body) > longest {
		return nil
	}
	var e struct {
		Code json.RawMessage `json:"code"`
		Msg  string          `json:"msg"`
	}
	var misfit *json.UnmarshalTypeError // of msg, which is only for the log
	if err := json.Unmarshal(body, &e); err != nil && !errors.As(err, &misfit) || e.Code == nil {
		return nil
	}
	code := number(strings.Trim(string(e.Code), `"`))
	if math.IsNaN(code) || math.Abs(code) > 1e9 {
		return nil
	}
	return &common.APIError{Code: int64(code), Message: e.Msg}
}

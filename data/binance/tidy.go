package binance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/adshao/go-binance/v2/common"
	"github.com/adshao/go-binance/v2/futures"
	"github.com/go-json-experiment/json/jsontext"
)

// The library decodes an answer as a whole and strictly: a timestamp in quotes
// in one row of 500 costs the other 499. So before it sees an answer, the
// transport tidies it with the functions here: each row is decoded alone, into
// the library's own row type; a field that does not fit is mended where its
// meaning is plain, else removed; what is no row at all is dropped. A member
// whose name differs in case alone from one that the library knows is removed,
// too, for encoding/json would take it for that. An answer that is in order
// passes through byte by byte.

// tidier turns the body of an answer into one that the library can decode.
// rows is how many rows the answer had, lost how many had to be dropped.
type tidier func(body []byte) (clean []byte, rows, lost int, err error)

var errEmptyAnswer = errors.New("the answer is empty")

// tidyList tidies a list of T.
func tidyList[T any](body []byte) (clean []byte, rows, lost int, err error) {
	if err := isJSON(body, '['); err != nil {
		return nil, 0, 0, err
	}
	if rows, ok := countRows(body, membersOf[T]()); ok {
		return body, rows, 0, nil // as nearly always
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
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, 0, 0, err
	}
	used := map[string]json.RawMessage{}
	if used["symbols"], rows, lost, err = tidyList[futures.Symbol](all["symbols"]); err != nil {
		return nil, 0, 0, fmt.Errorf("symbols: %w", err)
	}
	if limits, _, _, err := tidyList[futures.RateLimit](all["rateLimits"]); err == nil { // else the documented limits hold
		used["rateLimits"] = limits
	}
	if at := all["serverTime"]; at != nil {
		used["serverTime"] = at
	}
	if clean, err = json.Marshal(used); err != nil {
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

// excerpt is the beginning of a body, for the log and the terminal: on one
// line, without anything that would steer a terminal or turn the text.
func excerpt(body []byte) string {
	const most = 120
	visible := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, string(body[:min(len(body), 4*most)]))
	s := strings.Join(strings.Fields(visible), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// mostRepairs bounds how often one row is mended; no row type has more fields.
const mostRepairs = 64

// mend returns raw if it decodes into a T; otherwise a copy of it that does,
// with the fields that do not fit rewritten or removed, and those that a T
// knows by a name in another case. It fails on what is no object.
func mend[T any](raw json.RawMessage) (json.RawMessage, error) {
	if err := isJSON(raw, '{'); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if known := membersOf[T](); !isExact(raw, known) {
		if err := json.Unmarshal(raw, &fields); err != nil {
			return nil, err
		}
		maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return known[name] == nil })
		var err error
		if raw, err = json.Marshal(fields); err != nil {
			return nil, err
		}
	}
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
// plain. Otherwise it removes it, or makes it -1 where a whole number should
// be: what makes no sense is not the same as what is absent.
func repair(fields map[string]json.RawMessage, misfit *json.UnmarshalTypeError) {
	name, inner, _ := strings.Cut(misfit.Field, ".")
	fixed, ok := convert(fields[name], misfit.Type)
	switch {
	case ok && inner == "":
		fields[name] = fixed
	case inner == "" && isWhole(misfit.Type):
		fields[name] = json.RawMessage("-1")
	default:
		delete(fields, name)
	}
}

func isWhole(t reflect.Type) bool { return t.Kind() == reflect.Int || t.Kind() == reflect.Int64 }

// isCount tells whole numbers that the library takes no negative ones for.
func isCount(t reflect.Type) bool { return t.Kind() == reflect.Uint64 }

// convert writes a number as a string or a string as a whole number, as t
// wants it.
func convert(value json.RawMessage, t reflect.Type) (json.RawMessage, bool) {
	text := string(value)
	var quoted string
	if json.Unmarshal(value, &quoted) == nil {
		text = quoted
	}
	x := number(text)
	switch {
	case t.Kind() == reflect.String:
		if math.IsNaN(x) {
			return nil, false
		}
		return json.RawMessage(strconv.Quote(text)), true
	case isWhole(t), isCount(t):
		const exact = 1 << 53
		if math.IsNaN(x) || x != math.Trunc(x) || math.Abs(x) > exact || x < 0 && isCount(t) {
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
	if len(body) > longest || isJSON(body, '{') != nil {
		return nil
	}
	var code, message []byte
	if err := (event{`"code"`: &code, `"msg"`: &message}).object(decoder(body)); err != nil {
		return nil
	}
	x := number(string(text(code)))
	if math.IsNaN(x) || math.Abs(x) > 1e9 {
		return nil
	}
	return &common.APIError{Code: int64(x), Message: excerpt(text(message))}
}

// members are the names and types of what an object may have that is decoded
// into a type.
type members map[string]reflect.Type

var membersByType sync.Map // of reflect.Type

// membersOf are the members that encoding/json knows of a T.
func membersOf[T any]() members {
	t := reflect.TypeFor[T]()
	if known, ok := membersByType.Load(t); ok {
		return known.(members)
	}
	known := members{}
	for _, field := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			known[name] = field.Type
		}
	}
	membersByType.Store(t, known)
	return known
}

// countRows counts the rows of a list if the decoder takes every one of them as
// it is: the names are exact and the values of their types. It is one quick walk
// where a trial with encoding/json would take as long as decoding. It reports
// false, too, where it cannot tell.
func countRows(body []byte, known members) (rows int, ok bool) {
	d := decoder(body)
	if t, err := d.ReadToken(); err != nil || t.Kind() != '[' {
		return 0, false
	}
	for d.PeekKind() == '{' {
		rows++
		if !known.fit(d) {
			return 0, false
		}
	}
	if t, err := d.ReadToken(); err != nil || t.Kind() != ']' {
		return 0, false
	}
	_, err := d.ReadToken()
	return rows, err == io.EOF
}

// fit reads an object and reports whether its members have exact names and
// values of their types.
func (m members) fit(d *jsontext.Decoder) bool {
	_, _ = d.ReadToken()
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return false
		}
		t := m[string(text(name))]
		exact := t != nil || m.isExact(text(name))
		value, err := d.ReadValue()
		if err != nil || !exact || t != nil && !fits(value, t) {
			return false
		}
	}
	_, err := d.ReadToken()
	return err == nil
}

// fits reports whether a value is of the type of a field. Of types other than
// texts, whole numbers and truth it cannot tell, and reports false.
func fits(value jsontext.Value, t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		return value.Kind() == '"'
	case reflect.Uint64:
		const digits = 18
		return value.Kind() == '0' && len(value) <= digits && !bytes.ContainsAny(value, ".eE-")
	case reflect.Int, reflect.Int64:
		const digits = 18 // that fit into 64 bits, whatever they are
		return value.Kind() == '0' && len(value) <= digits && !bytes.ContainsAny(value, ".eE")
	case reflect.Bool:
		return value.Kind() == 't' || value.Kind() == 'f'
	}
	return false
}

// isExact reports whether no member of an object has a name that differs from a
// known one in case alone.
func isExact(body []byte, known members) bool {
	d := decoder(body)
	if d.PeekKind() != '{' {
		return true // which the decoder finds
	}
	_, _ = d.ReadToken()
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil || !known.isExact(text(name)) || d.SkipValue() != nil {
			return false
		}
	}
	_, err := d.ReadToken()
	return err == nil
}

func (m members) isExact(name []byte) bool {
	if m[string(name)] != nil {
		return true
	}
	for known := range m {
		if strings.EqualFold(known, string(name)) {
			return false
		}
	}
	return true
}

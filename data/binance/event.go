package binance

import (
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/go-json-experiment/json/jsontext"
)

// An event reads JSON objects of one kind: where to put the value of each
// member that is wanted, as served, by its name in quotes. Names are compared
// exactly, for the events of the exchange have members that differ in case
// alone; encoding/json takes one for the other. Other members are ignored.
type event map[string]*[]byte

// A message may name a member twice, as JSON allows, and a symbol that is
// spoiled costs its row, not the message.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

func decoder(message []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(message), lenient...)
}

var errNoEvents = errors.New("neither an event nor a list of events")

// each reads the events of a message one by one and calls read after each: one
// event, a list of them, or either wrapped as {"stream":…,"data":…}, the shape
// of combined streams. Anything else, such as the reply to a subscription, has
// none. broken is how many elements of the list are no objects.
func (e event) each(message []byte, read func()) (broken int, err error) {
	d := decoder(message)
	switch d.PeekKind() {
	case '{':
		var kind, data []byte
		if err := (event{`"e"`: &kind, `"data"`: &data}).object(d); err != nil {
			return 0, err
		}
		switch {
		case kind != nil:
			if err := e.object(decoder(message)); err != nil {
				return 0, err
			}
			read()
		case data != nil && data[0] == '[':
			return e.list(decoder(data), read)
		case data != nil && data[0] == '{':
			if err := e.object(decoder(data)); err != nil {
				return 0, err
			}
			read()
		}
		return 0, end(d)
	case '[':
		return e.list(d, read)
	}
	return 0, errNoEvents
}

// list reads a list of events and what follows it, which must be nothing.
func (e event) list(d *jsontext.Decoder, read func()) (broken int, err error) {
	if _, err := d.ReadToken(); err != nil {
		return 0, err
	}
	for d.PeekKind() != ']' {
		if d.PeekKind() != '{' {
			if err := d.SkipValue(); err != nil {
				return 0, err
			}
			broken++
			continue
		}
		if err := e.object(d); err != nil {
			return 0, err
		}
		read()
	}
	if _, err := d.ReadToken(); err != nil {
		return 0, err
	}
	return broken, end(d)
}

// object reads the members of the object that comes next. Of a name that comes
// twice, the last value counts.
func (e event) object(d *jsontext.Decoder) error {
	for _, value := range e {
		*value = (*value)[:0]
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadValue()
		if err != nil {
			return err
		}
		member := e[string(name)]
		if member == nil {
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		value, err := d.ReadValue()
		if err != nil {
			return err
		}
		*member = append((*member)[:0], value...)
	}
	_, err := d.ReadToken()
	return err
}

// end is an error if anything follows.
func end(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end of the message")
	}
	return nil
}

// text is a value that should be a string or a number, without quotes; empty
// where there is none.
func text(value []byte) []byte {
	switch {
	case len(value) == 0, string(value) == "null":
		return nil
	case value[0] != '"':
		return value
	case bytes.IndexByte(value, '\\') < 0:
		return value[1 : len(value)-1]
	}
	plain, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return nil
	}
	return plain
}

// whole is a value that should be a whole number, in quotes or not; 0 where it
// is none, or not exact.
func whole(value []byte) int64 {
	const exact = 1 << 53
	x := number(string(text(value)))
	if math.IsNaN(x) || x != math.Trunc(x) || math.Abs(x) > exact {
		return 0
	}
	return int64(x)
}

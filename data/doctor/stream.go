package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"openinterest/data/binance"
)

// heard is what came by the stream of mark prices.
type heard struct {
	messages int
	longest  time.Duration // without one
	last     time.Time
	symbols  map[string]bool
	kinds    map[string]bool
	fields   binance.Compared
	latest   time.Duration // how far the time of an event was from the exchange's, at most
	err      error         // of the first message that could not be read
}

// stream listens to the stream of mark prices.
func (d *doctor) stream(ctx context.Context) {
	e := binance.ExpectedMarkEvents
	h := &heard{symbols: map[string]bool{}, kinds: map[string]bool{}}
	var opened time.Time
	began := time.Now()
	err := d.o.Client.Listen(ctx, func() {
		opened = time.Now()
		h.last = opened
	}, func(message []byte) bool {
		h.take(e, message, d.o.Client.Now())
		return time.Since(opened) < d.o.Stream
	})
	switch {
	case ctx.Err() != nil:
		return
	case opened.IsZero():
		d.add(e.What+": handshake", false, "a connection", why(orSilent(err)))
		return
	}
	d.add(e.What+": handshake", true, "a connection", "connected in "+span(opened.Sub(began)))
	expected := "messages each second, at most " + span(binance.MarkSilence) + " apart"
	if h.messages == 0 || err != nil {
		d.add(e.What+": messages", false, expected, fmt.Sprintf("%d, then %s", h.messages, why(orSilent(err))))
		if h.messages == 0 {
			return
		}
	} else {
		d.add(e.What+": messages", h.longest <= binance.MarkSilence, expected,
			fmt.Sprintf("%d in %s, at most %s apart", h.messages, span(time.Since(opened)), span(h.longest)))
	}
	d.events(h)
}

// events says what was in the messages.
func (d *doctor) events(h *heard) {
	e := binance.ExpectedMarkEvents
	if h.err != nil {
		d.add(e.What+": shape", false, string(e.Shape), h.err.Error())
	}
	if h.fields.Rows == 0 || !d.compared(e, h.fields) {
		return
	}
	kinds := slices.Sorted(maps.Keys(h.kinds))
	d.add(e.What+": events", slices.Equal(kinds, []string{binance.MarkEvent}), binance.MarkEvent, some(kinds))
	d.add(e.What+": time", h.latest <= binance.Fresh, "within "+span(binance.Fresh)+" of the exchange's clock", "at most "+span(h.latest)+" off")
	d.covers(e.What, h.symbols)
}

func orSilent(err error) error {
	if err == nil {
		return errors.New("nothing")
	}
	return err
}

// take notes a message: a list of events, or one alone.
func (h *heard) take(e binance.Expectation, message []byte, now time.Time) {
	at := time.Now()
	h.longest = max(h.longest, at.Sub(h.last))
	h.messages, h.last = h.messages+1, at
	if strings.HasPrefix(strings.TrimSpace(string(message[:min(len(message), 8)])), "{") {
		message = slices.Concat([]byte("["), message, []byte("]"))
	}
	c, err := e.Compare(message)
	if err != nil {
		if h.err == nil {
			h.err = err
		}
		return
	}
	h.fields.Add(c)
	var events []map[string]json.RawMessage // names that differ in case alone are apart
	if json.Unmarshal(message, &events) != nil {
		return
	}
	for _, event := range events {
		var kind, symbol string
		var ms int64
		if json.Unmarshal(event["e"], &kind) == nil {
			h.kinds[kind] = true
		}
		if json.Unmarshal(event["s"], &symbol) == nil {
			h.symbols[symbol] = true
		}
		if json.Unmarshal(event["E"], &ms) == nil {
			h.latest = max(h.latest, now.Sub(time.UnixMilli(ms)).Abs())
		}
	}
}

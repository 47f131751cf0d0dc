package sim

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// dial opens a stream.
func dial(t *testing.T, s *Server, path string) *websocket.Conn {
	t.Helper()
	c, r, err := websocket.DefaultDialer.Dial(s.StreamURL()+path, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	_ = r.Body.Close()
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

type markRow struct {
	E string `json:"e"`
	S string `json:"s"`
	P decimal
	R string `json:"r"`
}

// UnmarshalJSON tells "p" (mark) from "P" (settlement), which encoding/json
// does not.
func (m *markRow) UnmarshalJSON(b []byte) error {
	var raw map[string]json.RawMessage
	err := json.Unmarshal(b, &raw)
	for name, into := range map[string]any{"e": &m.E, "s": &m.S, "p": &m.P, "r": &m.R} {
		err = errors.Join(err, json.Unmarshal(raw[name], into))
	}
	return err
}

func read[T any](t *testing.T, c *websocket.Conn) T {
	t.Helper()
	_, data, err := c.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v: %.200s", err, data)
	}
	return v
}

// TestMarkPriceStream: all contracts, in several messages, as Truth has them.
func TestMarkPriceStream(t *testing.T) {
	s := started(t)
	c := dial(t, s, "/market/ws/!markPrice@arr@1s")
	seen, messages := map[string]float64{}, 0
	for seen["BTCUSD_PERP"] == 0 {
		messages++
		for _, row := range read[[]markRow](t, c) {
			seen[row.S] = float64(row.P)
		}
	}
	for _, symbol := range s.Symbols() {
		if _, price, _ := s.Truth(symbol, someDay); seen[symbol] != price {
			t.Errorf("%s: streamed %v, truth is %v", symbol, seen[symbol], price)
		}
	}
	if messages != 3 {
		t.Errorf("%d messages, want one each for crypto, TradFi and coin-margined", messages)
	}
}

func TestCombinedStreams(t *testing.T) {
	s := started(t)
	c := dial(t, s, "/market/stream?streams=!markPrice@arr@1s/!ticker@arr")
	names := map[string]bool{}
	for len(names) < 2 {
		names[read[struct {
			Stream string
			Data   []struct {
				S string `json:"s"`
			}
		}](t, c).Stream] = true
	}
	if !names["!markPrice@arr@1s"] || !names["!ticker@arr"] {
		t.Errorf("streams %v", names)
	}
}

func TestSubscribe(t *testing.T) {
	s := started(t)
	c := dial(t, s, "/market/ws")
	if err := c.WriteMessage(websocket.TextMessage, []byte(`{"method":"SUBSCRIBE","params":["!markPrice@arr@1s"],"id":3}`)); err != nil {
		t.Fatal(err)
	}
	if got := read[map[string]any](t, c); got["id"] != 3.0 || got["result"] != nil {
		t.Errorf("subscribed: %v", got)
	}
	if rows := read[[]markRow](t, c); len(rows) == 0 || rows[0].E != "markPriceUpdate" {
		t.Errorf("after subscribing: %v", rows)
	}
}

// TestUnroutedStreamIsSilent: what is true of the real exchange since April 2026.
func TestUnroutedStreamIsSilent(t *testing.T) {
	s := started(t)
	silent := dial(t, s, "/ws/!markPrice@arr@1s")
	loud := dial(t, s, "/market/ws/!markPrice@arr@1s")
	for range 9 {
		read[[]markRow](t, loud)
	}
	if err := silent.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, data, err := silent.ReadMessage(); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("an unrouted stream brings %.80s, %v", data, err)
	}
}

func TestLiquidations(t *testing.T) {
	now := someDay
	b := broadcast{s: started(t), u: newUniverse(0, 530, someDay)}
	sides, count, busy := map[string]int{}, map[string]int{}, ""
	for i := range 1200 {
		b.ms = millis(now) + int64(i)*1000
		for _, body := range b.liquidations() {
			var message map[string]json.RawMessage // "e" and "E" differ, which structs don't see
			var order map[string]any
			if err := errors.Join(json.Unmarshal(body, &message), json.Unmarshal(message["o"], &order)); err != nil || string(message["e"]) != `"forceOrder"` {
				t.Fatalf("%v: %s", err, body)
			}
			sides[order["S"].(string)]++
			symbol := order["s"].(string)
			if count[symbol]++; count[symbol] > count[busy] {
				busy = symbol
			}
		}
	}
	if sides["BUY"] == 0 || sides["SELL"] == 0 {
		t.Errorf("sides %v", sides)
	}
	if count[busy] < 20 {
		t.Errorf("the most liquidated contract has %d liquidations in 20 minutes", count[busy])
	}
	c := b.u.bySymbol[busy]
	if _, felt := newView(b.u.tide).mark(c, millis(now)); felt.heat == 0 {
		t.Errorf("%s is liquidated most and nothing happens on it", busy)
	}
}

func TestStreamFaults(t *testing.T) {
	s := started(t)
	const path = "/market/ws/!markPrice@arr@1s"

	remove := s.Inject(Fault{Kind: StreamRefuse, Code: 451})
	_, r, err := websocket.DefaultDialer.Dial(s.StreamURL()+path, nil)
	if !errors.Is(err, websocket.ErrBadHandshake) || r.StatusCode != http.StatusUnavailableForLegalReasons {
		t.Errorf("refused: %v", err)
	}
	remove()

	for _, kind := range []FaultKind{StreamDrop, StreamHalf} {
		c := dial(t, s, path)
		remove := s.Inject(Fault{Kind: kind})
		for err = nil; err == nil; {
			_, _, err = c.ReadMessage()
		}
		remove()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
			t.Errorf("%s: a proper goodbye: %v", kind, err)
		}
	}

	c := dial(t, s, path)
	remove = s.Inject(Fault{Kind: StreamGarbage})
	odd := 0
	for odd < 2*len(garbage) {
		_, data, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(garbage, func(g []byte) bool { return string(g) == string(data) }) {
			odd++
		}
	}
	remove()

	remove = s.Inject(Fault{Kind: StreamBadRows})
	for {
		_, data, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `"Infinity"`) {
			if !json.Valid(data) || !strings.Contains(string(data), `"s":"BTCUSDT"`) {
				t.Errorf("bad rows must sit among good ones: %.300s", data)
			}
			break
		}
	}
	remove()
}

// What is old, or comes again, has the time that it had.
func TestOldStream(t *testing.T) {
	s := started(t, func(o *Options) { o.Now = time.Now })
	c := dial(t, s, "/market/ws/!markPrice@arr@1s")
	next := func() int64 {
		for {
			if rows := read[[]map[string]any](t, c); len(rows) > 1 { // the message of the crypto contracts
				return int64(rows[0]["E"].(float64))
			}
		}
	}
	// until waits for a message that the fault made.
	until := func(kind FaultKind, fits func(at, before int64) bool) {
		t.Helper()
		for before, n := next(), 0; n < 400; n++ {
			at := next()
			if fits(at, before) {
				return
			}
			before = at
		}
		t.Errorf("%s: nothing of the kind came", kind)
	}
	if at := next(); time.Since(time.UnixMilli(at)) > time.Minute {
		t.Errorf("without a fault, events are of %s", time.UnixMilli(at))
	}
	remove := s.Inject(Fault{Kind: StreamOld, Shift: -time.Hour})
	until(StreamOld, func(at, _ int64) bool {
		off := time.Since(time.UnixMilli(at))
		return off > 59*time.Minute && off < 61*time.Minute
	})
	remove()
	until("good", func(at, _ int64) bool { return time.Since(time.UnixMilli(at)) < time.Minute })
	remove = s.Inject(Fault{Kind: StreamRepeat})
	until(StreamRepeat, func(at, before int64) bool { return at == before })
	until(StreamRepeat, func(at, before int64) bool { return at == before })
	remove()
	until("good", func(at, before int64) bool { return at > before })
}

// TestSilentStream: open, and nothing comes until the fault ends.
func TestSilentStream(t *testing.T) {
	s := started(t)
	remove := s.Inject(Fault{Kind: StreamSilent, PathPrefix: "/market/ws/!mark"})
	silent := dial(t, s, "/market/ws/!markPrice@arr@1s")
	other := dial(t, s, "/market/ws/!ticker@arr")
	for range 3 {
		read[[]struct{ S string }](t, other)
	}
	came := make(chan error, 1)
	go func() { _, _, err := silent.ReadMessage(); came <- err }()
	select {
	case err := <-came:
		t.Errorf("a silent stream spoke: %v", err)
	default:
	}
	remove()
	if err := <-came; err != nil {
		t.Errorf("after the silence: %v", err)
	}
}

// TestStopEndsStreams: closing the server ends every connection.
func TestStopEndsStreams(t *testing.T) {
	s, err := Start(context.Background(), Options{Contracts: 3, StreamEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, s, "/market/ws/!markPrice@arr@1s")
	read[[]markRow](t, c)
	if st := s.Stats(); st.OpenStreams != 1 || st.Streams != 1 || st.Requests["/market/…"] != 1 {
		t.Errorf("%+v", st)
	}
	s.Close()
	for err = nil; err == nil; {
		_, _, err = c.ReadMessage()
	}
	if st := s.Stats(); st.OpenStreams != 0 {
		t.Errorf("after closing: %+v", st)
	}
}

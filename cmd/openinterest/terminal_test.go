package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// hostile is what a file, a symbol or an answer may have in it: it clears a
// terminal, turns the line around, hides a letter, and is no text at all.
const hostile = "BTC\x1b[2J\x9b31m\u202e\u200b\u2028\x7f\xff\U000E0041USDT"

func TestNothingUnprintableReachesATerminal(t *testing.T) {
	shaped := func(where, text string) {
		t.Helper()
		for _, r := range text {
			if r != '\n' && (!unicode.IsGraphic(r) || r == unicode.ReplacementChar) {
				t.Errorf("%s: %U reaches the terminal in %q", where, r, text)
			}
		}
	}
	shaped("a sentence", printable(hostile))
	if got := printable("未平仓 币安人生USDT −1.35 % é"); got != "未平仓 币安人生USDT −1.35 % é" {
		t.Errorf("what can be read became %q", got)
	}
	if got := printable(errors.Join(errors.New("one"), errors.New("two")).Error()); got != "one; two" {
		t.Errorf("two errors are %q", got)
	}
	var log buffer
	(&globals{LogLevel: "debug"}).logger(&log).Error(hostile, hostile, hostile, "error", errors.New(hostile))
	shaped("the log", log.String())

	q := &market.Quote{Contract: market.Contract{Symbol: hostile}}
	snap := market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{q}})
	event := signal.Event{Symbol: hostile, Kind: hostile}
	for where, write := range map[string]func(*buffer) error{
		"CSV":         func(b *buffer) error { return writeCSV(b, snap, midStep) },
		"JSON":        func(b *buffer) error { return writeJSON(b, snap, midStep) },
		"events":      func(b *buffer) error { return writeEventsCSV(b, []signal.Event{event}) },
		"events JSON": func(b *buffer) error { return writeEventsJSON(b, []signal.Event{event}) },
	} {
		var out buffer
		if err := write(&out); err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if !strings.Contains(out.String(), "USDT") {
			t.Errorf("%s: the symbol is not there:\n%s", where, out.String())
		}
		shaped(where, out.String())
	}
}

// JSON says the same, escaped.
func TestEscapedJSONMeansTheSame(t *testing.T) {
	text := strings.ToValidUTF8(hostile, "")
	raw, err := json.Marshal(map[string]string{"symbol": text})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(escaped(raw), &got); err != nil || got["symbol"] != text {
		t.Errorf("%q became %q (%v)", text, got["symbol"], err)
	}
}

func TestTheLogHasNoPasswords(t *testing.T) {
	var log buffer
	(&globals{LogLevel: "debug"}).logger(&log).Warn("asking http://me:hunter2@example.org/x",
		"url", "https://me:hunter2@example.org?a=1", "error", fmt.Errorf(`Get "ftp://me:hun/ter2:hunter2@example.org": refused`))
	if got := log.String(); strings.Contains(got, "hunter2") || strings.Count(got, "example.org") != 3 {
		t.Errorf("the log says %s", got)
	}
}

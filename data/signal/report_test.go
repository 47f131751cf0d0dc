package signal_test

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

func subjects(inputs ...*signal.Input) iter.Seq2[signal.Subject, error] {
	return func(yield func(signal.Subject, error) bool) {
		for _, in := range inputs {
			if !yield(signal.Subject{Input: in}, nil) {
				return
			}
		}
	}
}

// A market without memory earns no badge: with q < 0.10, at most one card in
// ten may hold a false one.
func TestNoiseEarnsNoBadges(t *testing.T) {
	var inputs []*signal.Input
	for seed := range uint64(24) {
		inputs = append(inputs, noise(100+seed, 120*288))
	}
	report, err := signal.Score(context.Background(), subjects(inputs...), nil)
	if err != nil {
		t.Fatal(err)
	}
	cards := append([]signal.Cards{report.Pooled}, report.Contracts...)
	false1, told := 0, 0
	for _, c := range cards {
		badge := false
		for _, cell := range c.History.Cells {
			badge = badge || cell.Badge
			if cell.Grade != signal.NotEnough {
				told++
			}
		}
		if badge {
			false1++
		}
	}
	t.Logf("%d of %d cards hold a badge, %d cells told", false1, len(cards), told)
	if false1 > 2 || told < 24*10 {
		t.Errorf("%d of %d cards hold a false badge; %d cells had something to tell", false1, len(cards), told)
	}
}

// An effect that is there is found: here the price rises after each event.
func TestAnEffectEarnsABadge(t *testing.T) {
	var inputs []*signal.Input
	for seed := range uint64(3) {
		in := noise(200+seed, 200*288)
		for _, e := range walk(t, in) {
			if e.Kind != signal.StrongBullish4h {
				continue
			}
			i := int((e.Time.UnixMilli() - start) / five)
			for j := i + 2; j < len(in.Points); j++ { // a step up that stays, after the next close
				in.Points[j].Price *= 1.03
			}
		}
		inputs = append(inputs, in)
	}
	report, err := signal.Score(context.Background(), subjects(inputs...), nil)
	if err != nil {
		t.Fatal(err)
	}
	cell := report.Pooled.History.Cell(signal.StrongBullish4h, market.Window1h)
	if !cell.Badge || cell.Verdict != signal.Differs || cell.Difference.Value < 0.2 {
		t.Errorf("pooled: %s", asJSON(t, cell))
	}
	lifted := false
	for _, l := range report.Pooled.History.Lifts {
		lifted = lifted || l.Move == "4h" && l.Horizon == "1h" && !l.Mirror && l.Verdict == signal.Differs && l.Difference.Low > 0
	}
	if !lifted {
		t.Error("open interest lifts nothing")
	}
}

func TestScoreReportsProgressFailuresAndOrder(t *testing.T) {
	broken := errors.New("disk on fire")
	in := []*signal.Input{noise(1, 20*288), noise(2, 15*288), noise(3, 10*288)}
	seq := func(yield func(signal.Subject, error) bool) {
		_ = yield(signal.Subject{Input: in[0]}, nil) && yield(signal.Subject{Input: &signal.Input{Symbol: "BAD"}}, broken) &&
			yield(signal.Subject{Input: in[1]}, nil) && yield(signal.Subject{Input: &signal.Input{Symbol: "EMPTY"}}, nil) &&
			yield(signal.Subject{Input: in[2]}, nil) && yield(signal.Subject{}, nil)
	}
	var steps []int
	report, err := signal.Score(context.Background(), seq, func(done int) { steps = append(steps, done) })
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 6 || steps[5] != 6 {
		t.Errorf("progress %v", steps)
	}
	if len(report.Failed) != 2 || !errors.Is(report.Failed[0].Err, broken) || report.Failed[0].Symbol != "BAD" {
		t.Errorf("failures %+v", report.Failed)
	}
	var order []string
	for _, c := range report.Contracts {
		order = append(order, c.History.Symbol)
	}
	if want := in[0].Symbol + " " + in[1].Symbol + " EMPTY " + in[2].Symbol; strings.Join(order, " ") != want {
		t.Errorf("order %v", order)
	}
	if p := report.Pooled.History; p.Contracts != 3 || !p.ArchiveNeeded || math.Abs(p.Days-20) > 0.01 || len(p.Cells) != 4*len(signal.EventKinds()) || len(p.Lifts) != 16 {
		t.Errorf("pooled: %d contracts, %v days, %d cells, %d lifts", p.Contracts, p.Days, len(p.Cells), len(p.Lifts))
	}
	asJSON(t, report)
}

func TestScoreStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	seq := func(yield func(signal.Subject, error) bool) {
		for seed := uint64(0); yield(signal.Subject{Input: noise(seed, 3000)}, nil); seed++ {
			if seed == 2 {
				cancel()
			}
		}
	}
	if _, err := signal.Score(ctx, seq, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Live events have a card of their own, and history ends where it begins.
func TestLiveEventsAreKeptApart(t *testing.T) {
	in := noise(5, 60*288)
	events := walk(t, in)
	since := in.Points[40*288].Time
	var live []signal.Event
	past := 0
	for _, e := range events {
		if e.Time.UnixMilli() >= since {
			live = append(live, e)
		} else {
			past++
		}
	}
	other := live[0]
	other.DefinitionVersion++ // of other definitions: not counted
	seq := func(yield func(signal.Subject, error) bool) {
		yield(signal.Subject{Input: in, Live: append(live, other), LiveSince: time.UnixMilli(since)}, nil)
	}
	report, err := signal.Score(context.Background(), seq, nil)
	if err != nil {
		t.Fatal(err)
	}
	count := func(s signal.Scorecard) (n int) {
		for _, c := range s.Cells {
			if c.Window == market.Window1h {
				n += c.Fired
			}
			if c.Since.IsZero() {
				continue
			}
			if s.Origin == signal.SeenLive && c.Since.UnixMilli() < since {
				t.Errorf("a live cell since %v", c.Since)
			}
		}
		return n
	}
	cards := report.Contracts[0]
	if n := count(cards.History); n != past || count(*cards.Live) != len(live) || count(*report.Pooled.Live) != len(live) {
		t.Errorf("%d of history, want %d; %d live, want %d", n, past, count(*cards.Live), len(live))
	}
}

func BenchmarkScorecard(b *testing.B) {
	in := noise(1, 105_120)
	for b.Loop() {
		if _, err := signal.Score(context.Background(), subjects(in), nil); err != nil {
			b.Fatal(err)
		}
	}
}

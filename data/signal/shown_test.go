package signal_test

import (
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// What a contract showed at each stamp of the past agrees with what fired there, with
// what is computed of that stamp alone, and with itself: it has one reading at a time.
func TestThePastKnowsWhatShowed(t *testing.T) {
	in := noise(2, 42*288)
	last := in.Points[len(in.Points)-1].Time
	from, to := time.UnixMilli(last).AddDate(0, 0, -7), time.UnixMilli(last)
	s, err := signal.DetectShown(t.Context(), in, from, to)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Events {
		if holds, isKnown := s.Shows(e.Time.UnixMilli(), string(e.Kind)); !holds || !isKnown {
			t.Errorf("%s fired at %v, yet it holds %v, known %v", e.Kind, e.Time, holds, isKnown)
		}
	}
	seen := 0
	for _, p := range in.Points {
		if p.Time < from.UnixMilli() {
			continue
		}
		readings := 0
		for _, k := range append(signal.ReadingKinds(), signal.Neutral) {
			if holds, _ := s.Shows(p.Time, string(k)); holds {
				readings++
			}
		}
		if readings > 1 {
			t.Fatalf("%d readings at once at %v", readings, time.UnixMilli(p.Time))
		}
		seen += readings
	}
	if len(s.Events) == 0 || seen == 0 {
		t.Fatalf("%d events, %d readings: nothing was tested", len(s.Events), seen)
	}
	if now := evaluateLast(in, 0).Reading24h.Kind; now != signal.Unknown {
		if holds, _ := s.Shows(last, string(now)); !holds {
			t.Errorf("evaluated by itself the last stamp reads %s, of which the past does not know", now)
		}
	}
	hour := last - last%time.Hour.Milliseconds()
	onHour, known := s.Shows(hour, string(signal.DivergenceHigh))
	if later, still := s.Shows(hour+market.StepMillis, string(signal.DivergenceHigh)); later != onHour || still != known {
		t.Error("between full hours a divergence is another than on the last")
	}
	if _, isKnown := s.Shows(last+market.StepMillis, string(signal.Neutral)); isKnown {
		t.Error("a stamp that is not there is known")
	}
	plain, err := signal.Detect(t.Context(), in, from, to)
	if _, isKnown := plain.Shows(last, string(signal.Neutral)); isKnown || err != nil {
		t.Errorf("Detect keeps what showed; %v", err)
	}
}

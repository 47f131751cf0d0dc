package signal_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Whatever a store may hold, nothing panics, and what comes out is JSON.
func FuzzWalk(f *testing.F) {
	f.Add([]byte("some stamps to begin with, and a few more of them"), uint8(0))
	f.Add(make([]byte, 80), uint8(255))
	f.Add([]byte("\x01ratios and liquidations, of any size and of any time, as no exchange serves them"), uint8(10))
	f.Add([]byte("\x01ordinary numbers follow this, in stretches"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, flags uint8) {
		in := &signal.Input{Symbol: "X", Volume: market.Unknown, Delisted: flags&1 != 0, Terms: market.FundingTerms{IntervalHours: int(flags) - 9}}
		at := start
		number := func() float64 {
			var bits [8]byte
			data = data[copy(bits[:], data):]
			return math.Float64frombits(binary.LittleEndian.Uint64(bits[:]))
		}
		for len(data) > 0 {
			steps := int64(data[0])
			switch data = data[1:]; {
			case steps > 250:
				steps = 3000 // ten days' hole
			case steps > 100:
				steps = 1
			}
			at += steps * five
			in.Points = append(in.Points, market.Point{Time: at, Contracts: number(), Price: number()})
			in.Funding = append(in.Funding, market.FundingPoint{Time: at + 1, Rate: number()})
			if flags&8 != 0 {
				in.Ratios = append(in.Ratios, market.Ratios{Time: at, Values: [market.RatioCount]float64{number(), number(), 1, number()}})
				in.Liquidations = append(in.Liquidations, market.Liquidation{Long: steps%2 == 0, Price: number(), Contracts: number(), Time: time.UnixMilli(at - 1)})
				in.Listened = append(in.Listened, market.Span{From: int64(number()), To: at})
			}
			if flags&2 != 0 { // a stretch of ordinary stamps, so that statistics exist
				for i := range 300 {
					at += five
					in.Points = append(in.Points, market.Point{Time: at, Contracts: 1e6 + float64(i%7), Price: 100 + float64(i%5)})
				}
			}
			if len(in.Points) > 4000 {
				break
			}
		}
		if flags&4 != 0 {
			in.Listed = time.UnixMilli(start)
		}
		events, d, err := signal.Walk(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(events); err != nil {
			t.Fatal(err)
		}
		e := signal.Evaluate(in, new(signal.Workspace).Baseline(in, at), time.UnixMilli(at))
		d.Observe(e)
		for _, k := range signal.EventKinds() {
			if _, err := json.Marshal(e.Evidence(k)); err != nil {
				t.Fatal(err)
			}
		}
		report, err := signal.Score(context.Background(), subjects(in), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(report); err != nil {
			t.Fatal(err)
		}
	})
}

// A damaged saved detector is an error or a detector, never a panic.
func FuzzDetectorJSON(f *testing.F) {
	f.Add([]byte(`{"definition_version":1,"symbol":"X","stamp":5,"kinds":{"spike_1h":{"last":3,"rearm":true}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var d signal.Detector
		if json.Unmarshal(data, &d) != nil {
			return
		}
		if _, err := json.Marshal(&d); err != nil {
			t.Fatal(err)
		}
	})
}

package charts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// marketOf is a map of n contracts: most moved by a percent, a few by fifty; a few
// hold most of the open interest. It is the same for the same n.
func marketOf(n, width, height int, root bool) MapRequest {
	r := rand.New(rand.NewPCG(5, uint64(n)))
	req := MapRequest{Width: width, Height: height, Scale: 1, Theme: dark(), Root: root, Threshold: 1, Format: formatPercent,
		XUnit: "Price, 24h", YUnit: "Open interest, 24h"}
	for i := range n {
		tail := math.Exp(0.9 * r.NormFloat64())
		d := Dot{Label: fmt.Sprintf("C%03d", i), X: 1.4 * tail * r.NormFloat64(), Y: 2 * tail * r.NormFloat64(), Size: math.Exp(16 + 1.6*r.NormFloat64())}
		d.Sign = Sign{Shape: Circle, Colour: req.Theme.Axis}
		if math.Abs(d.X) >= 1 && math.Abs(d.Y) >= 1 {
			d.Sign.Shape, d.Sign.Colour = TriangleUp, legible(paletteHues[2], req.Theme.Background)
			if d.X < 0 {
				d.Sign.Shape, d.Sign.Colour = TriangleDown, legible(paletteHues[4], req.Theme.Background)
			}
			d.Sign.Hollow = d.Y < 0
		}
		req.Dots = append(req.Dots, d)
	}
	for i, name := range []string{"Strong Bullish", "Weakening Rally", "Strong Bearish", "Weakening Selloff"} {
		req.Corners[i] = Caption{Text: name + " 42", Colour: req.Theme.Axis}
	}
	req.Middle = Caption{Text: "Neutral 301", Colour: req.Theme.Axis}
	return req
}

// BenchmarkMap is held against the budgets of 8 ms for the whole market, and 20 ms
// for several venues.
func BenchmarkMap(b *testing.B) {
	for _, n := range []int{517, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			req := marketOf(n, 1800, 800, true)
			req.Theme.Font = programFont(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DrawMap(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMapHover is held against the budget of 0.2 ms: which dot is under the
// pointer, and what it covers.
func BenchmarkMapHover(b *testing.B) {
	for _, n := range []int{517, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p, err := DrawMap(marketOf(n, 1800, 800, true))
			if err != nil {
				b.Fatal(err)
			}
			x, y := 100.0, 100.0
			b.ReportAllocs()
			for b.Loop() {
				x, y = 60+math.Mod(x+37, 1700), 20+math.Mod(y+11, 740)
				if dot, ok := p.At(x, y); ok {
					p.Box(dot)
				}
			}
		})
	}
}

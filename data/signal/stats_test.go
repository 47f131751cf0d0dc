package signal

import (
	"math"
	"math/rand/v2"
	"testing"
)

func closeTo(t *testing.T, what string, got Number, want, within float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= within) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Published examples: Newcombe 1998 (Statistics in Medicine 17), table I of
// "Two-sided confidence intervals for the single proportion", and contrast (a)
// of "Interval estimation for the difference", method 10.
func TestIntervalsMatchPublishedExamples(t *testing.T) {
	for _, c := range []struct{ hits, n, low, high float64 }{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
	} {
		i := Wilson(c.hits, c.n)
		closeTo(t, "Wilson low", i.Low, c.low, 5e-5)
		closeTo(t, "Wilson high", i.High, c.high, 5e-5)
	}
	d := Difference(Wilson(56, 70), Wilson(48, 80))
	closeTo(t, "Newcombe", d.Value, 0.2, 1e-12)
	closeTo(t, "Newcombe low", d.Low, 0.0524, 5e-5)
	closeTo(t, "Newcombe high", d.High, 0.3339, 5e-5)
	if p := proportionsP(56, 70, 48, 80); math.Abs(p-0.008045) > 5e-6 { // z = 0.2 / √(0.6933·0.3067·(1/70 + 1/80)) = 2.650
		t.Errorf("p = %v", p)
	}
}

func TestMeanInterval(t *testing.T) {
	i := MeanInterval([]float64{1, 2, 3, 4, 5}) // 3 ± 2.776·√(2.5/5)
	closeTo(t, "mean", i.Value, 3, 1e-12)
	closeTo(t, "low", i.Low, 3-1.9634, 1e-3)
	closeTo(t, "high", i.High, 3+1.9634, 1e-3)
	if i := MeanInterval([]float64{1}); i.Value != 1 || i.Low.Known() {
		t.Errorf("one value has no interval: %v", i)
	}
	if i := MeanInterval(nil); i.Value.Known() || !i.Holds(0) {
		t.Errorf("nothing: %v", i)
	}
	if p := meansP([]float64{1, 2, 3}, []float64{1, 2, 3}); p != 1 {
		t.Errorf("equal means: p = %v", p)
	}
	if p := meansP([]float64{1, 2, 3, 4}, []float64{11, 12, 13, 14}); p > 1e-3 {
		t.Errorf("means far apart: p = %v", p)
	}
}

// The example of Benjamini and Hochberg 1995: 15 tests, the first four are findings at 5 %.
func TestBenjaminiHochberg(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	shuffled, back := make([]float64, len(p)+1), make([]int, len(p))
	for i, j := range rand.New(rand.NewPCG(1, 1)).Perm(len(p)) {
		shuffled[j], back[i] = p[i], j
	}
	shuffled[len(p)] = math.NaN()
	q := BenjaminiHochberg(shuffled)
	for i := range p {
		if (q[back[i]] < 0.05) != (i < 4) {
			t.Errorf("p %v has q %v", p[i], q[back[i]])
		}
	}
	if want := 0.0095 * 15 / 4; math.Abs(q[back[3]]-want) > 1e-12 {
		t.Errorf("q of the fourth %v, want %v", q[back[3]], want)
	}
	if !math.IsNaN(q[len(p)]) {
		t.Error("an unknown p has a q")
	}
}

// coverage counts how often an interval holds the truth.
type coverage struct{ held, all int }

func (c *coverage) see(i Interval, truth float64) {
	c.all++
	if i.Holds(truth) {
		c.held++
	}
}

func (c coverage) within(t *testing.T, what string) {
	t.Helper()
	share := 100 * float64(c.held) / float64(c.all)
	t.Logf("%s covers %.1f %% of %d", what, share, c.all)
	if math.Abs(share-95) > 2 {
		t.Errorf("%s covers %.1f %%, want 95 ± 2", what, share)
	}
}

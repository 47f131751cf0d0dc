package format

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
)

const (
	en = assets.English
	zh = assets.Chinese
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ what, got, want string }{
		{"compact", Compact(en, 5.332e9), "5.33 B"},
		{"compact", Compact(en, 1.2345e12), "1.23 T"},
		{"compact", Compact(en, 1.2346e15), "1,235 T"},
		{"compact", Compact(en, 12_345_678), "12.3 M"},
		{"compact", Compact(en, 999_950), "1.00 M"},
		{"compact", Compact(en, 999_499), "999 K"},
		{"compact", Compact(en, 1000), "1.00 K"},
		{"compact", Compact(en, 999.6), "1.00 K"},
		{"compact", Compact(en, 517), "517"},
		{"compact", Compact(en, 12.34), "12.3"},
		{"compact", Compact(en, 0.00456), "0.00456"},
		{"compact", Compact(en, 0), "0"},
		{"compact", Compact(en, -1.23e9), "−1.23 B"},
		{"compact zh", Compact(zh, 1.23e9), "12.3 亿"},
		{"compact zh", Compact(zh, 5.332e9), "53.3 亿"},
		{"compact zh", Compact(zh, 1.2346e11), "1,235 亿"},
		{"compact zh", Compact(zh, 1.2345e12), "1.23 万亿"},
		{"compact zh", Compact(zh, 12_345_678), "1,235 万"},
		{"compact zh", Compact(zh, 99_999_999), "1.00 亿"},
		{"compact zh", Compact(zh, 1234), "1,234"},
		{"compact zh", Compact(zh, 12345), "1.23 万"},
		{"compact", Compact("xx", 1e6), "1.00 M"},

		{"contracts", Contracts(en, 79068.312, 3), "79,068.3"},
		{"contracts", Contracts(en, 79068.312, 0), "79,068"},
		{"contracts", Contracts(en, 1_234_567.8, 1), "1,234,568"},
		{"contracts", Contracts(en, 999_999_999, 0), "999,999,999"},
		{"contracts", Contracts(en, 1_234_400_000, 0), "1.234 B"},
		{"contracts", Contracts(zh, 1_234_400_000, 0), "12.34 亿"},
		{"contracts", Contracts(en, 0.5, 3), "0.500"},
		{"contracts", Contracts(en, 0, 3), "0"},

		{"price", Price(67440.6, 2), "67,440.6"},
		{"price", Price(107123.42, 2), "107,123.4"},
		{"price", Price(3512.4567, 2), "3,512.46"},
		{"price", Price(152.37, 4), "152.370"},
		{"price", Price(0.00001234, 8), "0.00001234"},
		{"price", Price(0.00001234, 2), "0.0000123"},
		{"price", Price(1.5, 0), "2"},
		{"price", Price(0.1234567, 5), "0.12346"},

		{"percent", Percent(0.08), "+0.08"},
		{"percent", Percent(-1.3), "−1.30"},
		{"percent", Percent(0.004), "0.00"},
		{"percent", Percent(-0.004), "0.00"},
		{"percent", Percent(0), "0.00"},
		{"percent", Percent(99.996), "+100.0"},
		{"percent", Percent(1234.5), "+1,234"},
		{"percent", PercentUnit(-1.3), "−1.30 %"},
		{"apr", APR(10.95), "10.95"},
		{"apr", APR(-876), "−876.0"},

		{"funding", FundingRate(0.000048, 1), "0.0048/1h"},
		{"funding", FundingRate(-0.0001, 8), "−0.0100/8h"},
		{"funding", FundingRate(0.0001, 0), "0.0100"},
		{"ratio", Ratio(0.4213), "0.42"},
		{"ratio", Ratio(12.34), "12.3"},
		{"ratio", Ratio(123.4), "123"},
		{"ratio", Ratio(0.00421), "0.0042"},
		{"ratio", Ratio(0), "0"},

		{"age", Age(en, 3*time.Second), "3s"},
		{"age", Age(en, 125*time.Second), "2m"},
		{"age", Age(en, 65*time.Minute), "1h 5m"},
		{"age", Age(en, 2*time.Hour), "2h"},
		{"age", Age(en, 51*time.Hour), "2d 3h"},
		{"age", Age(en, -time.Second), "0s"},
		{"age", Age(zh, 3*time.Second), "3 秒"},
		{"age", Age(zh, 65*time.Minute), "1 小时 5 分"},
		{"clock", Clock(time.Date(2025, 6, 17, 14, 4, 9, 0, time.FixedZone("", 7200))), "12:04:09 UTC"},
		{"datetime", DateTime(time.Date(2025, 6, 17, 12, 4, 9, 0, time.UTC)), "2025-06-17 12:04:09 UTC"},
		{"stamp", Stamp(time.Date(2025, 6, 17, 12, 5, 0, 0, time.UTC).UnixMilli()), "2025-06-17 12:05 UTC"},
		{"stamp of this year", StampOf(time.Date(2025, 6, 7, 12, 5, 0, 0, time.UTC).UnixMilli(), time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)), "06-07 12:05"},
		{"stamp of last year", StampOf(time.Date(2025, 6, 7, 12, 5, 0, 0, time.UTC).UnixMilli(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), "2025-06-07 12:05"},
		{"no time", Clock(time.Time{}) + DateTime(time.Time{}) + Stamp(0), "–––"},

		{"exact", Exact(79068.312), "79,068.312"},
		{"exact", Exact(-1234567), "−1,234,567"},
		{"exact", Exact(1e-8), "0.00000001"},
		{"exact to", ExactTo(5332467012.345, 0), "5,332,467,012"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
}

// every is each function of a number, by name.
var every = map[string]func(float64) string{
	"compact":      func(x float64) string { return Compact(en, x) },
	"compact zh":   func(x float64) string { return Compact(zh, x) },
	"contracts":    func(x float64) string { return Contracts(en, x, 3) },
	"price":        func(x float64) string { return Price(x, 4) },
	"percent":      Percent,
	"percent unit": PercentUnit,
	"apr":          APR,
	"funding":      func(x float64) string { return FundingRate(x, 8) },
	"ratio":        Ratio,
	"exact":        Exact,
	"exact to":     func(x float64) string { return ExactTo(x, 2) },
}

func TestNothingUnspeakableIsSaid(t *testing.T) {
	for name, f := range every {
		for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			if got := f(x); got != Unknown {
				t.Errorf("%s(%v) = %q, want %q", name, x, got, Unknown)
			}
		}
		speakable := func(x float64) bool {
			s := f(x)
			return s != "" && !strings.ContainsAny(s, "-NaIne") && (x <= 0 || !strings.Contains(s, minus))
		}
		if err := quick.Check(speakable, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, x := range []float64{math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.Copysign(0, -1)} {
			if !speakable(x) {
				t.Errorf("%s(%g) = %q", name, x, f(x))
			}
		}
	}
}

// A larger number never reads as a smaller one.
func TestCompactIsMonotone(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, lang := range assets.Languages() {
		xs := make([]float64, 0, 20000)
		for range 10000 {
			x := math.Pow(10, rng.Float64()*20-4)
			xs = append(xs, x, -x)
		}
		for e := -3; e < 15; e++ { // the edges of units, where rounding carries
			for _, f := range []float64{0.9994, 0.9995, 0.99949, 0.99996, 1, 1.0004, 1.005} {
				xs = append(xs, f*math.Pow10(e))
			}
		}
		slices.Sort(xs)
		last := math.Inf(-1)
		for _, x := range xs {
			got := readBack(t, lang, Compact(lang, x))
			if got < last {
				t.Fatalf("%s: %g reads %q, less than the number before it (%g)", lang, x, Compact(lang, x), last)
			}
			if math.Abs(got-x) > 0.00501*math.Abs(x) {
				t.Fatalf("%s: %g reads %q", lang, x, Compact(lang, x))
			}
			last = got
		}
	}
}

func readBack(t *testing.T, lang assets.Language, s string) float64 {
	t.Helper()
	number, name, found := strings.Cut(s, " ")
	size := 1.0
	for _, u := range units[lang] {
		if found && u.name == " "+name {
			size = u.size
		}
	}
	x, err := strconv.ParseFloat(strings.NewReplacer(",", "", minus, "-").Replace(number), 64)
	if err != nil {
		t.Fatalf("%q is not a number: %v", s, err)
	}
	return x * size
}

func TestUnknownComesFromTheMarket(t *testing.T) {
	if got := Compact(en, market.Unknown); got != Unknown {
		t.Errorf("market.Unknown reads %q", got)
	}
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		x        float64
		decimals int
		want     string
	}{{3.84, 1, "+3.8"}, {-12.3, 0, "−12"}, {0.04, 1, "0.0"}, {-0.04, 1, "0.0"}, {-0.4, 0, "0"}, {-0.05, 2, "−0.05"}} {
		if got := Signed(c.x, c.decimals); got != c.want {
			t.Errorf("%v with %d decimals: %q, want %q", c.x, c.decimals, got, c.want)
		}
	}
}

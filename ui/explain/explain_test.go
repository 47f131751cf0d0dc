package explain_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/explain"
)

func words(l assets.Language) *explain.Words { return explain.New(assets.NewWords(l)) }

// Every kind has a name, a mark, a section of the guide, and a sentence on why
// it fired, in every language, also where nothing is known.
func TestEveryKindIsToldInEveryLanguage(t *testing.T) {
	nan := signal.Number(math.NaN())
	bare := signal.Evidence{Percentile: nan, USD: signal.Split{Change: nan, Positions: nan, Price: nan}}
	bare.Price = signal.Side{Now: nan, Then: nan, Pct: nan, Z: nan}
	bare.OpenInterest = bare.Price
	full := signal.Evidence{
		Window: "1h", Percentile: 99.5,
		Price: signal.Side{Now: 101, Then: 100, Pct: 1, Z: 2}, OpenInterest: signal.Side{Now: 110, Then: 100, Pct: 10, Z: 4.25},
		USD:        signal.Split{Change: 1.5e6, Positions: 1e6, Price: 0.5e6},
		Divergence: &signal.Divergence{Time: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC), Price: 99, Contracts: 120},
		Ratio:      &signal.RatioExtreme{Name: "long_short_accounts", Value: 3.2, Low: 0.8, High: 3, Hours: 720, Time: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)},
		Funding:    &signal.Funding{APR: 25, APRPercentile: 97, OpenInterestPercentile: 93, AtCap: true},
	}
	for _, l := range assets.Languages() {
		sections := map[string]bool{}
		for _, s := range assets.Guide(l) {
			sections[s.ID] = true
		}
		names := map[string]bool{}
		for _, k := range signal.EventKinds() {
			w := words(l)
			if name := w.Plain(k); name == "" || names[name] {
				t.Errorf("%s: the name of %s is %q", l, k, name)
			} else {
				names[name] = true
			}
			if explain.Mark(k) == "" || !sections[explain.Section(k)] {
				t.Errorf("%s: mark %q, section %q", k, explain.Mark(k), explain.Section(k))
			}
			for _, x := range []signal.Evidence{bare, full} {
				c := w.Event(signal.Event{Symbol: "BTCUSDT", Kind: k, Time: time.Unix(0, 0), Evidence: x}, true)
				for _, s := range c.Texts() {
					if strings.Contains(s, "{{") || strings.Contains(s, "NaN") || strings.Contains(s, "evidence.") {
						t.Errorf("%s: %s says %q", l, k, s)
					}
				}
			}
		}
	}
}

func TestWhatIsMissingIsTold(t *testing.T) {
	for l, want := range map[assets.Language]string{assets.English: "Not enough history yet (3.2 of 7 days)", assets.Chinese: "历史尚不足（3.2/7 天）"} {
		got := words(l).Short([]signal.Shortage{
			{What: signal.ShortStamp, Have: signal.Number(math.NaN()), Need: signal.Number(math.NaN())},
			{What: signal.ShortOpenInterest, Have: 3.27, Need: 7},
		})
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q", got)
		}
	}
	if got := words(assets.English).Short(nil); got != "" {
		t.Errorf("nothing is missing: %q", got)
	}
}

// "Liquidation" is said only where liquidations were seen.
func TestAFlushIsCalledDeleveragingUnlessLiquidationsWereSeen(t *testing.T) {
	x := signal.Evidence{Window: "1h", Price: signal.Side{Pct: -3}, OpenInterest: signal.Side{Pct: -8}, Percentile: 1}
	for _, c := range []struct {
		seen *signal.Liquidations
		want bool
	}{{nil, false}, {&signal.Liquidations{Long: 3}, true}, {&signal.Liquidations{Listened: 1}, false}} {
		x.Liquidations = c.seen
		why := words(assets.English).Why(signal.Flush1h, &x)
		if nobody, none := strings.Contains(why, "Nobody listened"), strings.Contains(why, "No liquidation was seen"); nobody != (c.seen == nil) || none != (c.seen != nil && !c.want) {
			t.Errorf("seen %+v: it says %q", c.seen, why)
		}
		if got := strings.Contains(words(assets.English).Why(signal.Flush1h, &x), "Liquidations were seen"); got != c.want {
			t.Errorf("seen %v: said %t", c.seen, got)
		}
	}
	text := strings.Join(words(assets.English).Event(signal.Event{Symbol: "X", Kind: signal.Flush1h, Evidence: x}, false).Texts(), " ")
	if !strings.Contains(text, "Long-side flush") {
		t.Errorf("with a falling price it is the longs': %s", text)
	}
}

func TestWhatKeepsSignalsFromBeingToldIsSaid(t *testing.T) {
	w := words(assets.English)
	gap := &signal.Gap{From: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)}
	for issue, want := range map[signal.Issue]string{
		signal.TooNew: "8 days", signal.StaleData: "15 minutes", signal.NotTrading: "Not trading", signal.DataGap: "03:00", signal.UnknownVolume: "",
	} {
		got := w.Blocked(&signal.Eligibility{Issues: []signal.Issue{issue}, Gap: gap})
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q", issue, got)
		}
	}
	if got := w.Thin(&signal.Eligibility{Thin: true, MedianUSD: 2.5e6, Volume: 4e6, Issues: []signal.Issue{signal.ThinOpenInterest, signal.ThinVolume}}); !strings.Contains(got, "$2.50 M") || !strings.Contains(got, "$4.00 M") {
		t.Errorf("%q", got)
	}
}

// An extreme of a ratio says what it is and is usually within; liquidations how much was
// seen, of what, and for how long somebody listened.
func TestStandingIsExplained(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	x := signal.Evidence{Ratio: &signal.RatioExtreme{Name: "taker_buy_sell", Value: 3.2, Low: 0.8, High: 3, Hours: 720, Time: at}, Percentile: signal.Number(math.NaN())}
	if got := words(assets.English).Why(signal.TakerBuySellHigh, &x); !strings.Contains(got, "is 3.20, as of") || !strings.Contains(got, "5 % were at 3.00 or above") {
		t.Errorf("%q", got)
	}
	x = signal.Evidence{Window: "1h", Liquidations: &signal.Liquidations{Long: 7, LongUSD: 1.25e6, Short: 1, ShortUSD: 5, Listened: 0.75},
		Thresholds: []signal.Threshold{{Name: "liquidated_longs_pct", Value: 1.3, Bound: 1, Upper: true, Met: signal.True}}}
	got := words(assets.English).Why(signal.LiquidatedLongs1h, &x)
	for _, part := range []string{"At least 1.25 M USD of longs", "seen in 7 orders", "1.30 %", "45 of the 60 minutes", "≥ 1 %"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q lacks %q", got, part)
		}
	}
}

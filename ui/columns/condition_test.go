package columns

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/explain"
)

func pointer(x float64) *float64 { return &x }

func signalled() []*Row {
	return new(Maker).Rows(columnstest.Snapshot(), columnstest.Board(), columnstest.Now)
}

func TestConditions(t *testing.T) {
	rows := signalled()
	for _, c := range []struct {
		name  string
		where []Condition
		want  []string
	}{
		{"at least", []Condition{AtLeast(OIUSD, 1e9)}, []string{"ETH", "BTC", "SOL"}},
		{"at most", []Condition{{Column: OIChange24h, Max: pointer(-3)}}, []string{"DOGE", "TRB"}},
		{"between", []Condition{{Column: PriceChange24h, Min: pointer(1), Max: pointer(2)}}, []string{"ETH", "LINK", "AVAX"}},
		{"both", []Condition{{Column: PriceChange24h, Min: pointer(1), Max: pointer(2)}, AtLeast(OIUSD, 240e6)}, []string{"ETH", "LINK"}},
		{"a reading", []Condition{{Column: Signal, Is: []string{string(signal.StrongBearish)}}}, []string{"XRP", "1000PEPE", "1000000MOG"}},
		{"one of two events", []Condition{{Column: Signal, Is: []string{string(signal.Spike1h), string(signal.Flush1h)}}}, []string{"SOL", "DOGE"}},
		{"of nothing known", []Condition{{Column: OIChange7d, Min: pointer(math.Inf(-1))}}, nil},
		{"no column", []Condition{AtLeast("x", 0)}, nil},
	} {
		got := symbolsOf(Arrange(rows, english(), &Query{Where: c.where, Sort: OIUSD, Descending: true}))
		if !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What is not known matches no numeric filter, however wide.
func TestTheUnknownMatchesNoBound(t *testing.T) {
	for _, r := range signalled() {
		for _, n := range market.Numbers() {
			c := Condition{Column: ID(n.ID), Min: pointer(-math.MaxFloat64), Max: pointer(math.MaxFloat64)}
			if got := c.Matches(r); got != market.Known(r.Number(c.Column)) {
				t.Errorf("%s %s is %v, and matches: %t", r.Symbol, n.ID, r.Number(c.Column), got)
			}
		}
	}
}

// Every number that the table shows can be filtered by, and Arrange leaves exactly
// the rows that match.
func TestEveryColumnOfNumbersFilters(t *testing.T) {
	rows := signalled()
	for _, c := range english() {
		if c.Number() == nil {
			continue
		}
		q := &Query{Where: []Condition{AtLeast(c.ID, 1)}, Search: "u"}
		if err := q.Where[0].Check(); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		arranged := Arrange(rows, english(), q)
		for _, r := range rows {
			if want := c.Key(r, q) >= 1; q.Matches(r) != want || slices.Contains(arranged, r) != want {
				t.Errorf("%s of %s is %v: matches %t, arranged %t", c.ID, r.Symbol, c.Key(r, q), q.Matches(r), slices.Contains(arranged, r))
			}
		}
	}
}

func TestConditionsThatAreNone(t *testing.T) {
	for _, c := range []Condition{
		{}, {Column: OIUSD}, {Column: "x", Min: pointer(1)}, {Column: Symbol, Min: pointer(1)}, {Column: Trend, Min: pointer(1)}, {Column: ID(market.NumberFundingRate), Min: pointer(1)},
		{Column: OIUSD, Min: pointer(2), Max: pointer(1)}, {Column: OIUSD, Min: pointer(math.NaN())}, {Column: Signal}, {Column: Signal, Is: []string{"x"}},
	} {
		if c.Check() == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	for _, s := range SignalNames() {
		if c := (Condition{Column: Signal, Is: []string{s}}); c.Check() != nil {
			t.Errorf("%s is refused", s)
		}
	}
}

func TestBoundsAreReadAsTheyAreTyped(t *testing.T) {
	for _, c := range []struct {
		id   ID
		text string
		want float64
	}{
		{OIUSD, "50M", 5e7}, {OIUSD, "50 m", 5e7}, {OIUSD, "$1.5B", 1.5e9}, {OIUSD, "5,000万", 5e7}, {OIUSD, "2亿", 2e8}, {OIUSD, "1万亿", 1e12}, {OIUSD, "20k", 2e4},
		{OIChange24h, "−5", -5}, {OIChange24h, "-5 %", -5}, {OIChange24h, "＋5", 5}, {OIChange24h, "+5％", 5}, {OIChange24h, "x", market.Unknown},
		{OIUSD, "５０Ｍ", 5e7}, {OIUSD, "５，０００万", 5e7}, {OIUSD, "１２。５亿", 1.25e9}, {OIUSD, "１２．５亿", 1.25e9}, {OIUSD, "1e9", 1e9}, {OIUSD, "10k", 1e4}, {OIUSD, "1,0000", 1e4},
		{OIChange24h, "1,5", market.Unknown}, {OIUSD, "1,50,000", market.Unknown}, {OIUSD, ",5", market.Unknown}, {OIUSD, ".5", 0.5}, {OIUSD, "−", market.Unknown}, {OIUSD, "M", market.Unknown},
		{OIUSD, "5 %", market.Unknown}, {OIVolume, "5％", market.Unknown}, {FundingAPR, "5％", 5}, {OIUSD, "1e400", market.Unknown}, {OIUSD, "inf", market.Unknown}, {OIUSD, "nan", market.Unknown}, {OIUSD, "0x10", market.Unknown},
		{Age, "30", 30}, {NextFunding, "30m", 1800}, {NextFunding, "1h 30m", 5400}, {NextFunding, "2小时", 7200}, {NextFunding, "", market.Unknown},
	} {
		if got := ParseBound(c.id, c.text); got != c.want && (market.Known(got) || market.Known(c.want)) {
			t.Errorf("%s: %q is read as %v, want %v", c.id, c.text, got, c.want)
		}
	}
}

func TestBoundsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, lang := range assets.Languages() {
		for _, c := range english() {
			for _, x := range []float64{0, 5e7, 123_456_789, -5, 0.25, 90, 5400, 7200} {
				if text := WriteBound(lang, c.ID, &x); c.Number() != nil && ParseBound(c.ID, text) != x {
					t.Errorf("%s %s: %v is written %q, which is %v", lang, c.ID, x, text, ParseBound(c.ID, text))
				}
			}
		}
	}
}

func TestConditionsInWords(t *testing.T) {
	for want, c := range map[string]Condition{
		"OI (USD) ≥ 50 M":                    AtLeast(OIUSD, 5e7),
		"OI 24h % −5 … 5":                    {Column: OIChange24h, Min: pointer(-5), Max: pointer(5)},
		"Funding in ≤ 30m":                   {Column: NextFunding, Max: pointer(1800)},
		"Signal: Strong Bullish, Flush, 1 h": {Column: Signal, Is: []string{"strong_bullish", "flush_1h"}},
	} {
		w := assets.NewWords(assets.English)
		if got := c.Text(w, explain.New(w)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAQuerySurvivesTheRoundTrip(t *testing.T) {
	q := Query{Search: "btc", List: "mine", Kind: signal.StrongBullish, Where: []Condition{AtLeast(OIUSD, 5e7), {Column: Signal, Is: []string{"flush_1h"}}}, Sort: OIChange24h, Descending: true}
	raw, err := json.Marshal(q)
	if err != nil || strings.Contains(string(raw), "Favourites") {
		t.Fatalf("%s, %v", raw, err)
	}
	var back Query
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, q) {
		t.Errorf("%s becomes %+v, %v", raw, back, err)
	}
}

func TestAWatchlistIsAFilter(t *testing.T) {
	rows := signalled()
	q := &Query{List: "mine", Listed: map[string]bool{"SOLUSDT": true}}
	if got := symbolsOf(Arrange(rows, english(), q)); !slices.Equal(got, []string{"SOL"}) {
		t.Errorf("listed: %v", got)
	}
	if got := Arrange(rows, english(), &Query{List: "gone"}); len(got) != 0 {
		t.Errorf("a list that is gone has %d rows", len(got))
	}
}

func TestSmallContractsCrowdTheTop(t *testing.T) {
	var quotes []*market.Quote
	for i, q := range columnstest.Large(20).Quotes {
		q.Mark.Price, q.OpenInterest.Contracts = 1, 1e6
		if i >= 5 {
			q.OpenInterest.Contracts = 1e7
		}
		quotes = append(quotes, q)
	}
	rows := new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: quotes}), nil, columnstest.Now)
	q := &Query{Sort: OIChange24h}
	if !q.Crowded(rows) || q.Crowded(rows[1:]) || q.Crowded(nil) {
		t.Error("five small contracts of ten are a crowd, four are none")
	}
	if (&Query{Sort: OIUSD}).Crowded(rows) || (&Query{Sort: OIChange24h, Where: []Condition{AtLeast(OIUSD, 1)}}).Crowded(rows) {
		t.Error("offered where it is of no use")
	}
}

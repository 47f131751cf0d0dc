package columns

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/format"
)

func english() []Column { return All(assets.NewWords(assets.English), nil) }

func rowsOf(t *testing.T) map[string]*Row {
	t.Helper()
	found := map[string]*Row{}
	for _, r := range new(Maker).Rows(columnstest.Snapshot(), nil, columnstest.Now) {
		found[r.Symbol] = r
	}
	return found
}

func cell(t *testing.T, columns []Column, r *Row, id ID) Cell {
	t.Helper()
	for i := range columns {
		if columns[i].ID == id {
			return columns[i].Cell(r)
		}
	}
	t.Fatalf("no column %s", id)
	return Cell{}
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		lang   assets.Language
		symbol string
		id     ID
		want   Cell
	}{
		{assets.English, "BTCUSDT", Price, Cell{Text: "67,440.6", Tone: Plain}},
		{assets.English, "BTCUSDT", OIUSD, Cell{Text: "5.33 B", Tone: Plain}},
		{assets.English, "BTCUSDT", OIContracts, Cell{Text: "79,068.3", Tone: Plain}},
		{assets.English, "BTCUSDT", PriceChange24h, Cell{Text: "−0.75", Tone: Down}},
		{assets.English, "BTCUSDT", Funding, Cell{Text: "0.0048/8h", Tone: Plain}},
		{assets.English, "BTCUSDT", FundingAPR, Cell{Text: "5.26", Tone: Plain}},
		{assets.English, "BTCUSDT", OIVolume, Cell{Text: "0.38", Tone: Plain}},
		{assets.English, "BTCUSDT", Age, Cell{Text: "2s", Tone: Muted}},
		{assets.English, "ETHUSDT", PriceChange24h, Cell{Text: "+1.62", Tone: Up}},
		{assets.English, "OMUSDT", PriceChange24h, Cell{Text: "0.00", Tone: Muted}},
		{assets.English, "1000SATSUSDT", Price, Cell{Text: "0.00003871", Tone: Plain}},
		{assets.English, "ETHUSDT", Signal, Cell{Text: "▲ Strong Bull", Tone: Up}},
		{assets.English, "SOLUSDT", Signal, Cell{Text: "△ Weak. Rally", Tone: Up}},
		{assets.English, "XRPUSDT", Signal, Cell{Text: "▼ Strong Bear", Tone: Down}},
		{assets.English, "DOGEUSDT", Signal, Cell{Text: "▽ Weak. Selloff", Tone: Down}},
		{assets.English, "BNBUSDT", Signal, Cell{Text: "Neutral", Tone: Muted}},
		{assets.English, "NEWUSDT", Signal, Cell{Text: "–", Tone: Faint}},
		{assets.English, "NEWUSDT", OIChange24h, Cell{Text: "–", Tone: Faint}},
		{assets.English, "LTCUSDT", OIUSD, Cell{Text: "–", Tone: Faint}},
		{assets.English, "LTCUSDT", Age, Cell{Text: "–", Tone: Faint}},
		{assets.English, "TRBUSDT", Age, Cell{Text: "⚠ 3s", Tone: Warning}},
		{assets.Chinese, "BTCUSDT", OIUSD, Cell{Text: "53.3 亿", Tone: Plain}},
		{assets.Chinese, "ETHUSDT", Signal, Cell{Text: "▲ 增仓上涨", Tone: Up}},
		{assets.Chinese, "BTCUSDT", Age, Cell{Text: "2 秒", Tone: Muted}},
	} {
		columns := All(assets.NewWords(c.lang), nil)
		if got := cell(t, columns, rowsOf(t)[c.symbol], c.id); got != c.want {
			t.Errorf("%s %s %s: got %+v, want %+v", c.lang, c.symbol, c.id, got, c.want)
		}
	}
}

func TestEveryColumnIsComplete(t *testing.T) {
	for _, lang := range assets.Languages() {
		seen := map[ID]bool{}
		for _, c := range All(assets.NewWords(lang), nil) {
			if seen[c.ID] {
				t.Errorf("%s: column %s is there twice", lang, c.ID)
			}
			seen[c.ID] = true
			if c.Title == "" || c.Name == "" || c.About == "" || c.Narrow <= 0 || c.Width < c.Narrow {
				t.Errorf("%s: column %s lacks words or width: %+v", lang, c.ID, c)
			}
			if c.Key == nil && c.ID != Symbol {
				t.Errorf("%s: column %s cannot be sorted", lang, c.ID)
			}
		}
		if len(seen) != 35 {
			t.Errorf("%s: %d columns, want 35", lang, len(seen))
		}
	}
}

// The words of a tooltip come from the locales; a key would show as an empty
// text or as the key itself.
func TestEveryTooltipSpeaks(t *testing.T) {
	for _, lang := range assets.Languages() {
		columns := All(assets.NewWords(lang), nil)
		for symbol, r := range rowsOf(t) {
			for _, c := range columns {
				if c.Tip == nil {
					continue
				}
				content := c.Tip(r)
				for _, s := range append(content.Texts(), c.Header().Texts()...) {
					if s == "" || strings.Contains(s, "column.") || strings.Contains(s, "signal.") || strings.Contains(s, "<no value>") || strings.Contains(s, "NaN") || strings.Contains(s, "%!") {
						t.Errorf("%s %s %s: %q", lang, symbol, c.ID, s)
					}
				}
				for _, f := range content.Facts {
					if f.Label == "" || f.Value == "" {
						t.Errorf("%s %s %s: fact without label or value: %+v", lang, symbol, c.ID, f)
					}
				}
				if len(content.Texts()) < 2 {
					t.Errorf("%s %s %s: tooltip says nothing: %+v", lang, symbol, c.ID, content)
				}
			}
		}
	}
}

func tipOf(t *testing.T, symbol string, id ID) string {
	t.Helper()
	columns := english()
	r := rowsOf(t)[symbol]
	return strings.Join(column(columns, id).Tip(r).Texts(), " | ")
}

func TestTooltipsAreExact(t *testing.T) {
	for _, c := range []struct {
		symbol string
		id     ID
		want   []string
	}{
		{"BTCUSDT", OIContracts, []string{"79,068.312 BTC", "2025-06-17 12:04:07 UTC", "2025-06-17 12:04:06 UTC"}},
		{"BTCUSDT", OIUSD, []string{"5,332,414,402 USD", "79,068.312 BTC", "67,440.6 USDT"}},
		{"1000SATSUSDT", Price, []string{"0.00003871 USDT"}},
		{"BTCUSDT", Funding, []string{"0.0048 %", "8 h", "5.26 %", "2025-06-17 16:00:00 UTC", "2 %, −2 %"}},
		{"BTCUSDT", OIChange24h, []string{"−1.", " %", "BTC", "2025-06-16 12:00 UTC", "Change, live at 12:04:07 UTC", "Change at the closed stamp 12:00 UTC"}},
		{"ETHUSDT", OIChange24h, []string{"+3.24 %", "+66,543.897 ETH", "2,053,943.258 ETH"}},
		{"NEWUSDT", OIChange24h, []string{"Not received yet."}},
		{"TRBUSDT", OIUSD, []string{"Last request failed", "not what was asked for", "Next try at 12:04:30 UTC."}},
		{"OMUSDT", Price, []string{"This row is old"}},
		{"ETHUSDT", Signal, []string{"Strong Bullish", "Closed stamp 12:00 UTC", "+3.24 %  12:04:06", "What it means", "What it does not mean", "section “Strong Bullish”"}},
		{"BNBUSDT", Signal, []string{"Neutral", "hardly moved", "where 1 % would count"}},
		{"NEWUSDT", Signal, []string{"Unknown", "is not known", "section “Reading it with price”"}},
	} {
		got := tipOf(t, c.symbol, c.id)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s %s: %q is not in the tooltip:\n%s", c.symbol, c.id, want, got)
			}
		}
	}
}

func TestAMissingStampIsNamed(t *testing.T) {
	columns := english()
	s := columnstest.Snapshot()
	q := *s.Quote("BTCUSDT")
	h := *q.History
	hole := market.FloorStamp(q.OpenInterest.Received.UnixMilli() - market.Window1h.Millis())
	h.Points = slices.DeleteFunc(slices.Clone(h.Points), func(p market.Point) bool { return p.Time == hole })
	q.History = &h
	r := new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q}}), nil, columnstest.Now)[0]
	if got := cell(t, columns, r, OIChange1h); got.Text != format.Unknown {
		t.Errorf("change over a missing stamp reads %q", got.Text)
	}
	if got := strings.Join(column(columns, OIChange1h).Tip(r).Texts(), " "); !strings.Contains(got, "no open interest for 2025-06-17 11:00 UTC") {
		t.Errorf("the missing stamp is not named: %s", got)
	}
}

func TestAgeAndStaleness(t *testing.T) {
	rows := rowsOf(t)
	if !rows["OMUSDT"].Stale() || rows["BTCUSDT"].Stale() || rows["LTCUSDT"].Stale() {
		t.Error("exactly the old row should be stale")
	}
}

func TestUnchangedRowsAreReused(t *testing.T) {
	columns := english()
	m := &Maker{}
	s := columnstest.Snapshot()
	first := m.Rows(s, nil, columnstest.Now)
	if again := m.Rows(s, nil, columnstest.Now.Add(300*time.Millisecond)); !slices.Equal(first, again) {
		t.Error("within the same second, rows were made anew")
	}
	later := m.Rows(s, nil, columnstest.Now.Add(2*time.Second))
	for i, r := range later {
		if r.AgeKnown && r == first[i] {
			t.Errorf("%s did not age", r.Symbol)
		}
		for j := range columns {
			c := &columns[j]
			timed := c.ID == Age || c.ID == NextFunding
			if c.Cell != nil && !timed && c.Cell(r) != c.Cell(first[i]) {
				t.Errorf("%s %s changed with time alone", r.Symbol, c.ID)
			}
		}
	}
	quotes := slices.Clone(s.Quotes)
	moved := *s.Quote("BTCUSDT")
	moved.Mark.Price *= 1.01
	for i, q := range quotes {
		if q.Contract.Symbol == "BTCUSDT" {
			quotes[i] = &moved
		}
	}
	for i, r := range m.Rows(market.NewSnapshot(market.Snapshot{Quotes: quotes}), nil, columnstest.Now.Add(2*time.Second)) {
		if same := r == later[i]; same == (r.Symbol == "BTCUSDT") {
			t.Errorf("%s: same row %t", r.Symbol, same)
		}
	}
}

func TestExactValuesRoundTrip(t *testing.T) {
	columns := english()
	for symbol, r := range rowsOf(t) {
		for _, c := range columns {
			if c.Exact == nil || c.Key == nil || c.ID == Signal {
				continue
			}
			want := c.Key(r, &Query{})
			got, err := strconv.ParseFloat(c.Exact(r), 64)
			if err != nil {
				got = market.Unknown
			}
			if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s %s: %q is not %v", symbol, c.ID, c.Exact(r), want)
			}
		}
	}
}

// Under a heading with % stand percentages, under one without stands none: on
// screen in every language, in copies, and in files, where the name says it.
func TestHeadingsSayWhatIsPercent(t *testing.T) {
	for _, lang := range assets.Languages() {
		for _, c := range All(assets.NewWords(lang), nil) {
			n := market.NumberOf(market.NumberID(c.ID))
			pct := n != nil && n.Unit == market.UnitPercent
			if strings.Contains(c.Title, "%") != pct || strings.HasSuffix(c.Field, "_pct") != pct {
				t.Errorf("%s: %q, in files %q: in percent %t", lang, c.Title, c.Field, pct)
			}
		}
	}
	columns := english()
	r := rowsOf(t)["BTCUSDT"]
	for id, want := range map[ID]string{Funding: "0.0048", FundingAPR: "5.256", PriceChange24h: "-0.75"} {
		if got := column(columns, id).Exact(r); got != want {
			t.Errorf("%s is copied as %q, want %q", id, got, want)
		}
	}
}

func symbolsOf(rows []*Row) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = strings.TrimSuffix(r.Symbol, "USDT")
	}
	return names
}

func TestUnknownComesLastInBothDirections(t *testing.T) {
	columns := english()
	rows := new(Maker).Rows(columnstest.Snapshot(), nil, columnstest.Now)
	for _, c := range columns {
		if c.Key == nil {
			continue
		}
		for _, descending := range []bool{false, true} {
			q := &Query{Sort: c.ID, Descending: descending}
			keys := make([]float64, 0, len(rows))
			for _, r := range Arrange(rows, columns, q) {
				keys = append(keys, c.Key(r, q))
			}
			known := slices.DeleteFunc(slices.Clone(keys), math.IsNaN)
			if slices.ContainsFunc(keys[:len(known)], math.IsNaN) {
				t.Errorf("%s, descending %t: unknown among the known: %v", c.ID, descending, keys)
			}
			if descending {
				slices.Reverse(known)
			}
			if !slices.IsSorted(known) {
				t.Errorf("%s, descending %t: not in order: %v", c.ID, descending, keys)
			}
		}
	}
}

// Of equal rows the larger comes first, whichever way the table is sorted; what is
// equal even then keeps its order.
func TestTiesAreOrderedByOpenInterest(t *testing.T) {
	columns := english()
	rows := new(Maker).Rows(columnstest.Large(300), nil, columnstest.Now)
	stars := map[string]bool{}
	for i, r := range rows {
		stars[r.Symbol] = i%3 == 0
	}
	for _, descending := range []bool{false, true} {
		got := Arrange(rows, columns, &Query{Sort: Star, Descending: descending, Favourites: stars})
		for _, starred := range []bool{false, true} {
			equal := slices.DeleteFunc(slices.Clone(got), func(r *Row) bool { return stars[r.Symbol] != starred })
			if !slices.IsSortedFunc(equal, func(a, b *Row) int { return cmp.Compare(b.Quote.OpenInterestUSD(), a.Quote.OpenInterestUSD()) }) {
				t.Errorf("descending %t: equal rows are not ordered by open interest", descending)
			}
		}
	}
	unknown := market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{{Contract: market.Contract{Symbol: "A"}}, {Contract: market.Contract{Symbol: "B"}}}})
	rows = new(Maker).Rows(unknown, nil, columnstest.Now)
	if got := symbolsOf(Arrange(rows, columns, &Query{Sort: OIUSD, Descending: true})); !slices.Equal(got, []string{"A", "B"}) {
		t.Errorf("what is equal in everything trades places: %v", got)
	}
}

func TestSearchRanks(t *testing.T) {
	columns := english()
	var quotes []*market.Quote
	for _, base := range []string{"1000PEPE", "PEPE", "PEPECOIN", "APEPEB", "BTC", "币安人生"} {
		quotes = append(quotes, &market.Quote{Contract: market.Contract{Symbol: base + "USDT", BaseAsset: base}})
	}
	rows := new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: quotes}), nil, columnstest.Now)
	for search, want := range map[string][]string{
		"pepe":     {"PEPE", "PEPECOIN", "1000PEPE", "APEPEB"},
		" PEPE ":   {"PEPE", "PEPECOIN", "1000PEPE", "APEPEB"},
		"pepeusdt": {"PEPE", "1000PEPE"},
		"人生":       {"币安人生"},
		"币安":       {"币安人生"},
		"btcusdt":  {"BTC"},
		"nothing":  {},
		"":         {"1000PEPE", "PEPE", "PEPECOIN", "APEPEB", "BTC", "币安人生"},
	} {
		got := symbolsOf(Arrange(rows, columns, &Query{Search: search, Sort: OIUSD, Descending: true}))
		if !slices.Equal(got, want) {
			t.Errorf("search %q: got %v, want %v", search, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	columns := english()
	rows := new(Maker).Rows(columnstest.Snapshot(), nil, columnstest.Now)
	stars := map[string]bool{"ETHUSDT": true, "DOGEUSDT": true}
	if got := symbolsOf(Arrange(rows, columns, &Query{FavouritesOnly: true, Favourites: stars, Sort: OIUSD, Descending: true})); !slices.Equal(got, []string{"ETH", "DOGE"}) {
		t.Errorf("favourites: %v", got)
	}
	counts := Counts(rows)
	total := 0
	for _, k := range append(signal.ReadingKinds(), signal.Neutral) {
		got := Arrange(rows, columns, &Query{Kind: k, Sort: Symbol})
		total += len(got)
		if len(got) == 0 || len(got) != counts.Readings[k] {
			t.Errorf("%s: %d rows, the chip says %d", k, len(got), counts.Readings[k])
		}
		for _, r := range got {
			if r.Reading.Kind != k {
				t.Errorf("%s is among %s", r.Symbol, k)
			}
		}
	}
	if total+counts.Readings[signal.Unknown] != len(rows) {
		t.Errorf("chips count %d of %d rows", total+counts.Readings[signal.Unknown], len(rows))
	}
}

func BenchmarkRowsAllChanged(b *testing.B) {
	columns := english()
	m := &Maker{}
	s := columnstest.Large(517)
	q := &Query{Sort: DefaultSort, Descending: DefaultDescending}
	for b.Loop() {
		quotes := make([]*market.Quote, len(s.Quotes))
		for i, old := range s.Quotes {
			q := *old
			quotes[i] = &q
		}
		rows := m.Rows(market.NewSnapshot(market.Snapshot{Quotes: quotes}), nil, columnstest.Now)
		Arrange(rows, columns, q)
	}
}

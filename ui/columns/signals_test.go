package columns

import (
	"slices"
	"strings"
	"testing"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/explain"
)

func evaluated(t *testing.T) map[string]*Row {
	t.Helper()
	rows := map[string]*Row{}
	for _, r := range new(Maker).Rows(columnstest.Snapshot(), columnstest.Board(), columnstest.Now) {
		rows[r.Symbol] = r
	}
	return rows
}

func TestSignalCellsShowMarksBesideTheReading(t *testing.T) {
	columns := english()
	rows := evaluated(t)
	for symbol, want := range map[string]Cell{
		"ETHUSDT":  {Text: "▲▲ Strong Bull", Tight: "▲▲ Bull", Tone: Up}, // pronounced
		"SOLUSDT":  {Text: "▲▲ Strong Bull ⚡", Tight: "▲▲ Bull ⚡", Tone: Up},
		"DOGEUSDT": {Text: "▽▽ Weak. Selloff ⚠💥", Tight: "▽▽ Selloff ⚠💥", Tone: Down},
		"LINKUSDT": {Text: "▲▲ Strong Bull ⚠", Tight: "▲▲ Bull ⚠", Tone: Up},
		"HYPEUSDT": {Text: "▲▲ Strong Bull 🔄", Tight: "▲▲ Bull 🔄", Tone: Up},
		"AVAXUSDT": {Text: "△ Weak. Rally", Tone: Up}, // no z: not pronounced, no marks
		"BNBUSDT":  {Text: "Neutral", Tone: Muted},
		"LTCUSDT":  {Text: "–", Tone: Faint},
	} {
		if got := cell(t, columns, rows[symbol], Signal); got != want {
			t.Errorf("%s: %+v, want %+v", symbol, got, want)
		}
	}
}

func TestThinContractsAreGreyed(t *testing.T) {
	columns := english()
	s := columnstest.Snapshot()
	for _, q := range s.Quotes {
		if q.Contract.Symbol == "OMUSDT" {
			q.Ticker.PriceChangePct = 5
		}
	}
	r := evaluated(t)["OMUSDT"]
	if !r.Sign.Thin() {
		t.Fatal("a market of $9M a day is thin")
	}
	r.Reading.Kind = signal.StrongBullish
	if got := newSignalCells(assets.NewWords(assets.English)).cell(r); got.Tone != Muted || !strings.Contains(got.Text, "Strong Bull") {
		t.Errorf("%+v", got)
	}
	if tip := strings.Join(column(columns, Signal).Tip(r).Texts(), "\n"); !strings.Contains(tip, "Thin, so shown greyed") || !strings.Contains(tip, "$9.10 M") {
		t.Errorf("its tooltip does not say so:\n%s", tip)
	}
}

func TestSignalTipTellsTheEvidence(t *testing.T) {
	e := explain.New(assets.NewWords(assets.English))
	e.Score = func(k signal.EventKind, symbol string) string { return "scored " + string(k) + " on " + symbol }
	columns := All(assets.NewWords(assets.English), e)
	rows := evaluated(t)
	for symbol, says := range map[string][]string{
		"SOLUSDT": {
			"SOLUSDT · Strong Bullish · pronounced", "+2.84 %", "Closed stamp 12:00 UTC", "z +", // both changes and how unusual
			"Its percentile in 30 days", "… from positions", "… from the price", "+125 M USD", // the split
			"⚡ Spike, 1 h", "Open interest rose 8.", "The largest of this contract’s 1h changes", "Counts from: open interest ≥ 3 %, z ≥ 3.",
			"scored strong_bullish_24h on SOLUSDT", "scored spike_1h on SOLUSDT",
			"In the last 24 hours", "⚡ Spike, 1 h: 12:00 UTC, 4m ago",
			"section “⚡ Spike”", "double click: the chart at 2025-06-17 12:00 UTC",
		},
		"DOGEUSDT": {"💥 Flush, 1 h", "longs were closed", "⚠ Low not confirmed", "fewer contracts open"},
		"HYPEUSDT": {"🔄 Crowded longs", "Longs pay 175.2 % a year", "open interest percentile ≥ 90"},
		"AVAXUSDT": {"Not enough history yet (", "of 7 days)"},
		"ETHUSDT":  {"What it does not mean"},
		"LTCUSDT":  {"Unknown"},
	} {
		text := strings.Join(column(columns, Signal).Tip(rows[symbol]).Texts(), "\n")
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("%s does not say %q:\n%s", symbol, s, text)
			}
		}
	}
}

// A tooltip in Chinese is Chinese.
func TestSignalTipInChinese(t *testing.T) {
	columns := All(assets.NewWords(assets.Chinese), nil)
	for symbol, r := range evaluated(t) {
		for _, s := range column(columns, Signal).Tip(r).Texts() {
			for _, word := range []string{"Open interest", "Price", "ago", "history", "percentile"} {
				if strings.Contains(s, word) {
					t.Errorf("%s: %q", symbol, s)
				}
			}
		}
	}
}

func TestWhatARowShowsIsFilteredAndCounted(t *testing.T) {
	columns := english()
	rows := new(Maker).Rows(columnstest.Snapshot(), columnstest.Board(), columnstest.Now)
	counts := Counts(rows)
	for _, k := range []signal.EventKind{signal.Spike1h, signal.Flush1h, signal.CrowdedLongs, signal.DivergenceHigh, signal.StrongBullish4h} {
		shown := Arrange(rows, columns, &Query{Sort: Symbol, Event: k})
		if len(shown) == 0 || len(shown) != counts.Events[k] || slices.ContainsFunc(shown, func(r *Row) bool { return !r.Sign.Shows(k) }) {
			t.Errorf("%s: %d rows, counted %d", k, len(shown), counts.Events[k])
		}
	}
	if counts.Marked < 5 || counts.Marked >= len(rows) {
		t.Errorf("%d rows have marks", counts.Marked)
	}
	bySignal := Arrange(rows, columns, &Query{Sort: Signal})
	if got := bySignal[0]; len(got.marks()) == 0 || got.Reading.Kind != signal.StrongBullish {
		t.Errorf("first by signal is %s: those with marks come first", got.Symbol)
	}
}

// A new board changes the rows of which it says something new, and only those.
func TestRowsFollowTheBoard(t *testing.T) {
	m, s, b := &Maker{}, columnstest.Snapshot(), columnstest.Board()
	before := m.Rows(s, nil, columnstest.Now)
	after := m.Rows(s, b, columnstest.Now)
	for i, r := range after {
		if (r != before[i]) != (b.Sign(r.Symbol) != nil) {
			t.Errorf("%s: row changed %t", r.Symbol, r != before[i])
		}
	}
	if again := m.Rows(s, b, columnstest.Now); !slices.Equal(again, after) {
		t.Error("the same board made new rows")
	}
}

func TestTheGuideSectionIsThatOfTheMark(t *testing.T) {
	rows := evaluated(t)
	for symbol, want := range map[string]string{"SOLUSDT": "spike", "HYPEUSDT": "crowding", "LINKUSDT": "divergence", "ETHUSDT": "strong_bullish", "BNBUSDT": "counts", "LTCUSDT": "matrix"} {
		if got := rows[symbol].GuideSection(); got != want {
			t.Errorf("%s: %s, want %s", symbol, got, want)
		}
	}
}

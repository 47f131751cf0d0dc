package columns

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// whoRow is BTCUSDT with ratios of a stamp so long ago, and liquidations seen while
// somebody listened for so long.
func whoRow(age, listened time.Duration) *Row {
	q := *columnstest.Snapshot().Quote("BTCUSDT")
	stamp := columnstest.Now.Truncate(market.Step).Add(-age)
	for k := range q.Ratios {
		q.Ratios[k] = market.RatioReading{Value: 0.5 + float64(k), Time: stamp.UnixMilli(), Received: columnstest.Now}
	}
	q.Mark.Index = q.Mark.Price / 1.0005
	q.Liquidations = market.LiquidationsSeen{Received: columnstest.Now,
		Hour: market.Liquidated{Longs: 1_234_567, Count: 3, Listened: listened},
		Day:  market.Liquidated{Longs: 1_234_567, Shorts: 9_000, Count: 5, Listened: listened}}
	return new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q}}), nil, columnstest.Now)[0]
}

// None of the columns is shown by itself, however much room there is; all of them
// can be filtered by, and named in files.
func TestWhoColumnsAreOffAtFirst(t *testing.T) {
	for _, c := range whoOf(t) {
		if c.Default || c.Spare != 0 || c.Number() == nil || !c.Number().Column {
			t.Errorf("%s: shown at first %t, to spare %d, number %v", c.ID, c.Default, c.Spare, c.Number())
		}
	}
}

// whoOf are the columns of who stands where, worded in English.
func whoOf(t *testing.T) (who []Column) {
	t.Helper()
	begins := false
	for _, c := range english() {
		begins = begins || c.ID == LongShortAccounts
		if c.ID == Signal {
			break
		}
		if begins {
			who = append(who, c)
		}
	}
	if len(who) != 9 {
		t.Fatalf("%d columns, want 9", len(who))
	}
	return who
}

// A ratio of the newest stamps is written plainly; an older one is dimmed, and the
// tooltip says so. What is counted is always said.
func TestRatiosSayWhatTheyCountAndDim(t *testing.T) {
	columns := english()
	for _, c := range []struct {
		age  time.Duration
		tone Tone
	}{{0, Plain}, {5 * time.Minute, Plain}, {15 * time.Minute, Faint}} {
		r := whoRow(c.age, time.Hour)
		if got := cell(t, columns, r, TopLongShortPositions); got.Text != "2.50" || got.Tone != c.tone {
			t.Errorf("%v old: %+v, want tone %v", c.age, got, c.tone)
		}
		text := strings.Join(column(columns, TopLongShortPositions).Tip(r).Texts(), " | ")
		for _, want := range []string{"It counts positions", "20 % of accounts", "UTC", "71.43 %"} {
			if !strings.Contains(text, want) {
				t.Errorf("the tooltip lacks %q: %s", want, text)
			}
		}
		if old := strings.Contains(text, "older than two stamps"); old != (c.tone == Faint) {
			t.Errorf("%v old, the tooltip says it is old: %t", c.age, old)
		}
	}
	for id, want := range map[ID]string{LongShortAccounts: "not money", TopLongShortAccounts: "does not say that they trade well", TakerBuySell: "who was in a hurry"} {
		if text := strings.Join(column(columns, id).Tip(whoRow(0, 0)).Texts(), " "); !strings.Contains(text, want) {
			t.Errorf("%s: %s", id, text)
		}
	}
	if got := cell(t, columns, rowsOf(t)["BTCUSDT"], LongShortAccounts); got.Text != format.Unknown {
		t.Errorf("a ratio nobody asked for reads %q", got.Text)
	}
}

// Liquidations are lower bounds in the cell and in the tooltip; none seen is not
// the same as nobody listening.
func TestLiquidationsAreLowerBounds(t *testing.T) {
	columns := english()
	r := whoRow(0, 40*time.Minute)
	if got := cell(t, columns, r, LiquidatedLongs1h); got.Text != "≥ $1.23 M" {
		t.Errorf("longs read %q", got.Text)
	}
	if got := cell(t, columns, r, LiquidatedShorts1h); got.Text != "none seen" || got.Tone != Muted {
		t.Errorf("shorts read %+v", got)
	}
	text := strings.Join(column(columns, LiquidatedLongs1h).Tip(r).Texts(), " | ")
	for _, want := range []string{"at least $1,234,567 in 1h, seen", "none seen", "40m of the last 1h", "largest order of each contract and second"} {
		if !strings.Contains(text, want) {
			t.Errorf("the tooltip lacks %q: %s", want, text)
		}
	}
	deaf := whoRow(0, 0)
	if got := cell(t, columns, deaf, LiquidatedShorts1h); got.Text != format.Unknown {
		t.Errorf("where nobody listened, shorts read %q", got.Text)
	}
	if text := strings.Join(column(columns, LiquidatedShorts1h).Tip(deaf).Texts(), " | "); !strings.Contains(text, "Nobody listened") || strings.Contains(text, "Not received yet") {
		t.Errorf("where nobody listened, the tooltip says %s", text)
	}
	where := Condition{Column: LiquidatedLongs1h, Min: new(float64)}
	if !where.Matches(r) || where.Matches(deaf) {
		t.Error("a filter takes “not listening” for a number")
	}
}

func TestBasisHasItsTwoPrices(t *testing.T) {
	columns, r := english(), whoRow(0, 0)
	if got := cell(t, columns, r, Basis); got.Text != "+0.050" || got.Tone != Up {
		t.Errorf("basis reads %+v", got)
	}
	if text := strings.Join(column(columns, Basis).Tip(r).Texts(), " | "); !strings.Contains(text, "Index price") || !strings.Contains(text, "never expires") {
		t.Errorf("the tooltip says %s", text)
	}
}

// The tooltips of who stands where lead to the sections of the guide about them.
func TestTooltipsLeadToTheGuide(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false)) // by which lines are measured
	titles := map[string]string{}
	for _, s := range assets.Guide(assets.English) {
		titles[s.ID] = s.Title
	}
	r := whoRow(0, time.Hour)
	for _, c := range whoOf(t) {
		if lines, under := c.Tip(r), c.Tip(r).Brief(); len(under.Paragraphs) != len(lines.Paragraphs) {
			t.Errorf("%s: under the pointer the tooltip does not say what is counted", c.ID)
		}
		if footer := c.Tip(r).Footer; titles[c.Guide] == "" || !strings.Contains(footer, titles[c.Guide]) {
			t.Errorf("%s: section %q, %q, and the tooltip ends with %q", c.ID, c.Guide, titles[c.Guide], footer)
		}
	}
}

package columns

import (
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/format"
)

// While the exchange publishes its stamps late, the short changes are empty, and
// the tooltip says why.
func TestLateStampsAreSaid(t *testing.T) {
	columns := english()
	q := *columnstest.Snapshot().Quote("BTCUSDT")
	h := *q.History
	h.Points = h.Points[:h.Len()-3]
	q.History = &h
	r := new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q}}), nil, columnstest.Now)[0]
	if got := cell(t, columns, r, OIChange5m); got.Text != format.Unknown {
		t.Errorf("a change since a stamp that has not come reads %q", got.Text)
	}
	got := strings.Join(column(columns, OIChange5m).Tip(r).Texts(), " ")
	if !strings.Contains(got, "newest stamp is that of 2025-06-17 11:45 UTC") || !strings.Contains(got, "measured from that of 2025-06-17 11:55 UTC") {
		t.Errorf("the tooltip does not say that the exchange is late: %s", got)
	}
}

// After a redenomination the row's change is that of positions, and the tooltip
// says what became of the older number.
func TestAChangeOfUnitIsSaid(t *testing.T) {
	columns := english()
	q := *columnstest.Snapshot().Quote("ETHUSDT")
	plain := q.OpenInterestChange(market.Window24h)
	points := slices.Clone(q.History.Points)
	for i := range points[:200] {
		points[i].Contracts /= 100
		points[i].Price *= 100
	}
	q.History = market.NewSeries(q.History.Symbol, q.History.Period, points)
	r := new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q}}), nil, columnstest.Now)[0]
	if got := cell(t, columns, r, OIChange24h).Text; got != format.Percent(plain) {
		t.Errorf("the row reads %q, %q without the change of unit", got, format.Percent(plain))
	}
	got := strings.Join(column(columns, OIChange24h).Tip(r).Texts(), " ")
	if !strings.Contains(got, "redenominated 1 : 100") || !strings.Contains(got, "2,053,943.258 ETH") {
		t.Errorf("the tooltip: %s", got)
	}
}

// While only one of open interest and price is in the new unit, what hangs on both
// is a dash, and the tooltips say why.
func TestAUnitThatIsUnclearIsSaid(t *testing.T) {
	columns := english()
	q := *columnstest.Snapshot().Quote("ETHUSDT")
	q.OpenInterest.Contracts *= 100
	r := new(Maker).Rows(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q}}), nil, columnstest.Now)[0]
	for _, id := range []ID{OIUSD, OIChange5m, OIChange24h, PriceChange24h, OIVolume} {
		if got := cell(t, columns, r, id).Text; got != format.Unknown {
			t.Errorf("%s reads %q", id, got)
		}
		if got := strings.Join(column(columns, id).Tip(r).Texts(), " "); !strings.Contains(got, "new unit yet") || strings.Contains(got, "Not received yet") {
			t.Errorf("%s: the tooltip says %s", id, got)
		}
	}
	if got := cell(t, columns, r, OIContracts).Text; got == format.Unknown {
		t.Error("the contracts, which are served, are not shown")
	}
}

// The signal goes by the closed stamp and the row is live: the tooltip has both,
// and the live one is the one in the row.
func TestTheSignalsNumbersStandBesideTheRows(t *testing.T) {
	columns := english()
	differ := 0
	for symbol, r := range evaluated(t) {
		if r.Reading.Stamp == 0 {
			continue
		}
		facts := column(columns, Signal).Tip(r).Facts
		oi, price := facts[1], facts[2]
		if want := cell(t, columns, r, OIChange24h).Text; !strings.HasPrefix(oi.Beside, want) || want != format.Unknown && !strings.HasSuffix(oi.Beside, r.Quote.OpenInterest.Received.UTC().Format(time.TimeOnly)) {
			t.Errorf("%s: the row reads %s, the tooltip %+v", symbol, want, oi)
		}
		if want := cell(t, columns, r, PriceChange24h).Text; !strings.HasPrefix(price.Beside, want) {
			t.Errorf("%s: the row reads %s, the tooltip %+v", symbol, want, price)
		}
		if want := format.PercentUnit(r.Reading.OpenInterestPct); !strings.HasPrefix(oi.Value, want) {
			t.Errorf("%s: the signal goes by %s, the tooltip says %+v", symbol, want, oi)
		}
		if !strings.HasPrefix(oi.Value, strings.Fields(oi.Beside)[0]) {
			differ++
		}
	}
	if differ == 0 {
		t.Error("no row differs from its signal: the test shows nothing")
	}
}

// Where a number of a closed stamp, or of another moment, stands beside a live one, the
// line of each says of when it is; the date is said where it is not today's.
func TestNumbersSideBySideSayOfWhenTheyAre(t *testing.T) {
	columns := english()
	for symbol, r := range rowsOf(t) {
		q := r.Quote
		if q.OpenInterest.Received.IsZero() || q.Mark.Received.IsZero() || q.Ticker.Received.IsZero() || r.Reading.Stamp == 0 {
			continue
		}
		oi, mark, ticker := format.Clock(q.OpenInterest.Received), format.Clock(q.Mark.Received), format.Clock(q.Ticker.Received)
		closed := format.Minute(time.UnixMilli(r.Reading.Stamp))
		for id, want := range map[ID][]string{
			Price:          {"Mark price, " + mark, "Last price, " + ticker},
			PriceChange24h: {"Price 1h, live at " + mark, "Price 24h, live at " + ticker, "24h at the closed stamp " + closed, "Last price, " + ticker},
			OIUSD:          {"Open interest, " + oi, "Mark price, " + mark},
			OIVolume:       {"Volume 24h, " + ticker, "Worth, " + oi},
			OIChange24h:    {"Change, live at " + oi, "Change at the closed stamp " + closed, "Contracts, live at " + oi},
			Signal:         {"Closed stamp " + closed, "  " + format.BareClock(q.OpenInterest.Received), "  " + format.BareClock(q.Ticker.Received)},
		} {
			got := strings.Join(column(columns, id).Tip(r).Texts(), " | ")
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%s %s: %q is not in %s", symbol, id, w, got)
				}
			}
		}
	}
	s := columnstest.Snapshot()
	later := columnstest.Now.Add(20 * time.Hour)
	r := new(Maker).Rows(s, nil, later)[slices.IndexFunc(s.Quotes, func(q *market.Quote) bool { return q.Contract.Symbol == "BTCUSDT" })]
	for id, want := range map[ID][]string{
		OIChange24h: {"live at 2025-06-17 12:04:07 UTC", "closed stamp 2025-06-17 12:00 UTC"},
		Signal:      {"Closed stamp 2025-06-17 12:00 UTC", "  06-17 12:04"},
	} {
		got := strings.Join(column(columns, id).Tip(r).Texts(), " | ")
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("twenty hours later, %s: %q is not in %s", id, w, got)
			}
		}
	}
}

package history

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"openinterest/data/market"
)

func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func save(t testing.TB, s *Store, rows []Row) Saved {
	t.Helper()
	saved, err := s.SaveStamps(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func rowsOf(symbol string, stamps []Stamp) []Row {
	rows := make([]Row, len(stamps))
	for i, s := range stamps {
		rows[i] = Row{Symbol: symbol, Point: s.Point(), USD: s.USD, Source: s.Source}
	}
	return rows
}

func all(t testing.TB, s *Store, symbol string) []Stamp {
	t.Helper()
	stamps, err := s.Stamps(context.Background(), symbol, 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	return stamps
}

func sameStamps(t testing.TB, got, want []Stamp) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d stamps, want %d", len(got), len(want))
	}
	for i := range got {
		if !sameStamp(got[i], want[i]) {
			t.Fatalf("stamp %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

// day0 is a day in December 2025.
const day0 = 20_430

func stamp(i int, contracts float64, source Source) Stamp {
	return Stamp{Time: stampOf(day0, 0) + int64(i)*market.StepMillis, Contracts: contracts, Price: 2, USD: 2 * contracts, Source: source}
}

func TestStampsComeBackWhicheverWayTheyWent(t *testing.T) {
	want := recordedStamps(t, "BTCUSDT")[:3_000]
	for _, batch := range []int{1, 7, 100, 3_000} {
		t.Run(fmt.Sprint(batch, " at a time"), func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			n := 0
			for part := want; len(part) > 0; part = part[min(batch, len(part)):] {
				if n++; batch == 1 && n > 300 {
					break
				}
				save(t, s, rowsOf("BTCUSDT", part[:min(batch, len(part))]))
			}
			kept := want
			if batch == 1 {
				kept = want[:300]
			}
			sameStamps(t, all(t, s, "BTCUSDT"), kept)
			s.Close()
			sameStamps(t, all(t, openStore(t, dir), "BTCUSDT"), kept)
		})
	}
}

func TestTheBetterSourceWins(t *testing.T) {
	for _, many := range []bool{false, true} { // through the journal, and straight to blocks
		s := openStore(t, t.TempDir())
		put := func(contracts float64, source Source) {
			var stamps []Stamp
			for i := range 48 {
				stamps = append(stamps, stamp(i, contracts, source))
			}
			if many {
				save(t, s, rowsOf("X", stamps))
				return
			}
			for i := 0; i < len(stamps); i += 4 {
				save(t, s, rowsOf("X", stamps[i:i+4]))
			}
		}
		for _, step := range []struct {
			contracts float64
			source    Source
			want      float64
		}{{1, Live, 1}, {2, API, 2}, {3, Live, 2}, {4, API, 4}, {5, Archive, 5}, {6, API, 5}, {7, Archive, 7}} {
			put(step.contracts, step.source)
			for _, got := range all(t, s, "X") {
				if got.Contracts != step.want {
					t.Fatalf("after %v from the %v, a stamp has %v, want %v", step.contracts, step.source, got.Contracts, step.want)
				}
			}
		}
	}
}

func TestTheLastWordOfASourceCountsWhicheverWayItWent(t *testing.T) {
	s := openStore(t, t.TempDir())
	var early, late []Stamp
	for i := range 60 {
		early, late = append(early, stamp(i, 1, API)), append(late, stamp(i, 2, API))
	}
	save(t, s, rowsOf("X", early[:5])) // to the journal
	save(t, s, rowsOf("X", late))      // straight to a block
	sameStamps(t, all(t, s, "X"), late)
	save(t, s, rowsOf("X", early[50:55]))
	sameStamps(t, all(t, s, "X"), append(append(append([]Stamp{}, late[:50]...), early[50:55]...), late[55:]...))
}

func TestSourcesAreCrossChecked(t *testing.T) {
	s := openStore(t, t.TempDir())
	var api, archive []Stamp
	for i := range 100 {
		api = append(api, stamp(i, 1000, API))
		archive = append(archive, stamp(i, 1000, Archive))
	}
	archive[3] = stamp(3, 1001, Archive)
	archive[4].Price, archive[4].USD = 3, 3000
	save(t, s, rowsOf("X", api))
	saved := save(t, s, rowsOf("X", archive))
	if saved.Compared != 100 || saved.Disagreed != 2 || math.Abs(saved.Worst-1.0/1001) > 1e-12 {
		t.Errorf("%+v", saved)
	}
}

func TestUnusableRowsAreCounted(t *testing.T) {
	s := openStore(t, t.TempDir())
	good := rowsOf("X", []Stamp{stamp(0, 5, API)})[0]
	rows := []Row{good}
	for _, spoil := range []func(*Row){
		func(r *Row) { r.Symbol = "" },
		func(r *Row) { r.Symbol = "X\x1b[2J" },
		func(r *Row) { r.Symbol = "=X" },
		func(r *Row) { r.Source = 0 },
		func(r *Row) { r.Source = 9 },
		func(r *Row) { r.Point.Contracts = 0 },
		func(r *Row) { r.Point.Contracts = math.NaN() },
		func(r *Row) { r.Point.Time = -1 },
		func(r *Row) { r.Point.Time = math.MaxInt64 },
		func(r *Row) { r.Point.Time = time.Date(2100, 1, 1, 0, 5, 0, 0, time.UTC).UnixMilli() },
		func(r *Row) { r.Point.Contracts = 1e300 },
		func(r *Row) { r.Point.Contracts = 1e-300 },
	} {
		bad := good
		spoil(&bad)
		rows = append(rows, bad)
	}
	if saved := save(t, s, rows); saved.Unusable != len(rows)-1 || saved.Stored != 1 {
		t.Errorf("%+v", saved)
	}
	offGrid := good
	offGrid.Point.Time += market.StepMillis + 1_400
	offGrid.Point.Price, offGrid.USD = market.Unknown, 0
	save(t, s, []Row{offGrid})
	got := all(t, s, "X")
	if len(got) != 2 || got[1].Time != stamp(1, 5, API).Time || market.Known(got[1].Price) {
		t.Errorf("%+v", got)
	}
	for _, price := range []float64{1e300, 1e-300, 1e10} { // the contracts may be right all the same
		odd := good
		odd.Point.Price, odd.USD = price, 5*price
		save(t, s, []Row{odd})
		if got := all(t, s, "X"); got[0].Contracts != 5 || market.Known(got[0].Price) || market.Known(got[0].USD) {
			t.Errorf("a price of %g: %+v", price, got[0])
		}
	}
}

// A name that somebody wrote into the file and that is no symbol is shown nowhere.
func TestOddSymbolsInTheFileAreNotShown(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, append(rowsOf("X", invent(1, 0, 100)), rowsOf("Y", invent(2, 0, 100))...))
	if _, err := s.AppendEvents(t.Context(), []Event{{Time: 1, Symbol: "Y", Kind: "k", Evidence: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"UPDATE contract SET symbol = char(27) || '[2J' WHERE symbol = 'Y'",
		"INSERT INTO event(time, symbol, kind, version, seen, evidence) VALUES(2, char(27) || '[2J', 'k', 0, 0, '{}')",
	} {
		if _, err := s.writeDB.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := s.Coverages(t.Context())
	if err != nil || len(kept) != 1 || kept[0].Symbol != "X" {
		t.Errorf("%v, %v", kept, err)
	}
	if recent, err := s.Recent(t.Context(), 10); err != nil || len(recent) != 1 || recent["X"] == nil {
		t.Errorf("%v, %v", recent, err)
	}
	if events, err := s.Events(t.Context(), "", 0, 9); err != nil || len(events) != 1 || events[0].Symbol != "Y" {
		t.Errorf("%v, %v", events, err)
	}
}

func TestSeriesHasTheRangeAskedFor(t *testing.T) {
	s := openStore(t, t.TempDir())
	var stamps []Stamp
	for i := range 3 * dayStamps {
		stamps = append(stamps, stamp(i, float64(i+1), API))
	}
	save(t, s, rowsOf("X", stamps))
	save(t, s, rowsOf("X", []Stamp{stamp(3*dayStamps, 1, Live)}))
	from, to := stamps[100].Time, stamps[700].Time
	got, err := s.Series(t.Context(), "X", from, to)
	if err != nil || got.Len() != 601 || got.Points[0] != stamps[100].Point() || got.Points[600] != stamps[700].Point() {
		t.Fatalf("%d points, %v", got.Len(), err)
	}
	got, err = s.Series(t.Context(), "X", 0, math.MaxInt64)
	if last, _ := got.Last(); err != nil || last.Time != stamp(3*dayStamps, 1, Live).Time || got.Official != stamps[len(stamps)-1].Time {
		t.Fatalf("official until %d, last %d, %v", got.Official, last.Time, err)
	}
	for _, odd := range [][2]int64{{to, from}, {math.MinInt64, -1}, {math.MaxInt64, math.MaxInt64}} {
		if got, err := s.Series(t.Context(), "X", odd[0], odd[1]); err != nil || got.Len() != 0 {
			t.Errorf("from %d to %d: %d points, %v", odd[0], odd[1], got.Len(), err)
		}
	}
	if got, err := s.Series(t.Context(), "NOBODY", 0, math.MaxInt64); err != nil || got == nil || got.Len() != 0 {
		t.Errorf("of an unknown contract: %v, %v", got, err)
	}
}

// Whatever is saved in whatever order, the store says what a map would.
func TestStoreAgreesWithAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	s := openStore(t, t.TempDir())
	model := map[string]map[int64]Stamp{}
	for range 120 {
		var rows []Row
		for range 1 + r.IntN(60) {
			symbol := []string{"A", "B", "币安人生USDT"}[r.IntN(3)]
			st := stamp(r.IntN(400), float64(1+r.IntN(1000))/8, Source(1+r.IntN(3)))
			rows = append(rows, rowsOf(symbol, []Stamp{st})...)
			if model[symbol] == nil {
				model[symbol] = map[int64]Stamp{}
			}
			if old, ok := model[symbol][st.Time]; !ok || st.Source >= old.Source {
				model[symbol][st.Time] = st
			}
		}
		save(t, s, rows)
		if r.IntN(4) == 0 {
			if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.fold(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
		}
		for symbol, want := range model {
			got := all(t, s, symbol)
			if len(got) != len(want) {
				t.Fatalf("%s: %d stamps, want %d", symbol, len(got), len(want))
			}
			for _, g := range got {
				if !sameStamp(g, want[g.Time]) {
					t.Fatalf("%s: %+v, want %+v", symbol, g, want[g.Time])
				}
			}
		}
	}
	recent, err := s.Recent(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	newest := int64(0)
	for _, stamps := range model {
		for at := range stamps {
			newest = max(newest, at)
		}
	}
	for symbol, stamps := range model {
		n := 0
		for at := range stamps {
			if at > newest-50*market.StepMillis {
				n++
			}
		}
		if recent[symbol].Len() != n {
			t.Errorf("%s: %d recent stamps, want %d", symbol, recent[symbol].Len(), n)
		}
	}
}

func TestFundingComesBack(t *testing.T) {
	s := openStore(t, t.TempDir())
	want := []market.FundingPoint{{Time: 1_000, Rate: 0.0001}, {Time: 2_003, Rate: -0.00012345}, {Time: 3_000, Rate: 0}}
	odd := append([]market.FundingPoint{{Time: 0, Rate: 1}, {Time: 5, Rate: math.NaN()}}, want...)
	for range 2 {
		if err := s.SaveFunding(t.Context(), "X", odd); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Funding(t.Context(), "X", 1_000, 3_000)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := s.Funding(t.Context(), "X", 1_001, 2_999); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTheLastTableComesBack(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	empty, err := s.LoadTable(t.Context(), 500)
	if err != nil || !empty.Saved.IsZero() || len(empty.Quotes) != 0 {
		t.Fatalf("of a new store: %+v, %v", empty, err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	full := &market.Quote{
		Contract:     market.Contract{Symbol: "BTCUSDT", BaseAsset: "BTC", Type: market.Perpetual, PricePrecision: 2, QuantityPrecision: 3, Listed: now},
		OpenInterest: market.OpenInterest{Contracts: 79068.331, Changed: now, Received: now},
		Mark:         market.MarkPrice{Symbol: "BTCUSDT", Price: 67440.6, FundingRate: market.Unknown, NextFunding: now, Received: now},
		Ticker:       market.Ticker{Symbol: "BTCUSDT", LastPrice: 67441, PriceChangePct: -0.75, QuoteVolume: 1e10, Received: now},
		Funding:      market.FundingTerms{IntervalHours: 8, Cap: 0.02, Floor: market.Unknown},
	}
	bare := &market.Quote{Contract: market.Contract{Symbol: "币安人生USDT"}}
	err = s.SaveTable(t.Context(), market.NewSnapshot(market.Snapshot{Time: now, Quotes: []*market.Quote{full, bare}}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveTable(t.Context(), &market.Snapshot{}); err != nil { // knows nothing: must not wipe
		t.Fatal(err)
	}
	var stamps []Stamp
	for i := range 600 {
		stamps = append(stamps, stamp(i, float64(i+1), API))
	}
	save(t, s, rowsOf("BTCUSDT", stamps))
	save(t, s, rowsOf("ELSEUSDT", stamps[590:]))
	s.Close()

	table, err := openStore(t, dir).LoadTable(t.Context(), 500)
	if err != nil || len(table.Quotes) != 3 || !table.Saved.Equal(now) {
		t.Fatalf("%+v, %v", table, err)
	}
	got := table.Quotes[0]
	if got.History.Len() != 500 || got.History.Official != stamps[599].Time {
		t.Errorf("%d stamps", got.History.Len())
	}
	if table.Quotes[1].Contract.Symbol != "ELSEUSDT" || table.Quotes[1].History.Len() != 10 || market.Known(table.Quotes[1].Price()) {
		t.Errorf("a contract with history alone: %+v", table.Quotes[1])
	}
	same := *got
	same.History = nil
	if fmt.Sprintf("%+v", same) != fmt.Sprintf("%+v", *full) {
		t.Errorf("%+v\nwant %+v", same, *full)
	}
	if b := table.Quotes[2]; market.Known(b.Contracts()) || market.Known(b.Price()) {
		t.Errorf("unknown numbers became known: %+v", b)
	}
}

func TestAMadeUpPathWithOddCharacters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder? with #odd %41 & 持仓量")
	s := openStore(t, dir)
	save(t, s, rowsOf("X", []Stamp{stamp(0, 1, API)}))
	if _, err := os.Stat(s.Path()); err != nil {
		t.Error(err)
	}
}

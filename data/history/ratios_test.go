package history

import (
	"context"
	"database/sql"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"openinterest/data/market"
)

// inventRatios are as the archive serves them: accounts and positions wander,
// takers jump; decimals says with how many places.
func inventRatios(number, from, n, decimals int) []market.Ratios {
	r := rand.New(rand.NewPCG(uint64(number), 7))
	level := [market.RatioCount]float64{}
	for k := range level {
		level[k] = r.NormFloat64() * 0.4
	}
	out := make([]market.Ratios, n)
	for i := range out {
		out[i].Time = stampOf(day0, 0) + int64(from+i)*market.StepMillis
		for k := range level {
			x := math.Exp(r.NormFloat64() * 0.35)
			if market.RatioKind(k) != market.TakerBuySell {
				level[k] = level[k]*0.9995 + r.NormFloat64()*0.006
				x = math.Exp(level[k])
			}
			out[i].Values[k] = math.Round(x*pow10[decimals]) / pow10[decimals]
		}
	}
	return out
}

func ratiosAt(i int, values ...float64) market.Ratios {
	r := market.NoRatios(stampOf(day0, i))
	copy(r.Values[:], values)
	return r
}

func saveRatios(t testing.TB, s *Store, symbol string, rows []market.Ratios, from Source) {
	t.Helper()
	if err := s.SaveRatios(context.Background(), symbol, rows, from); err != nil {
		t.Fatal(err)
	}
}

func allRatios(t testing.TB, s *Store, symbol string) []market.Ratios {
	t.Helper()
	got, err := s.Ratios(context.Background(), symbol, 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func sameRatios(t testing.TB, got, want []market.Ratios) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows of ratios, want %d", len(got), len(want))
	}
	for i := range got {
		if !sameRatio(got[i], want[i]) {
			t.Fatalf("row %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func sameRatio(a, b market.Ratios) bool {
	for k := range a.Values {
		if a.Values[k] != b.Values[k] && (market.Known(a.Values[k]) || market.Known(b.Values[k])) {
			return false
		}
	}
	return a.Time == b.Time
}

const unknown = -1.0 // no ratio: of which nothing is kept

func TestRatiosComeBackAsServed(t *testing.T) {
	for _, decimals := range []int{4, 6} {
		dir := t.TempDir()
		s := openStore(t, dir)
		want := inventRatios(decimals, 100, 1000, decimals)
		saveRatios(t, s, "X", want[400:], Archive)
		for part := range slices.Chunk(want[:400], 7) {
			saveRatios(t, s, "X", part, API)
		}
		sameRatios(t, allRatios(t, s, "X"), want)
		part, err := s.Ratios(t.Context(), "X", want[10].Time, want[500].Time)
		if err != nil {
			t.Fatal(err)
		}
		sameRatios(t, part, want[10:501])
		s.Close()
		sameRatios(t, allRatios(t, openStore(t, dir), "X"), want)
	}
}

// A value of eight places is kept to the nearest of six.
func TestRatiosAreKeptToSixDecimals(t *testing.T) {
	s := openStore(t, t.TempDir())
	saveRatios(t, s, "X", []market.Ratios{ratiosAt(0, 1.23456789, 0.00000049, 999_999.9999996, 2.5)}, Archive)
	sameRatios(t, allRatios(t, s, "X"), []market.Ratios{ratiosAt(0, 1.234568, 0, 1_000_000, 2.5)})
}

func TestTheArchivesRatiosReplaceOthersAndUnknownOnesNothing(t *testing.T) {
	s := openStore(t, t.TempDir())
	nan := math.NaN()
	for _, step := range []struct {
		put  []float64
		from Source
		want []float64
	}{
		{[]float64{1, nan, 3, nan}, API, []float64{1, nan, 3, nan}},
		{[]float64{nan, 2, nan, nan}, API, []float64{1, 2, 3, nan}},
		{[]float64{5, 6, nan, nan}, Archive, []float64{5, 6, 3, nan}},
		{[]float64{7, 8, 9, 10}, API, []float64{5, 6, 9, 10}},
		{[]float64{nan, 11, nan, nan}, Archive, []float64{5, 11, 9, 10}},
		{[]float64{-1, math.Inf(1), 2e6, nan}, Archive, []float64{5, 11, 9, 10}},
		{[]float64{0, nan, nan, nan}, Archive, []float64{0, 11, 9, 10}},
	} {
		saveRatios(t, s, "X", []market.Ratios{ratiosAt(3, step.put...)}, step.from)
		want := market.NoRatios(stampOf(day0, 3))
		copy(want.Values[:], step.want)
		sameRatios(t, allRatios(t, s, "X"), []market.Ratios{want})
	}
}

// Rows off the grid, or of no time at all, cost only themselves; a contract
// that is none is refused.
func TestOddRatiosCostOnlyThemselves(t *testing.T) {
	s := openStore(t, t.TempDir())
	good := ratiosAt(5, 1, 2, 3, 4)
	off, never := good, good
	off.Time++
	never.Time = -market.StepMillis
	saveRatios(t, s, "X", []market.Ratios{off, never, ratiosAt(6, unknown, unknown, unknown, unknown), good}, API)
	sameRatios(t, allRatios(t, s, "X"), []market.Ratios{good})
	if err := s.SaveRatios(t.Context(), "../X", []market.Ratios{good}, API); err == nil {
		t.Error("ratios of no contract were kept")
	}
}

func anyRatios(r *rand.Rand) *ratioDay {
	var d ratioDay
	for k := range d {
		density := []float64{0, 0.002, 0.5, 0.99, 1}[r.IntN(5)]
		places, hours, x := r.IntN(ratioPlaces+1), r.IntN(3) == 0, math.Exp(r.NormFloat64())
		for i := range d[k] {
			if x *= math.Exp(r.NormFloat64() * 0.1); r.Float64() < density && (!hours || (i+1)%hourStamps == 0) {
				v := math.Min(math.Round(x*pow10[places])/pow10[places], 1e6)
				if r.IntN(100) == 0 {
					v = []float64{0, 1e6}[r.IntN(2)]
				}
				d[k][i] = ratioCell{microsOf(v), Source(1 + r.IntN(3))}
			}
		}
	}
	return &d
}

func TestBlocksGiveAnyRatiosBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		want, got := anyRatios(r), new(ratioDay)
		if values, _ := want.count(); values == 0 {
			continue
		}
		data, err := encodeRatios(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := decodeRatios(got, data); err != nil || *got != *want {
			t.Fatalf("%v", err)
		}
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		if decodeRatios(got, data) == nil || *got != (ratioDay{}) {
			t.Fatal("a block with a bit turned was believed")
		}
	}
	if _, err := encodeRatios(new(ratioDay)); err == nil {
		t.Error("a day without ratios was packed")
	}
}

// Whatever bytes are decoded, no panic, and nothing but usable ratios.
func FuzzDecodeRatios(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		if data, err := encodeRatios(anyRatios(r)); err == nil {
			f.Add(data[:len(data)-4])
		}
	}
	f.Add([]byte{ratioFormat, 15, 12, 0, 24})
	f.Fuzz(func(t *testing.T, body []byte) {
		var d ratioDay
		if err := decodeRatioBody(&d, body); err != nil {
			if d != (ratioDay{}) {
				t.Fatal("parts of what was refused are there")
			}
			return
		}
		for _, row := range d.rows(nil, 20_000) {
			for _, x := range row.Values {
				if market.Known(x) && !market.UsableRatio(x) {
					t.Fatalf("%v", row)
				}
			}
		}
		if values, _ := d.count(); values == 0 {
			t.Fatal("a day without ratios was believed")
		}
	})
}

// versionThree makes a history as the program before kept it.
func versionThree(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db := openDB(filepath.Join(dir, fileName), "mode=rwc&_txlock=immediate", 1)
	defer db.Close()
	if err := prepare(t.Context(), db, 3); err != nil {
		t.Fatal(err)
	}
	err := inTx(t.Context(), db, func(tx *sql.Tx) error {
		id, err := makeContract(t.Context(), tx, "A")
		for i := 0; i < 30 && err == nil; i++ {
			if err = writeBlock(t.Context(), tx, blockKey{id, day0 + int64(i)}, archiveDay(0, i), false); err == nil {
				_, err = tx.Exec(`INSERT INTO archive_day(contract, day, state, sha256, etag, points, defects, compared, disagreed, at)
					VALUES(?, ?, 1, 'aa', 'e', 288, '', 0, 0, 1)`, id, day0+i)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAHistoryOfVersionThreeIsMigratedInPlace(t *testing.T) {
	dir := versionThree(t)
	older, err := Open(t.Context(), dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("who may not write cannot read it: %v", err)
	}
	defer older.Close()
	check := func(s *Store) {
		t.Helper()
		if got := all(t, s, "A"); len(got) != 30*dayStamps {
			t.Fatalf("%d stamps", len(got))
		}
		if got := allRatios(t, s, "A"); len(got) > 0 {
			t.Errorf("ratios out of nothing: %v", got)
		}
		seen, err := s.Liquidations(t.Context(), "", 0, math.MaxInt64)
		listened, err2 := s.Listened(t.Context(), 0, math.MaxInt64)
		if err != nil || err2 != nil || seen != nil || listened != nil {
			t.Errorf("%v, %v, %v, %v", seen, err, listened, err2)
		}
		if c, err := s.Coverages(t.Context()); err != nil || len(c) != 1 || c[0].Points != 30*dayStamps {
			t.Errorf("%+v, %v", c, err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	check(older)
	s := openStore(t, dir)
	check(s)
	known, err := s.ArchiveDays(t.Context(), "A", dayTime(0), dayTime(29))
	if err != nil || len(known) != 30 || known[dayTime(3)].HasRatios {
		t.Fatalf("%d days, %+v, %v", len(known), known[dayTime(3)], err)
	}
	saveRatios(t, s, "A", inventRatios(1, 0, 600, 6), Archive)
	sameRatios(t, allRatios(t, older, "A"), inventRatios(1, 0, 600, 6))
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

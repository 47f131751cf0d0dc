package history

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"openinterest/data/market"
)

// importRatios keeps days of the archive of contract "A", stamps and ratios.
func importRatios(t *testing.T, s *Store, days int) (want []market.Ratios) {
	t.Helper()
	for i := range days {
		stamps, ratios := archiveDay(0, i), inventRatios(i, i*dayStamps, dayStamps, 6)
		d := ArchiveDay{Symbol: "A", Day: dayTime(i), State: Imported, Points: len(stamps), HasRatios: true, Ratios: ratios}
		if _, err := s.SaveArchiveDay(t.Context(), d, rowsOf("A", stamps)); err != nil {
			t.Fatal(err)
		}
		want = append(want, ratios...)
	}
	return want
}

// withoutRatios are those of days whose ratios ArchiveDays calls missing.
func withoutRatios(t *testing.T, s *Store, days int) (missing []int) {
	t.Helper()
	known, err := s.ArchiveDays(t.Context(), "A", dayTime(0), dayTime(days-1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range days {
		if !known[dayTime(i)].HasRatios {
			missing = append(missing, i)
		}
	}
	return missing
}

func TestADayOfTheArchiveSaysWhetherItsRatiosAreKept(t *testing.T) {
	s := openStore(t, t.TempDir())
	want := importRatios(t, s, 3)
	sameRatios(t, allRatios(t, s, "A"), want)
	for i, d := range map[int]ArchiveDay{
		3: {State: Imported, Points: 0, HasRatios: true}, // a file without any
		4: {State: Imported, Points: 0},                  // as imported before
		5: {State: Unpublished},
	} {
		d.Symbol, d.Day = "A", dayTime(i)
		if _, err := s.SaveArchiveDay(t.Context(), d, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := withoutRatios(t, s, 6); !slices.Equal(got, []int{4, 5}) {
		t.Errorf("without ratios: %v", got)
	}
	// What the exchange's API answers makes no archived day whole.
	saveRatios(t, s, "A", inventRatios(9, 4*dayStamps, dayStamps, 4), API)
	if got := withoutRatios(t, s, 6); !slices.Equal(got, []int{4, 5}) {
		t.Errorf("without ratios: %v", got)
	}
}

// The midnight between two files is in both: what one wrote exactly stays.
func TestAnExactMidnightKeepsItsRatios(t *testing.T) {
	s := openStore(t, t.TempDir())
	midnight := dayStamps - 1
	for i, inexact := range []bool{false, true} {
		row := rowsOf("A", []Stamp{stamp(midnight, 5+float64(i), Archive)})
		row[0].Inexact = inexact
		d := ArchiveDay{Symbol: "A", Day: dayTime(i), State: Imported, Points: 1, HasRatios: true,
			Ratios: []market.Ratios{ratiosAt(midnight, []float64{1, 2}[i], 3, unknown, 4)}}
		d.Ratios[0].Values[2] = []float64{market.Unknown, 7}[i]
		if _, err := s.SaveArchiveDay(t.Context(), d, row); err != nil {
			t.Fatal(err)
		}
	}
	sameRatios(t, allRatios(t, s, "A"), []market.Ratios{ratiosAt(midnight, 1, 3, 7, 4)})
}

func TestADamagedDayOfRatiosCostsThatAndNoStamps(t *testing.T) {
	s, log := openLogged(t, t.TempDir())
	want := importRatios(t, s, 10)
	if _, err := s.writeDB.ExecContext(t.Context(), "UPDATE ratio SET data = zeroblob(length(data)) WHERE day = ?", day0+4); err != nil {
		t.Fatal(err)
	}
	before := s.Losses()
	for range 2 {
		sameRatios(t, allRatios(t, s, "A"), slices.Concat(want[:4*dayStamps], want[5*dayStamps:]))
		if got := withoutRatios(t, s, 10); !slices.Equal(got, []int{4}) {
			t.Errorf("without ratios: %v", got)
		}
	}
	if n := len(all(t, s, "A")); n != 10*dayStamps {
		t.Errorf("%d stamps are left", n)
	}
	// What another source fills in does not make the day whole.
	saveRatios(t, s, "A", inventRatios(9, 4*dayStamps, 100, 4), API)
	if got := withoutRatios(t, s, 10); !slices.Equal(got, []int{4}) {
		t.Errorf("after some values came, without ratios: %v", got)
	}
	if _, err := s.writeDB.ExecContext(t.Context(), "UPDATE ratio SET data = zeroblob(length(data)) WHERE day = ?", day0+4); err != nil {
		t.Fatal(err)
	}
	if missing := daysMissing(t, s, "A", 10); missing != nil || s.Losses() != before+1 || lines(log) != 1 {
		t.Errorf("missing %v, %d losses, log:\n%s", missing, s.Losses()-before, log)
	}
	if err := s.Check(t.Context()); KindOf(err) != Damaged {
		t.Errorf("checked: %v", err)
	}
	importRatios(t, s, 10)
	sameRatios(t, allRatios(t, s, "A"), want)
}

func TestThinningLeavesTheRatiosOfFullHours(t *testing.T) {
	s := openStore(t, t.TempDir())
	want := importRatios(t, s, 10)
	saveRatios(t, s, "FAV", want, API)
	// A day of which no full hour is kept goes as a whole, and is not missed.
	few := inventRatios(3, 10*dayStamps, 5, 6)
	if _, err := s.SaveArchiveDay(t.Context(), ArchiveDay{Symbol: "A", Day: dayTime(10), State: Imported, HasRatios: true, Ratios: few}, nil); err != nil {
		t.Fatal(err)
	}
	policy, now := Policy{Days: 3, Except: []string{"FAV"}}, dayTime(14)
	plan, err := s.PlanThinning(t.Context(), policy, now)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Thin(t.Context(), policy, now)
	const gone = (10*(dayStamps-24) + 5) * market.RatioCount
	if err != nil || plan.Ratios != gone || done.Ratios != gone {
		t.Errorf("planned %d, done %d, want %d; %v", plan.Ratios, done.Ratios, gone, err)
	}
	hours := slices.DeleteFunc(slices.Clone(want), func(r market.Ratios) bool { return r.Time%market.Period1h.Millis() != 0 })
	sameRatios(t, allRatios(t, s, "A"), hours)
	sameRatios(t, allRatios(t, s, "FAV"), want)
	if got := withoutRatios(t, s, 11); got != nil {
		t.Errorf("called missing after thinning: %v", got)
	}
	if again, err := s.Thin(t.Context(), policy, now); err != nil || again.Ratios != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
}

func TestADeletedContractTakesItsRatiosAndLiquidationsAlong(t *testing.T) {
	s := openStore(t, t.TempDir())
	importRatios(t, s, 100)
	saveRatios(t, s, "B", inventRatios(1, 5*dayStamps, 300, 4), API)
	if err := s.SaveLiquidations(t.Context(), []market.Liquidation{liquidation("A", 1, 1), liquidation("B", 2, 1), liquidation("C", 3, 1)}, nil); err != nil {
		t.Fatal(err)
	}
	kept, err := s.Coverages(t.Context())
	if err != nil || len(kept) != 3 || kept[0].Points != 100*dayStamps || kept[1].Points != 0 || kept[2].Bytes != liquidationBytes {
		t.Fatalf("%+v, %v", kept, err)
	}
	if a := kept[0]; a.Bytes < int64(100*dayStamps*5) || a.First != dayTime(0).UnixMilli() || a.Last != dayTime(99).UnixMilli() {
		t.Errorf("%+v", a)
	}
	if b := kept[1]; b.Bytes < 300 || b.First != dayTime(0).UnixMilli() || b.Last != dayTime(6).UnixMilli() {
		t.Errorf("%+v", b)
	}
	before := fileSize(t, s)
	if err := s.DeleteContract(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	if got := allRatios(t, s, "A"); len(got) > 0 {
		t.Errorf("%d ratios are left", len(got))
	}
	sameRatios(t, allRatios(t, s, "B"), inventRatios(1, 5*dayStamps, 300, 4))
	seen, err := s.Liquidations(t.Context(), "", 0, math.MaxInt64)
	if err != nil || !slices.Equal(seen, []market.Liquidation{liquidation("B", 2, 1), liquidation("C", 3, 1)}) {
		t.Errorf("%v, %v", seen, err)
	}
	if after := fileSize(t, s); after > before/10 {
		t.Errorf("%d bytes before, %d after", before, after)
	}
}

func TestWhoOnlyReadsKeepsNoRatios(t *testing.T) {
	dir := t.TempDir()
	importRatios(t, openStore(t, dir), 1)
	second := openStore(t, dir)
	if err := second.SaveRatios(t.Context(), "A", inventRatios(1, 0, 3, 4), API); KindOf(err) != Reading {
		t.Errorf("ratios: %v", err)
	}
	if err := second.SaveLiquidations(t.Context(), nil, []market.Span{{From: 1, To: 2}}); KindOf(err) != Reading {
		t.Errorf("spans: %v", err)
	}
	if got := allRatios(t, second, "A"); len(got) != dayStamps {
		t.Errorf("it reads %d ratios", len(got))
	}
}

// A rebuilt database has the ratios, the liquidations and the spans of the one
// before. Where liquidations may be lost, nothing claims that none were seen.
func TestRatiosAndLiquidationsAreSavedFromADamagedDatabase(t *testing.T) {
	s := openStore(t, t.TempDir())
	want := importRatios(t, s, 5)
	seen, listened := []market.Liquidation{liquidation("A", 1, 1), liquidation("B", 2, 1)}, []market.Span{{From: epoch, To: epoch + 5}, {From: epoch + 9, To: epoch + 10}}
	if err := s.SaveLiquidations(t.Context(), seen, listened); err != nil {
		t.Fatal(err)
	}
	rebuild := func() (seen []market.Liquidation, listened []market.Span) {
		if err := s.Rebuild(t.Context(), errors.New("for the test")); err != nil {
			t.Fatal(err)
		}
		sameRatios(t, allRatios(t, s, "A"), want)
		seen, err := s.Liquidations(t.Context(), "", 0, math.MaxInt64)
		listened, err2 := s.Listened(t.Context(), 0, math.MaxInt64)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return seen, listened
	}
	if _, err := s.writeDB.ExecContext(t.Context(), `INSERT INTO listened(since, until) VALUES(1, 5);
		INSERT INTO liquidation(contract, time, long, price, contracts) VALUES(1, 7, 1, 'x', 2), (1, ?, 1, 'x', 2)`, epoch); err != nil {
		t.Fatal(err) // as if pages of another table had been read
	}
	if l, spans := rebuild(); !slices.Equal(l, seen) || !slices.Equal(spans, listened) {
		t.Errorf("after rebuilding: %v, %v", l, spans)
	}
	if got := withoutRatios(t, s, 5); got != nil {
		t.Errorf("after rebuilding, without ratios: %v", got)
	}
	// A page of liquidations that can't be read.
	var root int64
	if err := s.writeDB.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = 'liquidation'").Scan(&root); err != nil {
		t.Fatal(err)
	}
	fileSize(t, s) // nothing stays in the log
	overwrite(t, s.Path(), (root-1)*pageSize, make([]byte, pageSize))
	if l, spans := rebuild(); l != nil || spans != nil {
		t.Errorf("after losing liquidations: %v, %v", l, spans)
	}
}

// What is read of a damaged database of version 3 is what was in it, migrated
// or not, also where its header or its schema is lost.
func TestADamagedHistoryOfVersionThreeIsSaved(t *testing.T) {
	for name, c := range map[string]struct {
		migrated bool
		at       int64
		bytes    int
		percent  int64
	}{
		"header lost":               {false, 0, 200, 80},
		"header lost, migrated":     {true, 0, 200, 85},
		"first pages, migrated":     {true, 0, 2 * pageSize, 85},
		"a page of data":            {false, 100 * pageSize, pageSize, 80},
		"a page of data, migrated":  {true, 100 * pageSize, pageSize, 80},
		"application lost":          {false, 68, 4, 99},
		"application lost migrated": {true, 68, 4, 99},
	} {
		t.Run(name, func(t *testing.T) {
			dir := versionThree(t)
			if c.migrated {
				s, err := Open(context.Background(), dir, Options{})
				if err != nil {
					t.Fatal(err)
				}
				saveRatios(t, s, "A", inventRatios(1, 0, 600, 6), Archive)
				s.Close()
			}
			overwrite(t, filepath.Join(dir, fileName), c.at, make([]byte, c.bytes))
			s, log := openLogged(t, dir)
			defer func() {
				if t.Failed() {
					t.Log(log)
				}
			}()
			if s.SetAside() == nil {
				if err := s.Rebuild(t.Context(), s.Check(t.Context())); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.SetAside().Points * 100 / (30 * int64(dayStamps)); got < c.percent {
				t.Errorf("%d %% of the points were saved", got)
			}
			if c.migrated {
				if got := allRatios(t, s, "A"); len(got) < 300 {
					t.Errorf("%d of 600 ratios were saved", len(got))
				}
			}
			known, err := s.ArchiveDays(t.Context(), "A", dayTime(0), dayTime(29))
			if err != nil || int64(len(known))*100/30 < c.percent-10 {
				t.Errorf("%d days are known, %v", len(known), err)
			}
			seen, err := s.Liquidations(t.Context(), "", 0, math.MaxInt64)
			listened, err2 := s.Listened(t.Context(), 0, math.MaxInt64)
			if err != nil || err2 != nil || len(seen) > 0 || len(listened) > 0 {
				t.Errorf("%v, %v, %v, %v", seen, err, listened, err2)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if left, err := filepath.Glob(filepath.Join(dir, "*.reading")); err != nil || left != nil {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if _, err := os.Stat(s.SetAside().Path); err != nil {
				t.Error(err)
			}
		})
	}
}

// An export from a damaged history gives the ratios that can be read, and names the
// days that can't.
func TestRatiosThatCanBeReadAreReadAndTheRestIsNamed(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, *Store){
		"blocks": func(t *testing.T, s *Store) {
			if _, err := s.writeDB.ExecContext(t.Context(), "UPDATE ratio SET data = zeroblob(length(data)) WHERE day IN (?, ?, ?)", day0+20, day0+21, day0+50); err != nil {
				t.Fatal(err)
			}
		},
		"pages": func(t *testing.T, s *Store) { // of the database with ratios alone, in its middle
			size := fileSize(t, s)
			overwrite(t, s.Path(), size/2/pageSize*pageSize, make([]byte, 4*pageSize))
		},
		"none": func(*testing.T, *Store) {},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			want := map[int64]market.Ratios{}
			for i := range 60 {
				rows := inventRatios(i, i*dayStamps, dayStamps, 6)
				saveRatios(t, s, "A", rows, API)
				for _, r := range rows {
					want[r.Time] = r
				}
			}
			spoil(t, s)
			s.Close()
			s, err := Open(t.Context(), dir, Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			rows, lost, err := s.ReadableRatios(t.Context(), "A", 0, math.MaxInt64)
			if err != nil {
				t.Fatal(err)
			}
			days := 0
			for _, run := range lost {
				days += int(run.Last.Sub(run.First).Hours())/24 + 1
			}
			for _, r := range rows {
				if !sameRatio(r, want[r.Time]) {
					t.Fatalf("%v was read of %v", r, want[r.Time])
				}
			}
			if least := map[string]int{"blocks": 3, "pages": 1, "none": 0}[name]; len(rows) != (60-days)*dayStamps || days < least || days > least+5 {
				t.Errorf("%d rows were read, %d days are named as lost: %v", len(rows), days, lost)
			}
		})
	}
}

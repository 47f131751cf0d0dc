package history

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// openLogged opens a store whose log is kept.
func openLogged(t *testing.T, dir string) (*Store, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := Open(t.Context(), dir, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &log
}

func lines(log *bytes.Buffer) int { return strings.Count(log.String(), "\n") }

// archiveDay is what the archive has of a contract's day.
func archiveDay(number, day int) []Stamp {
	stamps := invent(number+1, day*dayStamps, dayStamps)
	for i := range stamps {
		stamps[i].Source = Archive
	}
	return stamps
}

// importDays keeps days of the archive, of contracts "A" and "B".
func importDays(t *testing.T, s *Store, days int) {
	t.Helper()
	for number, symbol := range []string{"A", "B"} {
		for i := range days {
			stamps := archiveDay(number, i)
			d := ArchiveDay{Symbol: symbol, Day: dayTime(i), State: Imported, Points: len(stamps)}
			if _, err := s.SaveArchiveDay(t.Context(), d, rowsOf(symbol, stamps)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// daysMissing are those of days that are not known to be imported.
func daysMissing(t *testing.T, s *Store, symbol string, days int) (missing []int) {
	t.Helper()
	known, err := s.ArchiveDays(t.Context(), symbol, dayTime(0), dayTime(days-1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range days {
		if _, ok := known[dayTime(i)]; !ok {
			missing = append(missing, i)
		}
	}
	return missing
}

// daysWithout are those of days without any stamp.
func daysWithout(t *testing.T, s *Store, symbol string, days int) (without []int) {
	t.Helper()
	has := map[int64]bool{}
	for _, st := range all(t, s, symbol) {
		has[dayOf(st.Time)] = true
	}
	for i := range days {
		if !has[day0+int64(i)] {
			without = append(without, i)
		}
	}
	return without
}

func gapsOf(t *testing.T, s *Store, symbol string, days int) (missing []int) {
	t.Helper()
	gaps, err := s.Gaps(t.Context(), symbol, stampOf(day0, 0), stampOf(day0+int64(days)-1, dayStamps-1))
	if err != nil {
		t.Fatal(err)
	}
	in := map[int]bool{}
	for _, g := range gaps {
		for at := g.From; at <= g.To; at += dayMillis {
			in[int(dayOf(at)-day0)] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}

// What a block lost to damage is missing for all who fill gaps, and once it is
// there again it isn't.
func TestADamagedDayIsToBeFetchedAgain(t *testing.T) {
	s, log := openLogged(t, t.TempDir())
	importDays(t, s, 10)
	if got := daysMissing(t, s, "A", 10); got != nil {
		t.Fatalf("missing from the start: %v", got)
	}
	if _, err := s.writeDB.ExecContext(t.Context(), "UPDATE block SET data = zeroblob(length(data)) WHERE day IN (?, ?)", day0+4, day0+6); err != nil {
		t.Fatal(err)
	}
	before := s.Losses()
	for range 3 {
		for name, got := range map[string][]int{"by ArchiveDays": daysMissing(t, s, "A", 10), "by Gaps": gapsOf(t, s, "A", 10), "in Stamps": daysWithout(t, s, "A", 10)} {
			if want := []int{4, 6}; !slices.Equal(got, want) {
				t.Errorf("missing %s: %v, want %v", name, got, want)
			}
		}
	}
	if s.Losses() == before {
		t.Error("nobody is told that something was lost")
	}
	if n := lines(log); n != 1 {
		t.Errorf("%d lines in the log:\n%s", n, log)
	}
	// A few stamps that another source fills in do not make the day whole.
	save(t, s, rowsOf("A", invent(1, 4*dayStamps, 30)))
	if got := daysMissing(t, s, "A", 10); !slices.Equal(got, []int{4, 6}) {
		t.Errorf("after some stamps came, missing: %v", got)
	}
	importDays(t, s, 10)
	if got := daysMissing(t, s, "A", 10); got != nil {
		t.Errorf("after fetching again, missing: %v", got)
	}
}

// What was removed on purpose isn't fetched again.
func TestAThinnedDayIsNotLost(t *testing.T) {
	s := openStore(t, t.TempDir())
	importDays(t, s, 10)
	// A day of which no full hour is kept goes as a whole.
	stamps := invent(1, 10*dayStamps, 5)
	for i := range stamps {
		stamps[i].Source = Archive
	}
	if _, err := s.SaveArchiveDay(t.Context(), ArchiveDay{Symbol: "A", Day: dayTime(10), State: Imported, Points: 5}, rowsOf("A", stamps)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Thin(t.Context(), Policy{Days: 30}, dayTime(100)); err != nil {
		t.Fatal(err)
	}
	if got := daysMissing(t, s, "A", 11); got != nil {
		t.Errorf("missing after thinning: %v", got)
	}
}

// spoilt keeps days of two contracts and damages pages in the middle of the file.
func spoilt(t *testing.T, days int, parts ...int64) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := openStore(t, dir)
	importDays(t, s, days)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, fileName)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		overwrite(t, path, info.Size()*part/100/512*512, bytes.Repeat([]byte{0xa5}, 4*512))
	}
	return dir
}

// Whoever meets damage has the database rebuilt, once, and one line is logged;
// what was lost is said to be missing, and nothing else is.
func TestARepairIsMadeOnceAndTellsWhatIsMissing(t *testing.T) {
	const days = 100
	s, log := openLogged(t, spoilt(t, days, 30, 60))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, symbol := range []string{"A", "B"} {
				if _, err := s.Series(context.Background(), symbol, 0, math.MaxInt64); err != nil {
					t.Errorf("after the repair: %v", err)
				}
				if _, err := s.ArchiveDays(context.Background(), symbol, dayTime(0), dayTime(days)); err != nil {
					t.Errorf("after the repair: %v", err)
				}
			}
		})
	}
	group.Wait()
	aside, err := filepath.Glob(s.Path() + ".damaged-*")
	if err != nil || len(aside) != 1 || s.SetAside() == nil {
		t.Fatalf("set aside: %v, %v, %+v", aside, err, s.SetAside())
	}
	if n := lines(log); n != 1 {
		t.Errorf("%d lines in the log:\n%s", n, log)
	}
	lost := 0
	for _, symbol := range []string{"A", "B"} {
		without := daysWithout(t, s, symbol, days)
		lost += len(without)
		if got := gapsOf(t, s, symbol, days); !slices.Equal(got, without) {
			t.Errorf("%s: gaps on %v, but no stamps on %v", symbol, got, without)
		}
		for _, day := range without {
			if !slices.Contains(daysMissing(t, s, symbol, days), day) {
				t.Errorf("%s: day %d was lost, and is called imported", symbol, day)
			}
		}
	}
	if lost == 0 || s.SetAside().Days == 0 {
		t.Fatalf("%d days were lost, %d are said to be", lost, s.SetAside().Days)
	}
	importDays(t, s, days)
	if without := daysWithout(t, s, "A", days); without != nil {
		t.Errorf("after fetching again: %v", without)
	}
}

// Damage in several places costs what lies there, not what lies between.
func TestSalvageFindsWhatLiesBetweenDamagedPages(t *testing.T) {
	const days = 100
	s := openStore(t, spoilt(t, days, 10, 35, 65, 90))
	if _, err := s.Coverages(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.SetAside() == nil {
		if err := s.Rebuild(t.Context(), s.Check(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	const whole = int64(2 * days * dayStamps)
	if got := s.SetAside().Points; got < whole*85/100 || got >= whole {
		t.Errorf("%d of %d points were saved", got, whole)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A disk that damages all it is given doesn't fill up with what is set aside.
func TestRepairsDoNotFollowEachOther(t *testing.T) {
	s := openStore(t, t.TempDir())
	now := time.Now()
	s.opt.Now = func() time.Time { return now }
	broken := func() error {
		_, err := s.writeDB.ExecContext(context.Background(), "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'journal'")
		if err != nil {
			return err
		}
		if err := s.readDB.Close(); err != nil {
			return err
		}
		s.files.Lock()
		defer s.files.Unlock()
		return s.openReader(context.Background())
	}
	for i, want := range []bool{true, false} {
		importDays(t, s, 1)
		if err := broken(); err != nil {
			t.Fatal(err)
		}
		_, err := s.Series(t.Context(), "A", 0, math.MaxInt64)
		if (err == nil) != want {
			t.Errorf("damage number %d: %v", i, err)
		}
	}
	now = now.Add(mendAgain)
	if _, err := s.Series(t.Context(), "A", 0, math.MaxInt64); err != nil {
		t.Errorf("a while later: %v", err)
	}
}

// An export from a history that nobody has repaired yet gives what can be read,
// and names what can't.
func TestWhatCanBeReadIsReadAndTheRestIsNamed(t *testing.T) {
	const days = 100
	for name, dir := range map[string]string{
		"pages":  spoilt(t, days, 30, 60),
		"blocks": spoiltBlocks(t, days, 20, 21, 22, 70),
		"none":   spoilt(t, days),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), dir, Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			lost := 0
			for number, symbol := range []string{"A", "B"} {
				r, err := s.Readable(t.Context(), symbol, 0, math.MaxInt64)
				if err != nil {
					t.Fatal(err)
				}
				want := map[int64]Stamp{}
				for i := range days {
					for _, st := range archiveDay(number, i) {
						want[st.Time] = st
					}
				}
				has := map[int64]int{}
				for _, st := range r.Stamps {
					if !sameStamp(st, want[st.Time]) {
						t.Fatalf("%s: read %+v, kept was %+v", symbol, st, want[st.Time])
					}
					has[dayOf(st.Time)]++
				}
				named := map[int64]bool{}
				for _, run := range r.Lost {
					for day := dayNumber(run.First); day <= dayNumber(run.Last); day++ {
						named[day] = true
					}
				}
				for day := int64(day0); day < day0+days; day++ {
					if (has[day] == dayStamps) == named[day] {
						t.Errorf("%s: of day %d %d stamps were read, and it is named as lost: %v", symbol, day-day0, has[day], named[day])
					}
				}
				lost += len(named)
			}
			if want := map[string][2]int{"pages": {2, 60}, "blocks": {8, 8}, "none": {0, 0}}[name]; lost < want[0] || lost > want[1] {
				t.Errorf("%d days are named as lost", lost)
			}
			if aside, err := filepath.Glob(s.Path() + ".damaged-*"); err != nil || aside != nil {
				t.Errorf("who only reads set it aside: %v", aside)
			}
		})
	}
}

// spoiltBlocks keeps days of two contracts and damages the blocks of some.
func spoiltBlocks(t *testing.T, days int, damaged ...int64) (dir string) {
	t.Helper()
	dir = spoilt(t, days)
	s := openStore(t, dir)
	for _, day := range damaged {
		if _, err := s.writeDB.ExecContext(t.Context(), "UPDATE block SET data = zeroblob(length(data)) WHERE day = ?", day0+day); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

func TestASecondWindowReadsAlongAndTakesOver(t *testing.T) {
	dir := t.TempDir()
	first := openStore(t, dir)
	second := openStore(t, dir)
	if !first.Writes() || second.Writes() {
		t.Fatalf("writing: first %v, second %v", first.Writes(), second.Writes())
	}
	save(t, first, rowsOf("X", []Stamp{stamp(0, 7, API)}))
	sameStamps(t, all(t, second, "X"), []Stamp{stamp(0, 7, API)})
	if _, err := second.SaveStamps(t.Context(), rowsOf("X", []Stamp{stamp(1, 8, API)})); KindOf(err) != Reading {
		t.Errorf("the second wrote: %v", err)
	}
	if took, err := second.TryBecomeWriter(t.Context()); took || err != nil {
		t.Errorf("took over while the first writes: %v, %v", took, err)
	}
	first.Close()
	if took, err := second.TryBecomeWriter(t.Context()); !took || err != nil {
		t.Fatalf("did not take over: %v, %v", took, err)
	}
	save(t, second, rowsOf("X", []Stamp{stamp(1, 8, API)}))
	sameStamps(t, all(t, second, "X"), []Stamp{stamp(0, 7, API), stamp(1, 8, API)})
	if _, err := first.Series(t.Context(), "X", 0, stamp(1, 1, API).Time); KindOf(err) != Stopped {
		t.Errorf("a closed store reads: %v", err)
	}
}

func TestOpenedForReadingItOnlyReads(t *testing.T) {
	dir := t.TempDir()
	if s, err := Open(t.Context(), filepath.Join(dir, "none"), Options{ReadOnly: true}); KindOf(err) != Absent || s != nil {
		t.Errorf("of no store: %v, %v", s, err)
	}
	save(t, openStore(t, dir), rowsOf("X", []Stamp{stamp(0, 7, API)}))
	s, err := Open(t.Context(), dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sameStamps(t, all(t, s, "X"), []Stamp{stamp(0, 7, API)})
	if took, err := s.TryBecomeWriter(t.Context()); took || err != nil {
		t.Errorf("became the writer: %v, %v", took, err)
	}
}

// damaged makes a store with two contracts and lets spoil at its file.
func damaged(t *testing.T, spoil func(t *testing.T, path string)) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := openStore(t, dir)
	save(t, s, rowsOf("A", invent(1, 0, 100*dayStamps)))
	save(t, s, rowsOf("B", invent(2, 0, 100*dayStamps)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, filepath.Join(dir, fileName))
	return dir
}

func overwrite(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(with, at); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedDatabaseIsSetAsideAndRebuilt(t *testing.T) {
	found := map[string]int64{ // of a hundred points, at least so many are saved
		"its header is overwritten": 99, "its first pages are overwritten": 99, "it is another program's": 99,
	}
	for name, spoil := range map[string]func(*testing.T, string){
		"its header is overwritten":       func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, 200)) },
		"its first pages are overwritten": func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, 2*pageSize)) },
		"it is another file": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("<html>not a database</html>", 500)), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"its schema is overwritten": func(t *testing.T, path string) { overwrite(t, path, 100, make([]byte, 8000)) },
		"it is cut short": func(t *testing.T, path string) {
			if err := os.Truncate(path, 40_000); err != nil {
				t.Fatal(err)
			}
		},
		"it is another program's": func(t *testing.T, path string) { overwrite(t, path, 68, []byte{1, 2, 3, 4}) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := damaged(t, spoil)
			s := openStore(t, dir)
			aside := s.SetAside()
			if aside == nil || !exists(aside.Path) || aside.Why == nil || aside.At.IsZero() {
				t.Fatalf("set aside: %+v", aside)
			}
			const whole = int64(2 * 100 * dayStamps)
			if got := aside.Points * 100 / whole; got < found[name] {
				t.Errorf("%d %% of the points were saved", got)
			}
			if files, err := os.ReadDir(dir); err != nil || slices.ContainsFunc(files, func(f os.DirEntry) bool { return strings.HasSuffix(f.Name(), ".reading") }) {
				t.Errorf("left behind: %v, %v", files, err)
			}
			save(t, s, rowsOf("X", []Stamp{stamp(0, 7, API)}))
			sameStamps(t, all(t, s, "X"), []Stamp{stamp(0, 7, API)})
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatCanBeReadOfADamagedDatabaseIsSaved(t *testing.T) {
	for _, part := range []int64{2, 3, 5} {
		t.Run(fmt.Sprint("one part in ", part), func(t *testing.T) { saveWhatCanBeRead(t, part) })
	}
}

func saveWhatCanBeRead(t *testing.T, part int64) {
	dir := damaged(t, func(t *testing.T, path string) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		overwrite(t, path, info.Size()/part/512*512, make([]byte, 8*512))
	})
	s := openStore(t, dir)
	if s.SetAside() == nil { // damage that opening does not meet, Check does
		why := s.Check(t.Context())
		if KindOf(why) != Damaged {
			t.Fatalf("the damage was not found: %v", why)
		}
		if err := s.Rebuild(t.Context(), why); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("after rebuilding: %v", err)
	}
	const whole = int64(2 * 100 * dayStamps)
	aside := s.SetAside()
	if aside == nil || aside.Points < whole*8/10 || aside.Points >= whole {
		t.Fatalf("saved: %+v of %d", aside, whole)
	}
	for i, symbol := range []string{"A", "B"} {
		want := map[int64]Stamp{}
		for _, st := range invent(i+1, 0, 100*dayStamps) {
			want[st.Time] = st
		}
		for _, st := range all(t, s, symbol) {
			if !sameStamp(st, want[st.Time]) {
				t.Fatalf("%s: %+v was saved of %+v", symbol, st, want[st.Time])
			}
		}
	}
}

// Where a contract's name is lost its stamps are, too: they must not become
// those of the contract that gets its number.
func TestStampsWithoutANameAreNotGivenToAnother(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, rowsOf("A", invent(1, 0, 2*dayStamps)))
	save(t, s, rowsOf("A", invent(1, 2*dayStamps, 3))) // in the journal
	if err := s.SaveFunding(t.Context(), "A", []market.FundingPoint{{Time: 1, Rate: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writeDB.ExecContext(t.Context(), "DELETE FROM contract"); err != nil {
		t.Fatal(err)
	}
	if err := s.Rebuild(t.Context(), errors.New("for the test")); err != nil {
		t.Fatal(err)
	}
	save(t, s, rowsOf("NEW", []Stamp{stamp(0, 7, API)}))
	sameStamps(t, all(t, s, "NEW"), []Stamp{stamp(0, 7, API)})
	if got, err := s.Funding(t.Context(), "NEW", 0, 9); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestADamagedBlockCostsItsDayOnly(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, rowsOf("A", invent(1, 0, 10*dayStamps)))
	_, err := s.writeDB.ExecContext(t.Context(), "UPDATE block SET data = zeroblob(length(data)) WHERE day = ?", day0+4)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(all(t, s, "A")); got != 9*dayStamps {
		t.Errorf("%d stamps", got)
	}
	if err := s.Check(t.Context()); KindOf(err) != Damaged {
		t.Errorf("checked: %v", err)
	}
	save(t, s, rowsOf("A", invent(1, 0, 10*dayStamps)[4*dayStamps:5*dayStamps]))
	sameStamps(t, all(t, s, "A"), invent(1, 0, 10*dayStamps))
}

func TestASecondWindowFollowsARebuiltDatabase(t *testing.T) {
	dir := t.TempDir()
	first, second := openStore(t, dir), openStore(t, dir)
	save(t, first, rowsOf("X", []Stamp{stamp(0, 7, API)}))
	if err := first.Rebuild(t.Context(), errors.New("for the test")); err != nil {
		t.Fatal(err)
	}
	save(t, first, rowsOf("X", []Stamp{stamp(1, 8, API)}))
	if _, err := second.TryBecomeWriter(t.Context()); err != nil {
		t.Fatal(err)
	}
	sameStamps(t, all(t, second, "X"), []Stamp{stamp(0, 7, API), stamp(1, 8, API)})
}

func TestAFullDiskIsSaidAndCostsNothingStored(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, rowsOf("A", invent(1, 0, 5*dayStamps)))
	var pages int
	if err := s.writeDB.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := s.writeDB.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 2)
	_, err := s.SaveStamps(t.Context(), rowsOf("B", invent(2, 0, 200*dayStamps)))
	if KindOf(err) != Full {
		t.Fatalf("a full disk is called %v", err)
	}
	sameStamps(t, all(t, s, "A"), invent(1, 0, 5*dayStamps))
	if got := all(t, s, "B"); len(got) != 0 {
		t.Errorf("half of a transaction stayed: %d stamps", len(got))
	}
	limit(1 << 30)
	save(t, s, rowsOf("B", invent(2, 0, 200*dayStamps)))
	sameStamps(t, all(t, s, "B"), invent(2, 0, 200*dayStamps))
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSchemasOfEveryVersionAreMigrated(t *testing.T) {
	for version := 1; version <= len(migrations); version++ {
		dir := t.TempDir()
		db := openDB(filepath.Join(dir, fileName), "mode=rwc", 1)
		if err := prepare(t.Context(), db, version); err != nil {
			t.Fatal(err)
		}
		data, err := encodeBlock(invent(1, 0, dayStamps))
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			"INSERT INTO contract(id, symbol) VALUES(1, 'A')",
			fmt.Sprintf("INSERT INTO block(contract, day, points, thin, data) VALUES(1, %d, 288, 0, x'%x')", day0, data),
		} {
			if _, err := db.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		db.Close()
		s := openStore(t, dir)
		if s.SetAside() != nil {
			t.Fatalf("version %d was set aside", version)
		}
		sameStamps(t, all(t, s, "A"), invent(1, 0, dayStamps))
		if _, err := s.Events(t.Context(), "", 0, 1); err != nil {
			t.Error(err)
		}
		if isNew, err := s.AppendAlert(t.Context(), alertOf("A", 1, "{}"), 0); !isNew || err != nil {
			t.Errorf("version %d keeps no alerts: %v", version, err)
		}
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	if _, err := s.writeDB.ExecContext(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, readOnly := range []bool{false, true} {
		if s, err := Open(t.Context(), dir, Options{ReadOnly: readOnly}); KindOf(err) != Newer || s != nil {
			t.Errorf("opened: %v", err)
		}
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*damaged*")); err != nil || len(files) != 0 {
		t.Errorf("set aside: %v", files)
	}
}

func TestAFolderThatMayNotBeUsedIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), filepath.Join(file, "below"), Options{}); err == nil {
		t.Error("a folder inside a file was opened")
	}
}

func TestAReadDoesNotWaitForAWrite(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, rowsOf("X", []Stamp{stamp(0, 7, API)}))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO contract(symbol) VALUES('Y')"); err != nil {
			return err
		}
		stamps, err := s.Stamps(ctx, "X", 0, stamp(9, 1, API).Time) // while the write is open
		if err == nil && len(stamps) != 1 {
			err = fmt.Errorf("%d stamps", len(stamps))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

package history

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func try(t *testing.T, s *Store) (writes bool) {
	t.Helper()
	writes, err := s.TryBecomeWriter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return writes
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// A closed store locks nothing any more: who comes next writes.
func TestAClosedStoreStaysClosed(t *testing.T) {
	dir := t.TempDir()
	first := openStore(t, dir)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if writes, err := first.TryBecomeWriter(t.Context()); writes || KindOf(err) != Stopped {
		t.Errorf("a closed store became the writer: %v, %v", writes, err)
	}
	if !openStore(t, dir).Writes() {
		t.Error("a closed store keeps the lock")
	}
}

// Where the history is deleted under the process that writes, it is noticed when
// it is looked for and with the next write, said once, and begun anew where others
// find it.
func TestADeletedHistoryIsBegunAnew(t *testing.T) {
	for _, noticed := range []string{"by looking", "by writing"} {
		for _, what := range []string{"its folder", fileName} {
			t.Run(what+" "+noticed, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "history")
				s, log := openLogged(t, dir)
				save(t, s, rowsOf("X", []Stamp{stamp(0, 7, API)}))
				if !s.BegunAnew().IsZero() {
					t.Error("begun anew from the start")
				}
				if what == fileName {
					remove(t, s.Path())
				} else {
					remove(t, dir)
				}
				losses := s.Losses()
				if noticed == "by looking" && !try(t, s) {
					t.Fatal("it does not write any more")
				}
				save(t, s, rowsOf("X", []Stamp{stamp(1, 8, API)}))
				sameStamps(t, all(t, s, "X"), []Stamp{stamp(1, 8, API)})
				if s.BegunAnew().IsZero() || s.Losses() == losses || lines(log) != 1 {
					t.Errorf("begun anew %v, losses %d → %d, log:\n%s", s.BegunAnew(), losses, s.Losses(), log)
				}
				if openStore(t, dir).Writes() {
					t.Error("two write")
				}
				reader, err := Open(t.Context(), dir, Options{ReadOnly: true})
				if err != nil {
					t.Fatal(err)
				}
				defer reader.Close()
				sameStamps(t, all(t, reader, "X"), []Stamp{stamp(1, 8, API)})
			})
		}
	}
}

// What was put in the place of the history is gone on with.
func TestAReplacedHistoryIsGoneOnWith(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "history")
	other := openStore(t, dir+"-other")
	save(t, other, rowsOf("X", []Stamp{stamp(5, 9, API)}))
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, dir)
	save(t, s, rowsOf("X", []Stamp{stamp(0, 7, API)}))
	for _, move := range [][2]string{{dir, dir + "-before"}, {dir + "-other", dir}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			t.Fatal(err)
		}
	}
	save(t, s, rowsOf("X", []Stamp{stamp(6, 9, API)}))
	sameStamps(t, all(t, s, "X"), []Stamp{stamp(5, 9, API), stamp(6, 9, API)})
	sameStamps(t, all(t, openStore(t, dir+"-before"), "X"), []Stamp{stamp(0, 7, API)})
}

// Two never write: where another process was first with the files that are
// there now, this one reads along.
func TestTwoNeverWriteAfterADeletion(t *testing.T) {
	for _, what := range []string{"", lockName} {
		t.Run("deleted: "+what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "history")
			first := openStore(t, dir)
			save(t, first, rowsOf("X", []Stamp{stamp(0, 7, API)}))
			remove(t, filepath.Join(dir, what))
			second := openStore(t, dir)
			save(t, second, rowsOf("X", []Stamp{stamp(1, 8, API)}))
			if _, err := first.SaveStamps(t.Context(), rowsOf("X", []Stamp{stamp(2, 9, API)})); KindOf(err) != Reading {
				t.Errorf("both write: %v", err)
			}
			if try(t, first) || first.Writes() {
				t.Error("the first calls itself the writer")
			}
			for _, s := range []*Store{first, second} {
				if got, err := s.Stamps(t.Context(), "X", 0, math.MaxInt64); err != nil || len(got) == 0 || got[len(got)-1] != stamp(1, 8, API) {
					t.Errorf("read %v, %v", got, err)
				}
			}
			if err := second.Close(); err != nil {
				t.Fatal(err)
			}
			if !try(t, first) {
				t.Error("the first did not take over")
			}
			if err := first.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Where the folder can't be made, that is an error until it can.
func TestAFolderThatCannotBeMadeAgainIsSaid(t *testing.T) {
	above := filepath.Join(t.TempDir(), "disk")
	dir := filepath.Join(above, "history")
	s, log := openLogged(t, dir)
	save(t, s, rowsOf("X", []Stamp{stamp(0, 7, API)}))
	remove(t, above)
	if err := os.WriteFile(above, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if writes, err := s.TryBecomeWriter(t.Context()); writes || err == nil {
			t.Fatalf("it writes: %v, %v", writes, err)
		}
		if _, err := s.SaveStamps(t.Context(), rowsOf("X", []Stamp{stamp(1, 8, API)})); err == nil {
			t.Fatal("it saves where there is nothing")
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines in the log:\n%s", n, log)
	}
	remove(t, above)
	if !try(t, s) {
		t.Fatal("it does not write again")
	}
	save(t, s, rowsOf("X", []Stamp{stamp(1, 8, API)}))
}

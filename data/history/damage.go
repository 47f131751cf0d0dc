package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// SetAside tells that a damaged database was set aside, and what of it was saved.
type SetAside struct {
	Path   string // where the damaged one lies now
	Why    error
	At     time.Time
	Points int64 // stamps that were saved from it into the new one
	Days   int   // days of contracts that could not be read, as far as that is known: ArchiveDays and Gaps tell of them as missing
}

// SetAside returns what was set aside when this store was opened or rebuilt,
// nil where nothing was.
func (s *Store) SetAside() *SetAside {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.aside
}

// damagedDays are the blocks that were found damaged in the database that is open.
type damagedDays struct {
	mu    sync.Mutex
	known map[lostDay]bool
	count int // of all that was lost since the store was opened; see Losses
}

// lostDay is a damaged block.
type lostDay struct {
	blockKey
	ratios bool // it has ratios, not stamps
}

// add takes that a block is damaged, and reports whether that is news, and
// whether it is the first of this database.
func (d *damagedDays) add(key lostDay) (news, first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[key] {
		return false, false
	}
	if d.known == nil {
		d.known = map[lostDay]bool{}
	}
	first = len(d.known) == 0
	d.known[key] = true
	d.count++
	return true, first
}

// more takes that a whole database was lost, or parts of it.
func (d *damagedDays) more() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = nil
	d.count++
}

// Losses is how often something that was kept was found to be lost: a block
// damaged, the database rebuilt, its files gone. When it grows, what was complete
// may be so no longer.
func (s *Store) Losses() int {
	s.lost.mu.Lock()
	defer s.lost.mu.Unlock()
	return s.lost.count
}

// BegunAnew is when the store last went on with other files than it had, since
// those had been deleted or replaced; zero: never.
func (s *Store) BegunAnew() time.Time {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.begun
}

// Check goes through the whole database and returns what is wrong with it, a
// Problem of kind Damaged, or nil.
func (s *Store) Check(ctx context.Context) error {
	err := s.readOnce(ctx, func(tx *sql.Tx) error {
		var verdict string
		if err := tx.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return fmt.Errorf("%w: %s", errBlock, verdict)
		}
		if err := checkBlocks(ctx, tx); err != nil {
			return err
		}
		if err := checkRatios(ctx, tx); err != nil {
			return err
		}
		return scanJournal(ctx, tx, func(entry) {})
	})
	return problem(err, "checking the history")
}

func checkBlocks(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, "SELECT day, data FROM block")
	if err != nil {
		return err
	}
	defer rows.Close()
	var scratch []Stamp
	for rows.Next() {
		var day int64
		var data sql.RawBytes
		if err := rows.Scan(&day, &data); err != nil {
			return err
		}
		if scratch, err = decodeBlock(scratch[:0], day, data); err != nil {
			return err
		}
	}
	return rows.Err()
}

func checkRatios(ctx context.Context, tx *sql.Tx) error {
	if there, err := hasRatios(ctx, tx); err != nil || !there {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT data FROM ratio")
	if err != nil {
		return err
	}
	defer rows.Close()
	var d ratioDay
	for rows.Next() {
		var data sql.RawBytes
		if err := rows.Scan(&data); err != nil {
			return err
		}
		if err := decodeRatios(&d, data); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Rebuild sets the database aside, saves what can be read of it into a new
// one, and goes on with that, as every operation does that meets damage. Call it
// with what Check found.
func (s *Store) Rebuild(ctx context.Context, why error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.files.Lock()
	defer s.files.Unlock()
	if s.writeDB == nil {
		return &Problem{Kind: Reading, What: "rebuilding the history", Err: errors.New("another process writes it, or it is closed")}
	}
	return s.rebuild(ctx, why)
}

// mendAgain is how long after one rebuilding the next may begin by itself: on a
// disk that damages what it is given, each would leave a whole database behind.
const mendAgain = time.Minute

// mend rebuilds a database in which damage was met, and reports whether what
// failed may be tried again; s.writing is held.
func (s *Store) mend(ctx context.Context, why error) bool {
	s.files.Lock()
	defer s.files.Unlock()
	var m met
	switch {
	case s.writeDB == nil:
		return false
	case errors.As(why, &m) && m.opened != s.opened:
		return true // another goroutine met it first
	case s.aside != nil && s.opt.Now().Sub(s.aside.At) < mendAgain:
		return false
	}
	if err := s.rebuild(ctx, why); err != nil {
		s.log.Error("rebuilding a damaged history", "error", err)
		return false
	}
	return true
}

// met is damage, with the number of the database in which it was met.
type met struct {
	error
	opened int
}

// Unwrap returns the damage.
func (m met) Unwrap() error { return m.error }

// metNow marks damage with the number of the database that is open; s.files is held.
func (s *Store) metNow(err error) error {
	if KindOf(err) != Damaged || errors.As(err, new(met)) {
		return err
	}
	return met{err, s.opened}
}

// rebuild is Rebuild where s.writing and s.files are held. It says one line in
// the log: what was lost matters to the person, in how many pieces doesn't.
func (s *Store) rebuild(ctx context.Context, why error) error {
	if err := s.closeHandles(); err != nil {
		s.log.Debug("closing a damaged history", "error", err)
	}
	path, err := s.rename()
	if err != nil {
		return problem(err, "setting a damaged history aside")
	}
	aside := &SetAside{Path: path, Why: why, At: s.opt.Now()}
	s.aside = aside
	s.lost.more()
	if err := s.openWriter(ctx); err != nil {
		s.log.Error("the history is damaged and was set aside", "as", path, "why", why)
		return problem(err, "making a new history")
	}
	aside.Points, aside.Days = s.salvage(ctx, path)
	s.log.Error("the history was damaged; what could be read of it is in a new one, and what is missing will be fetched again",
		"set_aside", path, "why", why, "points_saved", aside.Points, "days_lost", aside.Days)
	return nil
}

// rename gives the database, and the log beside it, another name.
func (s *Store) rename() (string, error) {
	base := s.Path() + ".damaged-" + s.opt.Now().UTC().Format("20060102T150405Z")
	aside := base
	for n := 2; exists(aside); n++ {
		aside = fmt.Sprintf("%s.%d", base, n)
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(s.Path()+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

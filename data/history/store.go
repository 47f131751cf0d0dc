package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The files of a store, in its folder.
const (
	fileName = "history.db"
	lockName = "history.lock"
)

// Options are how a store is opened. The zero value is fine.
type Options struct {
	ReadOnly bool             // never write, nor try to
	Log      *slog.Logger     // nil: discarded
	Now      func() time.Time // nil: time.Now; dates what is set aside and what is saved
	Room     func() error     // why the disk takes nothing more, for who has it be full; nil: the disk itself tells
}

// Store is the history on this machine. It is safe for concurrent use: reads
// go on beside each other and beside one write.
type Store struct {
	dir string
	opt Options
	log *slog.Logger

	lock *flock.Flock // held: this process writes

	// files guards the handles below: held for reading while they are used,
	// for writing while they are exchanged.
	files   sync.RWMutex
	closed  bool
	readDB  *sql.DB
	writeDB *sql.DB     // nil: another process writes
	file    os.FileInfo // the database that readDB has open
	opened  int         // how often a database was opened: tells whether an error is of the one that is open
	aside   *SetAside
	begun   time.Time // when the history was begun anew since its files had gone; zero: they never had

	writing sync.Mutex // one write at a time
	pending int        // points in the journal; guarded by writing

	lost damagedDays
}

// Open opens the history in a folder, and makes both where they are absent.
// Where another process writes to it, the store only reads, until
// TryBecomeWriter succeeds. A damaged database is set aside, what can be read of
// it is saved into a new one, and SetAside tells.
func Open(ctx context.Context, dir string, opt Options) (*Store, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Store{dir: dir, opt: opt, log: opt.Log, lock: flock.New(filepath.Join(dir, lockName))}
	if opt.ReadOnly {
		if err := s.openToRead(ctx); err != nil {
			return nil, err
		}
		return s, nil
	}
	if _, err := s.TryBecomeWriter(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Path is where the database lies.
func (s *Store) Path() string { return filepath.Join(s.dir, fileName) }

// Writes reports whether this store may write: it is the one that does.
func (s *Store) Writes() bool {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.writeDB != nil
}

// Closed reports whether Close was called: another market's history may have
// taken its place.
func (s *Store) Closed() bool {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.closed
}

// Close ends every use of the store and lets another process write.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.files.Lock()
	defer s.files.Unlock()
	s.closed = true
	err := errors.Join(s.closeHandles(), s.lock.Close())
	return problem(err, "closing the history")
}

func (s *Store) closeHandles() error {
	var errs []error
	for _, db := range []**sql.DB{&s.readDB, &s.writeDB} {
		if *db != nil {
			errs = append(errs, (*db).Close())
			*db = nil
		}
	}
	return errors.Join(errs...)
}

// openToWrite opens the database as its only writer; s.writing is held.
func (s *Store) openToWrite(ctx context.Context) error {
	s.files.Lock()
	defer s.files.Unlock()
	err := s.openWriter(ctx)
	if KindOf(err) != Damaged {
		return problem(err, "opening the history")
	}
	return s.rebuild(ctx, err)
}

// openWriter opens both handles; s.files is held.
func (s *Store) openWriter(ctx context.Context) error {
	if err := s.closeHandles(); err != nil {
		return err
	}
	w := openDB(s.Path(), "mode=rwc&_txlock=immediate&_pragma=synchronous(FULL)"+
		"&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(4194304)", 1) // the log stays at about 2 MB
	err := prepare(ctx, w, len(migrations))
	if err == nil {
		err = glance(ctx, w, s.Path())
	}
	if err == nil {
		err = w.QueryRowContext(ctx, "SELECT coalesce(sum(points), 0) FROM journal").Scan(&s.pending)
	}
	if err == nil {
		err = s.openReader(ctx)
	}
	if err != nil {
		return errors.Join(err, w.Close())
	}
	s.writeDB = w
	s.opened++
	return nil
}

// glance reads what every start needs, so that gross damage shows at once and
// not in the middle of the work. Going through the whole file is Check's.
func glance(ctx context.Context, db *sql.DB, path string) error {
	var pages, size int64
	if err := db.QueryRowContext(ctx, "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size").Scan(&pages, &size); err != nil {
		return err
	}
	var n int
	for _, table := range []string{"contract", "meta", "journal"} {
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return fmt.Errorf("reading %s: %w", table, err)
		}
	}
	return db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT length(data) FROM block ORDER BY id DESC LIMIT 100)").Scan(&n)
}

// openToRead opens the database for reading, again where another process has
// put a new one in its place.
func (s *Store) openToRead(ctx context.Context) error {
	s.files.Lock()
	defer s.files.Unlock()
	if s.closed {
		return &Problem{Kind: Stopped, What: "opening the history"}
	}
	if now, err := os.Stat(s.Path()); s.readDB != nil && (err != nil || os.SameFile(s.file, now)) {
		return nil
	}
	if s.readDB != nil {
		if err := s.readDB.Close(); err != nil {
			s.log.Warn("closing a history that was replaced", "error", err)
		}
		s.readDB = nil
	}
	s.opened++
	return problem(s.waitForReader(ctx), "opening the history to read")
}

// waitForReader opens the database for reading, and waits a little where the
// process that writes is just making it.
func (s *Store) waitForReader(ctx context.Context) error {
	const tries, pause = 40, 50 * time.Millisecond
	for n := 1; ; n++ {
		err := s.openReader(ctx)
		if kind := KindOf(err); err == nil || n == tries || s.opt.ReadOnly || kind != Absent && kind != Failed {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (s *Store) openReader(ctx context.Context) error {
	file, err := os.Stat(s.Path())
	if err != nil {
		return err
	}
	r := openDB(s.Path(), "mode=rw&_pragma=query_only(1)", 4)
	var version int
	err = r.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	switch {
	case err == nil && version > len(migrations):
		err = &Problem{Kind: Newer, What: "reading the history"}
	case err == nil && version < len(migrations) && (!s.opt.ReadOnly || version < oldestRead):
		err = fmt.Errorf("its version is still %d", version)
	}
	if err != nil {
		return errors.Join(err, r.Close())
	}
	s.readDB, s.file = r, file
	return nil
}

func openDB(path, options string, connections int) *sql.DB {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		if abs, err := filepath.Abs(path); err == nil {
			name = "/" + strings.TrimPrefix(filepath.ToSlash(abs), "/")
		}
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: name, RawQuery: options + "&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		panic(err) // the driver is linked in; nothing is opened yet
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// read runs do in one transaction, so that it sees one state of the store. Where
// the database turns out to be damaged, and this process writes it, it is rebuilt
// and do has a second chance: do begins from nothing each time.
func (s *Store) read(ctx context.Context, do func(*sql.Tx) error) error {
	err := s.readOnce(ctx, do)
	if KindOf(err) != Damaged || !s.Writes() {
		return err
	}
	s.writing.Lock()
	rebuilt := s.mend(ctx, err)
	s.writing.Unlock()
	if !rebuilt {
		return err
	}
	return s.readOnce(ctx, do)
}

func (s *Store) readOnce(ctx context.Context, do func(*sql.Tx) error) error {
	s.files.RLock()
	defer s.files.RUnlock()
	if s.readDB == nil {
		return &Problem{Kind: Stopped, What: "reading the history", Err: errClosed}
	}
	tx, err := s.readDB.BeginTx(ctx, nil)
	if err != nil {
		return s.metNow(err)
	}
	defer tx.Rollback()
	return s.metNow(do(tx))
}

// write runs do in a transaction of its own, one at a time.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.writeLocked(ctx, do)
}

// writeLocked is write where s.writing is held. Where the database turns out to
// be damaged or its files to have gone, that is mended and do has a second chance:
// it begins from nothing each time.
func (s *Store) writeLocked(ctx context.Context, do func(*sql.Tx) error) error {
	err := s.writeOnce(ctx, do)
	switch KindOf(err) {
	case Damaged:
		if !s.mend(ctx, err) {
			return err
		}
	case Gone:
		if writes, err := s.becomeWriter(ctx); err != nil {
			return err
		} else if !writes {
			return &Problem{Kind: Reading, What: "writing the history", Err: errors.New("it was replaced, and another process writes it now")}
		}
	default:
		return err
	}
	return s.writeOnce(ctx, do)
}

// writeOnce takes back what do adds to s.pending if the transaction fails.
func (s *Store) writeOnce(ctx context.Context, do func(*sql.Tx) error) error {
	s.files.RLock()
	defer s.files.RUnlock()
	switch {
	case s.writeDB == nil:
		return &Problem{Kind: Reading, What: "writing the history", Err: errors.New("another process does, or it is closed")}
	case !s.inPlace():
		return &Problem{Kind: Gone, What: "writing the history"}
	}
	pending := s.pending
	err := s.room()
	if err == nil {
		err = s.metNow(inTx(ctx, s.writeDB, do))
	}
	if err != nil {
		s.pending = pending
	}
	return err
}

// room is why the disk takes nothing more, as far as somebody has it be full.
func (s *Store) room() error {
	if s.opt.Room == nil {
		return nil
	}
	return problem(s.opt.Room(), "writing the history")
}

func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrConnDone)
}

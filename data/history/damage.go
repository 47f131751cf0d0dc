package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// SetAside tells that a damaged database was set aside, and what of it was saved.
type SetAside struct {
	Path   string // where the damaged one lies now
	Why    error
	At     time.Time
	Points int64 // stamps that were saved from it into the new one
}

// SetAside returns what was set aside when this store was opened or rebuilt,
// nil where nothing was.
func (s *Store) SetAside() *SetAside {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.aside
}

// Check goes through the whole database and returns what is wrong with it, a
// Problem of kind Damaged, or nil.
func (s *Store) Check(ctx context.Context) error {
	err := s.read(ctx, func(tx *sql.Tx) error {
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

// Rebuild sets the database aside, saves what can be read of it into a new
// one, and goes on with that. Call it when an operation fails as Damaged.
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

// rebuild is Rebuild where s.writing and s.files are held.
func (s *Store) rebuild(ctx context.Context, why error) error {
	if err := s.closeHandles(); err != nil {
		s.log.Warn("closing a damaged history", "error", err)
	}
	aside, err := s.rename()
	if err != nil {
		return problem(err, "setting a damaged history aside")
	}
	s.aside = &SetAside{Path: aside, Why: why, At: s.opt.Now()}
	s.log.Error("the history is damaged; it was set aside", "as", aside, "why", why)
	if err := s.openWriter(ctx); err != nil {
		return problem(err, "making a new history")
	}
	s.aside.Points = s.salvage(ctx, aside)
	s.log.Info("the history was rebuilt", "points", s.aside.Points)
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

// salvaged are the tables whose rows are taken out of a damaged database as
// far as they can be read, with the columns that they have in every version.
var salvaged = []struct{ table, columns string }{
	{"contract", "id, symbol"},
	{"block", "id, contract, day, points, thin, data"},
	{"journal", "id, points, data"},
	{"funding", "contract, time, rate"},
	{"archive_day", "contract, day, state, sha256, etag, points, defects, compared, disagreed, at"},
	{"meta", "key, value"},
	{"event", "id, time, symbol, kind, version, seen, evidence"},
	{"thinned", "at, contracts, points, before"},
}

// salvage copies what can be read, from both ends of each table, and returns
// how many stamps are in it. Blocks have checksums, so nothing wrong is taken
// for right.
func (s *Store) salvage(ctx context.Context, from string) int64 {
	old := openDB(from, "mode=rw&_pragma=query_only(1)", 1)
	defer old.Close()
	for _, t := range salvaged {
		for _, order := range []string{"", " DESC"} {
			if err := copyTable(ctx, old, s.writeDB, t.table, t.columns, order); err == nil {
				break
			} else {
				s.log.Warn("part of a damaged history cannot be read", "table", t.table, "error", err)
			}
		}
	}
	if err := s.dropUnreadable(ctx, s.writeDB); err != nil {
		s.log.Error("looking through what was saved of a history", "error", err)
	}
	var points int64
	err := s.writeDB.QueryRowContext(ctx, `SELECT coalesce(sum(points), 0) FROM block`).Scan(&points)
	if err == nil {
		err = s.writeDB.QueryRowContext(ctx, "SELECT coalesce(sum(points), 0) FROM journal").Scan(&s.pending)
	}
	if err != nil {
		s.log.Error("counting what was saved of a history", "error", err)
	}
	return points + int64(s.pending)
}

// copyTable copies rows until one cannot be read; those before it stay copied.
func copyTable(ctx context.Context, old, to *sql.DB, table, columns, order string) error {
	names := strings.Split(columns, ", ")
	rows, err := old.QueryContext(ctx, "SELECT "+columns+" FROM "+table+" NOT INDEXED ORDER BY "+names[0]+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	insert := "INSERT OR IGNORE INTO " + table + "(" + columns + ") VALUES(?" + strings.Repeat(", ?", len(names)-1) + ")"
	var broke error
	err = inTx(ctx, to, func(tx *sql.Tx) error {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if broke = rows.Scan(into...); broke != nil {
				return nil
			}
			if _, err := tx.ExecContext(ctx, insert, values...); err != nil {
				return fmt.Errorf("copying %s: %w", table, err)
			}
		}
		broke = rows.Err()
		return nil
	})
	return errors.Join(err, broke)
}

// dropUnreadable removes the blocks and journal records whose checksum is
// wrong, and whatever belongs to a contract whose name is lost: its number
// would be given to another.
func (s *Store) dropUnreadable(ctx context.Context, db *sql.DB) error {
	return inTx(ctx, db, func(tx *sql.Tx) error {
		known, err := contracts(ctx, tx)
		if err != nil {
			return err
		}
		bad, err := unreadable(ctx, tx, known)
		if err != nil {
			return err
		}
		for _, b := range bad {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+b.table+" WHERE id = ?", b.id); err != nil {
				return err
			}
		}
		for _, table := range []string{"block", "funding", "archive_day"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE contract NOT IN (SELECT id FROM contract)"); err != nil {
				return err
			}
		}
		return nil
	})
}

type rowName struct {
	table string
	id    int64
}

func unreadable(ctx context.Context, tx *sql.Tx, known map[int64]string) ([]rowName, error) {
	rows, err := tx.QueryContext(ctx, "SELECT 'block', id, day, data FROM block UNION ALL SELECT 'journal', id, 0, data FROM journal")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var bad []rowName
	for rows.Next() {
		var name rowName
		var day int64
		var data []byte
		lost := false
		if err := rows.Scan(&name.table, &name.id, &day, &data); err != nil {
			return nil, err
		}
		if name.table == "block" {
			_, err = decodeBlock(nil, day, data)
		} else {
			err = decodeJournal(data, func(e entry) { lost = lost || known[e.contract] == "" })
		}
		if err != nil || lost {
			bad = append(bad, name)
		}
	}
	return bad, rows.Err()
}

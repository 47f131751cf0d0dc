package history

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// salvaged are the tables whose rows are taken out of a damaged database as
// far as they can be read, with their columns. Rows are in the order of the first.
var salvaged = []struct{ table, columns string }{
	{"contract", "id, symbol"},
	{"block", "id, contract, day, points, thin, data"},
	{"journal", "id, points, data"},
	{"funding", "contract, time, rate"},
	{"ratio", "id, contract, day, thin, data"},
	{"liquidation", "contract, time, long, price, contracts"},
	{"listened", "since, until"},
	{"archive_day", "contract, day, state, sha256, etag, points, defects, compared, disagreed, at, ratios"},
	{"archive_day", "contract, day, state, sha256, etag, points, defects, compared, disagreed, at"}, // of version 3; where the one above could be read, it adds nothing
	{"meta", "key, value"},
	{"event", "id, time, symbol, kind, version, seen, evidence"},
	{"thinned", "at, contracts, points, before"},
	{"alert", "id, time, key, data"},
}

// salvage copies what can be read, and returns how many stamps are in it and how
// many days are known to be lost. Blocks have checksums, so nothing wrong is taken
// for right.
func (s *Store) salvage(ctx context.Context, from string) (points int64, days int) {
	old := openDB(from, "mode=rw&_pragma=query_only(1)", 1)
	if _, err := contractsOf(ctx, old); err != nil {
		copied, cerr := s.withSchema(ctx, from)
		if cerr != nil {
			s.log.Debug("a damaged history cannot be given a schema", "error", cerr)
		} else {
			_ = old.Close() // nothing could be read of it
			old = openDB(copied, "mode=rw&_pragma=query_only(1)", 1)
			defer os.Remove(copied)
		}
	}
	defer func() { _ = old.Close() }()
	missed := false // liquidations that were seen may be lost
	for _, t := range salvaged {
		if t.table == "listened" && missed {
			continue // that it listened would say that there were none
		}
		if err := copyTable(ctx, old, s.writeDB, t.table, t.columns); err != nil {
			missed = missed || t.table == "liquidation" || t.table == "contract"
			s.log.Debug("part of a damaged history cannot be read", "table", t.table, "error", err)
		}
	}
	damaged, err := dropUnreadable(ctx, s.writeDB)
	if err == nil {
		err = s.writeDB.QueryRowContext(ctx, "SELECT coalesce(sum(points), 0) FROM block").Scan(&points)
	}
	if err == nil {
		err = s.writeDB.QueryRowContext(ctx, "SELECT coalesce(sum(points), 0) FROM journal").Scan(&s.pending)
	}
	if err == nil { // those that were damaged are among them where the archive gave them
		err = s.writeDB.QueryRowContext(ctx, `SELECT count(*) FROM archive_day a WHERE state = ? AND points > 1
			AND NOT EXISTS (SELECT 1 FROM block b WHERE b.contract = a.contract AND b.day = a.day)`, Imported).Scan(&days)
	}
	if err != nil {
		s.log.Error("looking through what was saved of a history", "error", err)
	}
	return points + int64(s.pending), max(days, damaged)
}

// contractsOf counts the contracts of a database, and so reads its header and its
// schema.
func contractsOf(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM contract").Scan(&n)
	return n, err
}

// withSchema makes a copy of a database that has lost its header or its schema,
// without which nothing in it can be found, and puts those of the new database
// there. Both are the same in every database that was made by this version, and
// where they are not, what is read by them fails its checksum.
func (s *Store) withSchema(ctx context.Context, from string) (path string, err error) {
	if _, err := s.writeDB.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return "", err
	}
	fresh, err := os.ReadFile(s.Path())
	if err != nil {
		return "", err
	}
	var root int64
	if err := s.writeDB.QueryRowContext(ctx, "SELECT max(rootpage) FROM sqlite_schema").Scan(&root); err != nil {
		return "", err
	}
	path = s.Path() + ".reading"
	size, err := copyFile(from, path)
	if err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	first, rest := fresh[:pageSize], fresh[min(root*pageSize, int64(len(fresh))):] // the schema begins on the first page, and goes on after the roots of all tables
	binary.BigEndian.PutUint32(first[28:], uint32(size/pageSize))                  // pages
	clear(first[32:40])                                                            // none is free
	_, err = f.WriteAt(first, 0)
	if err == nil {
		_, err = f.WriteAt(rest, root*pageSize)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}

func copyFile(from, to string) (size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(out, in)
	return size, errors.Join(err, out.Close())
}

// copyTable copies the rows that can be read, and returns why others can't.
func copyTable(ctx context.Context, old, to *sql.DB, table, columns string) error {
	names := strings.Split(columns, ", ")
	insert := "INSERT OR IGNORE INTO " + table + "(" + columns + ") VALUES(?" + strings.Repeat(", ?", len(names)-1) + ")"
	w := walker{
		from:  old,
		query: "SELECT " + columns + " FROM " + table + " NOT INDEXED WHERE " + names[0] + " BETWEEN ? AND ? ORDER BY " + names[0],
		width: len(names),
	}
	err := inTx(ctx, to, func(tx *sql.Tx) error {
		w.take = func(row []any) error {
			_, err := tx.ExecContext(ctx, insert, row...)
			return err
		}
		if names[0] == "key" {
			return w.ends(ctx, "", "\U0010ffff") // text can't be halved
		}
		return w.all(ctx)
	})
	return errors.Join(err, w.broke)
}

// walker reads the rows of a damaged table that can be read.
type walker struct {
	from interface { // a database, or a transaction
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
	query  string                // for the rows whose first column lies between two values, in its order
	width  int                   // columns
	take   func(row []any) error // may be given a row twice
	found  bool                  // any row could be read
	failed int                   // how many walks met a row that can't be read
	broke  error                 // the first such row's error
}

// mostFailed bounds the search for what can be read around what can't, and
// mostFruitless while nothing at all was found: a file that is no database.
const (
	mostFailed    = 4_000
	mostFruitless = 500
)

// span is a range of the first column.
type span struct{ low, high int64 }

// all reads from both ends up to the first row that can't be read. What is left
// in the middle is halved, and its halves again, so that a page that can't be read
// costs the rows on it and none that lie between it and another such page. An error
// is take's, or the context's.
func (w *walker) all(ctx context.Context) error {
	const highest = 1 << 48 // of numbers of rows and of Unix milliseconds
	left := []span{{0, highest}}
	for len(left) > 0 && w.failed < w.patience() && ctx.Err() == nil {
		at := left[0]
		left = left[1:]
		last, whole, err := w.walk(ctx, at.low, at.high, "")
		if err != nil {
			return err
		}
		if whole {
			continue
		}
		first, whole, err := w.walk(ctx, at.low, at.high, " DESC")
		if err != nil {
			return err
		}
		if n, ok := last.(int64); ok {
			at.low = n
		}
		if n, ok := first.(int64); ok {
			at.high = n
		}
		if at.high == highest { // the end can't be read: it isn't far
			at.high = 2*at.low + 1<<22
		}
		if !whole && at.high-at.low > 1 {
			middle := at.low + (at.high-at.low)/2
			left = append(left, span{at.low, middle}, span{middle, at.high})
		}
	}
	return ctx.Err()
}

// patience is after how many walks that failed the search ends.
func (w *walker) patience() int {
	if w.found {
		return mostFailed
	}
	return mostFruitless
}

// ends reads from both ends up to the first row that can't be read.
func (w *walker) ends(ctx context.Context, low, high any) error {
	_, whole, err := w.walk(ctx, low, high, "")
	if err == nil && !whole {
		_, _, err = w.walk(ctx, low, high, " DESC")
	}
	return err
}

// walk reads rows in one direction. It returns the first column of the last one
// that could be read, nil for none, and whether that was the last there is.
func (w *walker) walk(ctx context.Context, low, high any, order string) (last any, whole bool, err error) {
	values, into := make([]any, w.width), make([]any, w.width)
	for i := range values {
		into[i] = &values[i]
	}
	rows, broke := w.from.QueryContext(ctx, w.query+order, low, high)
	if broke == nil {
		defer rows.Close()
		for rows.Next() {
			if broke = rows.Scan(into...); broke != nil {
				break
			}
			if err := w.take(values); err != nil {
				return nil, false, fmt.Errorf("copying a row: %w", err)
			}
			last, w.found = values[0], true
		}
		broke = errors.Join(broke, rows.Err())
	}
	if broke == nil {
		return last, true, nil
	}
	w.failed++
	if w.broke == nil {
		w.broke = broke
		if KindOf(broke) != Damaged { // there is no such table, or nothing at all
			w.failed = mostFailed
		}
	}
	return last, false, nil
}

// dropUnreadable removes the blocks of both kinds and the journal records whose checksum is
// wrong, and whatever belongs to a contract whose name is lost: its number
// would be given to another. It returns how many blocks
// of stamps it removed.
func dropUnreadable(ctx context.Context, db *sql.DB) (blocks int, err error) {
	err = inTx(ctx, db, func(tx *sql.Tx) error {
		if err := dropOdd(ctx, tx); err != nil {
			return err
		}
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
			if b.table == "block" {
				blocks++
			}
		}
		for _, table := range []string{"block", "ratio", "liquidation", "funding", "archive_day"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE contract NOT IN (SELECT id FROM contract)"); err != nil {
				return err
			}
		}
		return nil
	})
	return blocks, err
}

// dropOdd removes rows that nobody can have written. A database
// of an older version that has lost its schema gets the newest (see withSchema), so
// that pages of one table are read as those of another.
func dropOdd(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM liquidation WHERE typeof(time) != 'integer' OR typeof(long) != 'integer'
			OR typeof(price) != 'real' OR typeof(contracts) != 'real' OR time < ?1;
		DELETE FROM listened WHERE typeof(until) != 'integer' OR until < since OR since < ?1;
		DELETE FROM ratio WHERE typeof(contract) != 'integer' OR typeof(day) != 'integer' OR typeof(thin) != 'integer' OR typeof(data) != 'blob'`, epoch)
	return err
}

type rowName struct {
	table string
	id    int64
}

func unreadable(ctx context.Context, tx *sql.Tx, known map[int64]string) ([]rowName, error) {
	rows, err := tx.QueryContext(ctx, `SELECT 'block', id, day, data FROM block UNION ALL SELECT 'ratio', id, day, data FROM ratio
		UNION ALL SELECT 'journal', id, 0, data FROM journal`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var bad []rowName
	var ratios ratioDay
	for rows.Next() {
		var name rowName
		var day int64
		var data []byte
		lost := false
		if err := rows.Scan(&name.table, &name.id, &day, &data); err != nil {
			return nil, err
		}
		switch name.table {
		case "block":
			_, err = decodeBlock(nil, day, data)
		case "ratio":
			err = decodeRatios(&ratios, data)
		default:
			err = decodeJournal(data, func(e entry) { lost = lost || known[e.contract] == "" })
		}
		if err != nil || lost {
			bad = append(bad, name)
		}
	}
	return bad, rows.Err()
}

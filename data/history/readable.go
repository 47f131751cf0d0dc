package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"openinterest/data/market"
)

// Readable is what can be read of a contract in a store that may be damaged.
type Readable struct {
	Stamps []Stamp
	Lost   []Days // that can't be read, the oldest first
	Newest bool   // some of the stamps that were kept last can't be read, of whichever contract
}

// Days is a run of days.
type Days struct{ First, Last time.Time } // midnights, UTC; both included

// Readable returns the stamps of a contract as Stamps does. Where damage is met,
// it returns those that can be read, and says which days can't: an export from a
// history that nobody has repaired yet is neither refused nor short without a word.
// An error means that nothing can be read at all.
func (s *Store) Readable(ctx context.Context, symbol string, from, to int64) (Readable, error) {
	stamps, err := s.Stamps(ctx, symbol, from, to)
	if err == nil && !s.isDamaged() {
		return Readable{Stamps: stamps}, nil
	}
	if err != nil && KindOf(err) != Damaged {
		return Readable{}, err
	}
	var r Readable
	err = s.readOnce(ctx, func(tx *sql.Tx) (err error) {
		r, err = readDamaged(ctx, tx, symbol, max(from, market.StepMillis), min(to, s.opt.Now().UnixMilli()+dayMillis))
		return err
	})
	return r, problem(err, "reading what can be read of the history of %s", symbol)
}

// isDamaged reports whether damaged blocks were met in the database that is open.
func (s *Store) isDamaged() bool {
	s.lost.mu.Lock()
	defer s.lost.mu.Unlock()
	return len(s.lost.known) > 0
}

// readDamaged looks every day up by itself. Days whose place in the index can't be
// read may still be found by going through the table.
func readDamaged(ctx context.Context, tx *sql.Tx, symbol string, from, to int64) (Readable, error) {
	id, err := findDamaged(ctx, tx, symbol)
	if err != nil || id == 0 {
		return Readable{}, err
	}
	blocks := map[int64][]Stamp{}
	var lost []int64
	first, last := dayOf(max(from, epoch)), dayOf(to)
	for day := first; day <= last; day++ {
		stamps, err := readDay(ctx, tx, id, day)
		switch {
		case ctx.Err() != nil:
			return Readable{}, ctx.Err()
		case err != nil:
			lost = append(lost, day)
		case stamps != nil:
			blocks[day] = stamps
		}
	}
	if len(lost) > 0 {
		if err := readTable(ctx, tx, id, blocks); err != nil {
			return Readable{}, err
		}
	}
	var r Readable
	late, err := readJournal(ctx, tx, id)
	if r.Newest = KindOf(err) == Damaged; err != nil && !r.Newest {
		return r, err
	}
	for day := first; day <= last; day++ {
		r.Stamps = append(r.Stamps, blocks[day]...)
	}
	r.Stamps = between(join(r.Stamps, late), from, to)
	r.Lost = runsOf(slices.DeleteFunc(lost, func(day int64) bool { return blocks[day] != nil }), keptBetween(ctx, tx, id, blocks))
	return r, nil
}

// epoch is before the exchange had futures: Unix ms.
var epoch = time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

func findDamaged(ctx context.Context, tx *sql.Tx, symbol string) (int64, error) {
	id, err := findContract(ctx, tx, symbol)
	if KindOf(err) != Damaged {
		return id, err
	}
	w := walker{from: tx, width: 2, query: "SELECT id, symbol FROM contract NOT INDEXED WHERE id BETWEEN ? AND ? ORDER BY id", take: func(row []any) error {
		if row[1] == symbol {
			id = row[0].(int64)
		}
		return nil
	}}
	if werr := w.all(ctx); werr != nil {
		return 0, werr
	}
	if id == 0 {
		return 0, err
	}
	return id, nil
}

// readDay returns the stamps of a block; nil where there is none.
func readDay(ctx context.Context, tx *sql.Tx, id, day int64) ([]Stamp, error) {
	var data []byte
	err := tx.QueryRowContext(ctx, "SELECT data FROM block WHERE contract = ? AND day = ?", id, day).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeBlock(nil, day, data)
}

func readTable(ctx context.Context, tx *sql.Tx, id int64, blocks map[int64][]Stamp) error {
	query := fmt.Sprintf("SELECT id, day, data FROM block NOT INDEXED WHERE contract = %d AND id BETWEEN ? AND ? ORDER BY id", id)
	w := walker{from: tx, width: 3, query: query, take: func(row []any) error {
		day, ok := row[1].(int64)
		data, isBlob := row[2].([]byte)
		if ok && isBlob && blocks[day] == nil {
			if stamps, err := decodeBlock(nil, day, data); err == nil {
				blocks[day] = stamps
			}
		}
		return nil
	}}
	return w.all(ctx)
}

// readJournal returns a contract's stamps in the journal, and an error where
// others can't be read.
func readJournal(ctx context.Context, tx *sql.Tx, id int64) ([]Stamp, error) {
	records := map[int64][]Stamp{}
	var broke error
	w := walker{from: tx, width: 2, query: "SELECT id, data FROM journal WHERE id BETWEEN ? AND ? ORDER BY id", take: func(row []any) error {
		number, ok := row[0].(int64)
		data, isBlob := row[1].([]byte)
		if !ok || !isBlob || records[number] != nil {
			return nil
		}
		var stamps []Stamp
		if err := decodeJournal(data, func(e entry) {
			if e.contract == id {
				stamps = append(stamps, e.stamp)
			}
		}); err != nil {
			broke = err
			return nil
		}
		records[number] = stamps
		return nil
	}}
	err := w.all(ctx)
	var late []Stamp
	for _, number := range slices.Sorted(maps.Keys(records)) { // the oldest word first
		late = append(late, records[number]...)
	}
	return late, errors.Join(err, w.broke, broke)
}

// keptBetween are the days between which a contract was kept, as far as anything tells:
// outside of them, what can't be read was most likely never there.
func keptBetween(ctx context.Context, tx *sql.Tx, id int64, blocks map[int64][]Stamp) span {
	k := span{low: lastDay, high: 0}
	take := func(day int64) { k.low, k.high = min(k.low, day), max(k.high, day) }
	for day := range blocks {
		take(day)
	}
	for _, query := range []string{
		"SELECT day FROM archive_day WHERE contract = %d AND state = 1 AND day BETWEEN ? AND ? ORDER BY day",
		"SELECT day FROM block WHERE contract = %d AND day BETWEEN ? AND ? ORDER BY day", // the index alone
	} {
		w := walker{from: tx, width: 1, query: fmt.Sprintf(query, id), take: func(row []any) error {
			if day, ok := row[0].(int64); ok {
				take(day)
			}
			return nil
		}}
		_ = w.ends(ctx, 0, lastDay) // what can't be read says nothing
	}
	return k
}

// ReadableRatios returns the ratios of a contract as Ratios does. Where damage is
// met, it returns those that can be read, and says which days can't, as Readable does.
func (s *Store) ReadableRatios(ctx context.Context, symbol string, from, to int64) (rows []market.Ratios, lost []Days, err error) {
	rows, err = s.Ratios(ctx, symbol, from, to)
	if err == nil && !s.isDamaged() || err != nil && KindOf(err) != Damaged {
		return rows, nil, err
	}
	err = s.readOnce(ctx, func(tx *sql.Tx) (err error) {
		rows, lost, err = readDamagedRatios(ctx, tx, symbol, span{dayOf(max(from, epoch)), dayOf(min(to, s.opt.Now().UnixMilli()+dayMillis))})
		return err
	})
	rows = slices.DeleteFunc(rows, func(r market.Ratios) bool { return r.Time < from || r.Time > to })
	return rows, lost, problem(err, "reading what can be read of the ratios of %s", symbol)
}

// readDamagedRatios goes through the table. Lost are the days that the index, or what
// is known of the archive, has beside those that were found.
func readDamagedRatios(ctx context.Context, tx *sql.Tx, symbol string, within span) (rows []market.Ratios, lost []Days, err error) {
	if there, err := hasRatios(ctx, tx); err != nil || !there {
		return nil, nil, err
	}
	id, err := findDamaged(ctx, tx, symbol)
	if err != nil || id == 0 {
		return nil, nil, err
	}
	found := map[int64][]market.Ratios{}
	w := walker{from: tx, width: 3, query: fmt.Sprintf("SELECT id, day, data FROM ratio NOT INDEXED WHERE contract = %d AND id BETWEEN ? AND ? ORDER BY id", id), take: func(row []any) error {
		day, ok := row[1].(int64)
		data, isBlob := row[2].([]byte)
		var d ratioDay
		if ok && isBlob && day >= within.low && day <= within.high && decodeRatios(&d, data) == nil {
			found[day] = d.rows(nil, day)
		}
		return nil
	}}
	if err := w.all(ctx); err != nil {
		return nil, nil, err
	}
	for _, day := range slices.Sorted(maps.Keys(found)) {
		rows = append(rows, found[day]...)
	}
	missing := map[int64]bool{}
	for _, query := range []string{
		"SELECT day FROM archive_day WHERE contract = %d AND ratios > 0 AND day BETWEEN ? AND ? ORDER BY day",
		"SELECT day FROM ratio WHERE contract = %d AND day BETWEEN ? AND ? ORDER BY day",
	} {
		w := walker{from: tx, width: 1, query: fmt.Sprintf(query, id), take: func(row []any) error {
			if day, ok := row[0].(int64); ok && found[day] == nil {
				missing[day] = true
			}
			return nil
		}}
		_ = w.ends(ctx, within.low, within.high) // what can't be read says nothing
	}
	return rows, runsOf(slices.Sorted(maps.Keys(missing)), within), nil
}

// runsOf joins days that follow each other.
func runsOf(days []int64, within span) (runs []Days) {
	end := int64(-1)
	for _, day := range days {
		if day < within.low || day > within.high {
			continue
		}
		at := time.UnixMilli(day * dayMillis).UTC()
		if n := len(runs); n > 0 && day == end+1 {
			runs[n-1].Last = at
		} else {
			runs = append(runs, Days{at, at})
		}
		end = day
	}
	return runs
}

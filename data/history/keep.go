package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"openinterest/data/market"
)

// Policy says for how long 5-minute stamps, and the ratios at them, are kept. Older ones are thinned to
// those on the full hour. The zero policy keeps everything.
type Policy struct {
	Days   int      // whole days kept at 5 minutes, counted back from now; 0: all
	Except []string // contracts that keep everything: the favourites
}

// Thinning is what a policy takes away, or took.
type Thinning struct {
	At        time.Time // when; zero for a plan
	Before    time.Time // what is older than this is thinned
	Contracts int
	Points    int // stamps that go
	Ratios    int // values of ratios that go; Thinnings doesn't tell
}

// PlanThinning tells what Thin would take away now. Nothing is changed: it is
// for asking the person first.
func (s *Store) PlanThinning(ctx context.Context, p Policy, now time.Time) (Thinning, error) {
	var plan Thinning
	err := s.read(ctx, func(tx *sql.Tx) error {
		plan = Thinning{}
		blocks, err := thickBlocks(ctx, tx, "block", p, now)
		if err != nil {
			return err
		}
		plan.Before = p.before(now)
		seen := map[int64]bool{}
		for _, key := range blocks {
			stamps, err := s.readBlock(ctx, tx, key)
			if err != nil {
				return err
			}
			if n := len(stamps) - len(hourly(stamps)); n > 0 {
				plan.Points += n
				seen[key.contract] = true
			}
		}
		plan.Contracts = len(seen)
		plan.Ratios, err = s.planRatios(ctx, tx, p, now)
		return err
	})
	return plan, problem(err, "planning to thin the history")
}

// Thin does what PlanThinning told, and notes it down: Thinnings lists it. It
// works in short transactions, so that writes go on between them; interrupted,
// it may be called again.
func (s *Store) Thin(ctx context.Context, p Policy, now time.Time) (Thinning, error) {
	if p.Days <= 0 {
		return Thinning{}, nil
	}
	done := Thinning{At: now, Before: p.before(now)}
	if err := s.write(ctx, func(tx *sql.Tx) error { return s.fold(ctx, tx) }); err != nil {
		return done, problem(err, "thinning the history")
	}
	var blocks, ratios []blockKey
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if blocks, err = thickBlocks(ctx, tx, "block", p, now); err == nil {
			ratios, err = thickRatios(ctx, tx, p, now)
		}
		return err
	})
	const atOnce = 256
	seen := map[int64]bool{}
	for part := range slices.Chunk(blocks, atOnce) {
		if err == nil {
			err = s.thin(ctx, part, &done, seen)
		}
	}
	for part := range slices.Chunk(ratios, atOnce) {
		if err == nil {
			err = s.thinRatios(ctx, part, &done)
		}
	}
	if err == nil {
		err = s.compact(ctx)
	}
	return done, problem(err, "thinning the history")
}

// thin thins some blocks and writes down what was done so far, in one
// transaction. The contracts thinned are added to seen.
func (s *Store) thin(ctx context.Context, blocks []blockKey, done *Thinning, seen map[int64]bool) error {
	var points int
	err := s.write(ctx, func(tx *sql.Tx) error {
		points = done.Points
		for _, key := range blocks {
			stamps, err := s.readBlock(ctx, tx, key)
			if err != nil {
				return err
			}
			kept := hourly(stamps)
			if gone := len(stamps) - len(kept); gone > 0 {
				points += gone
				seen[key.contract] = true
			}
			if err := putThin(ctx, tx, key, kept); err != nil {
				return err
			}
		}
		if points == 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, "REPLACE INTO thinned(at, contracts, points, before) VALUES(?, ?, ?, ?)",
			done.At.UnixMilli(), len(seen), points, done.Before.UnixMilli())
		return err
	})
	if err == nil {
		done.Points, done.Contracts = points, len(seen)
	}
	return err
}

func putThin(ctx context.Context, tx *sql.Tx, key blockKey, kept []Stamp) error {
	if len(kept) > 0 {
		return writeBlock(ctx, tx, key, kept, true)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM block WHERE contract = ? AND day = ?", key.contract, key.day); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE archive_day SET points = 0 WHERE contract = ? AND day = ?", key.contract, key.day) // it isn't missed
	return err
}

// before is midnight, so many days ago.
func (p Policy) before(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -p.Days)
}

// thickBlocks lists the blocks of a table that a policy thins and that are not yet.
func thickBlocks(ctx context.Context, tx *sql.Tx, table string, p Policy, now time.Time) ([]blockKey, error) {
	if p.Days <= 0 {
		return nil, nil
	}
	spared := map[int64]bool{}
	for _, symbol := range p.Except {
		id, err := findContract(ctx, tx, symbol)
		if err != nil {
			return nil, err
		}
		spared[id] = true
	}
	rows, err := tx.QueryContext(ctx, "SELECT contract, day FROM "+table+" WHERE NOT thin AND day < ? ORDER BY contract, day", dayNumber(p.before(now)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []blockKey
	for rows.Next() {
		var key blockKey
		if err := rows.Scan(&key.contract, &key.day); err != nil {
			return nil, err
		}
		if !spared[key.contract] {
			out = append(out, key)
		}
	}
	return out, rows.Err()
}

func hourly(stamps []Stamp) []Stamp {
	var out []Stamp
	for _, s := range stamps {
		if s.Time%market.Period1h.Millis() == 0 {
			out = append(out, s)
		}
	}
	return out
}

// Thinnings lists what was thinned so far, the latest last.
func (s *Store) Thinnings(ctx context.Context) ([]Thinning, error) {
	var out []Thinning
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, "SELECT at, contracts, points, before FROM thinned ORDER BY at")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Thinning
			var at, before int64
			if err := rows.Scan(&at, &t.Contracts, &t.Points, &before); err != nil {
				return fmt.Errorf("reading a thinning: %w", err)
			}
			t.At, t.Before = time.UnixMilli(at).UTC(), time.UnixMilli(before).UTC()
			out = append(out, t)
		}
		return rows.Err()
	})
	return out, problem(err, "reading what was thinned")
}

// DeleteContract removes a contract's stamps, its ratios, the liquidations seen of
// it, its funding, and what is known of its days in the archive. The log of events stays: it is append-only.
func (s *Store) DeleteContract(ctx context.Context, symbol string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		id, err := findContract(ctx, tx, symbol)
		if err != nil || id == 0 {
			return err
		}
		if err := s.fold(ctx, tx); err != nil {
			return err
		}
		for _, table := range []string{"block", "ratio", "liquidation", "funding", "archive_day"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE contract = ?", id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM contract WHERE id = ?", id)
		return err
	})
	if err == nil {
		err = s.compact(ctx)
	}
	return problem(err, "deleting the history of %s", symbol)
}

// compact gives the pages that nothing uses any more back to the disk.
func (s *Store) compact(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.files.RLock()
	defer s.files.RUnlock()
	if s.writeDB == nil {
		return &Problem{Kind: Reading, What: "compacting the history"}
	}
	for _, pragma := range []string{"incremental_vacuum", "wal_checkpoint(PASSIVE)"} {
		rows, err := s.writeDB.QueryContext(ctx, "PRAGMA "+pragma)
		if err != nil {
			return fmt.Errorf("%s: %w", pragma, err)
		}
		for rows.Next() { // the work is done row by row
			continue
		}
		if err := rows.Close(); err != nil {
			return fmt.Errorf("%s: %w", pragma, err)
		}
	}
	return nil
}

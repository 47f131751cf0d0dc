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

// SaveRatios keeps ratios of a contract, in one transaction, to six decimals.
// What the archive gave replaces what others did, and not the other way round; of
// one source, the last word counts. A value that is Unknown, or that no market can
// have, replaces nothing. Each call writes the blocks of its days anew: who has
// several stamps or kinds saves them together.
func (s *Store) SaveRatios(ctx context.Context, symbol string, rows []market.Ratios, from Source) error {
	if !market.UsableSymbol(symbol) || from < Live || from > Archive {
		return problem(fmt.Errorf("%q of the %v can't be kept", symbol, from), "saving ratios")
	}
	usable := slices.DeleteFunc(slices.Clone(rows), func(r market.Ratios) bool { return !usableRatios(r) })
	if len(usable) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		id, err := makeContract(ctx, tx, symbol)
		if err != nil {
			return err
		}
		return s.mergeRatios(ctx, tx, id, usable, from, nil)
	})
	return problem(err, "saving %d ratios of %s", len(rows), symbol)
}

// usableRatios reports whether a row has a time and any value that can be kept.
func usableRatios(r market.Ratios) bool {
	return r.Time > 0 && r.Time < noLater && r.Time%market.StepMillis == 0 && slices.ContainsFunc(r.Values[:], market.UsableRatio)
}

// mergeRatios adds usable rows to their blocks. Those at the inexact times replace
// nothing that the archive gave.
func (s *Store) mergeRatios(ctx context.Context, tx *sql.Tx, id int64, rows []market.Ratios, from Source, inexact map[int64]bool) error {
	groups := map[int64][]market.Ratios{}
	for _, r := range rows {
		groups[dayOf(r.Time)] = append(groups[dayOf(r.Time)], r)
	}
	for _, day := range slices.Sorted(maps.Keys(groups)) {
		key := blockKey{id, day}
		var d ratioDay
		if err := s.readRatios(ctx, tx, key, &d); err != nil {
			return err
		}
		changed := false
		for _, r := range groups[day] {
			changed = d.put(r, from, inexact[r.Time]) || changed
		}
		if !changed {
			continue
		}
		if err := writeRatios(ctx, tx, key, &d, false); err != nil {
			return err
		}
	}
	return nil
}

// readRatios reads a block of ratios. One that is damaged has none: it costs its
// day, and no other.
func (s *Store) readRatios(ctx context.Context, tx *sql.Tx, key blockKey, d *ratioDay) error {
	var data []byte
	err := tx.QueryRowContext(ctx, "SELECT data FROM ratio WHERE contract = ? AND day = ?", key.contract, key.day).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("reading ratios: %w", err)
	}
	s.decodeRatios(d, key, data)
	return nil
}

// decodeRatios unpacks a block, and logs the first that is damaged, as decode does.
func (s *Store) decodeRatios(d *ratioDay, key blockKey, data []byte) bool {
	err := decodeRatios(d, data)
	if err == nil {
		return true
	}
	news, first := s.lost.add(lostDay{key, true})
	day := time.UnixMilli(key.day * dayMillis).UTC().Format(time.DateOnly)
	switch {
	case first:
		s.log.Error("a day of ratios is damaged; it can be imported again with its ratios", "contract", key.contract, "day", day, "error", err)
	case news:
		s.log.Debug("another day of ratios is damaged", "contract", key.contract, "day", day, "error", err)
	}
	return false
}

// writeRatios puts a block at the end of its table, in place of the one before.
func writeRatios(ctx context.Context, tx *sql.Tx, key blockKey, d *ratioDay, thin bool) error {
	data, err := encodeRatios(d)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "REPLACE INTO ratio(contract, day, thin, data) VALUES(?, ?, ?, ?)", key.contract, key.day, thin, data)
	if err != nil {
		return fmt.Errorf("writing ratios: %w", err)
	}
	return nil
}

// Ratios returns the stamps of a contract of which any ratio is kept, with
// from ≤ time ≤ to (Unix ms), the oldest first. Where days were thinned, only full
// hours are there.
func (s *Store) Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error) {
	from, to = max(from, market.StepMillis), min(to, stampOf(lastDay, dayStamps-1))
	if from > to {
		return nil, nil
	}
	var out []market.Ratios
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		if there, err := hasRatios(ctx, tx); err != nil || !there {
			return err
		}
		id, err := findContract(ctx, tx, symbol)
		if err != nil || id == 0 {
			return err
		}
		out, err = s.ratios(ctx, tx, id, dayOf(from), dayOf(to))
		return err
	})
	out = slices.DeleteFunc(out, func(r market.Ratios) bool { return r.Time < from || r.Time > to })
	return out, problem(err, "reading the ratios of %s", symbol)
}

func (s *Store) ratios(ctx context.Context, tx *sql.Tx, id, first, last int64) ([]market.Ratios, error) {
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM ratio WHERE contract = ? AND day BETWEEN ? AND ?", id, first, last).Scan(&n)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, "SELECT day, data FROM ratio WHERE contract = ? AND day BETWEEN ? AND ? ORDER BY day", id, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]market.Ratios, 0, n*dayStamps)
	var d ratioDay
	for rows.Next() {
		key := blockKey{contract: id}
		var data sql.RawBytes
		if err := rows.Scan(&key.day, &data); err != nil {
			return nil, err
		}
		if s.decodeRatios(&d, key, data) {
			out = d.rows(out, key.day)
		}
	}
	return out, rows.Err()
}

// thickRatios lists the blocks of ratios that a policy thins and that are not yet.
func thickRatios(ctx context.Context, tx *sql.Tx, p Policy, now time.Time) ([]blockKey, error) {
	if there, err := hasRatios(ctx, tx); err != nil || !there {
		return nil, err
	}
	return thickBlocks(ctx, tx, "ratio", p, now)
}

// planRatios counts the values that a policy takes away.
func (s *Store) planRatios(ctx context.Context, tx *sql.Tx, p Policy, now time.Time) (gone int, err error) {
	blocks, err := thickRatios(ctx, tx, p, now)
	for _, key := range blocks {
		var d ratioDay
		if err := s.readRatios(ctx, tx, key, &d); err != nil {
			return 0, err
		}
		gone += d.hourly()
	}
	return gone, err
}

// thinRatios thins some blocks of ratios, in one transaction.
func (s *Store) thinRatios(ctx context.Context, blocks []blockKey, done *Thinning) error {
	gone := 0
	err := s.write(ctx, func(tx *sql.Tx) error {
		gone = 0
		for _, key := range blocks {
			var d ratioDay
			if err := s.readRatios(ctx, tx, key, &d); err != nil {
				return err
			}
			gone += d.hourly()
			if err := putThinRatios(ctx, tx, key, &d); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		done.Ratios += gone
	}
	return err
}

func putThinRatios(ctx context.Context, tx *sql.Tx, key blockKey, d *ratioDay) error {
	if kept, _ := d.count(); kept > 0 {
		return writeRatios(ctx, tx, key, d, true)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM ratio WHERE contract = ? AND day = ?", key.contract, key.day); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE archive_day SET ratios = min(ratios, 0) WHERE contract = ? AND day = ?", key.contract, key.day) // they aren't missed
	return err
}

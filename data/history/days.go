package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"openinterest/data/market"
)

// DayState is what is known of a day in the archive.
type DayState int

// The states of archived days. A day without one was never asked for, or
// failed, and may be asked for again.
const (
	Imported    DayState = 1
	Unpublished DayState = 2 // the archive has no file of it, and it is too long ago to come
)

// ArchiveDay is what was learned of one contract's day in the archive.
type ArchiveDay struct {
	Symbol  string
	Day     time.Time // midnight, UTC
	State   DayState
	SHA256  string // of the file, in hex
	ETag    string // of the file; "" where none was served
	Points  int    // stamps that the file gave
	Defects string // what was wrong with the file, as text; "" where nothing was
	CrossCheck
	At time.Time // when it was imported

	// HasRatios says that the file's ratios were taken, too: Ratios, one row a
	// stamp, those to be saved with it. ArchiveDays returns no Ratios, and HasRatios
	// only where they are still there.
	HasRatios bool
	Ratios    []market.Ratios
}

// SaveArchiveDay keeps a day of the archive: its stamps, its ratios, and what is
// known of it, in one transaction, so that either all of a day is there or none. Importing it
// again replaces it.
func (s *Store) SaveArchiveDay(ctx context.Context, d ArchiveDay, rows []Row) (Saved, error) {
	var saved Saved
	err := s.write(ctx, func(tx *sql.Tx) error {
		saved = Saved{}
		id, err := makeContract(ctx, tx, d.Symbol)
		if err != nil {
			return err
		}
		groups := map[blockKey][]Stamp{}
		inexact := map[int64]bool{} // midnights
		for _, r := range rows {
			stamp, ok := r.stamp()
			if !ok || r.Symbol != d.Symbol {
				saved.Unusable++
				continue
			}
			key := blockKey{id, dayOf(stamp.Time)}
			if r.Inexact && stamp.Time%dayMillis == 0 {
				inexact[stamp.Time] = true
				had, err := s.hasArchived(ctx, tx, key, stamp.Time)
				if err != nil {
					return err
				}
				if had {
					saved.Known++
					continue
				}
			}
			groups[key] = append(groups[key], stamp)
		}
		if err := s.mergeBlocks(ctx, tx, groups, &saved); err != nil {
			return err
		}
		ratios, err := s.saveArchiveRatios(ctx, tx, id, d, inexact)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `REPLACE INTO archive_day(contract, day, state, sha256, etag, points, defects, compared, disagreed, at, ratios)
			VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, dayNumber(d.Day), d.State, d.SHA256, d.ETag, d.Points, d.Defects,
			saved.Compared, saved.Disagreed, s.opt.Now().UnixMilli(), ratios)
		return err
	})
	if err == nil && saved.Disagreed > 0 {
		s.log.Warn("the archive and the exchange's API disagree", "symbol", d.Symbol, "day", d.Day.Format(time.DateOnly),
			"compared", saved.Compared, "disagreed", saved.Disagreed, "worst", saved.Worst)
	}
	return saved, problem(err, "saving %s of %s", d.Day.Format(time.DateOnly), d.Symbol)
}

// saveArchiveRatios keeps the ratios of a day, and returns how many values it has;
// -1 where they were not taken.
func (s *Store) saveArchiveRatios(ctx context.Context, tx *sql.Tx, id int64, d ArchiveDay, inexact map[int64]bool) (values int, err error) {
	if !d.HasRatios {
		return -1, nil
	}
	usable := slices.DeleteFunc(slices.Clone(d.Ratios), func(r market.Ratios) bool { return !usableRatios(r) })
	for _, r := range usable {
		for _, x := range r.Values {
			if market.UsableRatio(x) {
				values++
			}
		}
	}
	return values, s.mergeRatios(ctx, tx, id, usable, Archive, inexact)
}

// hasArchived reports whether the archive gave a stamp already.
func (s *Store) hasArchived(ctx context.Context, tx *sql.Tx, key blockKey, at int64) (bool, error) {
	block, err := s.readBlock(ctx, tx, key)
	return slices.ContainsFunc(block, func(s Stamp) bool { return s.Time == at && s.Source == Archive }), err
}

// ArchiveDays returns what is known of a contract's archived days from one day
// to another, both included, by day. A day whose stamps were lost since it was
// imported, to damage, is none: it is to be fetched again. What was thinned or
// deleted on purpose is not lost.
func (s *Store) ArchiveDays(ctx context.Context, symbol string, from, to time.Time) (map[time.Time]ArchiveDay, error) {
	out := map[time.Time]ArchiveDay{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		clear(out)
		rows, err := tx.QueryContext(ctx, `SELECT a.day, state, sha256, etag, a.points, defects, compared, disagreed, at, coalesce(b.thin, 0), b.data,
			ratios, coalesce(r.thin, 0), r.data
			FROM archive_day a LEFT JOIN block b ON b.contract = a.contract AND b.day = a.day
			LEFT JOIN ratio r ON r.contract = a.contract AND r.day = a.day
			WHERE a.contract = (SELECT id FROM contract WHERE symbol = ?) AND a.day BETWEEN ? AND ?`, symbol, dayNumber(from), dayNumber(to))
		if err != nil {
			return err
		}
		defer rows.Close()
		var scratch []Stamp
		for rows.Next() {
			d := ArchiveDay{Symbol: symbol}
			var day, at int64
			var thin, thinRatios bool
			var values int
			var data, ratios sql.RawBytes
			if err := rows.Scan(&day, &d.State, &d.SHA256, &d.ETag, &d.Points, &d.Defects, &d.Compared, &d.Disagreed, &at, &thin, &data,
				&values, &thinRatios, &ratios); err != nil {
				return fmt.Errorf("reading a day: %w", err)
			}
			d.Day, d.At = time.UnixMilli(day*dayMillis).UTC(), time.UnixMilli(at).UTC()
			var broken error
			if scratch = scratch[:0]; data != nil {
				scratch, broken = decodeBlock(scratch, day, data)
			}
			d.HasRatios = values >= 0 && (thinRatios || ratiosKept(values, ratios))
			if broken == nil && (thin || d.isKept(scratch)) {
				out[d.Day] = d
			}
		}
		return rows.Err()
	})
	return out, problem(err, "reading what the archive gave of %s", symbol)
}

// isKept reports whether a block has what was imported. One stamp of a file may
// be the midnight that begins its day, which is in the block of the day before.
func (d ArchiveDay) isKept(block []Stamp) bool {
	if d.State != Imported {
		return true
	}
	n := 1
	for _, s := range block {
		if s.Source == Archive {
			n++
		}
	}
	return n >= d.Points
}

// ratiosKept reports whether a block has so many values of the archive. Those of
// one stamp may be in the block of the day before, as with isKept.
func ratiosKept(values int, data []byte) bool {
	if values <= market.RatioCount {
		return true
	}
	var d ratioDay
	if decodeRatios(&d, data) != nil {
		return false
	}
	_, archived := d.count()
	return archived+market.RatioCount >= values
}

func dayNumber(day time.Time) int64 { return floorDiv(day.UnixMilli(), dayMillis) }

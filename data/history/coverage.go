package history

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"openinterest/data/market"
)

// Coverage is what is kept of one contract.
type Coverage struct {
	Symbol      string
	Points      int
	Bytes       int64 // of its blocks and journal entries, of its ratios and liquidations
	First, Last int64 // days with stamps, or with ratios where there are none, as the times (Unix ms) at which they begin
	ThinUntil   int64 // stamps up to this time may be kept at full hours only; 0: none are
}

// Coverages returns what is kept of every contract, by symbol. One of which
// ratios or liquidations alone are kept has no points.
func (s *Store) Coverages(ctx context.Context) ([]Coverage, error) {
	var out []Coverage
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		settled, err := blockCoverage(ctx, tx)
		if err != nil {
			return err
		}
		err = scanJournal(ctx, tx, func(e entry) {
			c := settled[e.contract]
			day := dayOf(e.stamp.Time) * dayMillis
			if c.Points == 0 {
				c.First, c.Last = day, day
			}
			c.First, c.Last = min(c.First, day), max(c.Last, day)
			c.Points++
			c.Bytes += entryBytes
			settled[e.contract] = c
		})
		if err != nil {
			return err
		}
		if err := otherCoverage(ctx, tx, settled); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, "SELECT id, symbol FROM contract ORDER BY symbol")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var symbol string
			if err := rows.Scan(&id, &symbol); err != nil {
				return err
			}
			if c := settled[id]; c.Bytes > 0 && market.UsableSymbol(symbol) {
				c.Symbol = symbol
				out = append(out, c)
			}
		}
		return rows.Err()
	})
	return out, problem(err, "measuring the history")
}

func blockCoverage(ctx context.Context, tx *sql.Tx) (map[int64]Coverage, error) {
	rows, err := tx.QueryContext(ctx, `SELECT contract, sum(points), sum(length(data)), min(day), max(day),
		coalesce(max(CASE WHEN thin THEN day + 1 END), 0) FROM block GROUP BY contract`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]Coverage{}
	for rows.Next() {
		var id int64
		var c Coverage
		if err := rows.Scan(&id, &c.Points, &c.Bytes, &c.First, &c.Last, &c.ThinUntil); err != nil {
			return nil, err
		}
		c.First, c.Last, c.ThinUntil = c.First*dayMillis, c.Last*dayMillis, c.ThinUntil*dayMillis
		out[id] = c
	}
	return out, rows.Err()
}

// liquidationBytes is about what a liquidation takes.
const liquidationBytes = 40

// otherCoverage adds what is kept of each contract beside stamps.
func otherCoverage(ctx context.Context, tx *sql.Tx, settled map[int64]Coverage) error {
	if there, err := hasRatios(ctx, tx); err != nil || !there {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT contract, sum(length(data)), min(day), max(day) FROM ratio GROUP BY contract
		UNION ALL SELECT contract, ? * count(*), min(time) / ?2, max(time) / ?2 FROM liquidation GROUP BY contract`, liquidationBytes, dayMillis)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, bytes, first, last int64
		if err := rows.Scan(&id, &bytes, &first, &last); err != nil {
			return fmt.Errorf("measuring ratios and liquidations: %w", err)
		}
		c := settled[id]
		if c.Bytes == 0 {
			c.First, c.Last = first*dayMillis, last*dayMillis
		}
		if c.Points == 0 {
			c.First, c.Last = min(c.First, first*dayMillis), max(c.Last, last*dayMillis)
		}
		c.Bytes += bytes
		settled[id] = c
	}
	return rows.Err()
}

// Size is the number of bytes that the store takes on disk, its log included.
func (s *Store) Size() (int64, error) {
	var size int64
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(s.Path() + suffix)
		if err == nil {
			size += info.Size()
		} else if !os.IsNotExist(err) {
			return 0, problem(err, "measuring the history")
		}
	}
	return size, nil
}

// Gap is a run of 5-minute stamps that are not kept.
type Gap struct {
	From, To int64 // the first and the last stamp missing: Unix ms
}

// Stamps is how many stamps are missing.
func (g Gap) Stamps() int { return int((g.To-g.From)/market.StepMillis) + 1 }

// Gaps returns the runs of stamps missing with from ≤ time ≤ to, the oldest
// first. Stamps that were thinned out on purpose are not missing.
func (s *Store) Gaps(ctx context.Context, symbol string, from, to int64) ([]Gap, error) {
	from, to = max(market.FloorStamp(from+market.StepMillis-1), market.StepMillis), market.FloorStamp(to)
	stamps, err := s.Stamps(ctx, symbol, from, to)
	if err != nil {
		return nil, err
	}
	thin, err := s.thinDays(ctx, symbol, from, to)
	if err != nil {
		return nil, err
	}
	var gaps []Gap
	expected := from
	missing := func(until int64) { // from expected up to, not including, until
		for at := expected; at < until; at += market.StepMillis {
			switch n := len(gaps); {
			case thin[dayOf(at)] && at%market.Period1h.Millis() != 0:
			case n > 0 && gaps[n-1].To == at-market.StepMillis:
				gaps[n-1].To = at
			default:
				gaps = append(gaps, Gap{at, at})
			}
		}
	}
	for _, stamp := range stamps {
		missing(stamp.Time)
		expected = stamp.Time + market.StepMillis
	}
	missing(to + market.StepMillis)
	return gaps, nil
}

func (s *Store) thinDays(ctx context.Context, symbol string, from, to int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		clear(out)
		rows, err := tx.QueryContext(ctx, `SELECT day FROM block WHERE contract = (SELECT id FROM contract WHERE symbol = ?)
			AND day BETWEEN ? AND ? AND thin`, symbol, dayOf(from), dayOf(to))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var day int64
			if err := rows.Scan(&day); err != nil {
				return fmt.Errorf("reading a day: %w", err)
			}
			out[day] = true
		}
		return rows.Err()
	})
	return out, problem(err, "reading which days of %s were thinned", symbol)
}

package history

import (
	"context"
	"database/sql"
	"fmt"
	"sort"

	"openinterest/data/market"
)

// Series returns the stamps of a contract with from ≤ time ≤ to (Unix ms), an
// empty series where there are none. Stamps may be missing; where a range was
// thinned only full hours are there.
func (s *Store) Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error) {
	stamps, err := s.Stamps(ctx, symbol, from, to)
	if err != nil {
		return nil, err
	}
	return series(symbol, stamps), nil
}

func series(symbol string, stamps []Stamp) *market.Series {
	out := &market.Series{Symbol: symbol, Period: market.Period5m, Points: make([]market.Point, len(stamps))}
	for i, stamp := range stamps {
		out.Points[i] = stamp.Point()
		if stamp.Source > Live {
			out.Official = stamp.Time
		}
	}
	return out
}

// Stamps returns what Series does with the value and the source of each stamp:
// what an export writes.
func (s *Store) Stamps(ctx context.Context, symbol string, from, to int64) ([]Stamp, error) {
	from, to = max(from, market.StepMillis), min(to, stampOf(lastDay, dayStamps-1))
	if from > to {
		return nil, nil
	}
	var stamps []Stamp
	err := s.read(ctx, func(tx *sql.Tx) error {
		stamps = nil
		id, err := findContract(ctx, tx, symbol)
		if err != nil || id == 0 {
			return err
		}
		stamps, err = s.stamps(ctx, tx, id, from, to)
		return err
	})
	return stamps, problem(err, "reading the history of %s", symbol)
}

func (s *Store) stamps(ctx context.Context, tx *sql.Tx, id, from, to int64) ([]Stamp, error) {
	first, last := dayOf(from), dayOf(to)
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM block WHERE contract = ? AND day BETWEEN ? AND ?", id, first, last).Scan(&n)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, "SELECT day, data FROM block WHERE contract = ? AND day BETWEEN ? AND ? ORDER BY day", id, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	stamps := make([]Stamp, 0, n*dayStamps)
	for rows.Next() {
		key := blockKey{contract: id}
		var data sql.RawBytes
		if err := rows.Scan(&key.day, &data); err != nil {
			return nil, err
		}
		stamps = s.decode(stamps, key, data)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var late []Stamp
	err = scanJournal(ctx, tx, func(e entry) {
		if e.contract == id {
			late = append(late, e.stamp)
		}
	})
	return between(join(stamps, late), from, to), err
}

// join adds what the journal has to what the blocks have: as folding would.
func join(stamps, late []Stamp) []Stamp {
	if len(late) == 0 {
		return stamps
	}
	sort.SliceStable(late, func(i, j int) bool { return late[i].Time < late[j].Time })
	merged := make([]Stamp, 0, len(stamps)+len(late))
	for _, l := range late {
		for len(stamps) > 0 && stamps[0].Time <= l.Time {
			merged = append(merged, stamps[0])
			stamps = stamps[1:]
		}
		n := len(merged)
		switch {
		case n == 0 || merged[n-1].Time < l.Time:
			merged = append(merged, l)
		case l.Source >= merged[n-1].Source:
			merged[n-1] = l
		}
	}
	return append(merged, stamps...)
}

func between(stamps []Stamp, from, to int64) []Stamp {
	i := sort.Search(len(stamps), func(i int) bool { return stamps[i].Time >= from })
	j := sort.Search(len(stamps), func(i int) bool { return stamps[i].Time > to })
	return stamps[i:max(i, j)]
}

// Recent returns the newest stamps of every contract: those of the last n
// 5-minute steps before the newest of all, at most n of each. It is one scan
// of some days, not a query a contract: what a start needs.
func (s *Store) Recent(ctx context.Context, n int) (map[string]*market.Series, error) {
	var out map[string]*market.Series
	err := s.read(ctx, func(tx *sql.Tx) error {
		symbols, err := contracts(ctx, tx)
		if err != nil {
			return err
		}
		late, newest := map[int64][]Stamp{}, int64(0)
		err = scanJournal(ctx, tx, func(e entry) {
			late[e.contract] = append(late[e.contract], e.stamp)
			newest = max(newest, e.stamp.Time)
		})
		if err != nil {
			return err
		}
		settled, err := s.recentBlocks(ctx, tx, &newest, n)
		if err != nil {
			return err
		}
		from := newest - int64(n-1)*market.StepMillis
		out = make(map[string]*market.Series, len(symbols))
		for id, symbol := range symbols {
			if stamps := between(join(settled[id], late[id]), from, newest); len(stamps) > 0 && market.UsableSymbol(symbol) {
				out[symbol] = series(symbol, stamps)
			}
		}
		return nil
	})
	return out, problem(err, "reading the recent history")
}

// recentBlocks reads the blocks of the days with the last n steps, and moves
// newest on to the newest stamp in them.
func (s *Store) recentBlocks(ctx context.Context, tx *sql.Tx, newest *int64, n int) (map[int64][]Stamp, error) {
	var last sql.NullInt64
	if err := tx.QueryRowContext(ctx, "SELECT max(day) FROM block").Scan(&last); err != nil {
		return nil, err
	}
	if !last.Valid {
		return nil, nil
	}
	// The last block may hold its day's first stamp only.
	first := dayOf(max(*newest, stampOf(last.Int64, 0)) - int64(n)*market.StepMillis)
	rows, err := tx.QueryContext(ctx, "SELECT contract, day, data FROM block WHERE day >= ? ORDER BY day", first)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	blocks := map[int64][]Stamp{}
	for rows.Next() {
		var key blockKey
		var data sql.RawBytes
		if err := rows.Scan(&key.contract, &key.day, &data); err != nil {
			return nil, err
		}
		stamps := blocks[key.contract]
		if stamps == nil {
			stamps = make([]Stamp, 0, n+2*dayStamps)
		}
		stamps = s.decode(stamps, key, data)
		blocks[key.contract] = stamps
		if k := len(stamps); k > 0 {
			*newest = max(*newest, stamps[k-1].Time)
		}
	}
	return blocks, rows.Err()
}

// contracts lists the contracts by number.
func contracts(ctx context.Context, tx *sql.Tx) (map[int64]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, symbol FROM contract")
	if err != nil {
		return nil, fmt.Errorf("listing the contracts: %w", err)
	}
	defer rows.Close()
	out := map[int64]string{}
	for rows.Next() {
		var id int64
		var symbol string
		if err := rows.Scan(&id, &symbol); err != nil {
			return nil, fmt.Errorf("listing the contracts: %w", err)
		}
		out[id] = symbol
	}
	return out, rows.Err()
}

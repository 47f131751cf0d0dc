package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"openinterest/data/market"
)

// Event is a signal that fired while the program looked, as it was then. The
// log of events is append-only: what was seen live is never rewritten by what
// was computed later.
type Event struct {
	Time     int64 // the stamp at which it fired: Unix ms
	Symbol   string
	Kind     string
	Version  int             // of the definition
	Seen     time.Time       // when the program saw it; to the millisecond
	Evidence json.RawMessage // valid JSON
}

// AppendEvents logs events and returns how many are new: one event, by symbol,
// kind, time and version, is logged once.
func (s *Store) AppendEvents(ctx context.Context, events []Event) (int, error) {
	added := 0
	err := s.write(ctx, func(tx *sql.Tx) error {
		added = 0
		for _, e := range events {
			if !json.Valid(e.Evidence) {
				return fmt.Errorf("the evidence of %s %s is not JSON", e.Symbol, e.Kind)
			}
			result, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO event(time, symbol, kind, version, seen, evidence) VALUES(?, ?, ?, ?, ?, ?)",
				e.Time, e.Symbol, e.Kind, e.Version, e.Seen.UnixMilli(), string(e.Evidence))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			added += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, problem(err, "logging %d events", len(events))
	}
	return added, nil
}

// Events returns the logged events with from ≤ time ≤ to, the oldest first, of
// one symbol or, where it is "", of all.
func (s *Store) Events(ctx context.Context, symbol string, from, to int64) ([]Event, error) {
	var out []Event
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT time, symbol, kind, version, seen, evidence FROM event
			WHERE time BETWEEN ?1 AND ?2 AND (?3 = '' OR symbol = ?3) ORDER BY time, id`, from, to, symbol)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e Event
			var seen int64
			var evidence string
			if err := rows.Scan(&e.Time, &e.Symbol, &e.Kind, &e.Version, &seen, &evidence); err != nil {
				return fmt.Errorf("reading an event: %w", err)
			}
			if !market.UsableSymbol(e.Symbol) {
				continue // nobody but another program wrote it
			}
			e.Seen, e.Evidence = time.UnixMilli(seen).UTC(), json.RawMessage(evidence)
			out = append(out, e)
		}
		return rows.Err()
	})
	return out, problem(err, "reading the events")
}

package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"openinterest/data/market"
)

// SaveLiquidations keeps liquidations that were seen, and the spans in which the
// program listened for them, in one transaction. The same liquidation is kept once,
// however often it comes; spans that overlap or follow each other become one.
func (s *Store) SaveLiquidations(ctx context.Context, seen []market.Liquidation, listened []market.Span) error {
	if len(seen)+len(listened) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		ids := map[string]int64{}
		for _, l := range seen {
			if !usableLiquidation(l) {
				continue
			}
			id, ok := ids[l.Symbol]
			if !ok {
				var err error
				if id, err = makeContract(ctx, tx, l.Symbol); err != nil {
					return err
				}
				ids[l.Symbol] = id
			}
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO liquidation(contract, time, long, price, contracts) VALUES(?, ?, ?, ?, ?)",
				id, l.Time.UnixMilli(), l.Long, l.Price, l.Contracts); err != nil {
				return fmt.Errorf("keeping a liquidation: %w", err)
			}
		}
		for _, span := range listened {
			if err := addListened(ctx, tx, span); err != nil {
				return fmt.Errorf("keeping when it listened: %w", err)
			}
		}
		return nil
	})
	return problem(err, "saving %d liquidations", len(seen))
}

func usableLiquidation(l market.Liquidation) bool {
	at := l.Time.UnixMilli()
	return market.UsableSymbol(l.Symbol) && at > 0 && at < noLater && UsableContracts(l.Contracts) && l.Price >= leastPrice && l.Price <= mostPrice
}

// addListened joins a span with those that it touches. Those that are kept are
// apart from each other, so of the ones that begin before it only the last may.
func addListened(ctx context.Context, tx *sql.Tx, span market.Span) error {
	if span.From <= 0 || span.To < span.From || span.To >= noLater {
		return nil
	}
	const touching = ` FROM listened WHERE until >= ?1 - 1 AND since <= ?2 + 1
		AND since >= coalesce((SELECT max(since) FROM listened WHERE since <= ?1), 0)`
	var since, until sql.NullInt64
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT min(since), max(until), count(*)"+touching, span.From, span.To).Scan(&since, &until, &n); err != nil {
		return err
	}
	if n > 0 {
		if n == 1 && since.Int64 <= span.From && span.To <= until.Int64 {
			return nil // it is known
		}
		if _, err := tx.ExecContext(ctx, "DELETE"+touching, span.From, span.To); err != nil {
			return err
		}
		span = market.Span{From: min(span.From, since.Int64), To: max(span.To, until.Int64)}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO listened(since, until) VALUES(?, ?)", span.From, span.To)
	return err
}

// Liquidations returns those that were seen of a contract, or of all where symbol
// is "", with from ≤ time ≤ to (Unix ms), the oldest first. That there are none
// means something only within the spans that Listened returns.
func (s *Store) Liquidations(ctx context.Context, symbol string, from, to int64) ([]market.Liquidation, error) {
	var out []market.Liquidation
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		if there, err := hasRatios(ctx, tx); err != nil || !there {
			return err
		}
		// CROSS JOIN: contract by contract, each a range of the key.
		rows, err := tx.QueryContext(ctx, `SELECT symbol, time, long, price, contracts FROM contract CROSS JOIN liquidation ON contract = id
			WHERE (?1 = '' OR symbol = ?1) AND time BETWEEN ?2 AND ?3 ORDER BY time, symbol`, symbol, from, to)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l market.Liquidation
			var at int64
			if err := rows.Scan(&l.Symbol, &at, &l.Long, &l.Price, &l.Contracts); err != nil {
				return fmt.Errorf("reading a liquidation: %w", err)
			}
			if l.Time = time.UnixMilli(at).UTC(); usableLiquidation(l) {
				out = append(out, l)
			}
		}
		return rows.Err()
	})
	return out, problem(err, "reading the liquidations")
}

// Listened returns the spans within from … to (Unix ms, both included) in which
// the program listened for liquidations, ascending and apart from each other.
func (s *Store) Listened(ctx context.Context, from, to int64) ([]market.Span, error) {
	var out []market.Span
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		if there, err := hasRatios(ctx, tx); err != nil || !there {
			return err
		}
		rows, err := tx.QueryContext(ctx, "SELECT since, until FROM listened WHERE since <= ? AND until >= ? ORDER BY since", to, from)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var span market.Span
			if err := rows.Scan(&span.From, &span.To); err != nil {
				return fmt.Errorf("reading a span: %w", err)
			}
			span = market.Span{From: max(span.From, from), To: min(span.To, to)}
			if n := len(out); span.From <= span.To && (n == 0 || out[n-1].To < span.From) {
				out = append(out, span)
			}
		}
		return rows.Err()
	})
	return out, problem(err, "reading when it listened")
}

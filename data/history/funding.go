package history

import (
	"context"
	"database/sql"
	"fmt"

	"openinterest/data/market"
)

// SaveFunding keeps funding payments of a contract. A payment at a time that
// is known already replaces it.
func (s *Store) SaveFunding(ctx context.Context, symbol string, points []market.FundingPoint) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		id, err := makeContract(ctx, tx, symbol)
		if err != nil {
			return err
		}
		insert, err := tx.PrepareContext(ctx, "REPLACE INTO funding(contract, time, rate) VALUES(?, ?, ?)")
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, p := range points {
			if p.Time <= 0 || !market.Known(p.Rate) {
				continue
			}
			if _, err := insert.ExecContext(ctx, id, p.Time, p.Rate); err != nil {
				return err
			}
		}
		return nil
	})
	return problem(err, "saving %d funding payments of %s", len(points), symbol)
}

// Funding returns the payments of a contract with from ≤ time ≤ to (Unix ms),
// the oldest first.
func (s *Store) Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error) {
	var out []market.FundingPoint
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT time, rate FROM funding WHERE contract = (SELECT id FROM contract WHERE symbol = ?)
			AND time BETWEEN ? AND ? ORDER BY time`, symbol, from, to)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p market.FundingPoint
			if err := rows.Scan(&p.Time, &p.Rate); err != nil {
				return fmt.Errorf("reading a payment: %w", err)
			}
			out = append(out, p)
		}
		return rows.Err()
	})
	return out, problem(err, "reading the funding of %s", symbol)
}

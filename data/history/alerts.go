package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Alert is something that the person was told. What it says is for others to read.
type Alert struct {
	Time int64           // when it was raised: Unix ms
	Key  string          // what it is about
	Data json.RawMessage // valid JSON
}

// mostAlerts is how many alerts are kept: older ones go as new ones come.
const mostAlerts = 20_000

// AppendAlert takes down an alert and reports whether it is new: one that is about the
// same and lies no further away than within was told already. So whoever writes the
// history can tell each alert once, also when it took over from another process that
// saw the same.
func (s *Store) AppendAlert(ctx context.Context, a Alert, within time.Duration) (isNew bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		isNew = false
		if !json.Valid(a.Data) {
			return fmt.Errorf("the alert %q is not JSON", a.Key)
		}
		var told int
		near := within.Milliseconds()
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM alert WHERE key = ? AND time BETWEEN ? AND ?", a.Key, a.Time-near, a.Time+near).Scan(&told)
		if err != nil || told > 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO alert(time, key, data) VALUES(?, ?, ?)", a.Time, a.Key, string(a.Data)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM alert WHERE id <= (SELECT max(id) FROM alert) - ?", mostAlerts); err != nil {
			return err
		}
		isNew = true
		return nil
	})
	if err != nil {
		return false, problem(err, "taking down an alert")
	}
	return isNew, nil
}

// Alerts returns the alerts since a time (Unix ms), the newest first, at most limit.
func (s *Store) Alerts(ctx context.Context, since int64, limit int) ([]Alert, error) {
	var out []Alert
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, "SELECT time, key, data FROM alert WHERE time >= ? ORDER BY time DESC, id DESC LIMIT ?", since, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a Alert
			var data string
			if err := rows.Scan(&a.Time, &a.Key, &data); err != nil {
				return fmt.Errorf("reading an alert: %w", err)
			}
			a.Data = json.RawMessage(data)
			out = append(out, a)
		}
		return rows.Err()
	})
	return out, problem(err, "reading the alerts")
}

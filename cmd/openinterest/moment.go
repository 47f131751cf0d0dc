package main

import (
	"fmt"
	"time"
)

// moment is an instant on the command line: a time such as
// 2026-03-01T12:00:00Z, or a day such as 2026-03-01, in UTC. The zero moment is
// none at all.
type moment struct {
	time.Time      // of a day: the midnight that begins it
	day       bool // it was given as a day
}

// UnmarshalText reads a moment. Kong calls it.
func (m *moment) UnmarshalText(text []byte) error {
	if t, err := time.Parse(time.DateOnly, string(text)); err == nil {
		*m = moment{t, true}
		return nil
	}
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return fmt.Errorf("%q is neither a day such as 2026-03-01 nor a time such as 2026-03-01T12:00:00Z", text)
	}
	*m = moment{Time: t.UTC()}
	return nil
}

// end is the moment as the end of a span: of a day, the midnight that ends it.
func (m moment) end() time.Time {
	if m.day {
		return m.AddDate(0, 0, 1)
	}
	return m.Time
}

// checkSpan refuses a span that ends before it begins.
func checkSpan(from, to moment) error {
	if !from.IsZero() && !to.IsZero() && to.end().Before(from.Time) {
		return fmt.Errorf("--from %s is later than --to %s", from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	return nil
}

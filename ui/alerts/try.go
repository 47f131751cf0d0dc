package alerts

import (
	"context"
	"slices"
	"time"

	"openinterest/data/alert"
	"openinterest/data/signal"
)

// Past has what a dry run looks at. It is called from other goroutines than the
// UI's.
type Past interface {
	// Past loads a contract's past from a day before from, with its events of
	// these kinds computed on it; none are asked for by thresholds.
	Past(ctx context.Context, symbol string, from, to time.Time, kinds ...signal.EventKind) (alert.Past, error)
}

// tryFor is how far back a dry run looks.
const tryFor = 7 * 24 * time.Hour

// trial is a dry run, and how far it is.
type trial struct {
	rule        alert.Rule
	done, total int
	failed      int // contracts without a past
	found       []alert.Alert
	finished    bool
}

// run goes through the contracts and reports on the way, at most about fifty
// times, from its own goroutine. What it reports is not changed afterwards.
func (t trial) run(ctx context.Context, past Past, symbols []string, now time.Time, local *time.Location, report func(trial)) {
	t.total = len(symbols)
	every := max(1, len(symbols)/50)
	var kinds []signal.EventKind
	if t.rule.Signal != "" {
		kinds = []signal.EventKind{t.rule.Signal}
	}
	for _, symbol := range symbols {
		p, err := past.Past(ctx, symbol, now.Add(-tryFor), now, kinds...)
		if ctx.Err() != nil {
			return
		}
		t.done++
		if err != nil || len(p.Points) == 0 {
			t.failed++
		} else {
			t.found = append(slices.Clip(t.found), alert.DryRun(t.rule, p, now.Add(-tryFor), now, local)...)
		}
		if t.done%every == 0 {
			report(t)
		}
	}
	t.found = slices.Clone(t.found) // the one reported is being read
	slices.SortStableFunc(t.found, func(a, b alert.Alert) int { return b.Time.Compare(a.Time) })
	t.finished = true
	report(t)
}

// quiet counts the alerts that would only have been logged.
func (t *trial) quiet() (n int) {
	for i := range t.found {
		if t.found[i].Quiet {
			n++
		}
	}
	return n
}

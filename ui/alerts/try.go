package alerts

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/look"
)

// Past has what a dry run takes. It is called from other goroutines than the
// UI's.
type Past interface {
	// Past loads a contract's past from a day before from, with its events computed
	// on it, and for how long it is known whether kind held; thresholds ask for the
	// empty kind.
	Past(ctx context.Context, symbol string, from, to time.Time, kind signal.EventKind) (alert.Past, error)
}

// tryFor is how far back a dry run looks.
const tryFor = 7 * 24 * time.Hour

// trial is a dry run, and how far it is.
type trial struct {
	rule        alert.Rule
	done, total int
	covered     time.Duration // of all contracts together, for how much the rule could be evaluated
	lacking     []string      // contracts on which it could not for the whole span
	found       []alert.Alert
	finished    bool
}

// manyPerDay is how many alerts a day nobody reads.
const manyPerDay = 50

// fullyCovered is the share of the span that must be known of a contract: a few
// stamps are always missing somewhere.
const fullyCovered = 0.98

// complete is on how many contracts the rule could be evaluated for the whole
// span.
func (t *trial) complete() int { return t.done - len(t.lacking) }

// days is for how many days the rule could be evaluated, on average.
func (t *trial) days() float64 { return t.covered.Hours() / 24 / float64(max(1, t.done)) }

// needs is how many days of history the rule takes to be tried on: the span, and
// what its signal or its change looks back on from there.
func (t *trial) needs() int {
	days := int(tryFor.Hours() / 24)
	kinds := []signal.EventKind{t.rule.Looks()}
	if kinds[0] == alert.AnySignal {
		kinds = slices.DeleteFunc(signal.EventKinds(), signal.EventKind.OnTrial)
	}
	back := 1
	for _, k := range kinds {
		if k != "" {
			back = max(back, explain.Days(k))
		}
	}
	return days + back
}

// run goes through the contracts and reports on the way, at most about fifty
// times, from its own goroutine. What it reports is not changed afterwards.
func (t trial) run(ctx context.Context, past Past, symbols []string, now time.Time, local *time.Location, report func(trial)) {
	t.total = len(symbols)
	every := max(1, len(symbols)/50)
	for _, symbol := range symbols {
		p, err := past.Past(ctx, symbol, now.Add(-tryFor), now, t.rule.Looks())
		if ctx.Err() != nil {
			return
		}
		t.done++
		if err != nil {
			p = alert.Past{} // nothing is known of it
		}
		known := alert.Covered(t.rule, p, now.Add(-tryFor), now)
		if t.covered += known; float64(known) < fullyCovered*float64(tryFor) {
			t.lacking = append(slices.Clip(t.lacking), symbol)
		}
		t.found = append(slices.Clip(t.found), alert.DryRun(t.rule, p, now.Add(-tryFor), now, local)...)
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

// showTrial lists what the rule would have raised.
func (p *Pane) showTrial() {
	e, t := p.editor, &p.editor.trial
	p.entries = nil
	for _, a := range t.found {
		p.entries = append(p.entries, Entry{Alert: a})
	}
	p.title.SetText(p.w.T("alert.trial"))
	p.clear.Hide()
	p.hint.SetText("")
	args := assets.Args{"N": len(t.found), "Quiet": t.quiet(), "Done": t.done, "Total": t.total, "Complete": t.complete(),
		"Days": strconv.FormatFloat(math.Floor(10*t.days())/10, 'f', -1, 64), "Need": t.needs()}
	text := ""
	switch {
	case e.rule.Check() != nil:
		text = p.w.T("alert.trial_incomplete")
	case p.o.Past == nil:
		text = p.w.T("alert.trial_no_history")
	case !e.rule.CanDryRun():
		text = p.w.T("alert.trial_not_kept", assets.Args{"Column": p.say.notKept(&e.rule)})
	case !t.finished:
		text = p.w.T("alert.trial_running", args)
	case t.total == 0:
		text = p.w.T("alert.trial_no_contracts")
	case len(t.lacking) > 0:
		text = p.w.T("alert.trial_part", args)
	default:
		text = p.w.T("alert.trial_found", args)
	}
	if t.finished && t.total > 0 && e.rule.Signal == "" {
		text += p.w.T("alert.trial_stamps")
	}
	if _, without := e.rule.Judged(); t.finished && t.total > 0 && len(without) > 0 {
		text += p.w.T("alert.trial_without", assets.Args{"Columns": p.say.notKept(&e.rule)})
	}
	if perDay := float64(len(t.found)) / max(1, t.days()); t.finished && perDay >= manyPerDay {
		text += p.w.T("alert.trial_many", assets.Args{"N": int(perDay)})
	}
	p.note.SetText(text)
	p.note.Show()
	lacks := t.finished && len(t.lacking) > 0 && p.o.OnFetch != nil
	if look.SetVisible(lacks, p.fetch); lacks {
		p.fetch.SetText(p.w.T("alert.fetch", args))
		p.fetch.Enable()
	}
	if lacks && p.fetching {
		p.fetch.SetText(p.w.T("evidence.fetching", assets.Args{"N": len(t.lacking)}))
		p.fetch.Disable()
	}
}

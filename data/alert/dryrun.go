package alert

import (
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Past is what is known of one contract's past.
type Past struct {
	Contract market.Contract
	Points   []market.Point // 5-minute stamps, increasing; from a day before the span that is asked about
	Events   []signal.Event // in that time, in order

	// Shows tells whether the contract showed a signal at a stamp (Unix ms), by the name
	// that conditions give it; nil: it is not known of any. See Rule.Looks.
	Shows func(stamp int64, name string) (holds, isKnown bool)

	// Evaluated is for how much of the span it is known whether the rule's signal
	// held. Thresholds tell by their points.
	Evaluated time.Duration
}

// Judged is the rule without the conditions whose past is not kept, and what they are
// about: a dry run is of this one, and says so.
func (r *Rule) Judged() (judged Rule, without []Column) {
	judged = *r
	judged.Where = nil
	for _, c := range r.Where {
		if c.Column == SignalColumn || c.Column.HasHistory() {
			judged.Where = append(judged.Where, c)
		} else {
			without = append(without, c.Column)
		}
	}
	return judged, without
}

// CanDryRun reports whether the past tells what the rule would have raised, at least
// without some of its conditions.
func (r *Rule) CanDryRun() bool {
	judged, _ := r.Judged()
	if r.joins() {
		return len(judged.Where) > 0
	}
	return r.Signal != "" || r.Column.HasHistory()
}

// Looks is of what kind of signal a dry run needs the past: empty for none, AnySignal
// also where conditions ask for some.
func (r *Rule) Looks() signal.EventKind {
	for i := range r.Where {
		if r.Where[i].Column == SignalColumn {
			return AnySignal
		}
	}
	return r.Signal
}

// Covered is for how much of the span from ≤ time ≤ to the past tells what the
// rule would have raised. No alert in it means nothing beyond it.
func Covered(r Rule, p Past, from, to time.Time) time.Duration {
	if r.Check() != nil || !r.CanDryRun() {
		return 0
	}
	if r.Signal != "" {
		return min(p.Evaluated, to.Sub(from))
	}
	r, _ = r.Judged()
	points := market.Rescale(p.Points, market.UnitChanges(p.Points))
	known := 0
	for i, x := range points {
		if _, is := r.past(&p, points, i); is && x.Time > from.UnixMilli() && x.Time <= to.UnixMilli() {
			known++
		}
	}
	return time.Duration(known) * market.Step
}

// DryRun returns the alerts that a rule would have raised about a contract with
// from ≤ time ≤ to, the oldest first. What a rule may be about, favourites for
// one, is for the caller to know: every contract given is taken.
//
// Thresholds are held against closed 5-minute stamps. At work a rule looks more
// often, so that it may fire some minutes earlier, and also at a crossing that
// was over before the stamp closed. The 24-hour price change comes from stamps
// here, from the exchange's ticker there; they differ by little. The past is
// taken in the contract's present unit, in which the bound was set.
func DryRun(r Rule, p Past, from, to time.Time, local *time.Location) []Alert {
	if r.Check() != nil || !r.CanDryRun() {
		return nil
	}
	p.Points = market.Rescale(p.Points, market.UnitChanges(p.Points))
	d := dry{whole: r, past: &p, local: local}
	d.rule, _ = r.Judged()
	if r.Signal != "" {
		for i := range p.Events {
			if e := &p.Events[i]; r.Tells(e.Kind) && d.besides(e.Time) {
				d.raise(e.Time, Alert{Event: e, Value: market.Unknown, Before: market.Unknown})
			}
		}
	} else {
		d.thresholds()
	}
	var alerts []Alert
	for _, a := range d.alerts {
		if !a.Time.Before(from) && !a.Time.After(to) {
			alerts = append(alerts, a)
		}
	}
	return alerts
}

// dry is one dry run.
type dry struct {
	whole    Rule
	rule     Rule // of it, what the past tells of
	past     *Past
	local    *time.Location
	last     time.Time
	lastLeft time.Time
	alerts   []Alert
}

// past is where a contract stood at a closed stamp by a rule that tells of crossings.
func (r *Rule) past(p *Past, points []market.Point, i int) (position, bool) {
	if r.joins() {
		holds, readings := p.view(points, i).judge(r.Where)
		return position{value: market.Unknown, across: holds == yes, readings: readings}, holds != unknown
	}
	return step(r, r.Column.number().Past(points, i))
}

// besides reports whether the conditions held at a time that the rule has besides its
// signal.
func (d *dry) besides(at time.Time) bool {
	if len(d.rule.Where) == 0 {
		return true
	}
	i := stampAt(d.past.Points, at)
	if i < 0 {
		return false
	}
	holds, _ := d.past.view(d.past.Points, i).judge(d.rule.Where)
	return holds == yes
}

// thresholds raises an alert at each stamp at which the contract crossed what the rule
// names since the stamp before.
func (d *dry) thresholds() {
	var before position
	known := false
	for i, p := range d.past.Points {
		now, is := d.rule.past(d.past, d.past.Points, i)
		if is && known && now.across != before.across {
			d.cross(time.UnixMilli(p.Time).UTC(), before, now)
		}
		// A hole longer than what counts as fresh hides where the number stood.
		if known = is; is {
			before = now
		}
		if next := i + 1; next < len(d.past.Points) && d.past.Points[next].Time-p.Time > FreshFor.Milliseconds() {
			known = false
		}
	}
}

// cross takes what was crossed between two stamps.
func (d *dry) cross(at time.Time, before, now position) {
	left, r := !now.across, &d.rule
	switch {
	case r.joins() && (left && r.On == Enters || !left && r.On == Leaves), !r.joins() && left, !r.joins() && !d.besides(at):
		return
	}
	d.raise(at, Alert{Value: now.value, Before: before.value, Left: left, Readings: now.readings})
}

// raise notes an alert unless the rule is cooling down.
func (d *dry) raise(at time.Time, a Alert) {
	last := &d.last
	if a.Left {
		last = &d.lastLeft
	}
	if !last.IsZero() && at.Sub(*last) < d.rule.cooldown() {
		return
	}
	*last = at
	a.Time, a.Rule, a.Symbol, a.Contract = at, d.whole, d.past.Contract.Symbol, d.past.Contract
	a.Quiet = d.rule.Quiet.Holds(at, d.local)
	d.alerts = append(d.alerts, a)
}

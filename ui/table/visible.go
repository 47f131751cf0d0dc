package table

import (
	"slices"
	"time"

	"openinterest/ui/look/tip"
)

// reportEvery is how often, at most, the rows on screen are reported: while
// scrolling they change with every frame.
const reportEvery = 250 * time.Millisecond

// visibleReport tells which symbols are on screen, when that changes and not
// too often. The last change is always told.
type visibleReport struct {
	clock   tip.Clock
	tell    func([]string)
	now     []string
	told    []string
	waiting bool
	quiet   time.Time // no report before
}

func newVisibleReport(clock tip.Clock, tell func([]string)) *visibleReport {
	return &visibleReport{clock: clock, tell: tell}
}

func (v *visibleReport) set(symbols []string) {
	v.now = symbols
	if v.tell == nil || v.waiting || sameSet(v.now, v.told) {
		return
	}
	if wait := v.quiet.Sub(v.clock.Now()); wait > 0 {
		v.waiting = true
		v.clock.After(wait, func() {
			v.waiting = false
			v.report()
		})
		return
	}
	v.report()
}

func (v *visibleReport) report() {
	if sameSet(v.now, v.told) {
		return
	}
	v.told = v.now
	v.quiet = v.clock.Now().Add(reportEvery)
	v.tell(slices.Clone(v.now))
}

// sameSet compares without regard to order: rows that trade places on screen
// are still on screen.
func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	in := set(a)
	for _, s := range b {
		if !in[s] {
			return false
		}
	}
	return true
}

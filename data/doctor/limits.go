package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"openinterest/data/binance"
	"openinterest/data/market"
)

// clock holds this computer's clock against the exchange's.
func (d *doctor) clock(context.Context) {
	i := d.exchange
	within := "within " + span(binance.Tolerance)
	if i.Server.IsZero() {
		return // why, the lines of the list of contracts say
	}
	off := i.Wall.Sub(i.Server)
	d.add("clock: this computer", off.Abs() <= binance.Tolerance+i.Took/2, within+" of the exchange's", offset(off))
	if i.Date.IsZero() {
		d.add("clock: Date header", false, within+" of serverTime", "none")
		return
	}
	off = i.Date.Add(time.Second / 2).Sub(i.Server) // it has whole seconds
	d.add("clock: Date header", off.Abs() <= binance.Tolerance+time.Second/2, within+" of serverTime", offset(off))
}

func offset(t time.Duration) string {
	switch {
	case t.Abs() < time.Second:
		return "the same"
	case t < 0:
		return span(-t) + " behind"
	}
	return span(t) + " ahead"
}

// limits holds the limits that the exchange states against those that this program
// keeps.
func (d *doctor) limits(body []byte) {
	if !d.compare(binance.ExpectedLimits, body) {
		return
	}
	var info struct {
		RateLimits []struct {
			RateLimitType, Interval string
			IntervalNum, Limit      int
		}
	}
	if err := json.Unmarshal(body, &info); err != nil {
		return // the lines of its fields have said so
	}
	var weight, others []string
	for _, l := range info.RateLimits {
		text := fmt.Sprintf("%d in %d %s", l.Limit, l.IntervalNum, l.Interval)
		switch l.RateLimitType {
		case "REQUEST_WEIGHT":
			weight = append(weight, text)
		case "ORDERS": // this program places none
		default:
			others = append(others, l.RateLimitType+" "+text)
		}
	}
	want := fmt.Sprintf("%d in 1 MINUTE", binance.WeightLimit)
	d.add("limits: REQUEST_WEIGHT", slices.Equal(weight, []string{want}), want, orElse(strings.Join(weight, ", "), "none stated"))
	d.add("limits: others", len(others) == 0, "none but ORDERS", orElse(some(others), "none but ORDERS"))
}

// cost is what a request was to cost, and what the exchange then said was used.
type cost struct {
	what     string
	limit    market.Route
	weight   int
	used     int       // negative: it did not say
	from, to time.Time // when it was asked and answered, on the exchange's clock
	answered bool
}

// sameMinute reports whether the exchange surely counted in one minute from from to
// to. Its clock is known only roughly.
func sameMinute(from, to time.Time) bool {
	const slack = time.Second
	return from.Add(-slack).Unix()/60 == to.Add(slack).Unix()/60
}

// weights holds what requests cost, by the exchange's own count, against what this
// program takes them to cost. The count starts anew each minute, and others behind
// the address may spend, too: what they make unknowable is said to be so.
func (d *doctor) weights(context.Context) {
	type judged struct {
		cost
		found int
	}
	var all []judged
	last, between := -1, 0 // the last count, and what was asked since whose answer had none
	var since time.Time    // when that of the last count was asked
	exact := 0
	for _, c := range d.costs {
		if !c.answered {
			continue
		}
		name := c.what + ": weight"
		if c.used < 0 {
			main := c.limit != market.RouteHistory && c.limit != market.RouteRatios && c.limit != market.RouteFunding
			d.add(name, !main, fmt.Sprint(c.weight), "the answer does not say what is used")
			between += c.weight
			continue
		}
		if last >= 0 && sameMinute(since, c.to) && c.used >= last {
			j := judged{c, c.used - last - between}
			all = append(all, j)
			if j.found == c.weight {
				exact++
			}
		} else {
			d.add(name, true, fmt.Sprint(c.weight), fmt.Sprintf("cannot be told at the first answer, and at the turn of a minute (%d used)", c.used))
		}
		last, between, since = c.used, 0, c.from
	}
	for _, j := range all {
		found := fmt.Sprint(j.found)
		ok := j.found == j.weight
		if !ok && exact*2 < len(all) {
			ok, found = true, fmt.Sprintf("cannot be told: others behind this address spend, too (%d used)", j.used)
		}
		d.add(j.what+": weight", ok, fmt.Sprint(j.weight), found)
	}
}

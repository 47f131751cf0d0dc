package sim

import "math"

// eventKind is the shape of an event laid over a contract's random walks.
type eventKind int

const (
	longFlush   eventKind = iota // price drops, longs are closed: open interest falls within the hour
	squeeze                      // price jumps, shorts are closed
	spike                        // open interest jumps, price hardly moves
	pump                         // price and open interest rise for hours, and come back
	shortAttack                  // price falls for hours while open interest rises
	divergeHigh                  // price climbs to a new high for two days, open interest leaves
	divergeLow                   // price sinks to a new low for two days, open interest leaves
	crowdLong                    // open interest and funding rise for days
	crowdShort                   // open interest rises for days, funding sinks
)

// form describes a kind of event. Sizes are those of the largest event on a
// contract whose price moves 5 % a day; both are log changes.
type form struct {
	kind            eventKind
	weight          float64 // share among events
	price, interest float64
	rise, hold      float64 // hours
	fade            float64 // hours until nothing is left of it
	crowding        float64 // added to the 8-hour premium at the height
}

var forms = []form{
	{longFlush, 0.17, -0.11, -0.17, 0.7, 1.5, 70, -0.0006},
	{squeeze, 0.10, +0.10, -0.13, 0.7, 2, 60, +0.0003},
	{spike, 0.19, +0.012, +0.16, 0.8, 5, 60, +0.0002},
	{pump, 0.14, +0.24, +0.24, 5, 6, 72, +0.0011},
	{shortAttack, 0.10, -0.15, +0.18, 6, 8, 72, -0.0009},
	{divergeHigh, 0.09, +0.12, -0.11, 44, 4, 60, +0.0001},
	{divergeLow, 0.07, -0.12, -0.11, 44, 4, 60, -0.0002},
	{crowdLong, 0.08, +0.05, +0.22, 56, 30, 30, +0.0018},
	{crowdShort, 0.06, -0.05, +0.20, 56, 30, 30, -0.0021},
}

const (
	eventDays   = 6    // no event lasts longer
	eventChance = 0.15 // of one beginning on a contract on a day
)

// event is one occurrence. The zero event has no effect.
type event struct {
	form  *form
	start float64 // Unix s
	size  float64 // 0.4 to 1, times what the contract's volatility makes of it
	seed  uint64
}

// effect is what events add at one instant.
type effect struct {
	price, interest float64 // log changes
	crowding        float64 // to the 8-hour premium
	heat            float64 // 0 calm to 1 at the height: volume, liquidations
}

// calendar keeps the events that may be felt on one day.
type calendar struct {
	day    int64
	valid  bool
	events [eventDays]event
}

// eventOn draws the event that begins on a day, if any. strength scales events
// to the contract's volatility.
func eventOn(seed uint64, d int64, strength float64) event {
	h := key(seed, 0x6576656e, uint64(d))
	if uniform(h) >= eventChance {
		return event{}
	}
	at := uniform(mix(h + 1))
	for i := range forms {
		if at -= forms[i].weight; at < 0 || i == len(forms)-1 {
			return event{
				form:  &forms[i],
				start: (float64(d) + uniform(mix(h+2))) * day,
				size:  between(mix(h+3), 0.4, 1) * strength,
				seed:  h,
			}
		}
	}
	return event{}
}

// at sums what the contract's events do at t.
func (c *calendar) at(seed uint64, strength, t float64) effect {
	today := int64(math.Floor(t / day))
	if !c.valid || c.day != today {
		for i := range c.events {
			c.events[i] = eventOn(seed, today-int64(i), strength)
		}
		c.day, c.valid = today, true
	}
	var sum effect
	for i := range c.events {
		c.events[i].add(&sum, t)
	}
	return sum
}

// add adds the event's effect at t to sum.
func (e *event) add(sum *effect, t float64) {
	if e.form == nil {
		return
	}
	hours := (t - e.start) / 3600
	f := e.form
	if hours <= 0 || hours >= f.rise+f.hold+f.fade {
		return
	}
	// Price comes back faster than positions do.
	price := f.envelope(hours, 0.7)
	interest := f.envelope(hours, 1)
	// The way is rough: quick swings, largest where a sudden event begins.
	brief := interest * math.Exp(-hours/(f.rise+f.hold))
	rough := (0.14*noise(e.seed+1, hours*3) + 0.07*noise(e.seed+2, hours*11)) / (1 + f.rise/2)

	sum.price += e.size * f.price * (price + rough*brief)
	sum.interest += e.size * f.interest * (interest + 0.4*rough*brief)
	sum.crowding += min(1, e.size) * f.crowding * interest
	sum.heat = max(sum.heat, brief)
}

// envelope is the course of an event: a fast start that tires, a pause, and a
// decay to nothing. patience below 1 shortens the decay.
func (f *form) envelope(hours, patience float64) float64 {
	switch {
	case hours < f.rise:
		y := 1 - hours/f.rise
		return 1 - y*y*math.Sqrt(y)
	case hours < f.rise+f.hold:
		return 1
	}
	y := max(0, 1-(hours-f.rise-f.hold)/(f.fade*patience))
	return y * y * (1.5 - 0.5*y)
}

package sim

import "math"

// form describes a kind of event that is laid over a contract's random walks.
// Sizes are those of the largest event on a contract of strength 1; price and
// open interest are log changes.
type form struct {
	weight          float64 // share among events
	price, interest float64
	rise, hold      float64 // hours
	fade            float64 // hours until nothing is left of it
	crowding        float64 // added to the 8-hour premium at the height
	wild            bool    // happens only to volatile contracts
}

var forms = []form{
	// Flush: price drops, longs are closed, open interest falls within the hour.
	{weight: 0.17, price: -0.11, interest: -0.17, rise: 0.7, hold: 1.5, fade: 70, crowding: -0.0006},
	// Squeeze: price jumps, shorts are closed.
	{weight: 0.10, price: +0.10, interest: -0.13, rise: 0.7, hold: 2, fade: 60, crowding: +0.0003},
	// Spike: open interest jumps, price hardly moves.
	{weight: 0.18, price: +0.012, interest: +0.16, rise: 0.8, hold: 5, fade: 60, crowding: +0.0002},
	// Pump: price and open interest rise for hours, and come back.
	{weight: 0.12, price: +0.24, interest: +0.24, rise: 5, hold: 6, fade: 72, crowding: +0.0011},
	// Craze: a pump that doubles a small contract within a day.
	{weight: 0.03, price: +0.95, interest: +0.75, rise: 15, hold: 8, fade: 96, crowding: -0.0016, wild: true},
	// Attack: price falls for hours while shorts are opened.
	{weight: 0.10, price: -0.15, interest: +0.18, rise: 6, hold: 8, fade: 72, crowding: -0.0009},
	// Divergence: price climbs or sinks to a new extreme for two days, open interest leaves.
	{weight: 0.09, price: +0.12, interest: -0.11, rise: 44, hold: 4, fade: 60, crowding: +0.0001},
	{weight: 0.07, price: -0.12, interest: -0.11, rise: 44, hold: 4, fade: 60, crowding: -0.0002},
	// Crowding: open interest rises for days, and funding with it or against it.
	{weight: 0.08, price: +0.05, interest: +0.22, rise: 56, hold: 30, fade: 30, crowding: +0.0018},
	{weight: 0.06, price: -0.05, interest: +0.20, rise: 56, hold: 30, fade: 30, crowding: -0.0021},
}

const (
	eventDays    = 6    // no event lasts longer
	eventChance  = 0.15 // of one beginning on a contract on a day
	wildStrength = 0.6  // that of a contract whose price moves 5 % a day
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
		at -= forms[i].weight
		if at >= 0 && i < len(forms)-1 {
			continue
		}
		if forms[i].wild && strength < wildStrength {
			break
		}
		return event{
			form:  &forms[i],
			start: (float64(d) + uniform(mix(h+2))) * day,
			size:  between(mix(h+3), 0.4, 1) * strength,
			seed:  h,
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

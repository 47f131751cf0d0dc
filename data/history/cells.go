package history

import "math"

// form is how a price is kept.
type form uint8

const (
	noPrice form = iota // not known
	quoted              // a decimal; USD = contracts × it, Price = USD / contracts
	sampled             // a decimal, and Price is just that; USD = contracts × it
	nudged              // quoted, but USD is some steps of a float64 off: computed in floating point
	rawBits             // none of these: the bits of Price, and how far USD is from their product
)

// mostNudge is how many steps of a float64 a nudged USD is off at most.
const mostNudge = 8

// cell is a stamp as integers.
type cell struct {
	contracts int64 // at the block's scale, or raw bits
	form      form
	price     int64 // at places decimals, or raw bits
	places    int
	offset    int64 // nudged, raw: USD's distance from contracts × price in steps of a float64
}

// decimal reports whether the price is kept as a scaled integer.
func (c cell) decimal() bool { return c.form == quoted || c.form == sampled || c.form == nudged }

// scales are the decimal places of a block's numbers.
type scales struct{ contracts, coarse, fine int }

func (s scales) unit() int64 { return int64(upow10[s.fine-s.coarse]) }

// toCells finds the integers that stand for a day's stamps.
func toCells(stamps []Stamp) ([]cell, scales) {
	cells := make([]cell, len(stamps))
	sc := scales{contracts: contractScale(stamps)}
	var places [mostDecimals + 1]int // how many prices have so many
	for i, s := range stamps {
		cells[i] = toCell(s, sc.contracts)
		if cells[i].decimal() {
			places[cells[i].places]++
		}
	}
	sc.coarse, sc.fine = priceScales(places)
	levelForms(cells)
	for i, c := range cells {
		const room = math.MaxInt64 / 4 // for differences
		if c.decimal() && c.price > room/int64(upow10[sc.fine-c.places]) {
			cells[i] = rawCell(stamps[i], sc.contracts)
		}
	}
	return cells, sc
}

// levelForms calls quoted prices nudged by nothing where many are nudged by
// something: a form that changes at every stamp costs more than that.
func levelForms(cells []cell) {
	off := 0
	for _, c := range cells {
		if c.form == nudged {
			off++
		}
	}
	const few = 12 // one in so many
	for i := range cells {
		if cells[i].form == quoted && off*few > len(cells) {
			cells[i].form = nudged
		}
	}
}

func rawCell(s Stamp, scale int) cell {
	return cell{
		contracts: contractsAt(s, scale), form: rawBits, price: int64(math.Float64bits(s.Price)),
		offset: steps(s.Contracts*s.Price, s.USD),
	}
}

// contractScale is the fewest decimal places for all contracts of a block.
func contractScale(stamps []Stamp) int {
	scale := 0
	for _, s := range stamps {
		_, e, ok := decimalOf(s.Contracts)
		if !ok {
			return rawScale
		}
		scale = max(scale, e)
	}
	for _, s := range stamps {
		if r := math.Round(s.Contracts * pow10[scale]); !(r < exactInt) || r/pow10[scale] != s.Contracts {
			return rawScale
		}
	}
	return scale
}

func toCell(s Stamp, scale int) cell {
	if !usable(s.Price) {
		return cell{contracts: contractsAt(s, scale)}
	}
	c := rawCell(s, scale)
	if scale == rawScale {
		return c
	}
	best := c
	for places := 0; places <= mostDecimals; places++ {
		p := math.Round(s.Price * pow10[places])
		if p >= exactInt {
			break
		}
		usd, ok := product(c.contracts, int64(p), scale+places)
		off := steps(usd, s.USD)
		if !ok || off < -mostNudge || off > mostNudge {
			continue
		}
		decimal := cell{contracts: c.contracts, price: int64(p), places: places, offset: off}
		switch {
		case off == 0 && s.Price == usd/s.Contracts:
			decimal.form = quoted
			return decimal
		case off == 0 && s.Price == p/pow10[places]:
			decimal.form = sampled
			return decimal
		case s.Price == s.USD/s.Contracts && best.form == rawBits:
			decimal.form = nudged
			best = decimal
		}
	}
	return best
}

// steps is how many float64 lie from a to b, both positive.
func steps(a, b float64) int64 { return int64(math.Float64bits(b)) - int64(math.Float64bits(a)) }

func contractsAt(s Stamp, scale int) int64 {
	if scale == rawScale {
		return int64(math.Float64bits(s.Contracts))
	}
	return int64(math.Round(s.Contracts * pow10[scale]))
}

// priceScales picks the two scales of a block's prices: the fine one that all
// need, and the coarse one that saves most bits.
func priceScales(places [mostDecimals + 1]int) (coarse, fine int) {
	total := 0
	for e, n := range places {
		if n > 0 {
			fine = e
		}
		total += n
	}
	coarse = fine
	const bitsPerDecimal = 3.3
	best, below := float64(total), 0 // the bit that tells them apart must be won back
	for e := 0; e < fine; e++ {
		below += places[e]
		if saved := float64(below) * bitsPerDecimal * float64(fine-e); saved > best {
			best, coarse = saved, e
		}
	}
	return coarse, fine
}

func firstPrice(cells []cell, sc scales) int64 {
	for _, c := range cells {
		if c.decimal() {
			return c.price * int64(upow10[sc.fine-c.places])
		}
	}
	return 0
}

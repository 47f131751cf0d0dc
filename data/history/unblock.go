package history

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"openinterest/data/market"
)

// decodeBlock appends the stamps of a block to dst. What it cannot read it
// refuses with errBlock, whatever the bytes are.
func decodeBlock(dst []Stamp, day int64, data []byte) ([]Stamp, error) {
	if len(data) < 5 {
		return dst, fmt.Errorf("%w: %d bytes", errBlock, len(data))
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return dst, fmt.Errorf("%w: its checksum differs", errBlock)
	}
	return decodeBody(dst, day, body)
}

// decodeBody is decodeBlock after the checksum, apart so that fuzzing reaches it.
func decodeBody(dst []Stamp, day int64, body []byte) ([]Stamp, error) {
	start := len(dst)
	h := header{in: body}
	if h.byte() != blockFormat {
		h.bad = true
	}
	h.presence(func(i int) { dst = append(dst, Stamp{Time: stampOf(day, i)}) })
	stamps := dst[start:]
	h.runs(len(stamps), func(i int, v byte) {
		stamps[i].Source = Source(v)
		h.bad = h.bad || stamps[i].Source < Live || stamps[i].Source > Archive
	})
	var forms [dayStamps]form
	h.runs(len(stamps), func(i int, v byte) {
		forms[i] = form(v)
		h.bad = h.bad || forms[i] > rawBits
	})
	sc := scales{contracts: int(h.byte()), coarse: int(h.byte()), fine: int(h.byte())}
	if sc.contracts > mostDecimals && sc.contracts != rawScale || sc.fine > mostDecimals || sc.coarse > sc.fine {
		h.bad = true
	}
	first := [2]int64{int64(h.uvarint()), int64(h.uvarint())}
	var guesses [3]byte
	for i := range guesses {
		if guesses[i] = h.byte(); guesses[i] > mostGuess {
			h.bad = true
		}
	}
	if h.bad || len(stamps) == 0 {
		return dst[:start], fmt.Errorf("%w: its header makes no sense", errBlock)
	}
	e := newPricer(sc)
	e.lastContracts, e.lastPrice = first[0], first[1]
	e.start(guesses)
	var scratch [4096]byte
	r := newBitReader(h.in, scratch[:])
	for i := range stamps {
		if !e.read(&r, forms[i], &stamps[i]) {
			return dst[:start], fmt.Errorf("%w: stamp %d of %d makes no sense", errBlock, i, len(stamps))
		}
	}
	return dst, nil
}

// read unpacks one stamp.
func (e *pricer) read(r *bitReader, f form, s *Stamp) bool {
	e.lastContracts += unzigzag(e.contractSizes.read(r))
	if e.contracts == rawScale {
		s.Contracts = math.Float64frombits(uint64(e.lastContracts))
	} else {
		s.Contracts = float64(e.lastContracts) / pow10[e.contracts]
	}
	ok := true
	switch f {
	case noPrice:
		s.Price, s.USD = market.Unknown, market.Unknown
	case rawBits:
		e.lastRaw += unzigzag(e.rawSizes.read(r))
		s.Price = math.Float64frombits(uint64(e.lastRaw))
		s.USD = step(s.Contracts*s.Price, unzigzag(e.offsetSizes.read(r)))
		ok = usable(s.Price) && usable(s.USD)
	default:
		ok = e.contracts != rawScale && e.readDecimal(r, f, s)
	}
	return ok && usable(s.Contracts) && !r.over()
}

func (e *pricer) readDecimal(r *bitReader, f form, s *Stamp) bool {
	price, places := int64(0), e.coarse
	if e.coarse != e.fine && r.read(1) == 1 {
		places = e.fine
		price = e.lastPrice + unzigzag(e.fineSizes.read(r))
		e.lastPrice = price
	} else {
		price = e.coarsePrice() + unzigzag(e.coarseSizes.read(r))
		e.lastPrice = price * e.unitOfCoarse
	}
	usd, ok := product(e.lastContracts, price, e.scales.contracts+places)
	if f == nudged {
		usd = step(usd, unzigzag(e.offsetSizes.read(r)))
	}
	s.USD = usd
	if s.Price = usd / s.Contracts; f == sampled {
		s.Price = float64(price) / pow10[places]
	}
	return ok && usable(s.USD)
}

// step is the inverse of steps.
func step(a float64, by int64) float64 {
	return math.Float64frombits(uint64(int64(math.Float64bits(a)) + by))
}

// header reads the bytes before the stream. It never fails at once: what is
// missing reads as zero, and bad says so at the end.
type header struct {
	in  []byte
	bad bool
}

func (h *header) byte() byte {
	if len(h.in) == 0 {
		h.bad = true
		return 0
	}
	b := h.in[0]
	h.in = h.in[1:]
	return b
}

func (h *header) uvarint() uint64 {
	v, n := binary.Uvarint(h.in)
	if n <= 0 {
		h.bad = true
		return 0
	}
	h.in = h.in[n:]
	return v
}

// presence gives the index of each stamp that is there to use, in order.
func (h *header) presence(use func(index int)) {
	step := int(h.byte())
	if step != 1 && step != hourStamps {
		h.bad = true
		return
	}
	steps := dayStamps / step
	present := false
	for at := 0; at < steps && !h.bad; present = !present {
		run := h.uvarint()
		if run > uint64(steps-at) || run == 0 && at > 0 {
			h.bad = true
			return
		}
		for i := at; present && i < at+int(run); i++ {
			use((i+1)*step - 1)
		}
		at += int(run)
	}
}

func (h *header) runs(n int, set func(i int, value byte)) {
	for at := 0; at < n && !h.bad; {
		v := h.uvarint()
		run := v >> 3
		if run == 0 || run > uint64(n-at) {
			h.bad = true
			return
		}
		for range run {
			set(at, byte(v&7))
			at++
		}
	}
}

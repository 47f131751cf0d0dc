package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"

	"openinterest/data/market"
)

// A block's layout: a header of bytes, then one stream of bits, then a CRC-32C
// of both. The header says, in this order:
//
//	format      1
//	grid        stamps a step of it: 1, or 12 where only full hours are kept
//	presence    runs of absent and present stamps, alternating, to the day's end
//	sources     runs of (length, source)
//	forms       runs of (length, form of the price)
//	scales      decimal places of contracts (255: raw), of coarse and of fine prices
//	first       contracts and price that the first differences are taken from
//	guesses     about how many bits a difference has: contracts, coarse, fine
//
// The stream has, for every present stamp, the difference of its contracts to
// the stamp's before and then its price. The exchange values a stamp at a price
// of either the contract's tick (89,097.9) or eight decimals (89,778.12086232),
// in no order; a bit says which, and each is a difference at its own scale.
//
// A library does not do this. What is served has 15 digits, in which a general
// codec finds little that repeats: the recorded months of BTCUSDT, SOLUSDT and
// DOGEUSDT take, in bytes a stamp before SQLite adds an eighth,
//
//	this block                                         5.5   5.0   4.6
//	contracts and USD, differences as varints, zstd    9.5  10.0  10.3
//	both as float64, xor, bytes transposed, zstd      12.2  12.3  10.3
//	contracts and price, differences as varints        7.9   7.1   6.0   zstd gains nothing on it
//
// where 9 on disk are the budget. Only the last keeps to it, and it needs most of
// this all the same: to find the decimal price behind each value (cells.go,
// decimal.go), and to keep the numbers that have none. It would save the bits and
// the two scales, some 200 lines, and cost a second format: existing databases are
// in this one, so reading it has to stay.
const (
	blockFormat = 1
	rawScale    = 255
	hourStamps  = 12
	mostGuess   = 50
)

var (
	errBlock   = errors.New("a damaged block")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// encodeBlock packs the stamps of one day, which must be strictly increasing.
func encodeBlock(stamps []Stamp) ([]byte, error) {
	if len(stamps) == 0 {
		return nil, errors.New("encoding a block: no stamps")
	}
	day := dayOf(stamps[0].Time)
	for i, s := range stamps {
		if s.Time%market.StepMillis != 0 || dayOf(s.Time) != day || i > 0 && s.Time <= stamps[i-1].Time {
			return nil, fmt.Errorf("encoding a block: stamp %d is out of order", s.Time)
		}
	}
	cells, sc := toCells(stamps)
	out := []byte{blockFormat}
	out = appendPresence(out, len(stamps), func(i int) int { return indexOf(stamps[i].Time) })
	out = appendRuns(out, len(stamps), func(i int) byte { return byte(stamps[i].Source) })
	out = appendRuns(out, len(stamps), func(i int) byte { return byte(cells[i].form) })
	out = append(out, byte(sc.contracts), byte(sc.coarse), byte(sc.fine))
	e := newPricer(sc)
	e.lastContracts = cells[0].contracts
	e.lastPrice = firstPrice(cells, sc)
	out = binary.AppendUvarint(out, uint64(e.lastContracts))
	out = binary.AppendUvarint(out, uint64(e.lastPrice))
	guesses := e.guess(cells)
	out = append(out, guesses[:]...)
	e.start(guesses)
	w := bitWriter{out: out}
	for _, c := range cells {
		e.write(&w, c)
	}
	out = w.close()
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, castagnoli)), nil
}

// appendPresence says which stamps of a day are there: n of them, in order.
func appendPresence(out []byte, n int, index func(int) int) []byte {
	step := hourStamps
	for i := range n {
		if (index(i)+1)%hourStamps != 0 {
			step = 1
			break
		}
	}
	out = append(out, byte(step))
	next, run := 0, 0 // the grid position expected, and the present ones before it
	for i := range n {
		at := (index(i)+1)/step - 1
		if at != next || next == 0 && run == 0 {
			if run > 0 {
				out = binary.AppendUvarint(out, uint64(run))
			}
			out = binary.AppendUvarint(out, uint64(at-next))
			run = 0
		}
		run++
		next = at + 1
	}
	out = binary.AppendUvarint(out, uint64(run))
	if rest := dayStamps/step - next; rest > 0 {
		out = binary.AppendUvarint(out, uint64(rest))
	}
	return out
}

func appendRuns(out []byte, n int, value func(int) byte) []byte {
	for i := 0; i < n; {
		j := i + 1
		for j < n && value(j) == value(i) {
			j++
		}
		out = binary.AppendUvarint(out, uint64(j-i)<<3|uint64(value(i)))
		i = j
	}
	return out
}

// pricer is the state shared by packing and unpacking: what came before.
type pricer struct {
	scales
	unitOfCoarse             int64
	lastContracts, lastPrice int64 // price at the fine scale
	lastRaw                  int64
	contractSizes            rice
	coarseSizes, fineSizes   rice
	rawSizes, offsetSizes    rice
}

func newPricer(sc scales) *pricer { return &pricer{scales: sc, unitOfCoarse: sc.unit()} }

func (e *pricer) start(guesses [3]byte) {
	e.contractSizes, e.coarseSizes, e.fineSizes = newRice(uint(guesses[0])), newRice(uint(guesses[1])), newRice(uint(guesses[2]))
	e.rawSizes, e.offsetSizes = newRice(40), newRice(0)
}

// coarsePrice is the coarse price nearest to the last one.
func (e *pricer) coarsePrice() int64 {
	return (e.lastPrice + e.unitOfCoarse/2) / e.unitOfCoarse
}

// isCoarse reports whether a price can do with the coarse scale.
func (e *pricer) isCoarse(c cell) bool { return c.places <= e.coarse }

// differences returns what is written for a cell, and moves on.
func (e *pricer) differences(c cell) (contracts, price uint64) {
	contracts = zigzag(c.contracts - e.lastContracts)
	e.lastContracts = c.contracts
	switch {
	case c.form == noPrice:
	case c.form == rawBits:
		price = zigzag(c.price - e.lastRaw)
		e.lastRaw = c.price
	case e.isCoarse(c):
		n := c.price * int64(upow10[e.coarse-c.places])
		price = zigzag(n - e.coarsePrice())
		e.lastPrice = n * e.unitOfCoarse
	default:
		n := c.price * int64(upow10[e.fine-c.places])
		price = zigzag(n - e.lastPrice)
		e.lastPrice = n
	}
	return contracts, price
}

// guess measures a block's differences, so that its first numbers are not
// written at a size learned from nothing.
func (e *pricer) guess(cells []cell) [3]byte {
	dry := *e
	var sum, n [3]uint64
	for _, c := range cells[:min(len(cells), 48)] {
		contracts, price := dry.differences(c)
		sum[0] += min(contracts, riceMost)
		n[0]++
		if c.decimal() {
			i := 2
			if e.isCoarse(c) {
				i = 1
			}
			sum[i] += min(price, riceMost)
			n[i]++
		}
	}
	var g [3]byte
	for i := range g {
		if n[i] > 0 {
			g[i] = byte(min(bits.Len64(sum[i]/n[i]), mostGuess))
		}
	}
	return g
}

func (e *pricer) write(w *bitWriter, c cell) {
	contracts, price := e.differences(c)
	e.contractSizes.write(w, contracts)
	switch {
	case c.form == noPrice:
	case c.form == rawBits:
		e.rawSizes.write(w, price)
	case e.coarse == e.fine:
		e.coarseSizes.write(w, price)
	case e.isCoarse(c):
		w.write(0, 1)
		e.coarseSizes.write(w, price)
	default:
		w.write(1, 1)
		e.fineSizes.write(w, price)
	}
	if c.form == rawBits || c.form == nudged {
		e.offsetSizes.write(w, zigzag(c.offset))
	}
}

package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"strconv"
	"strings"

	"openinterest/data/market"
)

// The ratios of a contract and a day are one block, as its stamps are: a header
// of bytes, then one stream of bits, then a CRC-32C of both. The header says
//
//	format      1
//	kinds       a bit for each kind that any stamp has
//
// and then, for each of these kinds,
//
//	grid        stamps a step of it: 1, or 12 where only full hours are kept
//	presence    runs of absent and present stamps, alternating, to the day's end
//	sources     runs of (length, source)
//	scale       decimal places: 4 where the API answered, up to 6 of the archive
//	first       the value that the first difference is taken from
//	guess       about how many bits a difference has
//
// The stream has, kind by kind, the difference of each value to the one before,
// coded as the differences of block.go are.
const (
	ratioFormat = 1
	ratioPlaces = 6                      // decimals that are kept of a ratio
	mostMicros  = int64(1_000_000) * 1e6 // the greatest ratio that is usable, at six places
)

// ratioCell is one ratio; where from is 0 it isn't known.
type ratioCell struct {
	micros int64 // at six decimal places
	from   Source
}

// ratioDay are the ratios of a contract's day, by kind and by the stamp's place in it.
type ratioDay [market.RatioCount][dayStamps]ratioCell

// microsOf is a usable ratio at six places, the nearest to it.
func microsOf(x float64) int64 {
	text := strconv.FormatFloat(x, 'f', ratioPlaces, 64)
	n, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	if err != nil {
		return 0 // cannot be: a usable ratio has at most 13 digits so
	}
	return n
}

// put takes over the values of a stamp that are known: the better source counts,
// of one source the last word. It reports whether anything changed. An inexact
// row only fills in what the archive did not give (see Row.Inexact).
func (d *ratioDay) put(r market.Ratios, from Source, inexact bool) (changed bool) {
	i := indexOf(r.Time)
	for k, x := range r.Values {
		if !market.UsableRatio(x) {
			continue
		}
		had, c := d[k][i], ratioCell{microsOf(x), from}
		if c == had || had.from > from || inexact && had.from == Archive {
			continue
		}
		d[k][i], changed = c, true
	}
	return changed
}

// rows appends the stamps of which any ratio is known.
func (d *ratioDay) rows(dst []market.Ratios, day int64) []market.Ratios {
	for i := range dayStamps {
		r, known := market.NoRatios(stampOf(day, i)), false
		for k := range d {
			if c := d[k][i]; c.from != 0 {
				r.Values[k], known = float64(c.micros)/pow10[ratioPlaces], true
			}
		}
		if known {
			dst = append(dst, r)
		}
	}
	return dst
}

// count is how many values are known, and how many of them are the archive's.
func (d *ratioDay) count() (values, archived int) {
	for k := range d {
		for _, c := range d[k] {
			if c.from != 0 {
				values++
			}
			if c.from == Archive {
				archived++
			}
		}
	}
	return values, archived
}

// hourly takes away all but the full hours, and returns how many values went.
func (d *ratioDay) hourly() (gone int) {
	for k := range d {
		for i := range d[k] {
			if (i+1)%hourStamps != 0 && d[k][i].from != 0 {
				d[k][i] = ratioCell{}
				gone++
			}
		}
	}
	return gone
}

// ratioScale is the fewest decimal places that all values of a kind need.
func ratioScale(cells []ratioCell) int {
	scale := 0
	for _, c := range cells {
		for scale < ratioPlaces && c.micros%int64(upow10[ratioPlaces-scale]) != 0 {
			scale++
		}
	}
	return scale
}

// encodeRatios packs the ratios of a day, of which one at least must be known.
func encodeRatios(d *ratioDay) ([]byte, error) {
	out := []byte{ratioFormat, 0}
	var values [market.RatioCount][]int64 // at their kind's scale
	var guesses [market.RatioCount]byte
	for k := range d {
		var cells []ratioCell
		var index []int
		for i, c := range d[k] {
			if c.from != 0 {
				cells, index = append(cells, c), append(index, i)
			}
		}
		if len(cells) == 0 {
			continue
		}
		out[1] |= 1 << k
		out = appendPresence(out, len(cells), func(i int) int { return index[i] })
		out = appendRuns(out, len(cells), func(i int) byte { return byte(cells[i].from) })
		scale := ratioScale(cells)
		for _, c := range cells {
			values[k] = append(values[k], c.micros/int64(upow10[ratioPlaces-scale]))
		}
		guesses[k] = guessRatios(values[k])
		out = append(out, byte(scale))
		out = binary.AppendUvarint(out, uint64(values[k][0]))
		out = append(out, guesses[k])
	}
	if out[1] == 0 {
		return nil, errors.New("encoding ratios: none is known")
	}
	w := bitWriter{out: out}
	for k, list := range values {
		sizes := newRice(uint(guesses[k]))
		for i, v := range list {
			sizes.write(&w, zigzag(v-list[max(i-1, 0)]))
		}
	}
	out = w.close()
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, castagnoli)), nil
}

// guessRatios measures the first differences, as pricer.guess does.
func guessRatios(values []int64) byte {
	sum, n := uint64(0), uint64(1)
	for i := 1; i < min(len(values), 48); i++ {
		sum += zigzag(values[i] - values[i-1])
		n++
	}
	return byte(min(bits.Len64(sum/n), mostGuess))
}

// decodeRatios unpacks a block into d, whatever was in there. What it cannot read
// it refuses with errBlock, whatever the bytes are; d is empty then.
func decodeRatios(d *ratioDay, data []byte) error {
	*d = ratioDay{}
	if len(data) < 5 {
		return fmt.Errorf("%w: ratios of %d bytes", errBlock, len(data))
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return fmt.Errorf("%w: the checksum of its ratios differs", errBlock)
	}
	return decodeRatioBody(d, body)
}

// decodeRatioBody is decodeRatios after the checksum, apart so that fuzzing reaches it.
func decodeRatioBody(d *ratioDay, body []byte) error {
	series, rest, err := ratioHeaders(d, body)
	var scratch [8192]byte
	r := newBitReader(rest, scratch[:])
	for k := range series {
		if err == nil && !series[k].read(&r, &d[k]) {
			err = fmt.Errorf("%w: its %s make no sense", errBlock, market.RatioKind(k).Field())
		}
	}
	if err != nil {
		*d = ratioDay{}
	}
	return err
}

// ratioSeries is what the header says of one kind.
type ratioSeries struct {
	index [dayStamps]uint16
	n     int
	unit  int64 // of its scale, at six places
	first int64
	guess byte
}

// ratioHeaders reads what comes before the stream, and where each value is from.
func ratioHeaders(d *ratioDay, body []byte) (series [market.RatioCount]ratioSeries, rest []byte, err error) {
	h := header{in: body}
	format, kinds := h.byte(), h.byte()
	if format != ratioFormat || kinds == 0 || kinds >= 1<<market.RatioCount {
		h.bad = true
	}
	for k := range series {
		if h.bad || kinds&(1<<k) == 0 {
			continue
		}
		s := &series[k]
		h.presence(func(i int) {
			s.index[s.n] = uint16(i)
			s.n++
		})
		h.runs(s.n, func(i int, v byte) {
			d[k][s.index[i]].from = Source(v)
			h.bad = h.bad || Source(v) < Live || Source(v) > Archive
		})
		scale := h.byte()
		s.first = int64(h.uvarint())
		s.guess = h.byte()
		if scale > ratioPlaces || s.n == 0 || s.guess > mostGuess {
			h.bad = true
			continue
		}
		s.unit = int64(upow10[ratioPlaces-scale])
	}
	if h.bad {
		err = fmt.Errorf("%w: the header of its ratios makes no sense", errBlock)
	}
	return series, h.in, err
}

// read unpacks the values of a kind.
func (s *ratioSeries) read(r *bitReader, cells *[dayStamps]ratioCell) bool {
	sizes, v := newRice(uint(s.guess)), s.first
	for _, i := range s.index[:s.n] {
		v += unzigzag(sizes.read(r))
		if v < 0 || v > mostMicros/s.unit {
			return false
		}
		cells[i].micros = v * s.unit
	}
	return !r.over()
}

package history

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter appends bits, the most significant first.
type bitWriter struct {
	out  []byte
	acc  uint64 // the bits not yet out, in the low end
	used uint   // how many; < 8 between calls
}

// write appends the low n bits of v, n ≤ 56.
func (w *bitWriter) write(v uint64, n uint) {
	w.acc = w.acc<<n | v&(1<<n-1)
	w.used += n
	for w.used >= 8 {
		w.used -= 8
		w.out = append(w.out, byte(w.acc>>w.used))
	}
}

// close fills the last byte with zeros and returns everything.
func (w *bitWriter) close() []byte {
	if w.used > 0 {
		w.write(0, 8-w.used)
	}
	return w.out
}

// bitReader reads what a bitWriter wrote. Past the end it reads zeros; over
// tells.
type bitReader struct {
	in   []byte // padded by a word
	at   int    // the next bit
	bits int    // how many there are
}

func newBitReader(in []byte, scratch []byte) bitReader {
	return bitReader{in: append(append(scratch[:0], in...), make([]byte, 8)...), bits: 8 * len(in)}
}

// over reports whether more was read than there was.
func (r *bitReader) over() bool { return r.at > r.bits }

// peek returns the next 57 bits or more, at the top of the word.
func (r *bitReader) peek() uint64 {
	i := r.at >> 3
	if i+8 > len(r.in) {
		return 0
	}
	return binary.BigEndian.Uint64(r.in[i:]) << (r.at & 7)
}

// read returns the next n bits, n ≤ 56.
func (r *bitReader) read(n uint) uint64 {
	v := r.peek() >> (64 - n)
	r.at += int(n)
	return v
}

// ones counts the ones before the next zero, at most the given number ≤ 56,
// and takes the zero as well unless the limit was reached.
func (r *bitReader) ones(most uint) uint {
	n := uint(bits.LeadingZeros64(^r.peek()))
	if n >= most {
		r.at += int(most)
		return most
	}
	r.at += int(n) + 1
	return n
}

// rice writes and reads whole numbers whose size is about that of those
// before: Golomb–Rice coding, its parameter following a running mean (as
// JPEG-LS does). Differences of prices and of contracts are like that.
type rice struct{ sum uint64 } // the running mean × riceMemory

const (
	riceMemory = 16      // numbers that the running mean remembers, about
	riceEscape = 18      // as many ones say that 64 plain bits follow
	riceMost   = 1 << 50 // what one number can add to the mean
)

// newRice starts from a first guess: numbers of about k bits.
func newRice(k uint) rice { return rice{sum: riceMemory * 3 << k / 4} }

// bits is how many low bits are written plainly: about log2 of the mean × ln 2.
func (r *rice) bits() uint { return uint(bits.Len64(r.sum / (riceMemory * 3 / 2))) }

func (r *rice) learn(u uint64) { r.sum += min(u, riceMost) - r.sum/riceMemory }

func (r *rice) write(w *bitWriter, u uint64) {
	k := r.bits()
	if q := u >> k; q < riceEscape {
		w.write(1<<(q+1)-2, uint(q)+1)
		w.write(u, k)
	} else {
		w.write(1<<riceEscape-1, riceEscape)
		w.write(u>>32, 32)
		w.write(u, 32)
	}
	r.learn(u)
}

func (r *rice) read(b *bitReader) uint64 {
	k := r.bits()
	var u uint64
	if q := b.ones(riceEscape); q < riceEscape {
		u = uint64(q)<<k | b.read(k)
	} else {
		u = b.read(32)<<32 | b.read(32)
	}
	r.learn(u)
	return u
}

// zigzag maps small numbers of either sign to small ones without.
func zigzag(x int64) uint64   { return uint64(x<<1) ^ uint64(x>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

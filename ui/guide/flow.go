package guide

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Fyne's own text wraps at spaces alone, which leaves Chinese lines ragged and
// begins lines with full stops. So the guide breaks lines itself, where Unicode
// says they may break (UAX #14, as package uniseg has it).

// A measurer returns the width of a text in the style of a span.
type measurer func(text string, style span) float32

// A piece is the part of a span that stands on one line.
type piece struct {
	text   string
	style  span    // its text is not used
	x, w   float32 // from the block's left edge, without trailing spaces
	offset int     // byte offset in the block's text, for highlights
}

// A line is what stands beside each other.
type line struct {
	pieces []piece
	w      float32
}

// flow breaks spans into lines no wider than width, if at all possible.
func flow(spans []span, width float32, measure measurer) []line {
	f := flower{width: width, measure: measure}
	all, state := plain(spans), -1
	offset, inSpan, si := 0, 0, 0
	for rest := all; rest != ""; {
		var segment string
		var must bool
		segment, rest, must, state = uniseg.FirstLineSegmentInString(rest, state)
		var chunk []piece // the segment, cut where the style changes
		for segment != "" {
			for si < len(spans)-1 && inSpan >= len(spans[si].text) {
				si, inSpan = si+1, 0
			}
			n := min(len(segment), len(spans[si].text)-inSpan)
			chunk = append(chunk, piece{text: segment[:n], style: styleOf(spans[si]), offset: offset})
			segment, offset, inSpan = segment[n:], offset+n, inSpan+n
		}
		f.place(chunk)
		if must && rest != "" {
			f.newLine()
		}
	}
	f.newLine()
	return f.lines
}

func styleOf(s span) span {
	s.text = ""
	return s
}

// flower places unbreakable chunks on lines.
type flower struct {
	width   float32
	measure measurer
	lines   []line
	current line
	x       float32 // where the next piece begins, trailing spaces included
}

func (f *flower) place(chunk []piece) {
	w := f.chunkWidth(chunk)
	if f.x > 0 && f.x+w > f.width {
		f.newLine()
	}
	for _, p := range chunk {
		if f.x == 0 && w > f.width {
			f.split(p)
			continue
		}
		f.put(p)
	}
}

// chunkWidth is the width a chunk needs: spaces at its end may stick out.
func (f *flower) chunkWidth(chunk []piece) float32 {
	var w float32
	for i, p := range chunk {
		t := p.text
		if i == len(chunk)-1 {
			t = trimEnd(t)
		}
		w += f.measure(t, p.style)
	}
	return w
}

// split puts a piece wider than a line on as many lines as it needs.
func (f *flower) split(p piece) {
	for p.text != "" {
		n := 0 // bytes that fit; at least one character
		for n < len(p.text) {
			_, size := utf8.DecodeRuneInString(p.text[n:])
			if n > 0 && f.x+f.measure(p.text[:n+size], p.style) > f.width {
				break
			}
			n += size
		}
		head := p
		head.text = p.text[:n]
		f.put(head)
		p.text, p.offset = p.text[n:], p.offset+n
		if p.text != "" {
			f.newLine()
		}
	}
}

// put places a piece, joined to the one before when both have one style.
func (f *flower) put(p piece) {
	p.text = strings.TrimRight(p.text, "\r\n")
	if p.text == "" {
		return
	}
	ps := f.current.pieces
	if n := len(ps); n > 0 && ps[n-1].style == p.style && ps[n-1].offset+len(ps[n-1].text) == p.offset {
		ps[n-1].text += p.text
	} else {
		p.x = f.x
		f.current.pieces = append(ps, p)
	}
	f.x += f.measure(p.text, p.style) // word by word: words recur, lines don't
}

// newLine ends the current line.
func (f *flower) newLine() {
	for i := range f.current.pieces {
		p := &f.current.pieces[i]
		t := p.text
		if i == len(f.current.pieces)-1 {
			t = trimEnd(t)
			p.text = t
		}
		p.w = f.measure(t, p.style)
		f.current.w = p.x + p.w
	}
	if len(f.current.pieces) > 0 {
		f.lines = append(f.lines, f.current)
	}
	f.current, f.x = line{}, 0
}

func trimEnd(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }

// longest is the width of the widest part that cannot be broken, and natural
// the width on a single line.
func longest(spans []span, measure measurer) (longest, natural float32) {
	for _, l := range flow(spans, 1e6, measure) {
		natural = max(natural, l.w)
	}
	all, state, offset := plain(spans), -1, 0
	for rest := all; rest != ""; {
		var segment string
		segment, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		longest = max(longest, measure(trimEnd(segment), spanAt(spans, offset)))
		offset += len(segment)
	}
	return longest, natural
}

func spanAt(spans []span, offset int) span {
	for _, s := range spans {
		if offset < len(s.text) {
			return styleOf(s)
		}
		offset -= len(s.text)
	}
	return span{}
}

func endsWide(s string) bool {
	c, _ := utf8.DecodeLastRuneInString(s)
	return wide(c)
}

func startsWide(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return wide(c)
}

// wide reports whether c is a Chinese character or full-width punctuation.
func wide(c rune) bool {
	return unicode.Is(unicode.Han, c) || c >= 0x3000 && c <= 0x303F || c >= 0xFF00 && c <= 0xFFEF
}

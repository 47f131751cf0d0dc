package guide

import (
	"slices"
	"strings"

	"openinterest/ui/look"
)

// Sizes in device-independent pixels. Lines are set wide: this is for reading.
const (
	titleSize   float32 = 19
	sectionSize float32 = 15.5
	leading     float32 = 1.36 // line height ÷ text height
	listIndent  float32 = 16
	quoteIndent float32 = 12
	cellPadX    float32 = 10
	cellPadY    float32 = 5
	boxPad      float32 = 9
)

// role says what a text or a shape is for, which decides its colour.
type role int

const (
	body role = iota
	strong
	muted
	linked
	codeInk
	codeBox   // behind code
	quoteBar  // left of a quotation
	hairline  // between rows of a table
	rowLine   // below a table's header
	liveBox   // behind what the market shows now
	highlight // behind what was searched for
)

// A placed text or shape of a block, relative to the block's upper left corner.
type (
	placedText struct {
		piece
		y, size float32
		bold    bool
		role    role
	}
	placedShape struct {
		x, y, w, h float32
		role       role
	}
)

// laid is a block that has been given its place.
type laid struct {
	y, h   float32 // h includes the space below
	texts  []placedText
	shapes []placedShape
}

// textMeasurer returns width and height of a text.
type textMeasurer func(text string, size float32, bold bool) (w, h float32)

// setter lays blocks out at one width.
type setter struct {
	width   float32
	tight   bool // no space around blocks
	measure textMeasurer
}

// set lays out b; before is the block above it, nil at the top.
func (s *setter) set(b, before *block) laid {
	var l laid
	left := float32(b.quote)*quoteIndent + float32(max(0, b.indent))*listIndent
	width := max(40, s.width-left)
	top := spaceAbove(b, before)
	if s.tight {
		top = 0
	}
	y := top
	switch b.kind {
	case heading:
		size := headingSize(b.level)
		y = s.lines(&l, b.spans, left, y, width, size, true, body, 0)
		y += 5
	case code:
		y = s.code(&l, b, left, y, width) + 10
	case table:
		y = s.table(&l, b.rows, left, y, width) + 12
	case rule:
		l.shapes = append(l.shapes, placedShape{left, y + 8, width, look.Hairline, hairline})
		y += 17
	case live:
		y = s.live(&l, b, left, y, width) + 8
	default:
		if b.marker != "" {
			w, _ := s.measure(b.marker, look.TextSize, false)
			s.lines(&l, []span{{text: b.marker}}, left-w-6, y, w+1, look.TextSize, false, muted, -1)
		}
		y = s.lines(&l, b.spans, left, y, width, look.TextSize, false, body, 0)
		y += s.spaceBelow(b)
	}
	if b.quote > 0 {
		from := top
		if before != nil && before.quote > 0 {
			from = 0
		}
		l.shapes = append(l.shapes, placedShape{1, from, 2.5, y - from - 4, quoteBar})
	}
	l.h = y
	return l
}

func (s *setter) spaceBelow(b *block) float32 {
	switch {
	case s.tight:
		return 0
	case b.kind == listItem:
		return 5
	}
	return 8
}

func spaceAbove(b, before *block) float32 {
	switch {
	case before == nil:
		return 2
	case b.kind == heading && b.level <= 2:
		return 20
	case b.kind == heading:
		return 12
	}
	return 0
}

func headingSize(level int) float32 {
	switch level {
	case 1:
		return titleSize
	case 2:
		return sectionSize
	}
	return look.TextSize + 0.5
}

// lines sets spans from y on and returns where they end. base is the offset of
// the spans in the block's text; negative: they are not part of it.
func (s *setter) lines(l *laid, spans []span, x, y, width, size float32, bold bool, r role, base int) float32 {
	_, h := s.measure("Ag", size, bold)
	lead := h * leading
	if size > look.TextSize+2 {
		lead = h * 1.15
	}
	for _, ln := range flow(spans, width, s.at(size, bold)) {
		for _, p := range ln.pieces {
			t := placedText{piece: p, y: y + (lead-h)/2, size: size, bold: bold || p.style.bold, role: pieceRole(p.style, r)}
			if p.style.code {
				l.shapes = append(l.shapes, placedShape{x + p.x - 2, t.y - 1, p.w + 4, h + 2, codeBox})
			}
			t.x += x
			t.offset += base
			if base < 0 {
				t.offset = -1
			}
			l.texts = append(l.texts, t)
		}
		y += lead
	}
	return y
}

func pieceRole(style span, otherwise role) role {
	switch {
	case style.link != "":
		return linked
	case style.code:
		return codeInk
	case (style.bold || style.italic) && otherwise == body: // the font has no italics
		return strong
	}
	return otherwise
}

// at is a measurer of one size.
func (s *setter) at(size float32, bold bool) measurer {
	return func(text string, style span) float32 {
		w, _ := s.measure(text, size, bold || style.bold)
		return w
	}
}

func (s *setter) code(l *laid, b *block, x, y, width float32) float32 {
	at := len(l.shapes)
	l.shapes = append(l.shapes, placedShape{})
	end := y + boxPad
	base := 0
	for _, ln := range strings.SplitAfter(plain(b.spans), "\n") {
		end = s.lines(l, []span{{text: ln}}, x+boxPad, end, width-2*boxPad, look.TextSize, false, codeInk, base)
		base += len(ln)
	}
	end += boxPad - 2
	l.shapes[at] = placedShape{x, y, width, end - y, codeBox}
	return end
}

func (s *setter) live(l *laid, b *block, x, y, width float32) float32 {
	at := len(l.shapes)
	l.shapes = append(l.shapes, placedShape{})
	end := s.lines(l, b.spans, x+boxPad+2, y+boxPad-2, width-2*boxPad-2, look.TextSize, false, body, 0) + boxPad - 2
	l.shapes[at] = placedShape{x, y, width, end - y, liveBox}
	return end
}

// table sets a grid whose columns share the width by need; where the words
// themselves are too wide for that, each row becomes a small record instead.
func (s *setter) table(l *laid, rows [][]cell, x, y, width float32) float32 {
	widths, ok := s.columns(rows, width)
	if !ok {
		return s.records(l, rows, x, y, width)
	}
	base := 0
	for i, row := range rows {
		cx, end := x, y
		for j, c := range row[:min(len(row), len(widths))] {
			from := len(l.texts)
			r := body
			if i == 0 {
				r = muted
			}
			pad := cellPadX
			if j == len(widths)-1 {
				pad = 0
			}
			bottom := s.lines(l, c.spans, cx, y+cellPadY, widths[j]-pad, look.TextSize, i == 0, r, base)
			if c.right {
				alignRight(l.texts[from:], cx+widths[j]-pad)
			}
			end = max(end, bottom)
			base += len(plain(c.spans)) + 1
			cx += widths[j]
		}
		y = end + cellPadY
		line := placedShape{x, y, width, look.Hairline, hairline}
		if i == 0 {
			line.role = rowLine
		}
		if i < len(rows)-1 {
			l.shapes = append(l.shapes, line)
		}
	}
	return y
}

// alignRight moves each line of texts so that it ends at x.
func alignRight(texts []placedText, x float32) {
	ends := map[float32]float32{}
	for _, t := range texts {
		ends[t.y] = max(ends[t.y], t.x+t.w)
	}
	for i := range texts {
		texts[i].x += x - ends[texts[i].y]
	}
}

// columns shares width among a table's columns: each gets what its longest
// word needs, and what is left is shared. False: too narrow even for the words.
func (s *setter) columns(rows [][]cell, width float32) ([]float32, bool) {
	var least, natural []float32
	for i, row := range rows {
		for j, c := range row {
			if j == len(least) {
				least, natural = append(least, 0), append(natural, 0)
			}
			word, whole := longest(c.spans, s.at(look.TextSize, i == 0))
			pad := cellPadX + 1
			if j == len(row)-1 {
				pad = 1
			}
			least[j], natural[j] = max(least[j], word+pad), max(natural[j], whole+pad)
		}
	}
	var sumLeast, sumNatural float32
	for j := range least {
		sumLeast += least[j]
		sumNatural += natural[j]
	}
	if sumLeast > width {
		return nil, false
	}
	if sumNatural <= width { // room for all: spread what is left
		for j := range natural {
			natural[j] += (width - sumNatural) / float32(len(natural))
		}
		return natural, true
	}
	return share(least, natural, width-sumLeast), true
}

// share hands out room in equal parts to the columns that want more than the
// least, so that the narrow ones get all they want and the wide ones the rest.
func share(least, natural []float32, room float32) []float32 {
	widths := slices.Clone(least)
	for room > 0.5 {
		wanting := 0
		for j := range widths {
			if widths[j] < natural[j] {
				wanting++
			}
		}
		if wanting == 0 {
			break
		}
		part := room / float32(wanting)
		for j := range widths {
			if more := min(part, natural[j]-widths[j]); more > 0 {
				widths[j] += more
				room -= more
			}
		}
	}
	return widths
}

// records sets each row of a table below the other: its first cell as a
// heading, each further one after the name of its column.
func (s *setter) records(l *laid, rows [][]cell, x, y, width float32) float32 {
	base := 0
	for i, row := range rows {
		for j, c := range row {
			at := base
			base += len(plain(c.spans)) + 1
			switch {
			case i == 0: // the header's names are repeated in every record
			case j == 0:
				y = s.lines(l, c.spans, x, y+cellPadY, width, look.TextSize, true, body, at) + 2
			default:
				name := plain(rows[0][min(j, len(rows[0])-1)].spans)
				y = s.lines(l, []span{{text: name}}, x, y, width, look.SmallTextSize, false, muted, -1)
				y = s.lines(l, c.spans, x, y-1, width, look.TextSize, false, body, at) + 3
			}
		}
		if i > 0 && i < len(rows)-1 {
			l.shapes = append(l.shapes, placedShape{x, y + 2, width, look.Hairline, hairline})
			y += 3
		}
	}
	return y
}

package canvas

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Font is a font with the glyphs drawn from it, kept from frame to frame: labels
// and numbers are made of a few dozen. It is safe for concurrent use.
//
// x/image's opentype draws it, not the freetype package that go-chart uses: the
// latter fills by the even-odd rule, which leaves holes where a glyph's contours
// overlap, as they do in fonts cut from variable ones.
type Font struct {
	fonts []*opentype.Font // a character is taken from the first that has it

	mu      sync.Mutex
	buffer  sfnt.Buffer
	sources map[rune]int  // which of fonts; −1: none
	faces   map[int]*face // by size in 1/64 pixel
}

// ParseFont reads a TrueType or OpenType font, and others that have characters
// which it lacks.
func ParseFont(data []byte, more ...[]byte) (*Font, error) {
	f := &Font{sources: map[rune]int{}, faces: map[int]*face{}}
	for _, data := range append([][]byte{data}, more...) {
		one, err := opentype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("parsing a font: %w", err)
		}
		f.fonts = append(f.fonts, one)
	}
	return f, nil
}

const (
	maxFaces  = 16   // sizes kept at once: a few scales of one or two sizes
	maxGlyphs = 4096 // glyphs kept per size, each at up to 64 places between two pixels
	maxLength = 512  // runes drawn of one string: more fits no screen
)

// face is a font at one size. Its fields are guarded by the Font's lock.
type face struct {
	font    *Font
	faces   []font.Face // one a font
	metrics Metrics
	ascent  int // rows above the baseline that a glyph may reach
	descent int
	glyphs  map[glyphKey]glyph
	steps   map[pair]fixed.Int26_6
	line    image.Alpha // one line of text, composed before it is blended
}

// glyphKey is a character and where between two pixels it stands.
type glyphKey struct {
	r     rune
	phase fixed.Int26_6
}

// glyph is a character's coverage, relative to the pixel that its pen is in.
type glyph struct {
	pix  []uint8
	rect image.Rectangle
}

// pair is two characters in a row; the first may be 0.
type pair struct{ before, r rune }

// Metrics are the heights of a font at one size, in pixels.
type Metrics struct {
	Cap     float64 // of a capital or a digit above the baseline
	Ascent  float64 // of a line above the baseline
	Descent float64 // of a letter below the baseline
	Line    float64 // from one baseline to the next
}

// Metrics returns the heights at size pixels per em.
func (f *Font) Metrics(size float64) Metrics {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.face(size).metrics
}

// Width is the advance width of one line of text at size pixels per em.
func (f *Font) Width(size float64, text string) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	fc := f.face(size)
	width, before, n := fixed.Int26_6(0), rune(0), 0
	for _, r := range text {
		if n++; n > maxLength {
			break
		}
		width += fc.step(before, r)
		before = r
	}
	return float64(width) / 64
}

// Has reports whether there is a glyph for every character of text.
func (f *Font) Has(text string) bool {
	return f.all(text, func(source int) bool { return source >= 0 })
}

// HasItself reports whether the font has every character of text without the
// others that ParseFont was given.
func (f *Font) HasItself(text string) bool {
	return f.all(text, func(source int) bool { return source == 0 })
}

func (f *Font) all(text string, fits func(source int) bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range text {
		if !fits(f.source(r)) {
			return false
		}
	}
	return true
}

// source returns which font has a character, −1 if none; the lock must be held.
func (f *Font) source(r rune) int {
	if got, ok := f.sources[r]; ok {
		return got
	}
	if len(f.sources) >= maxGlyphs {
		clear(f.sources)
	}
	f.sources[r] = slices.IndexFunc(f.fonts, func(one *opentype.Font) bool {
		i, err := one.GlyphIndex(&f.buffer, r)
		return err == nil && i != 0
	})
	return f.sources[r]
}

// face returns the face of a size; the lock must be held.
func (f *Font) face(size float64) *face {
	key := int(math.Round(min(max(size, 1), 500) * 64))
	if got := f.faces[key]; got != nil {
		return got
	}
	if len(f.faces) >= maxFaces {
		clear(f.faces)
	}
	got := &face{font: f, glyphs: map[glyphKey]glyph{}, steps: map[pair]fixed.Int26_6{}}
	for _, one := range f.fonts {
		// No hinting: the window around the chart is not hinted either, and widths scale evenly.
		tf, err := opentype.NewFace(one, &opentype.FaceOptions{Size: float64(key) / 64, DPI: 72})
		if err != nil { // of options it does not know, and we give none such
			panic(err)
		}
		got.faces = append(got.faces, tf)
	}
	m := got.faces[0].Metrics()
	got.ascent, got.descent = m.Ascent.Ceil()+2, m.Descent.Ceil()+2
	got.metrics = Metrics{Cap: 0.7 * size, Ascent: float64(m.Ascent) / 64, Descent: float64(m.Descent) / 64, Line: 1.25 * size}
	if b, _, ok := got.faces[0].GlyphBounds('0'); ok && b.Min.Y < 0 {
		got.metrics.Cap = float64(-b.Min.Y) / 64
	}
	f.faces[key] = got
	return got
}

// step is how far the pen moves for r, after before, which is 0 at the start.
func (fc *face) step(before, r rune) fixed.Int26_6 {
	key := pair{before, r}
	if got, ok := fc.steps[key]; ok {
		return got
	}
	if len(fc.steps) >= maxGlyphs {
		clear(fc.steps)
	}
	from := fc.of(r)
	advance, _ := from.GlyphAdvance(r)
	if before != 0 && fc.of(before) == from {
		advance += from.Kern(before, r)
	}
	fc.steps[key] = advance
	return advance
}

// of returns the face that has a character, or the first, which has a box for it.
func (fc *face) of(r rune) font.Face { return fc.faces[max(0, fc.font.source(r))] }

// glyph returns a character drawn phase/64 pixels right of a pixel's border.
func (fc *face) glyph(r rune, phase fixed.Int26_6) glyph {
	key := glyphKey{r, phase}
	if got, ok := fc.glyphs[key]; ok {
		return got
	}
	if len(fc.glyphs) >= maxGlyphs {
		clear(fc.glyphs)
	}
	var got glyph
	if rect, mask, at, _, ok := fc.of(r).Glyph(fixed.Point26_6{X: phase}, r); ok {
		if src, ok := mask.(*image.Alpha); ok { // whose memory is that of the next glyph
			got = glyph{pix: make([]uint8, rect.Dx()*rect.Dy()), rect: rect}
			for y := range rect.Dy() {
				copy(got.pix[y*rect.Dx():(y+1)*rect.Dx()], src.Pix[src.PixOffset(at.X, at.Y+y):])
			}
		}
	}
	fc.glyphs[key] = got
	return got
}

// compose joins the glyphs of one line by their maximum, since neighbours may
// overlap. The result is relative to the pen's first place, and good until the
// next call.
func (fc *face) compose(text string) *image.Alpha {
	runes := []rune(text)
	if len(runes) > maxLength {
		runes = runes[:maxLength]
	}
	width, before := fixed.Int26_6(0), rune(0)
	for _, r := range runes {
		width += fc.step(before, r)
		before = r
	}
	fc.blank(image.Rect(-2, -fc.ascent, width.Ceil()+3, fc.descent))
	x := fixed.Int26_6(0)
	before = 0
	for _, r := range runes {
		step := fc.step(before, r)
		pen := x
		if before != 0 { // step is kerning and advance; the pen moves by the former first
			pen += step - fc.step(0, r)
		}
		fc.add(fc.glyph(r, pen&63), pen.Floor())
		x += step
		before = r
	}
	return &fc.line
}

// blank makes the line an empty one of a size.
func (fc *face) blank(r image.Rectangle) {
	n := r.Dx() * r.Dy()
	if cap(fc.line.Pix) < n {
		fc.line.Pix = make([]uint8, n)
	}
	fc.line.Pix, fc.line.Stride, fc.line.Rect = fc.line.Pix[:n], r.Dx(), r
	clear(fc.line.Pix)
}

// add joins a glyph to the line, x pixels to the right.
func (fc *face) add(g glyph, x int) {
	at := g.rect.Add(image.Pt(x, 0))
	clipped := at.Intersect(fc.line.Rect)
	for y := clipped.Min.Y; y < clipped.Max.Y; y++ {
		from := g.pix[(y-at.Min.Y)*at.Dx()+clipped.Min.X-at.Min.X:]
		to := fc.line.Pix[fc.line.PixOffset(clipped.Min.X, y):]
		for i := range clipped.Dx() {
			to[i] = max(to[i], from[i])
		}
	}
}

// Text draws one line of text with its pen starting at column x on the baseline y.
func (c *Canvas) Text(f *Font, size float64, text string, x, y int, col color.NRGBA) {
	if text == "" || col.A == 0 {
		return
	}
	if c.vector != nil {
		c.vector.text(size, text, f.Width(size, text), x, y, col)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	alpha := f.face(size).compose(text)
	r := alpha.Rect.Add(image.Pt(x, y)).Intersect(c.img.Rect)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		cov := alpha.Pix[alpha.PixOffset(r.Min.X-x, py-y):]
		row := c.img.Pix[c.img.PixOffset(r.Min.X, py):]
		for i := range r.Dx() {
			if cov[i] != 0 {
				a := scale256(cov[i]) * scale256(col.A) >> 8
				blend(row[4*i:], uint32(col.R), uint32(col.G), uint32(col.B), a)
			}
		}
	}
}

// Elide shortens text with "…", and no space or stop before that, until it is at
// most width pixels wide. Where not even one character fits, nothing is left.
func (f *Font) Elide(size float64, text string, width float64) string {
	runes := []rune(text)
	if len(runes) <= maxLength && f.Width(size, text) <= width {
		return text
	}
	short := func(n int) string { return strings.TrimRight(string(runes[:n]), " .,:;。，：；、") + "…" }
	n := sort.Search(min(len(runes), maxLength)-1, func(n int) bool { return f.Width(size, short(n+1)) > width })
	if n == 0 {
		return ""
	}
	return short(n)
}

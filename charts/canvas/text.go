package canvas

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Font is a font with the strings drawn from it, kept from frame to frame: a
// chart's labels hardly change. It is safe for concurrent use.
//
// x/image's opentype draws it, not the freetype package that go-chart uses: the
// latter fills by the even-odd rule, which leaves holes where a glyph's contours
// overlap, as they do in fonts cut from variable ones.
type Font struct {
	font *opentype.Font

	mu    sync.Mutex
	faces map[int]*face // by size in 1/64 pixel
}

// ParseFont reads a TrueType or OpenType font.
func ParseFont(data []byte) (*Font, error) {
	f, err := opentype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("parsing a font: %w", err)
	}
	return &Font{font: f, faces: map[int]*face{}}, nil
}

const (
	maxFaces   = 16   // sizes kept at once: a few scales of one or two sizes
	maxStrings = 1024 // strings kept per size
	maxLength  = 256  // runes drawn of one string: more never fits a chart
)

// face is a font at one size. Its fields are guarded by the Font's lock.
type face struct {
	font.Face
	metrics Metrics
	strings map[string]*drawn
}

// drawn is one line of text: its coverage, relative to the pen's first place.
type drawn struct {
	alpha *image.Alpha
	width float64
}

// Metrics are the heights of a font at one size, in pixels.
type Metrics struct {
	Cap     float64 // of a capital or a digit above the baseline
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
	return f.draw(size, text).width
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
	// No hinting: the window around the chart is not hinted either, and widths scale evenly.
	tf, err := opentype.NewFace(f.font, &opentype.FaceOptions{Size: float64(key) / 64, DPI: 72})
	if err != nil { // of options it does not know, and we give none such
		panic(err)
	}
	got := &face{Face: tf, strings: map[string]*drawn{}}
	m := tf.Metrics()
	got.metrics = Metrics{Cap: 0.7 * size, Descent: float64(m.Descent) / 64, Line: 1.25 * size}
	if b, _, ok := tf.GlyphBounds('0'); ok && b.Min.Y < 0 {
		got.metrics.Cap = float64(-b.Min.Y) / 64
	}
	f.faces[key] = got
	return got
}

func (f *Font) draw(size float64, text string) *drawn {
	f.mu.Lock()
	defer f.mu.Unlock()
	fc := f.face(size)
	if got := fc.strings[text]; got != nil {
		return got
	}
	if len(fc.strings) >= maxStrings {
		clear(fc.strings)
	}
	got := fc.rasterize(text)
	fc.strings[text] = got
	return got
}

func (fc *face) rasterize(text string) *drawn {
	runes := []rune(text)
	if len(runes) > maxLength {
		runes = runes[:maxLength]
	}
	width := fixed.Int26_6(0)
	for i, r := range runes {
		if i > 0 {
			width += fc.Kern(runes[i-1], r)
		}
		advance, _ := fc.GlyphAdvance(r)
		width += advance
	}
	m := fc.Face.Metrics()
	alpha := image.NewAlpha(image.Rect(-2, -m.Ascent.Ceil()-2, width.Ceil()+3, m.Descent.Ceil()+2))
	dot := fixed.Point26_6{}
	for i, r := range runes {
		if i > 0 {
			dot.X += fc.Kern(runes[i-1], r)
		}
		dr, mask, mp, advance, ok := fc.Glyph(dot, r)
		if ok {
			addGlyph(alpha, dr, mask, mp)
		}
		dot.X += advance
	}
	return &drawn{alpha: alpha, width: float64(width) / 64}
}

// addGlyph joins a glyph's coverage to the string's; neighbours may overlap.
func addGlyph(dst *image.Alpha, dr image.Rectangle, mask image.Image, mp image.Point) {
	src, ok := mask.(*image.Alpha)
	if !ok {
		return
	}
	clipped := dr.Intersect(dst.Rect)
	mp = mp.Add(clipped.Min.Sub(dr.Min))
	for y := 0; y < clipped.Dy(); y++ {
		for x := 0; x < clipped.Dx(); x++ {
			v := src.AlphaAt(mp.X+x, mp.Y+y).A
			if i := dst.PixOffset(clipped.Min.X+x, clipped.Min.Y+y); v > dst.Pix[i] {
				dst.Pix[i] = v
			}
		}
	}
}

// Text draws one line of text with its pen starting at column x on the baseline y.
func (c *Canvas) Text(f *Font, size float64, text string, x, y int, col color.NRGBA) {
	if text == "" || col.A == 0 {
		return
	}
	alpha := f.draw(size, text).alpha
	r := alpha.Rect.Add(image.Pt(x, y)).Intersect(c.img.Rect)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		cov := alpha.Pix[alpha.PixOffset(r.Min.X-x, py-y):]
		row := c.img.Pix[c.img.PixOffset(r.Min.X, py):]
		for i := 0; i < r.Dx(); i++ {
			if cov[i] != 0 {
				a := scale256(cov[i]) * scale256(col.A) >> 8
				blend(row[4*i:], uint32(col.R), uint32(col.G), uint32(col.B), a)
			}
		}
	}
}

// Elide shortens text with "…" until it is at most width pixels wide.
func (f *Font) Elide(size float64, text string, width float64) string {
	if f.Width(size, text) <= width {
		return text
	}
	runes := []rune(text)
	for n := min(len(runes)-1, maxLength); n > 0; n-- {
		if short := string(runes[:n]) + "…"; f.Width(size, short) <= width {
			return short
		}
	}
	return ""
}

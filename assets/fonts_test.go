package assets

import (
	"bytes"
	"image"
	"image/draw"
	"sort"
	"testing"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"github.com/golang/freetype"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

var weights = map[string]func() []byte{"regular": FontRegular, "bold": FontBold}

// signs are the characters that the program draws outside its sentences: in
// table cells, headings, buttons and charts.
const signs = "0123456789.,:%+−–—-/×±÷≈≤≥·•…°←↑→↓↔▲▼△▽▴▾◀▶●○■□◆◇★☆☐☑☒✓✗⚠⚡💥🔄⟳↻⚙☰⋮🔍⌕🔔ℹ◐☀☾▥⇄文“”‘’「」《》￥$€万亿"

// Contracts' names are drawn as well, Chinese ones included.
const names = "1000PEPEUSDT 币安人生USDT 我踏马来了USDT 龙虾USDT 哈基米USDT"

func TestFontsHaveEveryGlyphUsed(t *testing.T) {
	used := map[rune]string{}
	add := func(where, s string) {
		for _, r := range s {
			if r != '\n' {
				used[r] = where
			}
		}
	}
	add("signs", signs)
	add("names", names)
	for _, lang := range Languages() {
		for key, s := range texts(lang) {
			add(string(lang)+" "+key, s)
		}
		for _, s := range Guide(lang) {
			add(string(lang)+" guide, "+s.ID, s.Title+s.Markdown)
		}
	}
	runes := make([]rune, 0, len(used))
	for r := range used {
		runes = append(runes, r)
	}
	sort.Slice(runes, func(i, j int) bool { return runes[i] < runes[j] })
	for weight, data := range weights {
		f, err := sfnt.Parse(data())
		if err != nil {
			t.Fatalf("%s: %v", weight, err)
		}
		var buf sfnt.Buffer
		for _, r := range runes {
			if g, err := f.GlyphIndex(&buf, r); err != nil || g == 0 {
				t.Errorf("%s has no %q (%U), used in %s; run assets/fonts/build.sh", weight, r, r, used[r])
			}
		}
	}
}

// Fyne shapes with go-text, kerning included: figures must line up all the same.
func TestFiguresAreTabular(t *testing.T) {
	for weight, data := range weights {
		face, err := font.ParseTTF(bytes.NewReader(data()))
		if err != nil {
			t.Fatalf("%s: %v", weight, err)
		}
		for _, pair := range [][2]string{
			{"00000", "11111"}, {"77777", "41414"}, {"67,440.6", "11,111.1"}, {"+0.08", "−7.47"}, {"12:04:09", "17:47:11"},
			{"1.23 B", "7.74 B"}, {"1.23 万", "7.74 亿"},
		} {
			if a, b := shapedWidth(face, pair[0]), shapedWidth(face, pair[1]); a != b {
				t.Errorf("%s: %q is %v wide, %q %v", weight, pair[0], a, pair[1], b)
			}
		}
	}
}

func shapedWidth(face *font.Face, s string) fixed.Int26_6 {
	text := []rune(s)
	in := shaping.Input{
		Text: text, RunEnd: len(text), Direction: di.DirectionLTR, Face: face, Size: fixed.I(13),
		Script: language.Latin, Language: language.NewLanguage("en"),
	}
	return (&shaping.HarfbuzzShaper{}).Shape(in).Advance
}

// A line of text is as high in both weights and leaves Chinese characters room.
func TestFontsShareTheirMetrics(t *testing.T) {
	var heights []fixed.Int26_6
	for weight, data := range weights {
		f, err := sfnt.Parse(data())
		if err != nil {
			t.Fatalf("%s: %v", weight, err)
		}
		var buf sfnt.Buffer
		m, err := f.Metrics(&buf, fixed.I(1000), 0)
		if err != nil {
			t.Fatalf("%s: %v", weight, err)
		}
		if m.Ascent < fixed.I(880) || m.Descent < fixed.I(120) {
			t.Errorf("%s: a line has %v above and %v below its base, too little for Chinese", weight, m.Ascent, m.Descent)
		}
		heights = append(heights, m.Height, m.Ascent)
	}
	if heights[0] != heights[2] || heights[1] != heights[3] {
		t.Errorf("lines of the two weights are %v high", heights)
	}
}

// go-chart draws with freetype, which reads TrueType outlines only.
func TestChartsCanDrawTheFonts(t *testing.T) {
	for weight, data := range weights {
		f, err := freetype.ParseFont(data())
		if err != nil {
			t.Fatalf("%s: %v", weight, err)
		}
		for _, s := range []string{"8", "−", "▲", "★", "⚠", "仓", "“"} {
			if n := inkOf(t, f, s); n < 8 {
				t.Errorf("%s: %s leaves %d dark pixels", weight, s, n)
			}
		}
		if a, b := inkOf(t, f, "仓"), inkOf(t, f, "亿"); a == b {
			t.Errorf("%s: two characters look the same", weight)
		}
	}
}

// inkOf counts the dark pixels of a text drawn by freetype.
func inkOf(t *testing.T, f *truetype.Font, s string) (dark int) {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 40))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	c := freetype.NewContext()
	c.SetFont(f)
	c.SetFontSize(24)
	c.SetDst(img)
	c.SetClip(img.Bounds())
	c.SetSrc(image.Black)
	if _, err := c.DrawString(s, freetype.Pt(4, 30)); err != nil {
		t.Errorf("drawing %s: %v", s, err)
	}
	for _, v := range img.Pix {
		if v < 128 {
			dark++
		}
	}
	return dark
}

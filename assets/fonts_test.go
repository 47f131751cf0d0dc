package assets

import (
	"bytes"
	"image"
	"image/draw"
	"runtime"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

var weights = map[string]func() []byte{"regular": FontRegular, "bold": FontBold, "names": FontNames}

// signs are the characters that the program draws outside its sentences: in
// table cells, headings, buttons and charts.
const signs = "0123456789.,:%+−–—-/×±÷≈≤≥·•…°←↑→↓↔▲▼△▽▴▾◀▶●○■□◆◇★☆☐☑☒✓✗⚠⚡💥🔄⟳↻⚙☰⋮🔍⌕🔔ℹ◐☀☾▥⇄文“”‘’「」《》￥$€万亿"

// Contracts' names are drawn as well, and in rare characters: who has no Chinese
// font on the system must be able to read them all the same.
const (
	listed = "1000PEPEUSDT 币安人生USDT 我踏马来了USDT 龙虾USDT 哈基米USDT"
	rare   = "貔貅USDT 饕餮USDT"
)

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
	add("names of contracts", listed)
	for _, lang := range Languages() {
		for key, s := range texts(lang) {
			add(string(lang)+" "+key, s)
		}
		for _, s := range Guide(lang) {
			add(string(lang)+" guide, "+s.ID, s.Title+s.Markdown)
		}
		for _, r := range News(lang) {
			add(string(lang)+" news, "+r.Version, strings.Join(r.Points, ""))
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
		wanted := runes
		if weight == "names" {
			wanted = append(slices.Clone(runes), []rune(rare)...)
		}
		for _, r := range wanted {
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

// A line of text is as high in all fonts and leaves Chinese characters room.
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
	for i := 2; i < len(heights); i++ {
		if heights[i] != heights[i%2] {
			t.Errorf("lines of the fonts are %v high", heights)
		}
	}
}

// Charts draw with x/image, which has to read these outlines as well.
func TestChartsCanDrawTheFonts(t *testing.T) {
	for weight, data := range weights {
		f, err := opentype.Parse(data())
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

// inkOf counts the dark pixels of a text drawn by x/image.
func inkOf(t *testing.T, f *opentype.Font, s string) (dark int) {
	t.Helper()
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 24, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, 40, 40))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	d := xfont.Drawer{Dst: img, Src: image.Black, Face: face, Dot: fixed.P(4, 30)}
	d.DrawString(s)
	for _, v := range img.Pix {
		if v < 128 {
			dark++
		}
	}
	return dark
}

// The window opens two of the fonts at its start. What Fyne's parser keeps of them is
// a good part of the program's memory, so it stays near the size of the files:
// unpacked TrueType outlines would be three times that.
func TestFontsCostLittleToOpen(t *testing.T) {
	for weight, data := range weights {
		if weight != "names" && len(data()) > 700<<10 {
			t.Errorf("%s: %d KB, more than the program's own words need", weight, len(data())>>10)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		face, err := font.ParseTTF(bytes.NewReader(data()))
		if err != nil {
			t.Fatalf("%s: %v", weight, err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > int64(len(data()))*3/2 {
			t.Errorf("%s: opening %d KB keeps %d KB in memory", weight, len(data())>>10, kept>>10)
		}
		runtime.KeepAlive(face)
	}
}

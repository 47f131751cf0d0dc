package assets

import _ "embed"

// The program's one typeface, made for it from Inter, Noto Sans SC and the
// Noto symbol fonts (fonts/README.md tells how, fonts/OFL.txt the licence). It
// has every character the program can show: Latin, Greek, Simplified Chinese
// (GB 2312), arrows, triangles, ticks and stars. Its figures, plus and minus
// are tabular by default.

//go:embed fonts/OpenInterestSans-Regular.ttf
var fontRegular []byte

//go:embed fonts/OpenInterestSans-Bold.ttf
var fontBold []byte

// FontRegular returns the regular weight, a TrueType font with glyf outlines.
// The bytes are shared: don't change them.
func FontRegular() []byte { return fontRegular }

// FontBold returns the semi-bold weight, which the program uses as its bold. Of
// the hanzi it has the 3,755 common ones (GB 2312 level 1) and those in the
// program's own sentences.
func FontBold() []byte { return fontBold }

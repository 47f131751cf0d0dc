package assets

import _ "embed"

// The program's one typeface, made for it from Inter, Noto Sans SC and the
// Noto symbol fonts (fonts/README.md tells how, fonts/OFL.txt the licence). It
// has every character the program can show: Latin, Greek, Simplified Chinese
// (GB 2312), arrows, triangles, ticks and stars. Its figures, plus and minus
// are tabular by default.

//go:embed fonts/OpenInterestSans-Regular.otf
var fontRegular []byte

//go:embed fonts/OpenInterestSans-Bold.otf
var fontBold []byte

// FontRegular returns the regular weight, an OpenType font with CFF outlines:
// those cost little memory until they are drawn (fonts/README.md).
// The bytes are shared: don't change them.
func FontRegular() []byte { return fontRegular }

// FontBold returns the semi-bold weight, which the program uses as its bold. It
// has the same characters, because contracts' names are drawn in it.
func FontBold() []byte { return fontBold }

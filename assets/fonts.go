package assets

import _ "embed"

// The program's one typeface, made for it from Inter, Noto Sans SC and the
// Noto symbol fonts (fonts/README.md tells how, fonts/OFL.txt the licence). It
// has every character the program can show: Latin, Greek, Simplified Chinese,
// arrows, triangles, ticks and stars. Its figures, plus and minus are tabular
// by default.
//
// Regular and Bold have the hanzi of the program's own sentences, since Fyne
// keeps in memory all of a font that it opens; Names, in the bold weight alone,
// has those of GB 2312, for contracts that are named with others.

//go:embed fonts/OpenInterestSans-Regular.otf
var fontRegular []byte

//go:embed fonts/OpenInterestSans-Bold.otf
var fontBold []byte

//go:embed fonts/OpenInterestSans-Names.otf
var fontNames []byte

// FontRegular returns the regular weight, an OpenType font with CFF outlines:
// those cost little memory until they are drawn (fonts/README.md).
// The bytes are shared: don't change them.
func FontRegular() []byte { return fontRegular }

// FontBold returns the semi-bold weight, which the program uses as its bold. It
// has the same characters.
func FontBold() []byte { return fontBold }

// FontNames returns the bold with the hanzi of names added to it.
func FontNames() []byte { return fontNames }

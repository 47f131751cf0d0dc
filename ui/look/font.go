package look

import (
	"sync"

	"openinterest/assets"
	"openinterest/charts/canvas"
)

// Font is the program's font for what is painted by hand, bold or not.
func Font(isBold bool) *canvas.Font {
	if isBold {
		return boldFont()
	}
	return regularFont()
}

var (
	regularFont = sync.OnceValue(func() *canvas.Font { return parse(assets.FontRegular()) })
	boldFont    = sync.OnceValue(func() *canvas.Font { return parse(assets.FontBold()) })
)

// parse adds the hanzi of names, which are read when they are drawn.
func parse(data []byte) *canvas.Font {
	f, err := canvas.ParseFont(data, assets.FontNames())
	if err != nil { // embedded, so a fault of the build, which every test meets
		panic(err)
	}
	return f
}

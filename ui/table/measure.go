package table

import (
	"sync"

	paint "openinterest/charts/canvas"
	"openinterest/ui/look"
)

// widestLetter bounds what a letter of the program's font takes, as a part of the
// text size.
const widestLetter = 1.05

// advances are how far the letters of ASCII move on, as parts of the text size.
type advances [128]float32

var (
	regularAdvances = sync.OnceValue(func() *advances { return measure(look.Font(false)) })
	boldAdvances    = sync.OnceValue(func() *advances { return measure(look.Font(true)) })
)

func measure(font *paint.Font) *advances {
	const size = 100
	var a advances
	for r := range a {
		a[r] = float32(font.Width(size, string(rune(r)))) / size
	}
	return &a
}

// kerning is by how much, as a part of the text size, letters that stand together
// may be further apart than alone.
const kerning = 0.02

// widthAtMost is a width that a text does not exceed. Measuring it exactly takes ten
// times as long, and nearly all cells have room enough: on a refresh some four
// hundred of them are asked about on the UI's goroutine.
func widthAtMost(s string, size float32, font *paint.Font) float32 {
	a := regularAdvances()
	if font == look.Font(true) {
		a = boldAdvances()
	}
	var sum float32
	for _, r := range s {
		if r < rune(len(a)) {
			sum += a[r] + kerning
		} else {
			sum += widestLetter
		}
	}
	return sum * size
}

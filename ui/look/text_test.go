package look

import (
	"bytes"
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// A new contract may be named by rare characters, and where the system has no
// Chinese font it must be readable all the same. Tests have no system fonts.
func TestRareCharactersAreDrawnInBothWeights(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Dark, false))
	for _, bold := range []bool{false, true} {
		drawn := map[string][]byte{}
		for _, s := range []string{"\U000E0041", "\uFFFD", "貔", "貅", "龙", "币"} { // the first two are what stands for a missing one
			for other, pix := range drawn {
				if now := picture(s, bold); bytes.Equal(now, pix) && s != "\uFFFD" {
					t.Errorf("bold %t: %q looks like %q", bold, s, other)
				}
			}
			drawn[s] = picture(s, bold)
		}
	}
}

func picture(s string, bold bool) []byte {
	text := canvas.NewText(s, Current().Text)
	text.TextSize = 24
	SetBold(text, bold)
	c := software.NewCanvas()
	c.SetContent(text)
	c.Resize(fyne.NewSize(40, 40))
	return c.Capture().(*image.NRGBA).Pix
}

// What is measured is what is drawn, in either weight.
func TestTextsAreMeasuredInTheirWeight(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Dark, false))
	widths := map[bool]float32{}
	for _, bold := range []bool{false, true} {
		text := canvas.NewText("BTCUSDT", nil)
		text.TextSize = TextSize
		SetBold(text, bold)
		measured := MeasureText(text.Text, TextSize, fyne.TextStyle{Bold: bold})
		if measured != text.MinSize() {
			t.Errorf("bold %t: measured %v, takes %v", bold, measured, text.MinSize())
		}
		widths[bold] = measured.Width
	}
	if widths[true] <= widths[false] {
		t.Errorf("bold is %v wide, regular %v", widths[true], widths[false])
	}
}

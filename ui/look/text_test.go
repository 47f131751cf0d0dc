package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

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

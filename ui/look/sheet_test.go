package look

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// What is on a sheet looks as it does by itself, at whole and odd scales: the
// same places, but for a pixel of a letter's overshoot, and nearly the same ink.
func TestASheetLooksLikeWhatIsOnIt(t *testing.T) {
	for _, scale := range []float32{1, 1.25, 2} {
		test.NewTempApp(t).Settings().SetTheme(New(Dark, false))
		p := Current()
		make := func() []fyne.CanvasObject {
			back := canvas.NewRectangle(p.Raised)
			back.Move(fyne.NewPos(10, 4))
			back.Resize(fyne.NewSize(180, 40))
			back.CornerRadius = 4
			var all = []fyne.CanvasObject{back}
			for i, align := range []fyne.TextAlign{fyne.TextAlignLeading, fyne.TextAlignCenter, fyne.TextAlignTrailing} {
				text := canvas.NewText([]string{"Open interest", "持仓量 貔貅", "−16.5 %"}[i], p.Accent)
				text.TextSize, text.Alignment = TextSize, align
				SetFont(text, i == 1)
				text.Move(fyne.NewPos(20, float32(4+14*i)))
				text.Resize(fyne.NewSize(160, 24))
				all = append(all, text)
			}
			hidden := canvas.NewText("hidden", p.Error)
			hidden.Hide()
			return append(all, hidden)
		}
		shot := func(o fyne.CanvasObject) image.Image {
			w := test.NewTempWindow(t, o)
			w.SetPadded(false)
			w.Resize(fyne.NewSize(200, 80))
			w.Canvas().(test.WindowlessCanvas).SetScale(scale)
			o.Resize(fyne.NewSize(200, 80))
			o.Refresh()
			return w.Canvas().Capture()
		}
		sheet := NewSheet(make()...)
		alone, together := shot(container.NewWithoutLayout(make()...)), shot(container.NewStack(sheet))
		if alone.Bounds() != together.Bounds() {
			t.Fatalf("scale %v: pictures of %v and %v", scale, alone.Bounds(), together.Bounds())
		}
		a, b := ink(alone, p.Background), ink(together, p.Background)
		if !a.box.In(b.box.Inset(-1)) || !b.box.In(a.box.Inset(-1)) || a.amount < 1000 || b.amount < 0.97*a.amount || b.amount > 1.03*a.amount {
			t.Errorf("scale %v: alone %v, on a sheet %v", scale, a, b)
		}
	}
}

type inked struct {
	box    image.Rectangle
	amount float64
}

// ink is where a picture differs from its ground, and how much.
func ink(img image.Image, ground color.NRGBA) inked {
	var all inked
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			if d := max(diff(c.R, ground.R), diff(c.G, ground.G), diff(c.B, ground.B)); d > 2 {
				all.amount += float64(d)
				all.box = all.box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all
}

func diff(a, b uint8) int {
	return max(int(a)-int(b), int(b)-int(a))
}

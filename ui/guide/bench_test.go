package guide

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/look"
)

func BenchmarkLayout(b *testing.B) {
	app := test.NewTempApp(b)
	app.Settings().SetTheme(look.New(look.Dark, false))
	p := New(Options{Sections: assets.Guide(assets.English), Words: assets.NewWords(assets.English)})
	p.article.setWidth(350)
	w := float32(350)
	for b.Loop() { // as when the split is dragged
		w = 770 - w
		p.article.setWidth(w)
	}
}

func BenchmarkScroll(b *testing.B) {
	app := test.NewTempApp(b)
	app.Settings().SetTheme(look.New(look.Dark, false))
	p := New(Options{Sections: assets.Guide(assets.English), Words: assets.NewWords(assets.English)})
	w := test.NewTempWindow(b, p)
	w.Resize(fyne.NewSize(380, 720))
	y := float32(0)
	for b.Loop() {
		if y += 30; y > p.article.height {
			y = 0
		}
		p.scroll.ScrollToOffset(fyne.NewPos(0, y))
		p.viewChanged()
	}
}

func BenchmarkSetLive(b *testing.B) {
	app := test.NewTempApp(b)
	app.Settings().SetTheme(look.New(look.Dark, false))
	p := New(Options{Sections: assets.Guide(assets.English), Words: assets.NewWords(assets.English)})
	p.article.setWidth(350)
	symbols := []string{"BTCUSDT", "ETHUSDT", "SOLUSDT"}
	n := 0
	for b.Loop() { // other contracts each time
		n++
		p.SetLive("flush", []LiveItem{{Kind: "x", Label: "Flush", Symbols: symbols[:1+n%3]}})
	}
}

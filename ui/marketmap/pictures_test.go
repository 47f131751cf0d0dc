package marketmap

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
)

func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name  string
		lang  assets.Language
		mode  look.Mode
		state State
	}{
		{"map_dark_en", assets.English, look.Dark, State{}},
		{"tree_light_zh", assets.Chinese, look.Light, State{Kind: KindTree}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, setup{lang: c.lang, mode: c.mode, size: fyne.NewSize(1000, 420), snapshot: columnstest.Large(517),
				with: func(o *Options) { o.Synchronous, o.State = true, c.state }})
			r.SetTicked([]string{"C100USDT", "C200USDT"})
			r.settle()
			r.point(r.standing())
			r.tips.Leave()
			test.AssertImageMatches(t, c.name+".png", r.window.Canvas().Capture())
		})
	}
}

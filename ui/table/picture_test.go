package table

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

const second = 1000 * 1000 * 1000 // ns

func TestPictures(t *testing.T) {
	chosen := State{Ticked: []string{"BTCUSDT", "SOLUSDT"}, Favourites: []string{"BTCUSDT", "ETHUSDT", "币安人生USDT"}}
	for _, c := range []struct {
		name   string
		setup  setup
		before func(*rig)
	}{
		{"dark-en", setup{state: chosen}, nil},
		{"light-zh", setup{lang: assets.Chinese, mode: look.Light, state: chosen}, nil},
		{"narrow-scrolled", setup{size: fyne.NewSize(760, 420), state: chosen}, func(r *rig) {
			r.moveOver("SOLUSDT", columns.Symbol)
			r.scrollSideways(260)
		}},
		{"beside-the-guide", setup{size: fyne.NewSize(1090, 420), state: chosen}, nil},
		{"chooser", setup{size: fyne.NewSize(1000, 620), mode: look.Light, state: chosen}, func(r *rig) { test.Tap(r.toolbar.columns) }},
		{"signal-tip", setup{state: chosen}, func(r *rig) {
			r.tapCell("ETHUSDT", columns.OIUSD)
			r.moveOver("ETHUSDT", columns.Signal)
			r.time.pass(second)
		}},
		{"marks", setup{state: chosen, size: fyne.NewSize(1000, 560), signals: true}, nil},
		{"marks-zh", setup{state: chosen, size: fyne.NewSize(1440, 560), signals: true, lang: assets.Chinese, mode: look.Light}, nil},
		{"event-tip", setup{state: chosen, size: fyne.NewSize(1440, 760), signals: true}, func(r *rig) {
			r.moveOver("DOGEUSDT", columns.Signal)
			r.time.pass(second)
		}},
		{"filters", setup{state: chosen, size: fyne.NewSize(1100, 420)}, func(r *rig) {
			r.tapView(ViewMovers)
			r.saveView("Mine")
			r.setConditions(append(r.state.Where[:1:1], columns.Condition{Column: columns.Signal, Is: []string{"strong_bullish", "weakening_rally"}}))
			r.moveOver("SUIUSDT", columns.Symbol)
			r.editCondition(0, r.strip.pills[0])
		}},
		{"facts-tip-zh", setup{lang: assets.Chinese, mode: look.Light, state: chosen}, func(r *rig) {
			r.moveOver("TRBUSDT", columns.OIChange24h)
			r.time.pass(second)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			test.NewTempApp(t)
			// Fyne forgets widgets a minute after the last painting before they were made: let that be now.
			test.NewTempWindow(t, nil).Canvas().Capture()
			r := full(t, c.setup)
			if c.before != nil {
				c.before(r)
			}
			test.AssertImageMatches(t, c.name+".png", r.window.Canvas().Capture())
		})
	}
}

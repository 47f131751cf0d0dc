package chartpane

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/look"
)

func TestPictures(t *testing.T) {
	ticked := []string{"BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT", "币安人生USDT"}
	for _, c := range []struct {
		name  string
		lang  assets.Language
		mode  look.Mode
		width float32
		build func(o Options, s *stage, src *source) fyne.CanvasObject
	}{
		{"history_dark_en", assets.English, look.Dark, 640, func(o Options, s *stage, src *source) fyne.CanvasObject {
			h := NewHistory(o, HistoryState{})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"history_light_zh", assets.Chinese, look.Light, 640, func(o Options, s *stage, src *source) fyne.CanvasObject {
			o.Demo = true
			h := NewHistory(o, HistoryState{Symbol: "SOLUSDT", Range: "7d", Unit: UnitUSD})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"history_selected_light_en", assets.English, look.Light, 640, func(o Options, s *stage, src *source) fyne.CanvasObject {
			o.Link = NewLink(true)
			h := NewHistory(o, HistoryState{Symbol: "ETHUSDT", Range: "3d"})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			h.axis.Zoom(0.6, 0.9)
			return h
		}},
		{"history_narrow_dark_en", assets.English, look.Dark, 400, func(o Options, s *stage, src *source) fyne.CanvasObject {
			h := NewHistory(o, HistoryState{Symbol: "NOSUCHUSDT", Range: "30d"})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"history_plots_dark_en", assets.English, look.Dark, 760, func(o Options, s *stage, src *source) fyne.CanvasObject {
			src.paid = paid(9)
			on := PlotState{On: true}
			h := NewHistory(o, HistoryState{Range: "3d", Plots: PlotsState{Change: on, Price: on, Volume: on, Funding: on}})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"history_who_dark_en", assets.English, look.Dark, 760, func(o Options, s *stage, src *source) fyne.CanvasObject {
			known(src)
			o.Marking = Marking{Events: &diary{}, Choice: NewMarkerChoice(MarkerState{Liquidations: true}), Name: func(k signal.EventKind) string { return string(k) }}
			h := NewHistory(o, HistoryState{Plots: whoOn})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"history_who_light_zh", assets.Chinese, look.Light, 760, func(o Options, s *stage, src *source) fyne.CanvasObject {
			known(src)
			src.ratios = src.ratios[150:]
			h := NewHistory(o, HistoryState{Plots: whoOn})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"funding_bars_dark_en", assets.English, look.Dark, 761, func(o Options, s *stage, src *source) fyne.CanvasObject {
			src.paid = paid(60)
			return shownFunding(o, s, FundingState{Range: "7d", Limits: true})
		}},
		{"funding_line_light_zh", assets.Chinese, look.Light, 761, func(o Options, s *stage, src *source) fyne.CanvasObject {
			src.paid = append(paid(400)[:180], paid(400)[190:]...)
			return shownFunding(o, s, FundingState{Symbol: "SOLUSDT", Range: "90d", Side: SideShort})
		}},
		{"history_candles_light_zh", assets.Chinese, look.Light, 760, func(o Options, s *stage, src *source) fyne.CanvasObject {
			src.refuse = &market.Problem{Kind: market.Unreachable, What: "candles"}
			on := PlotState{On: true}
			h := NewHistory(o, HistoryState{Unit: UnitUSD, Plots: PlotsState{Form: FormCandles, Change: on, Volume: on}})
			h.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !h.Busy() })
			return h
		}},
		{"compare_dark_en", assets.English, look.Dark, 640, func(o Options, s *stage, src *source) fyne.CanvasObject {
			src.gapAt = 15 * time.Hour
			p := NewCompare(o, CompareState{})
			p.SetTicked(ticked)
			p.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !p.Busy() })
			return p
		}},
		{"compare_light_zh", assets.Chinese, look.Light, 640, func(o Options, s *stage, src *source) fyne.CanvasObject {
			o.Demo = true
			p := NewCompare(o, CompareState{Range: "30d", Unit: UnitUSD})
			p.SetTicked(ticked)
			p.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !p.Busy() })
			return p
		}},
		{"compare_lit_dark_en", assets.English, look.Dark, 460, func(o Options, s *stage, src *source) fyne.CanvasObject {
			p := NewCompare(o, CompareState{Range: "3d"})
			p.SetTicked(append(ticked, "NOSUCHUSDT"))
			p.SetSnapshot(snapshot(clock))
			s.until(t, func() bool { return !p.Busy() })
			p.highlight("ETHUSDT")
			return p
		}},
		{"compare_empty_light_en", assets.English, look.Light, 640, func(o Options, s *stage, src *source) fyne.CanvasObject {
			p := NewCompare(o, CompareState{})
			p.SetSnapshot(snapshot(clock))
			return p
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, s, src := begin(t, c.lang, c.mode)
			o.Synchronous = true
			pane := c.build(o, s, src)
			height := float32(330)
			if c.width > 700 { // with plots below
				height = 600
			}
			w := window(t, pane, c.width, height)
			w.Canvas().Capture() // lays out, and draws at the size it has
			if strings.HasPrefix(c.name, "history_plots") || strings.HasPrefix(c.name, "history_who") || strings.HasPrefix(c.name, "funding") || c.name == "compare_dark_en" || c.name == "history_light_zh" {
				test.MoveMouse(w.Canvas(), fyne.NewPos(c.width*0.6, 200))
			}
			if h, ok := pane.(*History); ok && h.axis.Zoomed() {
				h.chart.mark(clock.Add(-60*time.Hour).UnixMilli(), true)
				h.chart.mark(clock.Add(-44*time.Hour).UnixMilli(), false)
				h.chart.finish()
			}
			test.AssertImageMatches(t, c.name+".png", w.Canvas().Capture())
		})
	}
}

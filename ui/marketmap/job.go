package marketmap

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// job is all that a picture depends on. Nothing in it changes.
type job struct {
	snapshot *market.Snapshot
	board    *watch.Board
	window   market.Window
	at       int64 // the stamp replayed; 0: now
	shown    map[string]bool
	filter   string
	ticked   []string
	tree     bool
	linear   bool
	demo     bool
	past     *past

	words   *assets.Words
	palette look.Palette
	pixels  image.Point
	scale   float64
}

// plot finds what lies where on a picture; charts has it for both kinds.
type plot interface {
	At(x, y float64) (index int, ok bool)
	Inside(polygon []charts.Point) []int
	Box(index int) (charts.Box, bool)
	Next(index, dx, dy int) (next int, ok bool)
}

// drawn is a picture and what it shows.
type drawn struct {
	image *image.RGBA
	plot  plot
	order []int // of reads.contracts, by their index on the picture
	reads *reads
	job   job
}

// contract is what an index of the plot stands for.
func (d *drawn) contract(index int) *contract { return &d.reads.contracts[d.order[index]] }

// index is that of a contract on the picture; −1: it is not there.
func (d *drawn) index(symbol string) int {
	return slices.IndexFunc(d.order, func(i int) bool { return d.reads.contracts[i].symbol == symbol })
}

// newJob is the picture that is wanted now, at a size in device pixels.
func (p *Pane) newJob(pixels image.Point, scale float64) job {
	return job{
		snapshot: p.snapshot, board: p.board, window: p.state.window(), at: p.at, shown: p.shown, filter: p.filter,
		ticked: p.ticked, tree: p.state.Kind == KindTree, linear: p.state.Linear, demo: p.o.Demo, past: p.past,
		words: p.w, palette: *look.Current(), pixels: pixels, scale: min(8, max(0.5, scale)),
	}
}

// paint reads the market and draws it. The painter calls it, off the UI's
// goroutine; false for what can't be drawn.
func (j job) paint(ctx context.Context) (drawn, bool) {
	d := drawn{reads: j.read(ctx), job: j}
	err := d.draw()
	if err != nil { // only a fault of this package's makes such a request
		fyne.LogError("drawing the market", err)
	}
	return d, err == nil
}

func (d *drawn) draw() error {
	if d.job.tree {
		request := d.treeRequest()
		picture, err := charts.DrawTree(request)
		if err == nil {
			d.image, d.plot = picture.Image, picture
		}
		return err
	}
	picture, err := charts.DrawMap(d.mapRequest())
	if err == nil {
		d.image, d.plot = picture.Image, picture
	}
	return err
}

// theme is the look of a picture.
func (j *job) theme() charts.Theme {
	p := &j.palette
	return charts.Theme{Background: p.Background, Text: p.Text, Axis: p.Muted, Grid: p.Grid, Font: look.Font(false), FontSize: 11}
}

func (j *job) watermark() string {
	if !j.demo {
		return ""
	}
	return j.words.T("app.demo")
}

// sign is how a reading looks: as its mark in the table, ▲ △ ▼ ▽.
func (j *job) sign(k signal.Kind) charts.Sign {
	up, down := charts.Sign{Shape: charts.TriangleUp, Colour: j.palette.Up}, charts.Sign{Shape: charts.TriangleDown, Colour: j.palette.Down}
	switch k {
	case signal.StrongBullish:
		return up
	case signal.WeakeningRally:
		up.Hollow = true
		return up
	case signal.StrongBearish:
		return down
	case signal.WeakeningSelloff:
		down.Hollow = true
		return down
	}
	return charts.Sign{Shape: charts.Circle, Colour: j.palette.Faint}
}

// corners are those of the map in which the readings lie.
var corners = map[signal.Kind]int{
	signal.StrongBullish: charts.TopRight, signal.WeakeningRally: charts.BottomRight,
	signal.StrongBearish: charts.TopLeft, signal.WeakeningSelloff: charts.BottomLeft,
}

// caption names a reading and says how many contracts have it.
func (d *drawn) caption(k signal.Kind) charts.Caption {
	ink := d.job.sign(k).Colour
	if k == signal.Neutral {
		ink = d.job.palette.Muted
	}
	return charts.Caption{Text: d.job.words.T("signal."+string(k)+".name") + "  " + strconv.Itoa(d.reads.counts[k]), Colour: ink}
}

// shortName is a symbol without the currency that all of them share.
func shortName(symbol string) string { return strings.TrimSuffix(symbol, "USDT") }

func (d *drawn) mapRequest() charts.MapRequest {
	j := &d.job
	span := assets.Args{"Window": j.window.String()}
	req := charts.MapRequest{
		Width: j.pixels.X, Height: j.pixels.Y, Scale: j.scale, Theme: j.theme(), Watermark: j.watermark(),
		Root: !j.linear, Threshold: signal.ThresholdPct(j.window), Lit: j.palette.Accent,
		XUnit: j.words.T("map.price_axis", span), YUnit: j.words.T("map.oi_axis", span),
		Format: axisPercent, Message: j.message(d.reads),
	}
	for k, corner := range corners {
		req.Corners[corner] = d.caption(k)
	}
	req.Middle = d.caption(signal.Neutral)
	for i := range d.reads.contracts {
		c := &d.reads.contracts[i]
		if c.reading.Kind == signal.Unknown {
			continue // counted, not placed
		}
		d.order = append(d.order, i)
		req.Dots = append(req.Dots, charts.Dot{
			Label: shortName(c.symbol), X: c.reading.PricePct, Y: c.reading.OpenInterestPct, Size: c.size,
			Sign: j.sign(c.reading.Kind), Lit: slices.Contains(j.ticked, c.symbol),
		})
	}
	return req
}

// treeRequest groups contracts by their reading, in the order of the screen, and
// colours them by the change of open interest.
func (d *drawn) treeRequest() charts.TreeRequest {
	j := &d.job
	req := charts.TreeRequest{
		Width: j.pixels.X, Height: j.pixels.Y, Scale: j.scale, Theme: j.theme(), Watermark: j.watermark(),
		Unit: j.words.T("map.tree_unit", assets.Args{"Window": j.window.String()}), Lit: j.palette.Accent, Message: j.message(d.reads),
	}
	for _, k := range append(signal.ReadingKinds(), signal.Neutral) {
		g := charts.TileGroup{Caption: d.caption(k)}
		for i := range d.reads.contracts {
			c := &d.reads.contracts[i]
			if c.reading.Kind != k {
				continue
			}
			d.order = append(d.order, i)
			g.Tiles = append(g.Tiles, charts.Tile{
				Label: shortName(c.symbol), Note: format.Percent(c.reading.OpenInterestPct) + " %", Size: c.size,
				Colour: j.shade(c.reading.OpenInterestPct), Lit: slices.Contains(j.ticked, c.symbol),
			})
		}
		req.Groups = append(req.Groups, g)
	}
	return req
}

// shade is the colour of a change: the more, the further from the background.
// Fifteen times what counts as a move is as far as it goes.
func (j *job) shade(percent float64) color.NRGBA {
	p := &j.palette
	towards := p.Up
	if percent < 0 {
		towards = p.Down
	}
	part := 0.1 + 0.75*math.Sqrt(min(1, math.Abs(percent)/(15*signal.ThresholdPct(j.window))))
	if !market.Known(percent) {
		part = 0
	}
	return blend(p.Raised, towards, part)
}

// blend is a colour moved towards another, opaque.
func blend(a, b color.NRGBA, part float64) color.NRGBA {
	channel := func(x, y uint8) uint8 { return uint8(float64(x)*(1-part) + float64(y)*part + 0.5) }
	return color.NRGBA{channel(a.R, b.R), channel(a.G, b.G), channel(a.B, b.B), 255}
}

// message is why there is nothing on the picture.
func (j *job) message(r *reads) string {
	switch {
	case len(r.contracts) == 0:
		return j.words.T("map.none")
	case j.window == market.Window7d:
		return j.words.T("map.none_7d")
	}
	return j.words.T("map.none_known")
}

// axisPercent writes the percentages of an axis, with their sign.
func axisPercent(v, step float64) string {
	s := charts.FormatValue(v, step)
	if v > 0 {
		s = "+" + s
	}
	return s + " %"
}

// note says how many contracts are shown, and which are not.
func (d *drawn) note(w *assets.Words) string {
	r := d.reads
	parts := []string{w.T("map.shown", assets.Args{"Count": len(r.contracts) - r.unknown(), "Total": r.total})}
	if d.job.filter != "" {
		parts = append(parts, d.job.filter)
	}
	if n := r.unknown(); n > 0 {
		key := "map.unknown"
		switch {
		case r.at != 0:
			key = "map.unknown_then"
		case r.window == market.Window7d:
			key = "map.unknown_7d"
		}
		parts = append(parts, w.T(key, assets.Args{"Count": n}))
	}
	return strings.Join(parts, " · ")
}

// largest orders contracts by their open interest, the most first.
func (d *drawn) largest(indexes []int) []string {
	list := make([]*contract, len(indexes))
	for i, index := range indexes {
		list[i] = d.contract(index)
	}
	slices.SortStableFunc(list, func(a, b *contract) int { return compareUnknownLast(a.size, b.size) })
	symbols := make([]string, len(list))
	for i, c := range list {
		symbols[i] = c.symbol
	}
	return symbols
}

// compareUnknownLast puts the larger number first, unknown ones last.
func compareUnknownLast(a, b float64) int {
	if !market.Known(a) {
		a = math.Inf(-1)
	}
	if !market.Known(b) {
		b = math.Inf(-1)
	}
	return cmp.Compare(b, a)
}

package charts

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"openinterest/charts/canvas"
)

// Tile is one contract of a treemap.
type Tile struct {
	Label  string
	Note   string  // below the label, where there is room
	Size   float64 // its area is in proportion; without one it is left out
	Colour color.NRGBA
	Lit    bool // it has an edge
}

// TileGroup is the tiles that stand together under a caption.
type TileGroup struct {
	Caption Caption
	Tiles   []Tile
}

// TreeRequest is everything a treemap depends on: equal requests give equal
// pictures.
type TreeRequest struct {
	Width, Height int     // device pixels, 16 … 16384
	Scale         float64 // device pixels per unit, 0.5 … 8; 0: 1

	Groups    []TileGroup
	Lit       color.NRGBA // edges of tiles that are lit
	Theme     Theme
	Unit      string // above the tiles: what size and colour are
	Watermark string // beside it
	Message   string // in the middle when there is no tile
}

// TreePicture is a treemap drawn, and what lies where on it. It is immutable.
// Tiles are counted through all groups: the first of the second group follows the
// last of the first.
type TreePicture struct {
	Image *image.RGBA     // opaque; shared, not to be drawn on
	Plot  image.Rectangle // the area of all groups

	tiles []placedTile // those shown, the largest of each group first
}

// placedTile is a tile on the picture.
type placedTile struct {
	index int
	tile  *Tile
	area
}

// area is a rectangle whose sides need not be whole pixels.
type area struct{ x, y, w, h float64 }

func (a area) in(px, py float64) bool {
	return px >= a.x && px < a.x+a.w && py >= a.y && py < a.y+a.h
}

func (a area) pixels() image.Rectangle {
	return image.Rect(int(math.Round(a.x)), int(math.Round(a.y)), int(math.Round(a.x+a.w)), int(math.Round(a.y+a.h)))
}

// DrawTree draws tiles in groups, each with an area in proportion to its size. It
// fails on sizes that make no picture only, and is safe for concurrent use.
func DrawTree(req TreeRequest) (*TreePicture, error) {
	frame := MapRequest{Width: req.Width, Height: req.Height, Scale: req.Scale, Theme: req.Theme}
	if err := frame.validate(); err != nil {
		return nil, fmt.Errorf("drawing a treemap: %w", err)
	}
	req.Scale, req.Theme = frame.Scale, frame.Theme
	t := &treeFrame{req: &req, font: req.Theme.Font, size: req.Theme.FontSize * req.Scale}
	t.metrics = t.font.Metrics(t.size)
	t.canvas = canvas.New(req.Width, req.Height, req.Theme.Background)
	t.draw()
	t.picture.Image = t.canvas.Image()
	return &t.picture, nil
}

// treeFrame is a treemap being drawn.
type treeFrame struct {
	req     *TreeRequest
	canvas  *canvas.Canvas
	picture TreePicture

	font    *Font
	size    float64 // of the font in pixels
	metrics canvas.Metrics
}

func (t *treeFrame) px(units float64) float64 { return math.Round(units * t.req.Scale) }

// draw divides the plot among the groups, and each group among its tiles.
func (t *treeFrame) draw() {
	pad := t.px(padding)
	top := pad
	if float64(t.req.Height) > 8*t.metrics.Line && (t.req.Unit != "" || t.req.Watermark != "") {
		top = t.px(6) + math.Ceil(t.metrics.Line) + t.px(4)
		t.header()
	}
	plot := area{pad, top, float64(t.req.Width) - 2*pad, float64(t.req.Height) - top - pad}
	t.picture.Plot = plot.pixels()
	sizes := make([]float64, len(t.req.Groups))
	for i := range t.req.Groups {
		for k := range t.req.Groups[i].Tiles {
			if s := t.req.Groups[i].Tiles[k].Size; known(s, 0) {
				sizes[i] += s
			}
		}
	}
	first := 0
	for i, a := range squarify(sizes, plot) {
		t.group(&t.req.Groups[i], first, a)
		first += len(t.req.Groups[i].Tiles)
	}
	if len(t.picture.tiles) == 0 {
		text := t.font.Elide(t.size, t.req.Message, plot.w)
		t.text(t.size, text, plot.x+(plot.w-t.font.Width(t.size, text))/2, plot.y+plot.h/2, t.req.Theme.Axis)
	}
}

func (t *treeFrame) header() {
	pad, y := t.px(padding), t.px(6)+t.metrics.Line/2+t.metrics.Cap/2
	unit := t.font.Elide(t.size, t.req.Unit, 0.6*float64(t.req.Width))
	t.text(t.size, unit, pad, y, t.req.Theme.Axis)
	mark := t.font.Elide(t.size, t.req.Watermark, float64(t.req.Width)-t.font.Width(t.size, unit)-4*pad)
	t.text(t.size, mark, float64(t.req.Width)-pad-t.font.Width(t.size, mark), y, t.req.Theme.Axis)
}

func (t *treeFrame) text(size float64, text string, x, y float64, colour color.NRGBA) {
	t.canvas.Text(t.font, size, text, int(math.Round(x)), int(math.Round(y)), colour)
}

// group writes a group's caption and paints its tiles below.
func (t *treeFrame) group(g *TileGroup, first int, a area) {
	gap := t.px(2)
	if a.w > 4*gap && a.h > 4*gap { // groups stand apart
		a = area{a.x + gap, a.y + gap, a.w - 2*gap, a.h - 2*gap}
	}
	if line := math.Ceil(t.metrics.Line) + t.px(2); a.h > 3*line && a.w > 3*t.size {
		caption := t.font.Elide(t.size, g.Caption.Text, a.w-t.px(4))
		t.text(t.size, caption, a.x+t.px(2), a.y+(t.metrics.Line+t.metrics.Cap)/2, g.Caption.Colour)
		a.y, a.h = a.y+line, a.h-line
	}
	order := make([]int, len(g.Tiles))
	for i := range order {
		order[i] = i
	}
	size := func(i int) float64 {
		if s := g.Tiles[i].Size; known(s, 0) {
			return s
		}
		return 0
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(size(k), size(i)) })
	sizes := make([]float64, len(order))
	for i, k := range order {
		sizes[i] = size(k)
	}
	for i, place := range squarify(sizes, a) {
		if sizes[i] <= 0 {
			break
		}
		p := placedTile{index: first + order[i], tile: &g.Tiles[order[i]], area: place}
		t.picture.tiles = append(t.picture.tiles, p)
		t.tile(&p)
	}
}

// tile paints a tile, with its label where it has room.
func (t *treeFrame) tile(p *placedTile) {
	box, gap := p.pixels(), int(max(1, t.px(1)))
	if box.Dx() > 2*gap {
		box.Max.X -= gap
	}
	if box.Dy() > 2*gap {
		box.Max.Y -= gap
	}
	if p.tile.Lit {
		t.canvas.Rect(box, t.req.Lit)
		box = box.Inset(min(2*gap, (min(box.Dx(), box.Dy())-1)/2))
	}
	t.canvas.Rect(box, p.tile.Colour)
	ink := onTop(p.tile.Colour)
	size := t.size * 0.95
	line := math.Ceil(t.font.Metrics(size).Line)
	if float64(box.Dy()) < line+t.px(2) || float64(box.Dx()) < 2*size {
		return
	}
	width := t.font.Width(size, p.tile.Label)
	if width > float64(box.Dx())-t.px(6) {
		return
	}
	x, y := float64(box.Min.X)+t.px(4), float64(box.Min.Y)+t.px(2)+line*0.8
	t.text(size, p.tile.Label, x, y, ink)
	if p.tile.Note != "" && float64(box.Dy()) >= 2*line+t.px(3) && t.font.Width(size, p.tile.Note) <= float64(box.Dx())-t.px(6) {
		t.text(size, p.tile.Note, x, y+line, ink)
	}
}

// squarify divides an area into areas in proportion to sizes, in their order, row
// by row along the shorter side, each row as long as its areas get more square by
// it (Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000). Of a size that is
// not positive the area is empty.
func squarify(sizes []float64, a area) []area {
	out := make([]area, len(sizes))
	total := 0.0
	for _, s := range sizes {
		total += max(s, 0)
	}
	if !(total > 0) || !(a.w > 0) || !(a.h > 0) {
		return out
	}
	order := make([]int, 0, len(sizes))
	for i, s := range sizes {
		if s > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(sizes[k], sizes[i]) })
	perPixel := a.w * a.h / total
	for len(order) > 0 && a.w > 0 && a.h > 0 {
		side := min(a.w, a.h)
		n, sum := 1, sizes[order[0]]*perPixel
		for n < len(order) {
			next := sum + sizes[order[n]]*perPixel
			if worst(sizes, order[:n+1], perPixel, next, side) > worst(sizes, order[:n], perPixel, sum, side) {
				break
			}
			n, sum = n+1, next
		}
		a = layRow(out, sizes, order[:n], perPixel, sum, a)
		order = order[n:]
	}
	return out
}

// worst is the greatest ratio of sides in a row of areas that sum up to so many
// pixels, along a side: that of its first, the largest, or its last.
func worst(sizes []float64, row []int, perPixel, sum, side float64) float64 {
	thick := sum / side
	ratio := func(i int) float64 {
		length := sizes[row[i]] * perPixel / thick
		return max(length/thick, thick/length)
	}
	return max(ratio(0), ratio(len(row)-1))
}

// layRow places a row along the shorter side, and returns what is left.
func layRow(out []area, sizes []float64, row []int, perPixel, sum float64, a area) area {
	if a.w >= a.h { // a column at the left
		thick, y := min(sum/a.h, a.w), a.y
		for _, i := range row {
			h := sizes[i] * perPixel / thick
			out[i] = area{a.x, y, thick, h}
			y += h
		}
		return area{a.x + thick, a.y, a.w - thick, a.h}
	}
	thick, x := min(sum/a.w, a.h), a.x
	for _, i := range row {
		w := sizes[i] * perPixel / thick
		out[i] = area{x, a.y, w, thick}
		x += w
	}
	return area{a.x, a.y + thick, a.w, a.h - thick}
}

// Shown is how many tiles are on the picture.
func (p *TreePicture) Shown() int { return len(p.tiles) }

// At is the tile that covers the pixel.
func (p *TreePicture) At(x, y float64) (tile int, ok bool) {
	for i := range p.tiles {
		if p.tiles[i].in(x, y) {
			return p.tiles[i].index, true
		}
	}
	return 0, false
}

// Inside lists the tiles whose middle is in a polygon, the largest first.
func (p *TreePicture) Inside(polygon []Point) []int {
	var inside []*placedTile
	for i := range p.tiles {
		if t := &p.tiles[i]; contains(polygon, t.x+t.w/2, t.y+t.h/2) {
			inside = append(inside, t)
		}
	}
	slices.SortStableFunc(inside, func(a, b *placedTile) int { return cmp.Compare(b.tile.Size, a.tile.Size) })
	var indexes []int
	for _, t := range inside {
		indexes = append(indexes, t.index)
	}
	return indexes
}

// Box is what a tile covers, and whether it is shown.
func (p *TreePicture) Box(tile int) (Box, bool) {
	for i := range p.tiles {
		if t := &p.tiles[i]; t.index == tile {
			return Box{X: t.x, Y: t.y, Width: t.w, Height: t.h}, true
		}
	}
	return Box{}, false
}

// Next is the tile nearest in a direction, as MapPicture.Next.
func (p *TreePicture) Next(tile, dx, dy int) (next int, ok bool) {
	middles := make([]placed, len(p.tiles))
	for i, t := range p.tiles {
		middles[i] = placed{t.index, t.x + t.w/2, t.y + t.h/2}
	}
	return nextOf(middles, tile, dx, dy)
}

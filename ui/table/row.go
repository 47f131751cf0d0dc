package table

import (
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	paint "openinterest/charts/canvas"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// slot shows one row as one picture. As a text each, the cells would be some six
// hundred textures to make, keep and draw one by one: painting 34 rows takes less
// than a tenth of the time that Fyne takes to paint their texts anew.
type slot struct {
	body    *body
	index   int // of the row shown, −1: none
	row     *columns.Row
	ticked  bool
	starred bool
	cells   []cell // one a place of the grid
	ground  ground
	picture *canvas.Raster

	// foreign is a symbol with characters that the program's font lacks: Fyne
	// looks for them in the system's. Everything else on screen is the
	// program's own words.
	foreign *canvas.Text
}

// cell is what stands at a place of the grid.
type cell struct {
	text    string
	ink     color.NRGBA
	foreign bool           // a text of Fyne's shows it
	spark   *columns.Spark // a line instead of a text
	size    float32        // of the text
}

// ground is what lies behind a row's cells.
type ground struct {
	colour  color.NRGBA
	marked  bool    // the keyboard is here
	alerted bool    // an alert came of it that nobody looked at yet
	cursor  int     // the place of the cell that the keyboard is on, −1: none
	offset  float32 // how far the columns that are not pinned are scrolled to the left
}

func newSlot(b *body) *slot {
	s := &slot{body: b, index: -1, cells: make([]cell, len(b.table.grid.places))}
	s.picture = canvas.NewRaster(s.paint)
	s.picture.ScaleMode = canvas.ImageScalePixels
	s.picture.Hide()
	s.foreign = canvas.NewText("", color.Transparent)
	s.foreign.TextSize = look.TextSize
	s.foreign.Hide()
	return s
}

// place puts the slot where row i is.
func (s *slot) place(i int, left float32, size fyne.Size) {
	if s.index != i {
		s.index, s.row = i, nil
		s.picture.Show()
	}
	s.picture.Move(fyne.NewPos(left, float32(i)*s.body.table.rowHeight))
	s.picture.Resize(size)
}

func (s *slot) hide() {
	s.index, s.row = -1, nil
	s.picture.Hide()
	s.foreign.Hide()
}

// lay puts a ground under the row.
func (s *slot) lay(g ground) {
	if s.ground != g {
		s.ground = g
		s.picture.Refresh()
	}
}

// fill writes a row's cells.
func (b *body) fill(s *slot, r *columns.Row) {
	q := b.table.query.Load()
	ticked, starred := q.Ticked[r.Symbol], q.Favourites[r.Symbol]
	if s.row == r && s.ticked == ticked && s.starred == starred {
		b.placeForeign(s)
		return
	}
	fresh := s.row == nil
	s.row, s.ticked, s.starred = r, ticked, starred
	changed := fresh
	for i, at := range b.table.grid.places {
		c := b.cell(s, r, at)
		changed = changed || c != s.cells[i]
		s.cells[i] = c
	}
	b.placeForeign(s)
	if changed {
		s.picture.Refresh()
	}
}

// cell is what stands at a place in row r.
func (b *body) cell(s *slot, r *columns.Row, at place) cell {
	switch at.column.ID {
	case columns.Tick:
		return cell{text: choose(s.ticked, "☑", "☐"), ink: choose(s.ticked, b.palette.Accent, b.palette.Faint), size: look.TextSize}
	case columns.Star:
		return cell{text: choose(s.starred, "★", "☆"), ink: choose(s.starred, b.palette.Accent, b.palette.Faint), size: look.TextSize}
	}
	shown, font := at.column.Cell(r), fontOf(at.column)
	width := textWidth(at.column, at.width)
	c := cell{size: look.TextSize, ink: b.ink(shown.Tone, r.Stale())}
	if at.column.ID == columns.Symbol {
		c.size = sizeFor(shown.Text, width, font)
		c.text = fit(shown.Text, width, c.size, font)
	} else {
		c.text = fitCell(shown, width, font)
	}
	c.spark = shown.Spark
	c.foreign = at.column.ID == columns.Symbol && !font.Has(c.text)
	return c
}

// fontOf is the font of a column: symbols are bold.
func fontOf(c *columns.Column) *paint.Font { return look.Font(c.ID == columns.Symbol) }

// placeForeign shows the symbol as a text of Fyne's where the program's font
// has not all of it.
func (b *body) placeForeign(s *slot) {
	i := slices.IndexFunc(s.cells, func(c cell) bool { return c.foreign })
	if i < 0 {
		s.foreign.Hide()
		return
	}
	at, pos := b.table.grid.places[i], s.picture.Position()
	s.foreign.Move(fyne.NewPos(pos.X+at.x+leftPad(at.column), pos.Y))
	s.foreign.Resize(fyne.NewSize(textWidth(at.column, at.width), b.table.rowHeight-look.Hairline))
	s.foreign.Show()
	if c := s.cells[i]; s.foreign.Text != c.text || s.foreign.Color != c.ink {
		s.foreign.Text, s.foreign.Color = c.text, c.ink
		s.foreign.Refresh()
	}
}

// paint draws the row in w × h of the screen's pixels. The picture is good
// until the next row is painted: the toolkit has copied it by then.
func (s *slot) paint(w, h int) image.Image {
	if w < 1 || h < 1 || s.row == nil {
		return image.NewUniform(s.ground.colour)
	}
	b := s.body
	if b.sheet == nil || b.sheet.Image().Rect != image.Rect(0, 0, w, h) {
		b.sheet = paint.New(w, h, s.ground.colour)
	}
	p := rowPainter{row: b.table.rowHeight, sheet: b.sheet, sparks: &b.sparks, scale: float64(w) / float64(s.picture.Size().Width), ground: s.ground}
	p.measure()
	p.sheet.Rect(p.sheet.Image().Rect, s.ground.colour)
	pinned := b.table.grid.pinned
	for i, at := range b.table.grid.places {
		if at.column.Pinned {
			p.cell(at, at.x, 0, s.cells[i])
		} else {
			p.cell(at, at.x-s.ground.offset, pinned, s.cells[i])
		}
	}
	p.lines(b.palette, pinned)
	if i := s.ground.cursor; i >= 0 && i < len(b.table.grid.places) {
		at := b.table.grid.places[i]
		p.outline(choose(at.column.Pinned, at.x, max(pinned, at.x-s.ground.offset)), at.x+at.width-choose(at.column.Pinned, 0, s.ground.offset), b.palette.Accent)
	}
	return b.sheet.Image()
}

// rowPainter paints a row. Lengths are in the screen's pixels, but for those of
// the grid, which scale turns into such.
type rowPainter struct {
	sheet  *paint.Canvas
	sparks *sparkCache
	row    float32 // its height
	scale  float64
	ground ground
	hair   int // width of a hairline
	height int // of the row above its hairline
}

func (p *rowPainter) px(v float32) int { return int(math.Round(float64(v) * p.scale)) }

func (p *rowPainter) measure() {
	p.hair = max(1, p.px(look.Hairline))
	p.height = int(float64(p.row)*p.scale) - p.hair
}

// cell draws one cell whose column begins at left; what is left of edge is
// hidden by the pinned columns.
func (p *rowPainter) cell(at place, left, edge float32, c cell) {
	visible := image.Rect(p.px(max(left, edge)), 0, p.px(left+at.width), p.height)
	if c.spark != nil {
		p.spark(at, left, visible, c)
		return
	}
	if visible.Empty() || c.text == "" || c.foreign {
		return
	}
	font := fontOf(at.column)
	size := float64(c.size) * p.scale
	x := float64(left+leftPad(at.column)) * p.scale
	room := float64(textWidth(at.column, at.width))*p.scale - font.Width(size, c.text)
	switch at.column.Align {
	case columns.Center:
		x += room / 2
	case columns.Trailing:
		x += room
	}
	baseline := (float64(p.height) + font.Metrics(size).Cap) / 2
	p.sheet.Clip(visible).Text(font, size, c.text, int(math.Round(x)), int(math.Round(baseline)), c.ink)
}

// lines draws the hairline under the row, the edge of the pinned columns where
// others are scrolled beneath them, and the mark of the keyboard.
func (p *rowPainter) lines(colours *look.Palette, pinned float32) {
	width := p.sheet.Image().Rect.Dx()
	p.sheet.Rect(image.Rect(0, p.height, width, p.height+p.hair), colours.Hairline)
	if p.ground.offset > 0 {
		edge := p.px(pinned)
		p.sheet.Rect(image.Rect(edge-p.hair, 0, edge, p.height+p.hair), colours.Border)
	}
	if p.ground.alerted {
		p.sheet.Rect(image.Rect(0, 0, p.px(4), p.height), colours.Warning)
	}
	if p.ground.marked {
		p.sheet.Rect(image.Rect(0, 0, p.px(2), p.height), colours.Accent)
	}
}

// outline draws the cell cursor from left to right: a hairline around the cell.
func (p *rowPainter) outline(left, right float32, colour color.NRGBA) {
	x0, x1 := p.px(left), p.px(right)
	if x0 >= x1 {
		return
	}
	for _, line := range []image.Rectangle{
		image.Rect(x0, 0, x1, p.hair), image.Rect(x0, p.height-p.hair, x1, p.height),
		image.Rect(x0, 0, x0+p.hair, p.height), image.Rect(x1-p.hair, 0, x1, p.height),
	} {
		p.sheet.Rect(line, colour)
	}
}

// fitCell writes a cell in full, or in its tight form where there is less room.
func fitCell(c columns.Cell, width float32, font *paint.Font) string {
	text := fit(c.Text, width, look.TextSize, font)
	if text == c.Text || c.Tight == "" {
		return text
	}
	return fit(c.Tight, width, look.TextSize, font)
}

// leastSize is the smallest that a long symbol is written in.
const leastSize float32 = 9

// sizeFor is the size in which a symbol fits a width: smaller than other texts if
// need be.
func sizeFor(s string, width float32, font *paint.Font) float32 {
	if widthAtMost(s, look.TextSize, font) <= width {
		return look.TextSize
	}
	full := float32(font.Width(float64(look.TextSize), s))
	if full <= width+1 {
		return look.TextSize
	}
	return max(leastSize, look.TextSize*width/full)
}

// fit cuts a text that is wider than width, and says so with an ellipsis.
func fit(s string, width, size float32, font *paint.Font) string {
	if widthAtMost(s, size, font) <= width {
		return s
	}
	return font.Elide(float64(size), s, float64(width)+1)
}

// ink is the colour of a tone. What is stale recedes, keeping its hue.
func (b *body) ink(tone columns.Tone, stale bool) color.NRGBA {
	p := b.palette
	c := p.Text
	switch tone {
	case columns.Up:
		c = p.Up
	case columns.Down:
		c = p.Down
	case columns.Muted:
		c = p.Muted
	case columns.Faint:
		c = p.Faint
	case columns.Warning:
		return p.Warning
	}
	if stale {
		return look.WithAlpha(c, 0.5)
	}
	return c
}

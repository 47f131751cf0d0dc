package chartpane

import (
	"cmp"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/charts"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// maxLines is how many lines a chart reads out: the most symbols compared.
const maxLines = MaxSymbols

const (
	boxMargin float32 = 8
	rowHeight float32 = 18
	dotSize   float32 = 7
	swatch    float32 = 10

	boxHead = boxMargin*2 + rowHeight - 4 // the margins and the time
)

// crosshair is what moves over a picture: an upright line, a dot on each line
// of the chart, and a box with the time and the values. Its objects are made
// once; what isn't needed is hidden.
type crosshair struct {
	line, box, focus *canvas.Rectangle
	time             *canvas.Text
	rows             [maxLines]readRow

	width  float32 // of a column of the box, for the widest value of the picture
	order  []int   // the rows that have a value, as they are read
	values [maxLines]float64
	placed int64 // the instant the texts are of
	stale  bool  // the texts are of another picture
}

// readRow is a line's dot, and its swatch, name and value in the box.
type readRow struct {
	dot         *canvas.Circle
	swatch      *canvas.Rectangle
	name, value *canvas.Text
}

func newCrosshair() crosshair {
	x := crosshair{line: canvas.NewRectangle(nil), box: canvas.NewRectangle(nil), focus: canvas.NewRectangle(nil), time: newText(true)}
	x.box.CornerRadius, x.box.StrokeWidth = 4, look.Hairline
	x.focus.StrokeWidth = look.Hairline
	for i := range x.rows {
		r := &x.rows[i]
		r.dot, r.swatch, r.name, r.value = canvas.NewCircle(nil), canvas.NewRectangle(nil), newText(false), newText(false)
		r.dot.StrokeWidth = 1.5
		r.dot.Resize(fyne.NewSquareSize(dotSize))
		r.swatch.CornerRadius = 1.5
		r.swatch.Resize(fyne.NewSize(swatch, 3))
		r.value.Alignment = fyne.TextAlignTrailing
	}
	x.paint(false)
	x.hide()
	return x
}

func newText(bold bool) *canvas.Text {
	t := canvas.NewText("", color.Transparent)
	t.TextSize = look.SmallTextSize
	look.SetFont(t, bold)
	return t
}

// objects in the order they are painted.
func (x *crosshair) objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{x.focus, x.line}
	for i := range x.rows {
		all = append(all, x.rows[i].dot)
	}
	all = append(all, x.box, x.time)
	for i := range x.rows {
		all = append(all, x.rows[i].swatch, x.rows[i].name, x.rows[i].value)
	}
	return all
}

// paint takes the colours from the palette.
func (x *crosshair) paint(focused bool) {
	p := look.Current()
	x.line.FillColor = look.WithAlpha(p.Text, 0.35)
	x.box.FillColor, x.box.StrokeColor = look.WithAlpha(p.Overlay, 0.94), p.Border
	x.focus.FillColor, x.focus.StrokeColor = color.Transparent, color.Transparent
	if focused {
		x.focus.StrokeColor = look.WithAlpha(p.Accent, 0.6)
	}
	x.time.Color = p.Muted
	for i := range x.rows {
		x.rows[i].name.Color, x.rows[i].value.Color = p.Muted, p.Text
		x.rows[i].dot.StrokeColor = p.Background
	}
}

func (x *crosshair) hide() {
	for _, o := range x.objects()[1:] {
		o.Hide()
	}
}

// hideBox leaves the line and its dots.
func (x *crosshair) hideBox() {
	look.SetVisible(false, x.box, x.time)
	for i := range x.rows {
		look.SetVisible(false, x.rows[i].swatch, x.rows[i].name, x.rows[i].value)
	}
}

// measure prepares for a new picture: names, colours, and the width of the
// box. It is done once, so that a move needs no measuring.
func (x *crosshair) measure(v View) {
	x.stale = true
	x.time.Text = format.Stamp(v.Request.To)
	if lines := v.lines(); len(lines) > 0 && lines[0].Form != charts.Curve {
		x.time.Text = format.SpanOf(v.Request.From, v.Request.To)
	}
	x.width = x.time.MinSize().Width
	for i, l := range firstLines(v) {
		r := &x.rows[i]
		r.dot.FillColor, r.swatch.FillColor = l.Colour, l.Colour
		r.name.Text = v.Reads[i].Label
		look.SetFont(r.name, false)
		widest := float32(0)
		for _, sample := range v.samples[i] {
			r.value.Text = v.Reads[i].widest(l.Shown(sample))
			widest = max(widest, r.value.MinSize().Width)
		}
		x.width = max(x.width, swatch+6+r.name.MinSize().Width+14+widest)
		canvas.Refresh(r.name)
	}
	x.width += 2 * boxMargin
}

// place moves everything to an instant. The line goes to the stamp nearest to
// it, of the line that has one nearest.
func (x *crosshair) place(p *charts.Picture, v View, at int64, scale float64, size fyne.Size) {
	stamp, ok := nearestStamp(p, v, at)
	if !ok {
		x.hide()
		return
	}
	unit := func(pixel float64) float32 { return float32((pixel + 0.5) / scale) }
	px := unit(p.X(stamp))
	plots := p.Plots()
	top, bottom := unit(float64(p.Plot.Min.Y)), unit(float64(plots[len(plots)-1].Max.Y-1))
	look.Place(x.line, px-0.5, top, 1, bottom-top)
	x.order = x.order[:0]
	changed := stamp != x.placed || x.stale
	for i := range x.rows {
		r := &x.rows[i]
		t, value, ok := int64(0), 0.0, false
		if i < len(v.Reads) {
			t, value, ok = p.Nearest(i, v.Reads[i].of(stamp))
		}
		look.SetVisible(ok && p.IsCurve(i), r.dot) // a bar or candle is where the line is
		look.SetVisible(ok, r.swatch, r.name, r.value)
		if !ok {
			continue
		}
		dx, dy := unit(p.X(t)), unit(p.Row(i, value))
		r.dot.Move(fyne.NewPos(dx-dotSize/2, dy-dotSize/2))
		if changed {
			r.write(v.Reads[i], p, i, stamp, value)
		}
		x.order, x.values[i] = append(x.order, i), value
	}
	if v.sorted {
		slices.SortStableFunc(x.order, func(a, b int) int { return cmp.Compare(x.values[b], x.values[a]) })
	}
	if changed {
		setText(x.time, stampText(p, v, stamp))
		x.placed, x.stale = stamp, false
	}
	look.SetVisible(true, x.line, x.box, x.time)
	x.placeBox(px, top, size)
}

// grid is how many rows and columns of a number of values a chart has room for.
func (x *crosshair) grid(values int, size fyne.Size) (rows, columns int) {
	most := max(1, int((size.Height-boxHead)/rowHeight))
	columns = min(max(1, int(size.Width/x.width)), (values+most-1)/most)
	if columns <= 1 {
		return min(values, most), 1
	}
	return min(most, (values+columns-1)/columns), columns
}

// placeBox puts the box beside the line, on the side with more room. Where one
// column is too high for the chart it has several; what finds no room in them,
// the last, is left out.
func (x *crosshair) placeBox(px, top float32, size fyne.Size) {
	rows, columns := x.grid(len(x.order), size)
	width, height := x.width*float32(columns), boxHead+rowHeight*float32(rows)
	left := px + 12
	if px > size.Width/2 {
		left = px - 12 - width
	}
	left = max(0, min(left, size.Width-width))
	top = max(0, min(top+4, size.Height-height))
	look.Place(x.box, left, top, width, height)
	look.Place(x.time, left+boxMargin, top+boxMargin-3, width-2*boxMargin, rowHeight)
	first := top + boxMargin + rowHeight - 5
	for place, i := range x.order {
		r := &x.rows[i]
		if place >= rows*columns {
			look.SetVisible(false, r.swatch, r.name, r.value)
			continue
		}
		left, y := left+x.width*float32(place/rows), first+rowHeight*float32(place%rows)
		r.swatch.Move(fyne.NewPos(left+boxMargin, y+rowHeight/2-1.5))
		look.Place(r.name, left+boxMargin+swatch+6, y, x.width, rowHeight)
		look.Place(r.value, left+boxMargin, y, x.width-2*boxMargin, rowHeight)
	}
}

// firstLines are those that are read out.
func firstLines(v View) []charts.Line {
	lines := v.lines()
	return lines[:min(maxLines, len(lines))]
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

func setText(t *canvas.Text, s string) {
	if t.Text != s {
		t.Text = s
		canvas.Refresh(t)
	}
}

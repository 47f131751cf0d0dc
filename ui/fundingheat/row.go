package fundingheat

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

const (
	rowHeight float32 = 16 // the list adds its padding, which stands between the rows
	rowText   float32 = look.SmallTextSize
	sidePad   float32 = 10
	rightPad  float32 = 14 // the list's scroll bar
	cellGap   float32 = 1
)

// plan is where the columns stand at a width.
type plan struct {
	name, mean, cell float32 // widths
	days             float32 // where the first day begins
}

func planOf(width float32) plan {
	p := plan{name: min(118, max(84, width*0.16)), mean: 58}
	p.days = sidePad + p.name + p.mean + 6
	p.cell = max(3, (width-rightPad-p.days)/Days)
	return p
}

// dayAt is the day that a place is on; −1: the average or the name.
func (p plan) dayAt(x float32) int {
	if x < p.days {
		return -1
	}
	return min(Days-1, int((x-p.days)/p.cell))
}

// ground is the colour of a cell, and of the number on it. Orange and blue of Okabe
// and Ito stay apart for colour-blind people; the stronger, the further from the
// ground in lightness, too.
func ground(apr float64) (cell, text color.NRGBA) {
	p := look.Current()
	positive, negative := color.NRGBA{0xE6, 0x9F, 0x00, 255}, color.NRGBA{0x56, 0xB4, 0xE9, 255}
	if !p.Dark {
		positive, negative = color.NRGBA{0xD5, 0x84, 0x00, 255}, color.NRGBA{0x00, 0x72, 0xB2, 255}
	}
	s, hue := strength(apr), positive
	if s < 0 {
		hue = negative
	}
	cell = look.Mix(p.Background, hue, 0.06+0.94*math.Abs(s))
	text = color.NRGBA{0x10, 0x14, 0x18, 255}
	if white := (color.NRGBA{255, 255, 255, 255}); look.Contrast(white, cell) > look.Contrast(text, cell) {
		text = white
	}
	return cell, text
}

// short writes a rate in as few characters as tell it: it is read beside its colour.
func short(apr float64) string {
	switch a := math.Abs(apr); {
	case !market.Known(apr):
		return format.Unknown
	case a >= 9.95:
		return format.Signed(apr, 0)
	}
	return format.Signed(apr, 1)
}

// row is one contract on screen.
type row struct {
	widget.BaseWidget
	pane  *Pane
	index int
	sheet *look.Sheet
	boxes []*canvas.Rectangle // the average's, then the days'
	texts []*canvas.Text
	name  *canvas.Text
}

func newRow(p *Pane) *row {
	r := &row{pane: p, index: -1, name: newText(fyne.TextAlignLeading)}
	objects := []fyne.CanvasObject{r.name}
	for range Days + 1 {
		box, text := canvas.NewRectangle(nil), newText(fyne.TextAlignCenter)
		r.boxes, r.texts = append(r.boxes, box), append(r.texts, text)
		objects = append(objects, box, text)
	}
	r.texts[0].Alignment = fyne.TextAlignTrailing
	r.sheet = look.NewSheet(objects...)
	r.ExtendBaseWidget(r)
	return r
}

func newText(align fyne.TextAlign) *canvas.Text {
	t := canvas.NewText("", nil)
	t.TextSize, t.Alignment = rowText, align
	look.SetFont(t, false)
	return t
}

// show has the row show a contract.
func (r *row) show(i int) {
	r.index = i
	r.Refresh()
}

// contract is the one shown; nil: none.
func (r *row) contract() *contract {
	if r.index < 0 || r.index >= len(r.pane.rows) {
		return nil
	}
	return &r.pane.rows[r.index]
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return &rowRenderer{r} }

type rowRenderer struct{ r *row }

func (v *rowRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{v.r.sheet} }
func (v *rowRenderer) Destroy()                     {}
func (v *rowRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, rowHeight) }

func (v *rowRenderer) Layout(size fyne.Size) {
	v.r.sheet.Resize(size)
	v.Refresh()
}

// Refresh writes the row anew.
func (v *rowRenderer) Refresh() {
	r, c := v.r, v.r.contract()
	if c == nil || r.Size().Width == 0 {
		return
	}
	p, palette, height := planOf(r.Size().Width), look.Current(), r.Size().Height
	r.name.Text, r.name.Color = c.symbol, palette.Text
	look.SetFont(r.name, false)
	r.name.Text = look.Shorten(r, r.name, p.name)
	look.Place(r.name, sidePad, 0, p.name, height)
	for i := range r.boxes {
		x, width, cell := p.days+float32(i-1)*p.cell, p.cell-cellGap, &c.mean
		if i == 0 {
			x, width = sidePad+p.name, p.mean
		} else {
			cell = &c.days[i-1]
		}
		r.write(i, cell, x, width, height)
	}
	r.sheet.Refresh()
}

// write fills a cell. A number that has no room is left to the tooltip.
func (r *row) write(i int, c *cell, x, width, height float32) {
	box, text := r.boxes[i], r.texts[i]
	box.FillColor, text.Color = color.Transparent, look.Current().Faint
	if c.payments > 0 {
		box.FillColor, text.Color = ground(c.apr)
	}
	look.Place(box, x, 0, width, height)
	text.Text = short(c.apr)
	pad := float32(0)
	if i == 0 {
		pad = 6
	}
	if look.Painted(r, text) > width-1-pad {
		text.Text = ""
	}
	look.Place(text, x, 0, width-pad, height)
}

// MouseIn begins to follow the pointer.
func (r *row) MouseIn(e *desktop.MouseEvent) { r.MouseMoved(e) }

// tipKey is the cell that a tooltip is about.
type tipKey struct {
	symbol string
	day    int
}

// MouseMoved explains the cell under the pointer.
func (r *row) MouseMoved(e *desktop.MouseEvent) {
	c := r.contract()
	if c == nil || r.pane.o.Tips == nil {
		return
	}
	day, copied := planOf(r.Size().Width).dayAt(e.Position.X), *c
	r.pane.o.Tips.Point(tipKey{c.symbol, day}, e.AbsolutePosition, func() tip.Content { return r.pane.explain(copied, day) })
}

// MouseOut takes the tooltip away.
func (r *row) MouseOut() {
	if r.pane.o.Tips != nil {
		r.pane.o.Tips.Out()
	}
}

// explain says what is known of a contract's day; −1: of all days.
func (p *Pane) explain(c contract, day int) tip.Content {
	w, d := p.w, c.mean
	content := tip.Content{Title: w.T("heat.tip_average", assets.Args{"Symbol": c.symbol, "Days": c.knownDays()})}
	if day >= 0 {
		d = c.days[day]
		at := time.UnixMilli(p.from + int64(day)*dayMillis).UTC()
		content.Title = w.T("heat.tip_day", assets.Args{"Symbol": c.symbol, "Day": at.Format(time.DateOnly)})
	}
	if d.payments == 0 {
		content.Paragraphs = []tip.Paragraph{{Text: w.T("heat.tip_unknown")}}
	} else {
		content.Facts = []tip.Fact{
			{Label: w.T("heat.tip_apr"), Value: format.Signed(d.apr, 2) + " %"},
			{Label: w.T("heat.tip_paid"), Value: format.Signed(d.paid, 4) + " %"},
			{Label: w.T("heat.tip_payments"), Value: format.ExactTo(float64(d.payments), 0)},
			{Label: w.T("heat.tip_hours"), Value: format.ExactTo(d.hours, 0)},
		}
		if day == Days-1 {
			content.Paragraphs = []tip.Paragraph{{Text: w.T("heat.tip_today"), Quiet: true}}
		}
	}
	if p.o.OnOpen != nil {
		content.Footer = w.T("heat.tip_open")
	}
	return content
}

package chartpane

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/ui/look"
)

const (
	chipHeight float32 = 19
	chipSwatch float32 = 14
)

// chip is a symbol in the legend: its line, its name, and a cross. A tap
// unticks it; under the pointer its line is highlighted.
type chip struct {
	ttwidget.ToolTipWidget
	symbol  string
	back    *canvas.Rectangle
	line    [2]*canvas.Rectangle // one, or two dashes
	dashed  bool
	colour  color.NRGBA
	name    *canvas.Text
	cross   *canvas.Text
	sheet   *look.Sheet // with all of these
	waiting bool        // nothing to show yet
	lit     bool
	onTap   func()
	onHover func(on bool)
}

func newChip(symbol, tip string, colour color.NRGBA, dashed bool, onTap func(), onHover func(bool)) *chip {
	c := &chip{symbol: symbol, colour: colour, dashed: dashed, onTap: onTap, onHover: onHover,
		back: canvas.NewRectangle(nil), line: [2]*canvas.Rectangle{canvas.NewRectangle(nil), canvas.NewRectangle(nil)},
		name: canvas.NewText(symbol, nil), cross: canvas.NewText("×", nil)}
	c.back.CornerRadius = chipHeight / 2
	c.name.TextSize, c.cross.TextSize = look.SmallTextSize, look.SmallTextSize+1
	look.SetFont(c.name, false)
	c.sheet = look.NewSheet(c.back, c.line[0], c.line[1], c.name, c.cross)
	c.ExtendBaseWidget(c)
	c.SetToolTip(tip)
	return c
}

// setState says whether the symbol's series is still awaited, and whether it is highlighted.
func (c *chip) setState(waiting, lit bool) {
	if waiting != c.waiting || lit != c.lit {
		c.waiting, c.lit = waiting, lit
		c.Refresh()
	}
}

// setName changes what the legend calls the symbol, and reports whether that is news.
func (c *chip) setName(name string) bool {
	if name == c.name.Text {
		return false
	}
	c.name.Text = name
	look.SetFont(c.name, false)
	c.Refresh()
	return true
}

// Tapped unticks the symbol.
func (c *chip) Tapped(*fyne.PointEvent) { c.onTap() }

// Cursor is a pointing hand.
func (c *chip) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn highlights the symbol's line.
func (c *chip) MouseIn(e *desktop.MouseEvent) {
	c.ToolTipWidget.MouseIn(e)
	c.onHover(true)
}

// MouseOut ends that.
func (c *chip) MouseOut() {
	c.ToolTipWidget.MouseOut()
	c.onHover(false)
}

// MinSize holds line, name and cross.
func (c *chip) MinSize() fyne.Size {
	return fyne.NewSize(8+chipSwatch+5+look.Painted(c, c.name)+5+c.cross.MinSize().Width+8, chipHeight)
}

// CreateRenderer implements fyne.Widget.
func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{c}
	r.Refresh()
	return r
}

type chipRenderer struct{ c *chip }

func (r *chipRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.c.sheet}
}
func (r *chipRenderer) MinSize() fyne.Size { return r.c.MinSize() }
func (r *chipRenderer) Destroy()           {}

func (r *chipRenderer) Layout(size fyne.Size) {
	c := r.c
	c.sheet.Resize(size)
	c.back.Resize(size)
	x, y := float32(8), size.Height/2-1
	if c.dashed {
		moveTo(c.line[0], x, y, chipSwatch/2-1.5, 2)
		moveTo(c.line[1], x+chipSwatch/2+1.5, y, chipSwatch/2-1.5, 2)
	} else {
		moveTo(c.line[0], x, y, chipSwatch, 2)
		c.line[1].Hide()
	}
	name, cross := fyne.NewSize(look.Painted(c, c.name), c.name.MinSize().Height), c.cross.MinSize()
	x += chipSwatch + 5
	moveTo(c.name, x, (size.Height-name.Height)/2, name.Width, name.Height)
	moveTo(c.cross, x+name.Width+5, (size.Height-cross.Height)/2, cross.Width, cross.Height)
}

func (r *chipRenderer) Refresh() {
	c, p := r.c, look.Current()
	c.back.FillColor = look.WithAlpha(p.Text, 0.06)
	if c.lit {
		c.back.FillColor = look.WithAlpha(c.colour, 0.25)
	}
	c.name.Color, c.cross.Color = p.Text, p.Muted
	line := c.colour
	if c.waiting {
		c.name.Color, line = p.Faint, look.WithAlpha(c.colour, 0.4)
	}
	c.line[0].FillColor, c.line[1].FillColor = line, line
	r.Layout(c.Size())
	c.sheet.Refresh()
}

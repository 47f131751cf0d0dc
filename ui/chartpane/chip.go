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
	chipSwatch float32 = 22
)

// chip is a symbol in the legend: its line, with its dashes, its name, and a
// cross that unticks it. A tap anywhere else highlights its line, as the pointer
// does while it is there.
type chip struct {
	ttwidget.ToolTipWidget
	symbol  string
	back    *canvas.Rectangle
	dashes  []*canvas.Rectangle // what is seen of its line
	colour  color.NRGBA
	name    *canvas.Text
	cross   *canvas.Text
	sheet   *look.Sheet // with all of these
	waiting bool        // nothing to show yet
	lit     bool
	focused bool
	onTap   func()
	onCross func()
	onHover func(on bool)
}

func newChip(symbol, tip string, colour color.NRGBA, dash []float64) *chip {
	c := &chip{symbol: symbol, colour: colour, back: canvas.NewRectangle(nil), dashes: swatchOf(dash),
		name: canvas.NewText(symbol, nil), cross: canvas.NewText("×", nil)}
	c.back.CornerRadius = chipHeight / 2
	c.name.TextSize, c.cross.TextSize = look.SmallTextSize, look.SmallTextSize+1
	look.SetFont(c.name, false)
	objects := []fyne.CanvasObject{c.back, c.name, c.cross}
	for _, d := range c.dashes {
		objects = append(objects, d)
	}
	c.sheet = look.NewSheet(objects...)
	c.ExtendBaseWidget(c)
	c.SetToolTip(tip)
	return c
}

// swatchOf are the pieces of a line of chipSwatch that a dash pattern leaves, at
// their places along it.
func swatchOf(dash []float64) []*canvas.Rectangle {
	if len(dash) == 0 {
		dash = []float64{float64(chipSwatch)}
	}
	var pieces []*canvas.Rectangle
	at := float32(0)
	for i := 0; at < chipSwatch; i++ {
		length := min(float32(dash[i%len(dash)]), chipSwatch-at)
		if i%2 == 0 {
			piece := canvas.NewRectangle(nil)
			piece.Move(fyne.NewPos(at, 0))
			piece.Resize(fyne.NewSize(length, 2))
			pieces = append(pieces, piece)
		}
		at += length
	}
	return pieces
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

// Tapped unticks the symbol by its cross, and highlights it elsewhere.
func (c *chip) Tapped(e *fyne.PointEvent) {
	if e.Position.X >= c.cross.Position().X-4 {
		c.onCross()
		return
	}
	c.onTap()
}

// FocusGained shows that the keyboard is on it.
func (c *chip) FocusGained() {
	c.focused = true
	c.Refresh()
}

// FocusLost shows that it is no more.
func (c *chip) FocusLost() {
	c.focused = false
	c.Refresh()
}

// TypedRune does nothing: keys press it.
func (c *chip) TypedRune(rune) {}

// TypedKey highlights the symbol with Space or Enter, and unticks it with Delete.
func (c *chip) TypedKey(k *fyne.KeyEvent) {
	switch {
	case look.Presses(k):
		c.onTap()
	case k.Name == fyne.KeyDelete || k.Name == fyne.KeyBackspace:
		c.onCross()
	}
}

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
	x, y, along := float32(8), size.Height/2-1, float32(0)
	for i, d := range c.dashes {
		if i == 0 {
			along = x - d.Position().X
		}
		d.Move(fyne.NewPos(d.Position().X+along, y))
	}
	name, cross := fyne.NewSize(look.Painted(c, c.name), c.name.MinSize().Height), c.cross.MinSize()
	x += chipSwatch + 5
	look.Place(c.name, x, (size.Height-name.Height)/2, name.Width, name.Height)
	look.Place(c.cross, x+name.Width+5, (size.Height-cross.Height)/2, cross.Width, cross.Height)
}

func (r *chipRenderer) Refresh() {
	c, p := r.c, look.Current()
	c.back.FillColor = look.WithAlpha(p.Text, 0.06)
	if c.lit {
		c.back.FillColor = look.WithAlpha(c.colour, 0.25)
	}
	c.back.StrokeColor, c.back.StrokeWidth = p.Accent, 0
	if c.focused {
		c.back.StrokeWidth = 1.5
	}
	c.name.Color, c.cross.Color = p.Text, p.Muted
	line := c.colour
	if c.waiting {
		c.name.Color, line = p.Faint, look.WithAlpha(c.colour, 0.4)
	}
	for _, d := range c.dashes {
		d.FillColor = line
	}
	r.Layout(c.Size())
	c.sheet.Refresh()
}

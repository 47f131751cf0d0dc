package table

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// chip is a filter in the toolbar: a name, a count, and whether it is on. As a tab
// it has a line under it when it is on; with a cross it can be taken away.
type chip struct {
	widget.BaseWidget
	table       *Table
	name, short string
	onTapped    func()
	onRemove    func()              // what its cross does; nil: it has none
	onMenu      func(fyne.Position) // secondary click; nil: nothing
	tip         func() tip.Content
	tab         bool

	on, hovered, focused, shortened bool
	label, count                    *canvas.Text
	back, line                      *canvas.Rectangle
	sheet                           *look.Sheet
}

const (
	chipPad    float32 = 8
	chipGap    float32 = 5
	chipHeight float32 = 26
)

func newChip(t *Table, name string, tapped func()) *chip {
	c := &chip{table: t, name: name, short: name, onTapped: tapped}
	c.label, c.count = canvas.NewText(name, nil), canvas.NewText("", nil)
	c.label.TextSize, c.count.TextSize = look.TextSize-0.5, look.TextSize-0.5
	c.back = &canvas.Rectangle{CornerRadius: 4}
	c.line = &canvas.Rectangle{}
	c.sheet = look.NewSheet(c.back, c.line, c.label, c.count)
	c.ExtendBaseWidget(c)
	c.paint()
	return c
}

func (c *chip) setOn(on bool) {
	c.on = on
	c.Refresh()
}

// newPill returns a chip with a cross, which is on: a filter that is set.
func newPill(t *Table, name string, tapped, removed func()) *chip {
	c := newChip(t, name, tapped)
	c.onRemove, c.on = removed, true
	c.setCount("×")
	return c
}

// newTab returns a chip that is a tab.
func newTab(t *Table, name string, tapped func()) *chip {
	c := newChip(t, name, tapped)
	c.tab = true
	c.Refresh()
	return c
}

// setName changes the name, and reports whether it was another.
func (c *chip) setName(name string) bool {
	if c.name == name {
		return false
	}
	c.name, c.short, c.label.Text = name, name, name
	c.Refresh()
	return true
}

// setCount reports whether the chip's width may have changed.
func (c *chip) setCount(s string) bool {
	if c.count.Text == s {
		return false
	}
	wider := len(c.count.Text) != len(s)
	c.count.Text = s
	c.Refresh()
	return wider
}

func (c *chip) setShort(short bool) {
	c.shortened = short
	if name := choose(short, c.short, c.name); c.label.Text != name {
		c.label.Text = name
		c.Refresh()
	}
}

// MinSize fits name and count.
func (c *chip) MinSize() fyne.Size {
	w := 2*chipPad + c.label.MinSize().Width
	if c.count.Text != "" {
		w += chipGap + c.count.MinSize().Width
	}
	return fyne.NewSize(w, chipHeight)
}

func (c *chip) paint() {
	p := look.Current()
	c.label.Color, c.count.Color = p.Muted, p.Faint
	c.back.FillColor, c.back.StrokeWidth = look.WithAlpha(p.Text, 0), 0
	c.line.FillColor = look.WithAlpha(p.Accent, 0)
	switch {
	case c.on && c.tab:
		c.label.Color, c.line.FillColor = p.Text, p.Accent
	case c.on:
		c.label.Color, c.count.Color = p.Text, p.Muted
		c.back.FillColor = p.RowSelected
	case c.hovered:
		c.label.Color, c.count.Color = p.Text, p.Muted
		c.back.FillColor = p.RowHover
	}
	if c.focused {
		c.back.StrokeColor, c.back.StrokeWidth = p.Accent, 1
	}
}

// Refresh colours the chip anew.
func (c *chip) Refresh() {
	c.paint()
	c.BaseWidget.Refresh()
}

// Tapped switches the filter, or takes it away.
func (c *chip) Tapped(e *fyne.PointEvent) {
	c.table.opts.Tips.Leave()
	if c.onRemove != nil && e.Position.X >= c.count.Position().X-chipGap {
		c.onRemove()
		return
	}
	c.onTapped()
}

// TappedSecondary shows what else can be done.
func (c *chip) TappedSecondary(e *fyne.PointEvent) {
	if c.onMenu != nil {
		c.table.opts.Tips.Leave()
		c.onMenu(e.AbsolutePosition)
	}
}

// Cursor says that a click does something.
func (c *chip) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights the chip up.
func (c *chip) MouseIn(e *desktop.MouseEvent) {
	c.hovered = true
	c.Refresh()
	c.MouseMoved(e)
}

// MouseMoved explains the chip.
func (c *chip) MouseMoved(e *desktop.MouseEvent) {
	c.table.opts.Tips.Point(c, e.AbsolutePosition, c.tip)
}

// MouseOut dims it again.
func (c *chip) MouseOut() {
	c.hovered = false
	c.table.opts.Tips.Leave()
	c.Refresh()
}

// FocusGained marks the chip.
func (c *chip) FocusGained() {
	c.focused = true
	c.Refresh()
}

// FocusLost unmarks it.
func (c *chip) FocusLost() {
	c.focused = false
	c.Refresh()
}

// TypedRune starts a search on "/".
func (c *chip) TypedRune(r rune) { c.table.body.TypedRune(r) }

// TypedKey switches the filter on Space and Enter.
func (c *chip) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.onTapped()
	case fyne.KeyDelete, fyne.KeyBackspace:
		if c.onRemove != nil {
			c.onRemove()
		}
	case fyne.KeyDown:
		focus(c.table.body)
	}
}

// CreateRenderer draws name and count on their ground.
func (c *chip) CreateRenderer() fyne.WidgetRenderer { return &chipRenderer{c} }

type chipRenderer struct{ chip *chip }

func (r *chipRenderer) Layout(size fyne.Size) {
	c := r.chip
	c.sheet.Resize(size)
	c.back.Resize(size)
	c.line.Resize(fyne.NewSize(max(0, size.Width-2*chipPad), 2))
	c.line.Move(fyne.NewPos(chipPad, size.Height-2))
	label := c.label.MinSize()
	c.label.Move(fyne.NewPos(chipPad, (size.Height-label.Height)/2))
	c.label.Resize(label)
	c.count.Move(fyne.NewPos(chipPad+label.Width+chipGap, (size.Height-label.Height)/2))
	c.count.Resize(c.count.MinSize())
}

func (r *chipRenderer) MinSize() fyne.Size { return r.chip.MinSize() }
func (r *chipRenderer) Refresh() {
	r.Layout(r.chip.Size())
	r.chip.sheet.Refresh()
}
func (r *chipRenderer) Destroy() {}
func (r *chipRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.chip.sheet}
}

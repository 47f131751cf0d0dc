package chartpane

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

const borderHeight float32 = 7 // where the pointer can take hold of it

// plotBorder is the border above a plot below, which can be dragged. The line
// itself is in the picture; this lies over it and shows that it can be moved.
type plotBorder struct {
	widget.BaseWidget
	line    *canvas.Rectangle
	hover   bool
	dragged bool
	chosen  bool // keys move it

	onDrag func(by float32) // the border is to move down by so much
	onEnd  func()
}

func newPlotBorder(onDrag func(by float32), onEnd func()) *plotBorder {
	b := &plotBorder{line: canvas.NewRectangle(color.Transparent), onDrag: onDrag, onEnd: onEnd}
	b.ExtendBaseWidget(b)
	return b
}

// newBorders makes one for each plot that there can be.
func newBorders(resize func(plot int, by float32), end func()) []*plotBorder {
	borders := make([]*plotBorder, len(plotKinds))
	for i := range borders {
		borders[i] = newPlotBorder(func(by float32) { resize(i, by) }, end)
		borders[i].Hide()
	}
	return borders
}

// Dragged moves the border.
func (b *plotBorder) Dragged(e *fyne.DragEvent) {
	b.dragged = true
	b.onDrag(e.Dragged.DY)
}

// DragEnd keeps where it was moved to.
func (b *plotBorder) DragEnd() {
	if b.dragged {
		b.dragged = false
		b.Refresh()
		b.onEnd()
	}
}

// Cursor shows that it can be moved.
func (b *plotBorder) Cursor() desktop.Cursor { return desktop.VResizeCursor }

// MouseIn lights the border.
func (b *plotBorder) MouseIn(*desktop.MouseEvent) { b.hover = true; b.Refresh() }

// MouseMoved does nothing.
func (b *plotBorder) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (b *plotBorder) MouseOut() { b.hover = false; b.Refresh() }

// CreateRenderer implements fyne.Widget.
func (b *plotBorder) CreateRenderer() fyne.WidgetRenderer { return &plotBorderRenderer{b} }

type plotBorderRenderer struct{ b *plotBorder }

func (r *plotBorderRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.line} }
func (r *plotBorderRenderer) MinSize() fyne.Size           { return fyne.NewSize(20, borderHeight) }
func (r *plotBorderRenderer) Destroy()                     {}
func (r *plotBorderRenderer) Layout(size fyne.Size) {
	look.Place(r.b.line, 0, (size.Height-2)/2, size.Width, 2)
}

func (r *plotBorderRenderer) Refresh() {
	r.b.line.FillColor = color.Transparent
	if r.b.hover || r.b.dragged || r.b.chosen {
		r.b.line.FillColor = look.WithAlpha(look.Current().Accent, 0.7)
	}
	canvas.Refresh(r.b)
}

// placeBorders puts them where the picture has its borders.
func (c *Chart) placeBorders() {
	var rows []int
	if c.picture != nil && c.OnResize != nil {
		rows = c.picture.Borders()
	}
	for i, b := range c.borders {
		look.SetVisible(i < len(rows), b)
		if i < len(rows) {
			look.Place(b, 0, float32(float64(rows[i])/c.pictureScale())-borderHeight/2, c.raster.Size().Width, borderHeight)
		}
	}
}

// keyStep is by how much of the chart's height a key moves a border.
const keyStep = 0.02

// TypedShortcut sizes the plots: Ctrl and the arrows up and down move a border,
// with shift they choose which. All else is the window's.
func (c *Chart) TypedShortcut(s fyne.Shortcut) {
	by := 0
	if k, ok := s.(*desktop.CustomShortcut); ok {
		switch k.KeyName {
		case fyne.KeyUp:
			by = -1
		case fyne.KeyDown:
			by = 1
		}
		borders := 0
		if c.picture != nil && c.OnResize != nil {
			borders = len(c.picture.Borders())
		}
		switch {
		case by == 0 || borders == 0:
		case k.Modifier == fyne.KeyModifierShortcutDefault:
			c.chooseBorder(min(c.border, borders-1))
			c.OnResize(c.border, float64(by)*keyStep, false)
			c.OnResize(c.border, 0, true)
			return
		case k.Modifier == fyne.KeyModifierShortcutDefault|fyne.KeyModifierShift:
			c.chooseBorder(min(max(0, c.border+by), borders-1))
			return
		}
	}
	if cv, ok := fyne.CurrentApp().Driver().CanvasForObject(c).(fyne.Shortcutable); ok {
		cv.TypedShortcut(s)
	}
}

// chooseBorder has keys move a border, and lights it; −1: none is lit any more.
func (c *Chart) chooseBorder(border int) {
	if border >= 0 {
		c.border = border
	}
	for i, b := range c.borders {
		if chosen := i == border; chosen != b.chosen {
			b.chosen = chosen
			b.Refresh()
		}
	}
}

// resizePlot tells of a border that is dragged, in parts of the height.
func (c *Chart) resizePlot(plot int, by float32) {
	if height := c.raster.Size().Height; height > 0 && c.OnResize != nil {
		c.OnResize(plot, float64(by/height), false)
	}
}

func (c *Chart) resized() {
	if c.OnResize != nil {
		c.OnResize(0, 0, true)
	}
}

package chartpane

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/ui/look"
)

// Chart shows a picture and a crosshair with a read-out, which follow the
// pointer or, when the chart is focused, the arrow keys. The picture is drawn
// elsewhere, at exactly the pixels it is shown at; until it comes, the one
// before is stretched. Moving the crosshair draws nothing anew.
//
// Its methods must be called on the UI's goroutine.
type Chart struct {
	widget.BaseWidget

	// OnHoverLabel tells which line's end label the pointer is on; -1: none.
	OnHoverLabel func(line int)
	// OnTapLine tells which line, or line's label, was tapped; nil: lines aren't for tapping.
	OnTapLine func(line int)

	// OnMeasure writes what changed over a span that one selects; nil: nothing is written.
	OnMeasure func(from, to int64) Measurement

	// OnResize is told that the border above a plot below is dragged down by a part
	// of the height, and when that ends; nil: they cannot be dragged.
	OnResize func(plot int, by float64, ended bool)

	painter     *painter
	draw        Drawer
	synchronous bool // draw while painting: for pictures of the window

	view    View
	has     bool        // there is a view
	pixels  image.Point // the size asked for last, in device pixels
	scale   float64     // device pixels per unit
	picture *charts.Picture
	shown   View   // what picture shows
	room    [2]int // beside its plot, and that of the next
	raster  *canvas.Raster

	axis      *TimeAxis
	curves    curves // of pictures drawn while painting
	cross     crosshair
	selection *selection
	now       *pill // back to now, where the chart does not follow it
	borders   []*plotBorder
	border    int // which of them keys move
	gesture   gesture
	focused   bool

	hoverLine int
	marking   Marking
	words     *assets.Words
	onMark    bool // the pointer is on a marker
	onLine    bool // it is on a line that can be tapped
}

// newChart makes a chart over an axis, whose painter ends with the options' context.
func newChart(o Options, axis *TimeAxis) *Chart {
	c := &Chart{axis: axis, draw: o.Draw, synchronous: o.Synchronous, hoverLine: -1, marking: o.Marking, words: o.Words}
	c.raster = canvas.NewRaster(c.paint)
	c.raster.ScaleMode = canvas.ImageScaleFastest
	c.cross = newCrosshair()
	c.selection = newSelection(o.Words.T("span.zoom"), o.Words.T("span.close"), c.zoomIn, c.deselect)
	c.now = newPill(o.Words.T("span.now"), axis.Follow)
	c.now.Hide()
	c.borders = newBorders(c.resizePlot, c.resized)
	if !o.Synchronous {
		c.painter = newPainter(o.Context, o.Draw, o.Dispatch, c.setPicture)
	}
	c.ExtendBaseWidget(c)
	return c
}

// SetView shows v as soon as its picture is drawn.
func (c *Chart) SetView(v View) {
	c.view, c.has = v, true
	c.order()
	if c.selection.on {
		c.measureSelection()
	}
	if c.synchronous {
		c.picture = nil
		c.raster.Refresh()
	}
}

// Busy reports whether what is shown isn't the newest.
func (c *Chart) Busy() bool { return c.painter != nil && c.painter.busy() }

// Picture returns what is shown; nil before the first picture came.
func (c *Chart) Picture() *charts.Picture { return c.picture }

// paint is asked by the toolkit for the image of a size in device pixels.
func (c *Chart) paint(w, h int) image.Image {
	if size := image.Pt(w, h); size != c.pixels && c.raster.Size().Width > 0 {
		c.pixels, c.scale = size, float64(w)/float64(c.raster.Size().Width)
		c.order()
		if c.synchronous { // the old one won't do until the new one comes: that is now
			c.picture = nil
		}
	}
	if c.synchronous && c.has && c.picture == nil {
		view := c.view.built(&c.curves)
		if p, err := c.draw(c.request(view)); err == nil {
			c.take(p, view)
			c.place()
		}
	}
	if c.picture == nil {
		return image.NewUniform(look.Current().Background)
	}
	return c.picture.Image
}

// order asks for a picture of the view at the size known.
func (c *Chart) order() {
	if c.has && c.pixels.X > 0 && c.painter != nil && c.drawable() {
		c.painter.request(job{c.view, c.request(c.view)})
	}
}

// drawable reports whether the chart is large enough to say anything.
func (c *Chart) drawable() bool { return c.pixels.X >= 64 && c.pixels.Y >= 48 }

func (c *Chart) request(v View) charts.Request {
	r := v.Request
	r.Width, r.Height, r.Scale = c.pixels.X, c.pixels.Y, min(8, max(0.5, c.scale))
	if c.axis.Zoomed() {
		r.Room = c.room
	}
	return r
}

// forget lets go of the view and its picture. What is being drawn of it is not
// shown any more.
func (c *Chart) forget() {
	c.view, c.shown, c.picture, c.has = View{}, View{}, nil, false
}

// take shows a picture; as long as the chart is zoomed, the next keeps as much
// room beside the plot, which would tremble otherwise while it is moved.
func (c *Chart) take(p *charts.Picture, v View) {
	before := c.picture
	c.picture, c.shown = p, v
	room := p.Room()
	if c.axis.Zoomed() && before != nil && before.Image.Rect == p.Image.Rect {
		room = [2]int{max(room[0], c.room[0]), max(room[1], c.room[1])}
	}
	c.room = room
	c.cross.measure(c.shown)
}

// setPicture shows a picture that was drawn.
func (c *Chart) setPicture(d drawn) {
	if !c.has {
		return
	}
	c.take(d.picture, d.view)
	c.raster.Refresh()
	c.place()
}

// MinSize is the least that shows a line between its axes.
func (c *Chart) MinSize() fyne.Size { return fyne.NewSize(160, 80) }

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	objects := append([]fyne.CanvasObject{c.raster}, c.cross.objects()...)
	for _, b := range c.borders {
		objects = append(objects, b)
	}
	return &chartRenderer{c: c, objects: append(objects, c.now, c.selection.group)}
}

type chartRenderer struct {
	c       *Chart
	objects []fyne.CanvasObject
}

func (r *chartRenderer) Layout(size fyne.Size) {
	r.c.raster.Resize(size)
	r.c.cross.focus.Resize(size)
	r.c.place()
}
func (r *chartRenderer) MinSize() fyne.Size           { return r.c.MinSize() }
func (r *chartRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *chartRenderer) Destroy()                     {}
func (r *chartRenderer) Refresh() {
	r.c.cross.paint(r.c.focused)
	canvas.Refresh(r.c)
}

// MouseIn begins to follow the pointer.
func (c *Chart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved moves the crosshair to the pointer.
func (c *Chart) MouseMoved(e *desktop.MouseEvent) {
	if c.picture == nil || c.scale == 0 {
		return
	}
	x, y := float64(e.Position.X)*c.pictureScale(), float64(e.Position.Y)*c.pictureScale()
	c.hoverLabel(x, y)
	_, c.onLine = c.lineAt(x, y)
	if int(x) >= c.picture.Plot.Min.X && int(x) < c.picture.Plot.Max.X {
		c.axis.Point(c.picture.Time(x))
	} else {
		c.axis.Unpoint()
	}
	c.hoverMark(x, y, e.AbsolutePosition) // once the read-out is where it will be
}

// MouseOut takes the crosshair away.
func (c *Chart) MouseOut() {
	c.hoverLabel(-1, -1)
	c.hoverMark(-1, -1, fyne.Position{})
	c.axis.Unpoint()
}

func (c *Chart) hoverLabel(x, y float64) {
	line := -1
	if c.picture != nil {
		if i, ok := c.picture.LabelAt(x, y); ok {
			line = i
		}
	}
	if line != c.hoverLine {
		c.hoverLine = line
		if c.OnHoverLabel != nil {
			c.OnHoverLabel(line)
		}
	}
}

// lineReach is how near to a line one taps it, in units.
const lineReach = 5

// lineAt is the line that a tap on a pixel of the picture means.
func (c *Chart) lineAt(x, y float64) (line int, ok bool) {
	if c.picture == nil || c.OnTapLine == nil {
		return 0, false
	}
	if line, ok = c.picture.LabelAt(x, y); ok {
		return line, true
	}
	return c.picture.LineAt(x, y, lineReach*c.pictureScale())
}

// pictureScale is how many of the picture's pixels make a unit; the picture
// may be one drawn for another size.
func (c *Chart) pictureScale() float64 {
	if w := c.raster.Size().Width; w > 0 && c.picture != nil {
		return float64(c.picture.Image.Rect.Dx()) / float64(w)
	}
	return c.scale
}

// place puts what lies over the picture where it belongs.
func (c *Chart) place() {
	look.SetVisible(!c.axis.Follows(), c.now)
	if c.picture != nil {
		scale := c.pictureScale()
		size, plot := c.now.MinSize(), c.picture.Plot
		look.Place(c.now, float32(float64(plot.Max.X)/scale)-size.Width-4, float32(float64(plot.Min.Y)/scale)+4, size.Width, size.Height)
		c.selection.place(c.picture, scale, c.raster.Size())
	}
	c.placeBorders()
	c.placeCrosshair()
}

func (c *Chart) placeCrosshair() {
	at, pointed := c.axis.Crosshair()
	if !pointed || c.picture == nil || at < c.shown.Request.From || at > c.shown.Request.To {
		c.cross.hide()
		return
	}
	c.cross.place(c.picture, c.shown, at, c.pictureScale(), c.raster.Size())
	if c.selection.on { // its box is read, not this one
		c.cross.hideBox()
	}
}

// Tapped focuses the chart, for the arrow keys; on a marker it asks the guide.
func (c *Chart) Tapped(e *fyne.PointEvent) {
	scale := c.pictureScale()
	if c.tapMarks(float64(e.Position.X)*scale, float64(e.Position.Y)*scale) {
		return
	}
	if line, ok := c.lineAt(float64(e.Position.X)*scale, float64(e.Position.Y)*scale); ok {
		c.OnTapLine(line)
	}
	c.focus()
}

// focus has the keys come here.
func (c *Chart) focus() {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c); cv != nil {
		cv.Focus(c)
	}
}

// FocusGained shows that the arrow keys move the crosshair.
func (c *Chart) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost shows that they don't.
func (c *Chart) FocusLost() {
	c.focused, c.gesture.shift = false, false
	c.chooseBorder(-1)
	c.Refresh()
}

package look

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	paint "openinterest/charts/canvas"
)

// Sheet shows texts and rectangles as one picture. By itself each of them is a
// texture to keep and something to draw in every frame, for which software
// OpenGL takes 64 KB; on a sheet they cost next to nothing. It suits what stands
// together and changes together: headings, a row of words, a paragraph.
//
// The objects are placed and coloured as if they were in the tree themselves,
// relative to the sheet's corner; whoever changes one refreshes the sheet. Of a
// text all is drawn but the style, which no text here has (see SetFont). Behind
// everything, and within a rectangle that has an edge, is the ground.
type Sheet struct {
	widget.BaseWidget
	Ground color.Color // nil: the palette's background

	objects []fyne.CanvasObject
	picture *canvas.Raster
}

// NewSheet returns a sheet of objects, the first at the back.
func NewSheet(objects ...fyne.CanvasObject) *Sheet {
	s := &Sheet{objects: objects}
	s.picture = canvas.NewRaster(s.paint)
	s.picture.ScaleMode = canvas.ImageScalePixels
	s.ExtendBaseWidget(s)
	return s
}

// Objects are those on the sheet.
func (s *Sheet) Objects() []fyne.CanvasObject { return s.objects }

// SetObjects replaces what is on the sheet.
func (s *Sheet) SetObjects(objects []fyne.CanvasObject) {
	s.objects = objects
	s.Refresh()
}

// MinSize is nothing: a sheet takes the size it is given.
func (s *Sheet) MinSize() fyne.Size { return fyne.Size{} }

// CreateRenderer implements fyne.Widget.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer { return &sheetRenderer{s} }

type sheetRenderer struct{ s *Sheet }

func (r *sheetRenderer) Layout(size fyne.Size)        { r.s.picture.Resize(WholePixels(r.s, size)) }
func (r *sheetRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *sheetRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.s.picture} }
func (r *sheetRenderer) Destroy()                     {}

// Refresh paints anew, on another scale if the screen's changed.
func (r *sheetRenderer) Refresh() {
	r.Layout(r.s.Size())
	r.s.picture.Refresh()
}

// WholePixels is the size of a picture that covers size on the screen that o is
// on: a whole number of its pixels, since one that covers a part of a pixel is
// stretched, by less than a pixel larger.
func WholePixels(o fyne.CanvasObject, size fyne.Size) fyne.Size {
	scale := scaleOf(o)
	whole := func(v float32) float32 { return float32(math.Ceil(float64(v*scale)-1e-3)) / scale }
	return fyne.NewSize(whole(size.Width), whole(size.Height))
}

// scaleOf is that of the canvas that o is on, or will be on: there is one window.
func scaleOf(o fyne.CanvasObject) float32 {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(o)
	if windows := driver.AllWindows(); c == nil && len(windows) > 0 {
		c = windows[0].Canvas()
	}
	if c == nil || !(c.Scale() > 0) {
		return 1
	}
	return c.Scale()
}

// Painted is the width of a text of a sheet as it is painted on the screen that
// o is on: at each scale letters keep other distances, so that a long line is
// wider or narrower by some pixels than Fyne measures it.
func Painted(o fyne.CanvasObject, t *canvas.Text) float32 {
	scale := float64(scaleOf(o))
	return float32(Font(isBold(t)).Width(float64(t.TextSize)*scale, t.Text) / scale)
}

// Shorten returns what of a text of a sheet fits into a width, as it is painted
// on the screen that o is on, with "…" where that is not all.
func Shorten(o fyne.CanvasObject, t *canvas.Text, width float32) string {
	scale := float64(scaleOf(o))
	return Font(isBold(t)).Elide(float64(t.TextSize)*scale, t.Text, float64(width)*scale)
}

// paint draws the objects in w × h of the screen's pixels.
func (s *Sheet) paint(w, h int) image.Image {
	ground := Current().Background
	if s.Ground != nil {
		ground = nrgba(s.Ground)
	}
	if w < 1 || h < 1 || s.picture.Size().Width <= 0 {
		return image.NewUniform(ground)
	}
	p := sheetPainter{paint.New(w, h, ground), ground, float64(w) / float64(s.picture.Size().Width)}
	for _, o := range s.objects {
		if !o.Visible() {
			continue
		}
		switch o := o.(type) {
		case *canvas.Text:
			p.text(o)
		case *canvas.Rectangle:
			p.rectangle(o)
		}
	}
	return p.canvas.Image()
}

type sheetPainter struct {
	canvas *paint.Canvas
	ground color.NRGBA
	scale  float64
}

func (p *sheetPainter) px(v float32) int { return int(math.Round(float64(v) * p.scale)) }

func (p *sheetPainter) rectangle(r *canvas.Rectangle) {
	at, end := r.Position(), r.Position().Add(r.Size())
	box := image.Rect(p.px(at.X), p.px(at.Y), p.px(end.X), p.px(end.Y))
	radius := float64(r.CornerRadius) * p.scale
	if line := p.px(r.StrokeWidth); line > 0 && nrgba(r.StrokeColor).A > 0 {
		p.fill(box, radius, nrgba(r.StrokeColor))
		box, radius = box.Inset(line), max(0, radius-float64(line))
		p.fill(box, radius, p.ground)
	}
	p.fill(box, radius, nrgba(r.FillColor))
}

func (p *sheetPainter) fill(box image.Rectangle, radius float64, colour color.NRGBA) {
	if radius > 0 {
		p.canvas.RoundRect(box, radius, colour)
	} else {
		p.canvas.Rect(box, colour)
	}
}

// text stands where Fyne would draw it: aligned within its size, and in the
// middle of a taller one.
func (p *sheetPainter) text(t *canvas.Text) {
	if t.Text == "" {
		return
	}
	font, size, room := Font(isBold(t)), float64(t.TextSize)*p.scale, t.Size()
	x, y := float64(t.Position().X)*p.scale, t.Position().Y
	switch free := float64(room.Width)*p.scale - font.Width(size, t.Text); t.Alignment {
	case fyne.TextAlignCenter:
		x += free / 2
	case fyne.TextAlignTrailing:
		x += free
	}
	metrics := font.Metrics(size)
	if high := float32((metrics.Ascent + metrics.Descent) / p.scale); room.Height > high {
		y += (room.Height - high) / 2
	}
	baseline := p.px(y) + int(math.Ceil(metrics.Ascent))
	p.canvas.Text(font, size, t.Text, int(math.Round(x)), baseline, nrgba(t.Color))
}

func nrgba(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

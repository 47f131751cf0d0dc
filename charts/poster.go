package charts

import (
	"fmt"
	"image"
	"image/draw"
	"io"
	"math"

	"openinterest/charts/canvas"
)

// Poster is a chart that is taken away, where nothing around it says what it is:
// it does itself.
type Poster struct {
	Request // of the chart, without the lines of text

	Title  string // what is shown, above it
	Span   string // from when to when, below that
	Source string // where it is from, and of when, at the bottom
}

// Mount is the rows of text around any picture that is taken away: those of a
// poster. Theme and Scale are the picture's.
type Mount struct {
	Theme Theme
	Scale float64

	Title, Span, Source string
}

// The rows of text, in units.
const (
	posterMargin = 12
	titleScale   = 1.35 // of the font's size
	posterGap    = 4
)

// posterRows is where the rows of text stand, in pixels.
type posterRows struct {
	above, below               int // the room above and below the picture
	title, span, source        int // baselines; title and span from the top, source from the picture's end
	size, titleSize, left, fit float64
}

// rows are those around a picture of a width.
func (m *Mount) rows(width int) posterRows {
	theme, scale := m.Theme, m.Scale
	r := posterRows{size: theme.FontSize * scale, titleSize: theme.FontSize * scale * titleScale, left: padding * scale}
	r.fit = float64(width) - 2*r.left
	big, small := theme.Font.Metrics(r.titleSize), theme.Font.Metrics(r.size)
	y := posterMargin * scale
	r.title = int(math.Round(y + big.Cap))
	y += math.Ceil(big.Line)
	r.span = int(math.Round(y + posterGap*scale + small.Cap))
	r.above = int(math.Ceil(y + posterGap*scale + small.Line))
	r.source = int(math.Round(posterGap*scale + small.Cap))
	r.below = int(math.Ceil(posterGap*scale + small.Line + (posterMargin-posterGap)*scale))
	return r
}

// write writes the rows around a picture that lies between two rows of the canvas.
func (m *Mount) write(c *canvas.Canvas, r posterRows, top, bottom int) {
	t := &m.Theme
	row := func(size float64, text string, y int, title bool) {
		colour := t.Axis
		if title {
			colour = t.Text
		}
		c.Text(t.Font, size, t.Font.Elide(size, text, r.fit), int(r.left), y, colour)
	}
	row(r.titleSize, m.Title, top-r.above+r.title, true)
	row(r.size, m.Span, top-r.above+r.span, false)
	row(r.size, m.Source, bottom+r.source, false)
}

// Image draws the picture with its rows.
func (m Mount) Image(picture *image.RGBA) *image.RGBA {
	m.Theme = m.Theme.complete()
	size := picture.Rect.Size()
	r := m.rows(size.X)
	c := canvas.New(size.X, r.above+size.Y+r.below, m.Theme.Background)
	draw.Draw(c.Image(), image.Rectangle{Max: size}.Add(image.Pt(0, r.above)), picture, picture.Rect.Min, draw.Src)
	m.write(c, r, r.above, r.above+size.Y)
	return c.Image()
}

// mount is the poster's rows.
func (p *Poster) mount() Mount {
	return Mount{Theme: p.Theme, Scale: p.Scale, Title: p.Title, Span: p.Span, Source: p.Source}
}

func (p *Poster) rows() posterRows {
	m := p.mount()
	return m.rows(p.Width)
}

// Image draws the poster. Width and Height are those of the chart on it.
func (p Poster) Image() (*image.RGBA, error) {
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("drawing a poster: %w", err)
	}
	picture, err := Draw(p.Request)
	if err != nil {
		return nil, err
	}
	return p.mount().Image(picture.Image), nil
}

// SVG writes the same as an SVG document, whose lengths are units.
func (p Poster) SVG(w io.Writer) error {
	if err := p.validate(); err != nil {
		return fmt.Errorf("drawing a poster: %w", err)
	}
	p.onto = &canvas.Canvas{}
	if _, err := Draw(p.Request); err != nil {
		return err
	}
	m, r := p.mount(), p.rows()
	m.write(p.onto, r, 0, p.Height)
	return p.onto.WriteSVG(w, image.Rect(0, -r.above, p.Width, p.Height+r.below), p.Scale)
}

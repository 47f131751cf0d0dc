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

// The rows of text, in units.
const (
	posterMargin = 12
	titleScale   = 1.35 // of the font's size
	posterGap    = 4
)

// layout is where the rows of a poster stand, in pixels.
type posterRows struct {
	above, below               int // the room above and below the chart
	title, span, source        int // baselines; title and span from the top, source from the chart's end
	size, titleSize, left, fit float64
}

func (p *Poster) rows() posterRows {
	theme, scale := p.Theme, p.Scale
	r := posterRows{size: theme.FontSize * scale, titleSize: theme.FontSize * scale * titleScale, left: padding * scale}
	r.fit = float64(p.Width) - 2*r.left
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

// write writes the rows around a chart whose top is at a row of the canvas.
func (p *Poster) write(c *canvas.Canvas, r posterRows, top int) {
	t := &p.Theme
	row := func(size float64, text string, y int, title bool) {
		colour := t.Axis
		if title {
			colour = t.Text
		}
		c.Text(t.Font, size, t.Font.Elide(size, text, r.fit), int(r.left), y, colour)
	}
	row(r.titleSize, p.Title, top-r.above+r.title, true)
	row(r.size, p.Span, top-r.above+r.span, false)
	row(r.size, p.Source, top+p.Height+r.source, false)
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
	r := p.rows()
	c := canvas.New(p.Width, r.above+p.Height+r.below, p.Theme.Background)
	draw.Draw(c.Image(), picture.Image.Rect.Add(image.Pt(0, r.above)), picture.Image, image.Point{}, draw.Src)
	p.write(c, r, r.above)
	return c.Image(), nil
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
	r := p.rows()
	p.write(p.onto, r, 0)
	return p.onto.WriteSVG(w, image.Rect(0, -r.above, p.Width, p.Height+r.below), p.Scale)
}

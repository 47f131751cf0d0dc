package canvas

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"
)

// A vector canvas writes down what is painted on it, as SVG, instead of painting
// pixels. SVG's coordinates are the borders of pixels, so that a point, whose
// integers lie in a pixel's middle, moves by half of one.
//
// Text stays text, which can be found and edited; it says how long it is, so that
// it keeps its room where the program's font is missing.
type vector struct {
	background color.NRGBA
	body, defs strings.Builder
	named      map[string]string // definitions by what they say: the name
}

// svgFonts are looked for in this order where the picture is shown.
const svgFonts = "'Open Interest Sans', Inter, 'Noto Sans', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

// NewVector returns a canvas of w × h pixels that WriteSVG can write.
func NewVector(w, h int, background color.NRGBA) *Canvas {
	return &Canvas{
		img:    &image.RGBA{Rect: image.Rect(0, 0, w, h), Stride: 4 * w},
		vector: &vector{background: background, named: map[string]string{}},
	}
}

// WriteSVG writes what was painted on a vector canvas. view is what is shown, in
// pixels; scale is how many of them make a unit of the document.
func (c *Canvas) WriteSVG(w io.Writer, view image.Rectangle, scale float64) error {
	v := c.vector
	if v == nil {
		return fmt.Errorf("writing a canvas as SVG: it has pixels alone")
	}
	_, err := fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="%d %d %d %d" font-family="%s" xml:space="preserve" style="font-variant-numeric: tabular-nums">
<defs>
%s</defs>
<rect x="%d" y="%d" width="%d" height="%d"%s/>
%s</svg>
`, number(float64(view.Dx())/scale), number(float64(view.Dy())/scale), view.Min.X, view.Min.Y, view.Dx(), view.Dy(), svgFonts,
		v.defs.String(), view.Min.X, view.Min.Y, view.Dx(), view.Dy(), paint("fill", v.background), v.body.String())
	if err != nil {
		return fmt.Errorf("writing a canvas as SVG: %w", err)
	}
	return nil
}

// add writes an element.
func (v *vector) add(format string, args ...any) {
	fmt.Fprintf(&v.body, format+"\n", args...)
}

// define writes a definition once and returns its name, for which NAME stands in it.
func (v *vector) define(kind, format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	name, there := v.named[text]
	if !there {
		name = kind + strconv.Itoa(len(v.named)+1)
		v.named[text] = name
		v.defs.WriteString(strings.Replace(text, "NAME", name, 1) + "\n")
	}
	return name
}

// number writes a coordinate as briefly as it can be drawn.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// at writes a point.
func at(x, y float64) string { return number(x+0.5) + " " + number(y+0.5) }

// paint is the attributes of a colour.
func paint(what string, c color.NRGBA) string {
	s := fmt.Sprintf(` %s="#%02x%02x%02x"`, what, c.R, c.G, c.B)
	if c.A < 255 {
		s += fmt.Sprintf(` %s-opacity="%s"`, what, strconv.FormatFloat(float64(c.A)/255, 'g', 3, 64))
	}
	return s
}

func (v *vector) rect(r image.Rectangle, radius float64, fill string) {
	if r.Empty() {
		return
	}
	round := ""
	if radius > 0 {
		round = ` rx="` + number(radius) + `"`
	}
	v.add(`<rect x="%d" y="%d" width="%d" height="%d"%s%s/>`, r.Min.X, r.Min.Y, r.Dx(), r.Dy(), round, fill)
}

func (v *vector) hatch(r image.Rectangle, apart int, col color.NRGBA) {
	name := v.define("hatch", `<pattern id="NAME" width="%d" height="%d" patternUnits="userSpaceOnUse"><path d="M0 %dL%d 0" fill="none"%s/></pattern>`,
		apart, apart, apart, apart, paint("stroke", col))
	v.rect(r, 0, ` fill="url(#`+name+`)"`)
}

func (v *vector) disc(x, y, radius float64, col color.NRGBA) {
	v.add(`<circle cx="%s" cy="%s" r="%s"%s/>`, number(x+0.5), number(y+0.5), number(radius), paint("fill", col))
}

func (v *vector) polygon(shapes [][]Point, col color.NRGBA) {
	var path strings.Builder
	for _, shape := range shapes {
		for i, p := range shape {
			path.WriteString(move(i == 0) + at(p.X, p.Y))
		}
		path.WriteString("Z")
	}
	v.add(`<path d="%s"%s/>`, path.String(), paint("fill", col))
}

// move is the command that begins a path, or continues it.
func move(begins bool) string {
	if begins {
		return "M"
	}
	return "L"
}

func (v *vector) text(size float64, text string, width float64, x, y int, col color.NRGBA) {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text)) // a builder never fails
	v.add(`<text x="%d" y="%d" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"%s>%s</text>`,
		x, y, number(size), number(width), paint("fill", col), escaped.String())
}

// strokes writes polylines, each after the area below it.
func (v *vector) strokes(clip image.Rectangle, strokes []Stroke) {
	for i := range strokes {
		s := &strokes[i]
		if s.Fill > 0 {
			v.below(clip, s)
		}
		path := polyline(s.Steps)
		if path == "" || s.Colour.A == 0 {
			continue
		}
		line := func(col color.NRGBA, within string) {
			v.add(`<path d="%s" fill="none" stroke-width="%s" stroke-linejoin="round" stroke-linecap="round"%s clip-path="url(#%s)"/>`,
				path, number(max(s.Width, 0.5)), paint("stroke", col), within)
		}
		if len(s.Dash) == 0 {
			line(s.Colour, v.clip(clip, nil))
			continue
		}
		faint := s.Colour
		faint.A = uint8(float64(faint.A)*gapOpacity + 0.5)
		line(faint, v.clip(clip, nil))
		line(s.Colour, v.clip(clip, s.Dash))
	}
}

// clip is the area of a rectangle, or of the dashes of a pattern in it: dashes
// have their lengths along x, and SVG's have them along the line.
func (v *vector) clip(r image.Rectangle, dash []float64) string {
	var path strings.Builder
	piece := func(x0, x1 float64) {
		fmt.Fprintf(&path, "M%s %dH%sV%dH%sZ", number(x0), r.Min.Y, number(x1), r.Max.Y, number(x0))
	}
	period := 0.0
	for _, d := range dash {
		period += max(d, 0)
	}
	if !(period >= 1) || math.IsInf(period, 0) {
		piece(float64(r.Min.X), float64(r.Max.X))
	} else {
		x := math.Floor(float64(r.Min.X)/period) * period
		for i := 0; x < float64(r.Max.X); i++ {
			end := x + max(dash[i%len(dash)], 0)
			if i%2 == 0 && end > float64(r.Min.X) {
				piece(max(x, float64(r.Min.X)), min(end, float64(r.Max.X)))
			}
			x = end
		}
	}
	return v.define("clip", `<clipPath id="NAME"><path d="%s"/></clipPath>`, path.String())
}

// polyline is the path of a thinned line: of a dense column, its whole height.
func polyline(steps []Step) string {
	var path strings.Builder
	for i := range steps {
		s := &steps[i]
		begins := i == 0 || s.Break
		path.WriteString(move(begins) + at(s.X, s.First))
		switch {
		case s.Dense:
			fmt.Fprintf(&path, "V%sV%sV%s", number(s.Top+0.5), number(s.Bottom+0.5), number(s.Last+0.5))
		case begins && (i+1 == len(steps) || steps[i+1].Break):
			path.WriteString("h0") // a point alone
		}
	}
	return path.String()
}

// below tints the area below a line.
func (v *vector) below(clip image.Rectangle, s *Stroke) {
	var path strings.Builder
	var begun, last float64
	for i := range s.Steps {
		step := &s.Steps[i]
		if i == 0 || step.Break {
			if i > 0 {
				fmt.Fprintf(&path, "L%s %dL%s %dZ", number(last), clip.Max.Y, number(begun), clip.Max.Y)
			}
			begun = step.X + 0.5
			path.WriteString("M" + at(step.X, step.First))
		}
		y := step.First
		if step.Dense {
			y = step.Bottom
		}
		path.WriteString("L" + at(step.X, y))
		last = step.X + 0.5
	}
	if path.Len() == 0 {
		return
	}
	fmt.Fprintf(&path, "L%s %dL%s %dZ", number(last), clip.Max.Y, number(begun), clip.Max.Y)
	col := s.Colour
	col.A = uint8(255*min(s.Fill, 1) + 0.5)
	top, bottom := paint("stop", col), col
	bottom.A = 0
	stop := func(attributes string) string { return strings.Replace(attributes, ` stop="`, ` stop-color="`, 1) }
	gradient := v.define("fade", `<linearGradient id="NAME" gradientUnits="userSpaceOnUse" x1="0" y1="%d" x2="0" y2="%d"><stop offset="0"%s/><stop offset="1"%s/></linearGradient>`,
		clip.Min.Y, clip.Max.Y, stop(top), stop(paint("stop", bottom)))
	v.add(`<path d="%s" fill="url(#%s)" clip-path="url(#%s)"/>`, path.String(), gradient, v.clip(clip, nil))
}

package charts

import (
	"image"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/wcharczuk/go-chart/v2"

	"openinterest/charts/canvas"
)

// The parts of the span of which nothing is known are hatched below the lines;
// over them stands why.

const (
	hatchApart = 9    // units
	blankTint  = 0.03 // of the text's colour, below the hatching
	blankHatch = 0.09
	mostRows   = 5 // of a reason
)

// blankBox is where a blank lies in the plot; empty where it is out of the span.
func (f *frame) blankBox(b *Blank) image.Rectangle {
	plot := f.picture.Plot
	column := func(ms int64) int {
		ms = max(f.req.From, min(f.req.To, ms))
		return int(math.Round(f.picture.X(ms)))
	}
	return image.Rect(column(b.From), plot.Min.Y, column(b.To), plot.Max.Y)
}

// drawBlanks hatches them; only our own renderer can.
func (f *frame) drawBlanks(r chart.Renderer) {
	own, ok := r.(*renderer)
	if !ok || f.skips() || !f.view.has(Left) && !f.view.has(Right) {
		return
	}
	text := f.req.Theme.Text
	for i := range f.req.Blanks {
		box := f.blankBox(&f.req.Blanks[i])
		own.canvas.Rect(box, fade(text, blankTint))
		own.canvas.Hatch(box, max(3, f.px(hatchApart)), fade(text, blankHatch))
	}
}

// drawReasons writes why they are blank.
func (f *frame) drawReasons(c *canvas.Canvas) {
	if !f.view.has(Left) && !f.view.has(Right) { // the message says it
		return
	}
	line := int(math.Ceil(f.metrics.Line))
	for i := range f.req.Blanks {
		b := &f.req.Blanks[i]
		box := f.blankBox(b)
		rows, ok := f.wrap(b.Text, float64(box.Dx()-2*f.px(padding)))
		if !ok || len(rows)*line > box.Dy() {
			continue
		}
		middle := float64(box.Min.X+box.Max.X) / 2
		for k, row := range rows {
			width := f.textWidth(row)
			y := f.baseline(float64(box.Min.Y+box.Max.Y)/2 + (float64(k)-float64(len(rows)-1)/2)*float64(line))
			x := int(math.Round(middle - width/2))
			c.Rect(image.Rect(x-f.px(3), y-int(f.metrics.Cap)-f.px(4), x+int(width)+f.px(3), y+f.px(5)), f.req.Theme.Background)
			c.Text(f.font, f.size, row, x, y, f.req.Theme.Axis)
		}
	}
}

// wrap breaks a sentence into rows no wider than width: between words, and
// between any two characters where there are no spaces. It reports whether it
// fits into a few.
func (f *frame) wrap(text string, width float64) (rows []string, ok bool) {
	rest := strings.TrimSpace(text)
	for rest != "" {
		n := 0 // bytes that fit
		space := -1
		for i, r := range rest {
			if r == ' ' {
				space = i
			}
			if end := i + utf8.RuneLen(r); f.textWidth(rest[:end]) <= width {
				n = end
				continue
			}
			break
		}
		switch {
		case n == 0 || len(rows) == mostRows:
			return nil, false
		case n < len(rest) && space > 0 && rest[n] != ' ':
			n = space
		case n < len(rest) && rest[n] < utf8.RuneSelf && rest[n] != ' ' && space <= 0 && rest[n-1] < utf8.RuneSelf:
			return nil, false // a word that is wider
		}
		rows = append(rows, strings.TrimSpace(rest[:n]))
		rest = strings.TrimSpace(rest[n:])
	}
	return rows, len(rows) > 0
}

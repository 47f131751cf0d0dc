package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/ui/look"
)

// boxForm is how closely the box of a measurement is set.
type boxForm struct {
	row, margin, gap float32 // height of a row; around everything; between columns
	text             float32 // size of the letters
	edge             bool    // it stands at the edge of the chart, not beside the span
}

// lowShare is the part of a chart's height from which on the box is made smaller.
const lowShare = 0.6

// form is as roomy as the chart's height allows. In a low chart the box is set closely,
// and stands at the edge that is farther from the span, where it covers the least of
// what is looked at.
func (s *selection) form(height float32) boxForm {
	roomy := boxForm{row: rowHeight, margin: boxMargin, gap: 16, text: look.SmallTextSize}
	if s.height(roomy) <= lowShare*height {
		return roomy
	}
	const most, least = 13, 10 // of a row
	close := boxForm{margin: 5, gap: 10, edge: true}
	fixed := s.height(close)
	close.row = max(least, min(most, (height-fixed)/float32(max(1, len(s.cells)))))
	close.text = min(look.SmallTextSize-1, close.row-2)
	return close
}

// height is that of the box in a form.
func (s *selection) height(f boxForm) float32 {
	h := 2*f.margin + float32(len(s.cells))*f.row
	if !s.marking {
		h += pillHeight + 4
	}
	return h
}

// layBox puts the box beside the band, where it leaves what is selected to be seen;
// over the middle of it where there is no room on either side.
func (s *selection) layBox(x0, x1, bottom float32, size fyne.Size) {
	f := s.form(size.Height)
	widths := s.columnWidths(f)
	width, height := 2*f.margin-f.gap, s.height(f)
	for _, w := range widths {
		width += w + f.gap
	}
	zoom, closing := s.zoom.MinSize(), s.close.MinSize()
	look.SetVisible(!s.marking, s.zoom, s.close)
	if !s.marking {
		width = max(width, 2*f.margin+zoom.Width+6+closing.Width)
	}
	left, top := boxLeft(x0, x1, width, size.Width, f.edge), max(0, bottom-height-6)
	if top+height > size.Height { // higher than the chart: what is first is seen
		top = 0
	}
	look.Place(s.box, left, top, width, height)
	y := top + f.margin
	for _, row := range s.cells {
		x := left + f.margin
		for k, t := range row {
			t.Alignment = fyne.TextAlignTrailing
			if k == 0 {
				t.Alignment = fyne.TextAlignLeading
			}
			look.Place(t, x, y, widths[k], f.row)
			x += widths[k] + f.gap
		}
		y += f.row
	}
	look.Place(s.zoom, left+f.margin, y+3, zoom.Width, pillHeight)
	look.Place(s.close, left+f.margin+zoom.Width+6, y+3, closing.Width, pillHeight)
}

// columnWidths gives the texts the size of the form, and measures their columns.
func (s *selection) columnWidths(f boxForm) (widths []float32) {
	for _, row := range s.cells {
		for k, t := range row {
			if t.TextSize != f.text {
				t.TextSize = f.text
				canvas.Refresh(t)
			}
			if k == len(widths) {
				widths = append(widths, 0)
			}
			widths[k] = max(widths[k], t.MinSize().Width)
		}
	}
	return widths
}

// boxLeft is where a box begins beside a span from x0 to x1 in a chart of a width: right
// of it, else left of it, else over its middle. At the edge, it is as far from the span as
// the chart allows.
func boxLeft(x0, x1, width, room float32, edge bool) float32 {
	const aside = 6
	right, left := x1+aside+width <= room, x0-aside-width >= 0
	switch {
	case edge && right && (room-x1 >= x0 || !left):
		return room - width
	case edge && left:
		return 0
	case right:
		return x1 + aside
	case left:
		return x0 - aside - width
	}
	return max(0, min((x0+x1-width)/2, room-width))
}

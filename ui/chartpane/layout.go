package chartpane

import (
	"fyne.io/fyne/v2"

	"openinterest/ui/look"
)

const (
	headerGap  float32 = 6 // between the parts of a header, which have room of their own at their ends
	headerWide float32 = 14
	headerRow  float32 = 22 // a strip's line may come near what is below it
	rowGap     float32 = 3
	edge       float32 = 10
)

// wrap places objects beside each other and goes to the next row where one
// doesn't fit. If all fit on one row, those from push on go to its right end.
type wrap struct {
	push int     // 0: none
	gap  float32 // between objects
	wide float32 // between objects where one row has room for it; 0: gap
	row  float32 // height of a row
}

// headerWrap is that of a pane's title and choices.
var headerWrap = wrap{push: 1, gap: headerGap, wide: headerWide, row: headerRow}

// place lays objects out at a width and returns the height they take.
func (l wrap) place(objects []fyne.CanvasObject, width float32, move bool) float32 {
	total, gaps := float32(0), float32(-1)
	for _, o := range objects {
		if o.Visible() {
			total += o.MinSize().Width
			gaps++
		}
	}
	if gaps < 0 {
		return 0
	}
	gap, spare := l.gap, width-total-gaps*l.gap
	if wider := min(l.wide-l.gap, spare/max(1, gaps)); wider > 0 {
		gap += wider
		spare -= gaps * wider
	}
	x, y, pushed := float32(0), float32(0), l.push == 0 || spare < 0
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		size := o.MinSize()
		if !pushed && i >= l.push {
			x, pushed = x+spare, true
		}
		if x > 0 && x+size.Width > width+0.5 {
			x, y = 0, y+l.row+rowGap
		}
		if move {
			o.Move(fyne.NewPos(x, y+(l.row-size.Height)/2))
			o.Resize(size)
		}
		x += size.Width + gap
	}
	return y + l.row
}

// MinSize is that of the widest object; the height depends on the width, which
// paneLayout knows.
func (l wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// Layout implements fyne.Layout.
func (l wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.place(objects, size.Width, true)
}

// row is a layout whose height follows from its width.
type row interface {
	place(objects []fyne.CanvasObject, width float32, move bool) (height float32)
}

// oneLine gives its only object a line as wide as there is room.
type oneLine struct{}

func (oneLine) place(objects []fyne.CanvasObject, width float32, move bool) float32 {
	height := objects[0].MinSize().Height
	if move {
		look.Place(objects[0], 0, 0, width, height)
	}
	return height
}

// MinSize implements fyne.Layout.
func (oneLine) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// Layout implements fyne.Layout.
func (l oneLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.place(objects, size.Width, true)
}

// paneLayout stacks header, legend, chart and notes; the chart takes what is left.
type paneLayout struct{}

// The parts of a pane, in order.
const (
	partHeader = iota
	partLegend
	partChart
	partNotes
)

// MinSize leaves the chart enough to be read.
func (paneLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	header := objects[partHeader].MinSize()
	return fyne.NewSize(max(header.Width, 240)+2*edge, header.Height+130)
}

// Layout implements fyne.Layout.
func (paneLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := size.Width - 2*edge
	y := float32(6)
	for _, part := range []int{partHeader, partLegend} {
		c := objects[part].(*fyne.Container)
		h := c.Layout.(row).place(c.Objects, width, false)
		look.Place(c, edge, y, width, h)
		if h > 0 {
			y += h + 5
		}
	}
	notes := objects[partNotes]
	below := float32(0)
	if c := notes.(*fyne.Container); len(c.Objects) > 0 {
		below = notes.MinSize().Height
	}
	look.Place(notes, edge, size.Height-below, width, below)
	look.Place(objects[partChart], 4, y, size.Width-8, max(0, size.Height-y-below))
}

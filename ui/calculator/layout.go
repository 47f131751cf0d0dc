package calculator

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// row is what something is called, and beside it a control or an answer; below
// both a sentence, where something is wrong.
type row struct {
	*fyne.Container
	caption *widget.Label
	answer  *widget.Label // nil: it is a control
	wrong   *widget.Label
}

func newRow(name string, o fyne.CanvasObject) *row {
	r := &row{caption: quiet(name), wrong: wrapped(widget.WarningImportance)}
	r.caption.Truncation = fyne.TextTruncateEllipsis
	r.answer, _ = o.(*widget.Label)
	r.wrong.Hide()
	r.Container = container.New(rowLayout{r.answer == nil}, r.caption, o, r.wrong)
	return r
}

func (r *row) name(text string) {
	if r.caption.Text != text {
		r.caption.SetText(text)
	}
}

func (r *row) set(text string) {
	if r.answer.Text != text {
		r.answer.SetText(text)
	}
}

// field is a row with something to type into.
type field struct {
	row   *row
	entry *look.Prompt
}

func newField(name, hint string, escape func()) *field {
	f := &field{entry: look.NewPrompt(hint, func() {}, escape)}
	f.row = newRow(name, f.entry)
	return f
}

// complain says below the field what is wrong with it; nothing for an empty text.
func (f *field) complain(sentence string) {
	if f.row.wrong.Text != sentence {
		f.row.wrong.SetText(sentence)
	}
	look.SetVisible(sentence != "", f.row.wrong)
}

func quiet(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

func answer() *widget.Label {
	l := widget.NewLabel("")
	l.Alignment, l.Truncation, l.Selectable = fyne.TextAlignTrailing, fyne.TextTruncateEllipsis, false
	return l
}

func wrapped(i widget.Importance) *widget.Label {
	l := widget.NewLabel("")
	l.Wrapping, l.Importance = fyne.TextWrapWord, i
	return l
}

// rowLayout gives the name a share of the width: of a control the same in all rows, so
// that they stand in line; beside an answer as much as it needs, up to that.
type rowLayout struct{ control bool }

const (
	nameShare  = 0.46
	mostName   = 0.62
	rowLeast   = 200
	wrongLower = 8 // the sentence stands closer to its field than Fyne's padding has it
)

// MinSize is that at the width that the sentence has.
func (l rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := max(objects[0].MinSize().Height, objects[1].MinSize().Height)
	if objects[2].Visible() {
		height += objects[2].MinSize().Height - wrongLower
	}
	return fyne.NewSize(rowLeast, height)
}

// Layout places the three.
func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width * nameShare
	if !l.control {
		name := objects[0].(*widget.Label) // whose own least width is that of an ellipsis
		left = min(size.Width*mostName, widget.NewLabel(name.Text).MinSize().Width+2)
	}
	height := max(objects[0].MinSize().Height, objects[1].MinSize().Height)
	least := objects[0].MinSize().Height
	look.Place(objects[0], 0, (height-least)/2, left, least)
	look.Place(objects[1], left, (height-objects[1].MinSize().Height)/2, size.Width-left, objects[1].MinSize().Height)
	objects[2].Resize(fyne.NewSize(size.Width, objects[2].MinSize().Height)) // it wraps at this width
	look.Place(objects[2], 0, height-wrongLower/2, size.Width, objects[2].MinSize().Height)
}

// flow puts the form and what follows from it beside each other, or where there is
// no room for that, below each other. Texts that wrap are as high as they need to
// be at the width there is.
type flow struct {
	box     *fyne.Container
	columns [2][]fyne.CanvasObject
	width   float32 // that it was laid out for
	height  float32 // that it needs there
}

const (
	columnGap   float32 = 24
	leastColumn float32 = 290
	flowGap     float32 = 2
	edge        float32 = 12 // right, where the scroll bar is
)

func newFlow(form, results []fyne.CanvasObject) *flow {
	f := &flow{columns: [2][]fyne.CanvasObject{form, results}}
	f.box = container.New(f)
	f.box.Objects = append(append(f.box.Objects, form...), results...)
	return f
}

// Refresh lays everything out anew, for other texts.
func (f *flow) Refresh() {
	f.width = 0
	f.box.Refresh()
	if size := f.box.Size(); size.Width > 0 {
		f.Layout(nil, size)
	}
}

// MinSize is the height that the width needs.
func (f *flow) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastColumn, max(f.height, 200))
}

// Layout places everything, and makes the box as high as it needs.
func (f *flow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	wide := size.Width >= 2*leastColumn+columnGap+edge
	width := size.Width - edge
	if wide {
		width = (size.Width - edge - columnGap) / 2
	}
	height := f.column(f.columns[0], 0, 0, width)
	if wide {
		height = max(height, f.column(f.columns[1], width+columnGap, 0, width))
	} else {
		height = f.column(f.columns[1], 0, height+columnGap/2, width)
	}
	f.height = height
	if f.width != size.Width {
		f.width = size.Width
		if size.Height < height {
			f.box.Resize(fyne.NewSize(size.Width, height))
		}
	}
}

// column places objects below each other and returns where they end.
func (f *flow) column(objects []fyne.CanvasObject, x, y, width float32) float32 {
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
		height := o.MinSize().Height // at this width
		look.Place(o, x, y, width, height)
		y += height + flowGap
	}
	return y
}

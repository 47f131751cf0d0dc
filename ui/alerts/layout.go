package alerts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/data/alert"
	"openinterest/ui/look"
)

// line is a line of a rule in the list: what may be cut where there is too little room,
// and what stays, such as a threshold.
type line struct{ head, tail string }

// lines writes a rule: its name and what it tells of, then each of its conditions.
func (s *Sayer) lines(r *alert.Rule) []line {
	first := line{head: s.trigger(r)}
	if r.Column != "" {
		first = s.split(r)
	}
	if r.Name != "" {
		first = line{head: r.Name, tail: s.w.T("table.colon") + first.head + first.tail}
		if r.Column != "" {
			first.tail = s.w.T("table.colon") + s.trigger(r)
		}
	}
	all := []line{first}
	for i := range r.Where {
		all = append(all, line{tail: s.where(r.Where[i : i+1])})
	}
	return all
}

// split parts a threshold after the column's name, which may be cut.
func (s *Sayer) split(r *alert.Rule) line {
	text, name := s.trigger(r), s.column(r.Column)
	if len(text) > len(name) && text[:len(name)] == name {
		return line{head: name, tail: text[len(name):]}
	}
	return line{tail: text} // a language that begins with something else
}

// ruleTitle is a line of a rule: its head is cut before its tail is.
func ruleTitle(head, tail string, off bool) fyne.CanvasObject {
	first, last := widget.NewLabel(head), widget.NewLabel(tail)
	first.Truncation = fyne.TextTruncateEllipsis
	if off {
		first.Importance, last.Importance = widget.LowImportance, widget.LowImportance
	}
	return container.New(headAndTail{head}, first, last)
}

// headAndTail puts two labels beside each other as one text. The first is cut where
// there is too little room.
type headAndTail struct{ head string }

// MinSize is that of the tail.
func (h headAndTail) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(min(160, objects[1].MinSize().Width), objects[1].MinSize().Height)
}

// Layout gives the tail what it needs, and the head what is left.
func (h headAndTail) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	inner := theme.InnerPadding()
	tail := objects[1].MinSize()
	head := float32(0)
	if h.head != "" {
		head = min(look.MeasureText(h.head, theme.TextSize(), false).Width+2, max(0, size.Width-tail.Width))
	}
	objects[0].Resize(fyne.NewSize(head+2*inner, tail.Height))
	objects[1].Move(fyne.NewPos(head, 0))
	objects[1].Resize(tail)
}

// halves puts two sides beside each other, the first a little narrower, with a
// line between them.
type halves struct{}

const (
	leftShare = 0.42
	leftLeast = 400
	sideGap   = 8
)

// MinSize is small: both sides scroll.
func (halves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 120) }

// Layout places the sides.
func (halves) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := min(size.Width*0.6, max(leftLeast, size.Width*leftShare))
	height := size.Height
	objects[0].Move(fyne.NewPos(sideGap, 0))
	objects[0].Resize(fyne.NewSize(left-2*sideGap, height))
	objects[1].Move(fyne.NewPos(left, 0))
	objects[1].Resize(fyne.NewSize(look.Hairline, height))
	objects[2].Move(fyne.NewPos(left+sideGap, 0))
	objects[2].Resize(fyne.NewSize(max(0, size.Width-left-2*sideGap), height))
}

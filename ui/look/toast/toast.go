// Package toast tells in one line, at the bottom of the window, what a key or a
// click has just done, or why it did not. A toast goes by itself after some
// seconds; the newest replaces the one before, so there is never a queue to wait
// for. It may carry one action, such as to undo what was done.
//
// Anything that has to be read, or that is wrong for longer, is the status bar's.
package toast

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// Toast is what is told.
type Toast struct {
	Text    string
	Warning bool // it was not done

	Action string // a button's label, such as "Undo"; empty: none
	Do     func() // what the button does; the toast then goes
}

// How long a toast stays; longer where there is something to decide.
const (
	Stays       = 4 * time.Second
	StaysToUndo = 8 * time.Second
)

const (
	aboveBottom float32 = 44 // clear of the status bar
	side        float32 = 12 // left and right of the words
	height      float32 = 34
	margin      float32 = 8 // to the window's edges
)

// Layer is the place over a window's content where toasts appear. All its methods
// belong to the UI's goroutine.
type Layer struct {
	clock   tip.Clock
	objects *fyne.Container
	cancel  func() // the timer; nil: no toast is shown
	shown   Toast
}

// New returns a layer with nothing on it.
func New(clock tip.Clock) *Layer {
	l := &Layer{clock: clock}
	l.objects = container.New(bottom{})
	return l
}

// Object lies over the window's content. It takes no clicks but on a toast.
func (l *Layer) Object() fyne.CanvasObject { return l.objects }

// Shown is what is told now; the zero Toast when nothing is.
func (l *Layer) Shown() Toast { return l.shown }

// Show replaces whatever is shown.
func (l *Layer) Show(t Toast) {
	l.Dismiss()
	if t.Text == "" {
		return
	}
	l.shown = t
	l.objects.Objects = []fyne.CanvasObject{l.bar(t)}
	l.objects.Refresh()
	stays := Stays
	if t.Action != "" {
		stays = StaysToUndo
	}
	l.cancel = l.clock.After(stays, func() { l.Dismiss() })
}

// Dismiss takes the toast away; it reports whether there was one.
func (l *Layer) Dismiss() bool {
	if l.cancel == nil {
		return false
	}
	l.cancel()
	l.cancel, l.shown = nil, Toast{}
	l.objects.Objects = nil
	l.objects.Refresh()
	return true
}

// bar draws a toast.
func (l *Layer) bar(t Toast) fyne.CanvasObject {
	p := look.Current()
	ground := canvas.NewRectangle(p.Overlay)
	ground.CornerRadius, ground.StrokeWidth, ground.StrokeColor = 5, look.Hairline, p.Outline
	text := canvas.NewText(t.Text, p.Text)
	if t.Warning {
		text.Color = p.Warning
	}
	text.TextSize = look.TextSize
	look.SetFont(text, false)
	line := []fyne.CanvasObject{text}
	if t.Action != "" {
		action := widget.NewButton(t.Action, func() {
			l.Dismiss()
			if t.Do != nil {
				t.Do()
			}
		})
		action.Importance = widget.LowImportance
		line = append(line, action)
	}
	return container.NewStack(ground, container.New(row{t.Text}, line...))
}

// row puts the words and the action beside each other, in the middle of the
// height. Words that are too long for the window end in "…".
type row struct{ words string }

// MinSize is that of one line.
func (r row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := side + look.MeasureText(r.words, look.TextSize, false).Width + side
	for _, o := range objects[1:] {
		width += o.MinSize().Width + side
	}
	return fyne.NewSize(width, height)
}

// Layout gives the words what the action leaves.
func (r row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	right := size.Width - side
	for i := len(objects) - 1; i > 0; i-- {
		least := objects[i].MinSize()
		objects[i].Resize(least)
		objects[i].Move(fyne.NewPos(right-least.Width+side/2, (size.Height-least.Height)/2))
		right -= least.Width + side
	}
	text := objects[0].(*canvas.Text)
	text.Text = r.words
	for words := []rune(r.words); len(words) > 0 && text.MinSize().Width > right-side+0.5; {
		words = words[:len(words)-1]
		text.Text = string(words) + "…"
	}
	least := objects[0].MinSize()
	objects[0].Resize(least)
	objects[0].Move(fyne.NewPos(side, (size.Height-least.Height)/2))
}

// bottom puts a toast at the bottom of the window, in the middle.
type bottom struct{}

// MinSize is none: the layer never makes a window larger.
func (bottom) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout keeps the toast inside the window.
func (bottom) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		least := o.MinSize()
		width := min(least.Width, size.Width-2*margin)
		o.Resize(fyne.NewSize(width, least.Height))
		o.Move(fyne.NewPos((size.Width-width)/2, max(0, size.Height-least.Height-aboveBottom)))
	}
}

// Package tip is the tooltip of everything that the program draws by itself:
// a title, facts in two columns, paragraphs and a footer, shown beside the
// pointer after a moment's rest.
//
// Stock widgets use github.com/dweymouth/fyne-tooltip. Its tooltip is one text
// in one style, as wide as all its lines together up to 600 pixels, and is
// bound to a widget; a row of the table needs one tooltip a cell, with figures
// that line up. Both live in the same place above the window: Layer.Over.
package tip

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetooltip "github.com/dweymouth/fyne-tooltip"
)

// Content is what a tooltip says. Every part may be absent.
type Content struct {
	Title      string
	Facts      []Fact
	Paragraphs []Paragraph
	Footer     string // where more can be read
	OnFooter   func() // the footer is a link that does this; nil: it is none
}

// Fact is a line with a label and a value; values line up. Beside is a second
// value to compare with the first: what is now beside what was. A detail goes
// first where there is no room.
type Fact struct {
	Label, Value, Beside string
	Detail               bool
}

// Paragraph is a text that wraps, under a heading if it has one.
type Paragraph struct {
	Heading, Text string
	Warning       bool // in the colour of warnings
	Quiet         bool // small and muted: remarks
}

// Empty reports whether there is nothing to show.
func (c Content) Empty() bool {
	return c.Title == "" && len(c.Facts) == 0 && len(c.Paragraphs) == 0 && c.Footer == ""
}

// Texts returns everything the tooltip says, in reading order.
func (c Content) Texts() []string {
	var all []string
	add := func(texts ...string) {
		for _, s := range texts {
			if s != "" {
				all = append(all, s)
			}
		}
	}
	add(c.Title)
	for _, f := range c.Facts {
		add(f.Label, f.Value, f.Beside)
	}
	for _, p := range c.Paragraphs {
		add(p.Heading, p.Text)
	}
	add(c.Footer)
	return all
}

// How long the pointer rests before a tooltip appears; less when one was there
// a moment ago, since the person is reading along.
const (
	firstDelay = 500 * time.Millisecond
	nextDelay  = 120 * time.Millisecond
	recently   = 1200 * time.Millisecond

	// A tooltip with a link can be reached: it makes way only after the pointer was
	// on its way over it so long, and stays a little when what it is about was left.
	crossing = 600 * time.Millisecond
	leaving  = 400 * time.Millisecond
)

// Clock is what a layer needs to know of time.
type Clock struct {
	Now   func() time.Time
	After func(time.Duration, func()) (cancel func()) // calls on the UI's goroutine
}

// SystemClock is the clock of the running program: callbacks are handed to
// dispatch, which runs them on the UI's goroutine.
func SystemClock(dispatch func(func())) Clock {
	return Clock{
		Now: time.Now,
		After: func(d time.Duration, f func()) func() {
			timer := time.AfterFunc(d, func() { dispatch(f) })
			return func() { timer.Stop() }
		},
	}
}

// Layer is the place above a window's content where tooltips appear. All its
// methods belong to the UI's goroutine.
type Layer struct {
	clock   Clock
	objects *fyne.Container

	avoid   Box // what is not to be covered
	key     any // what the pointer is on, or was when the tooltip came; nil: nothing that has one
	next    any // what the pointer crosses on its way to the link; nil: nothing
	at      fyne.Position
	cancel  func()
	shown   *bubble
	content Content
	hidden  time.Time // when the last tooltip went away
}

// NewLayer returns a layer with nothing on it.
func NewLayer(clock Clock) *Layer {
	return &Layer{clock: clock, objects: container.NewWithoutLayout()}
}

// Over puts the layer, and the one of fyne-tooltip, above a window's content.
func (l *Layer) Over(content fyne.CanvasObject, c fyne.Canvas) fyne.CanvasObject {
	return container.NewStack(fynetooltip.AddWindowToolTipLayer(content, c), l.objects)
}

// Point says that the pointer is at an absolute position, on the thing that
// key names. make is asked for the content only if the pointer stays there. What
// it says is cut to MaxLines; Show shows all of it.
func (l *Layer) Point(key any, at fyne.Position, make func() Content) {
	l.PointBeside(key, at, Box{}, make)
}

// Box is a part of the window, at an absolute position.
type Box struct {
	Position fyne.Position
	Size     fyne.Size
}

// covered is how much of a box another one covers.
func (b Box) covered(by Box) float32 {
	end, other := b.Position.Add(b.Size), by.Position.Add(by.Size)
	width := min(end.X, other.X) - max(b.Position.X, by.Position.X)
	height := min(end.Y, other.Y) - max(b.Position.Y, by.Position.Y)
	return max(0, width) * max(0, height)
}

// PointBeside is Point where the tooltip must not cover a box, which follows the
// pointer: the read-out of a chart.
func (l *Layer) PointBeside(key any, at fyne.Position, avoid Box, make func() Content) {
	l.at, l.avoid = at, avoid
	if key == l.key && l.shown != nil && avoid.covered(Box{l.shown.Position().Add(l.origin()), l.shown.Size()}) > 0 {
		l.place()
	}
	switch {
	case key == l.key:
		if l.next != nil { // back from the way to the link
			l.stop()
		}
	case l.linked() && l.shown.reaches(at):
		if key != l.next {
			l.stop()
			l.next = key
			l.cancel = l.clock.After(crossing, func() { l.Show(key, l.at, make().Brief()) })
		}
	default:
		wait := firstDelay
		if l.shown != nil || l.clock.Now().Sub(l.hidden) < recently {
			wait = nextDelay
		}
		l.Leave()
		l.key = key
		l.cancel = l.clock.After(wait, func() {
			if l.key == key {
				l.Show(key, l.at, make().Brief())
			}
		})
	}
}

// Show shows content at once, until the pointer points at something else.
func (l *Layer) Show(key any, at fyne.Position, content Content) {
	l.ShowBeside(key, at, l.avoid, content)
}

// ShowBeside is Show where the tooltip must not cover a box: the cell that a key asked
// about.
func (l *Layer) ShowBeside(key any, at fyne.Position, avoid Box, content Content) {
	l.Leave()
	l.avoid = avoid
	if content.Empty() {
		return
	}
	l.key, l.at, l.content = key, at, content
	l.shown = newBubble(content, l)
	l.shown.from = at
	l.objects.Objects = []fyne.CanvasObject{l.shown}
	l.place()
	l.objects.Refresh()
}

// Out says that the pointer left what it was on. A tooltip with a link stays a
// little, so that the link can be reached.
func (l *Layer) Out() {
	if !l.linked() {
		l.Leave()
		return
	}
	l.stop()
	l.cancel = l.clock.After(leaving, l.Leave)
}

// Leave takes the tooltip away at once, and forgets the one that was to come:
// something was clicked or typed, or what it was about is no longer there.
func (l *Layer) Leave() {
	l.stop()
	l.key = nil
	if l.shown == nil {
		return
	}
	l.shown, l.content, l.hidden = nil, Content{}, l.clock.Now()
	l.objects.Objects = nil
	l.objects.Refresh()
}

// stop ends what is to happen later.
func (l *Layer) stop() {
	if l.cancel != nil {
		l.cancel()
	}
	l.cancel, l.next = nil, nil
}

// linked reports whether a tooltip is shown that has a link.
func (l *Layer) linked() bool { return l.shown != nil && l.content.OnFooter != nil }

// Key is what the tooltip on screen is about, as whoever showed it named it; nil
// when none is.
func (l *Layer) Key() any {
	if l.shown == nil {
		return nil
	}
	return l.key
}

// Shown returns what is on screen now; empty when nothing is.
func (l *Layer) Shown() Content { return l.content }

// The tooltip's distance from the pointer and from the window's edges.
const (
	below  float32 = 20
	above  float32 = 8
	margin float32 = 6
)

// origin is where the layer is in the window.
func (l *Layer) origin() fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(l.objects)
}

// place moves the tooltip below the pointer, or above it where there is no room,
// and always inside the window. Where it would cover what is to be avoided, it goes
// to the pointer's other side, or beside that.
func (l *Layer) place() {
	size := l.shown.MinSize()
	l.shown.Resize(size)
	at, room := l.at.Subtract(l.origin()), l.objects.Size()
	avoid := Box{l.avoid.Position.Subtract(l.origin()), l.avoid.Size}
	inside := func(x, y float32) fyne.Position {
		return fyne.NewPos(max(margin, min(x, room.Width-size.Width-margin)), max(margin, min(y, room.Height-size.Height-margin)))
	}
	under, over := at.Y+below, at.Y-above-size.Height
	if under+size.Height > room.Height-margin {
		under, over = over, under
	}
	left, right := at.X-4-size.Width, at.X+4
	beyond := avoid.Position.Add(avoid.Size)
	places := []fyne.Position{
		inside(right, under), inside(left, under), inside(right, over), inside(left, over),
		inside(right, beyond.Y+margin), inside(right, avoid.Position.Y-margin-size.Height),
		inside(beyond.X+margin, under), inside(avoid.Position.X-margin-size.Width, under),
	}
	best, least := places[0], avoid.covered(Box{places[0], size})
	for _, p := range places[1:] {
		if covered := avoid.covered(Box{p, size}); covered < least {
			best, least = p, covered
		}
	}
	l.shown.above = best.Y < at.Y
	l.shown.Move(best)
}

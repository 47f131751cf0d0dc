package toast

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// hand is a clock that moves when told.
type hand struct {
	now  time.Time
	due  time.Time
	call func()
}

func (h *hand) clock() tip.Clock {
	return tip.Clock{Now: func() time.Time { return h.now }, After: func(d time.Duration, call func()) func() {
		h.due, h.call = h.now.Add(d), call
		return func() { h.call = nil }
	}}
}

func (h *hand) pass(d time.Duration) {
	if h.now = h.now.Add(d); h.call != nil && !h.due.After(h.now) {
		call := h.call
		h.call = nil
		call()
	}
}

func open(t *testing.T) (*Layer, *hand, fyne.Window) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	clock := &hand{now: time.Date(2025, 6, 17, 0, 0, 0, 0, time.UTC)}
	l := New(clock.clock())
	w := test.NewTempWindow(t, nil)
	w.SetPadded(false)
	w.SetContent(container.NewStack(canvas.NewRectangle(nil), l.Object()))
	w.Resize(fyne.NewSize(600, 300))
	return l, clock, w
}

func TestAToastGoesByItself(t *testing.T) {
	l, clock, _ := open(t)
	l.Show(Toast{Text: "done"})
	clock.pass(Stays - time.Millisecond)
	if l.Shown().Text != "done" {
		t.Fatal("gone before anybody could read it")
	}
	clock.pass(time.Millisecond)
	if l.Shown().Text != "" || len(l.objects.Objects) != 0 {
		t.Error("it stays")
	}
	if l.Dismiss() {
		t.Error("there was nothing to dismiss")
	}
}

func TestTheNewestReplacesAndStaysItsOwnTime(t *testing.T) {
	l, clock, _ := open(t)
	l.Show(Toast{Text: "first"})
	clock.pass(Stays - time.Second)
	l.Show(Toast{Text: "second"})
	clock.pass(2 * time.Second)
	if l.Shown().Text != "second" {
		t.Errorf("shown is %q", l.Shown().Text)
	}
}

func TestAnActionCanBeClickedOnce(t *testing.T) {
	l, clock, w := open(t)
	undone := 0
	l.Show(Toast{Text: "removed", Action: "Undo", Do: func() { undone++ }})
	clock.pass(Stays + time.Second)
	button := l.objects.Objects[0].(*fyne.Container).Objects[1].(*fyne.Container).Objects[1].(*widget.Button)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(button).AddXY(button.Size().Width/2, button.Size().Height/2)
	test.TapCanvas(w.Canvas(), at)
	if undone != 1 || l.Shown().Text != "" {
		t.Errorf("undone %d times, shown is %q", undone, l.Shown().Text)
	}
}

func TestAToastStaysInsideTheWindow(t *testing.T) {
	l, _, w := open(t)
	for _, text := range []string{"short", "a sentence that is by far too long for a window of this width, so that it would reach over both of its edges, and further"} {
		l.Show(Toast{Text: text, Warning: true, Action: "Undo"})
		bar := l.objects.Objects[0]
		room := w.Canvas().Size()
		if at, size := bar.Position(), bar.Size(); at.X < 0 || at.X+size.Width > room.Width || at.Y < room.Height/2 || at.Y+size.Height > room.Height {
			t.Errorf("%q is at %v, %v in %v", text, at, size, room)
		}
		words := bar.(*fyne.Container).Objects[1].(*fyne.Container).Objects[0].(*canvas.Text)
		if words.Position().X+words.MinSize().Width > bar.Size().Width {
			t.Errorf("%q reaches over the toast's edge", words.Text)
		}
	}
}

package firststart

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/look"
)

// tour shows two steps in a window of a size; at is where the first one's place is.
func tour(t *testing.T, room fyne.Size, at Place, done func()) *Tour {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	elsewhere := func() (fyne.Position, fyne.Size, bool) { return fyne.NewPos(10, 10), fyne.NewSize(20, 20), true }
	text := "A sentence that is long enough to need a second line in a note, which is narrow."
	r := New(Options{Words: assets.NewWords(assets.English), OnDone: done, Steps: []Step{{"First", text, at}, {"Second", text, elsewhere}}})
	w := test.NewTempWindow(t, r.Object())
	w.SetPadded(false)
	w.Resize(room)
	return r
}

func TestTheNoteStaysInTheWindowAndOffItsPlace(t *testing.T) {
	room := fyne.NewSize(1000, 640)
	for name, c := range map[string]struct {
		at   fyne.Position
		size fyne.Size
	}{
		"top left":     {fyne.NewPos(0, 0), fyne.NewSize(26, 26)},
		"bottom right": {fyne.NewPos(960, 610), fyne.NewSize(40, 30)},
		"middle":       {fyne.NewPos(480, 300), fyne.NewSize(60, 26)},
	} {
		r := tour(t, room, func() (fyne.Position, fyne.Size, bool) { return c.at, c.size, true }, func() {})
		at, size := r.note.object.Position(), r.note.object.Size()
		if at.X < 0 || at.Y < 0 || at.X+size.Width > room.Width || at.Y+size.Height > room.Height {
			t.Errorf("%s: the note leaves the window: %v, %v", name, at, size)
		}
		if at.Y < c.at.Y+c.size.Height && c.at.Y < at.Y+size.Height {
			t.Errorf("%s: the note covers its place: %v, %v", name, at, size)
		}
		if disc := r.marks[0].disc; disc.Position().X < 0 || disc.Position().X+disc.Size().Width > room.Width {
			t.Errorf("%s: the number leaves the window", name)
		}
		if !r.line.Visible() || r.marks[0].edge.Position() != c.at {
			t.Errorf("%s: nothing leads from the note to its place", name)
		}
	}
}

func TestAPlaceOutOfSightHasNoMark(t *testing.T) {
	room := fyne.NewSize(1000, 640)
	r := tour(t, room, func() (fyne.Position, fyne.Size, bool) { return fyne.Position{}, fyne.Size{}, false }, func() {})
	if r.line.Visible() || r.marks[0].edge.Visible() {
		t.Error("a mark points at nothing")
	}
	if at := r.note.object.Position(); at.X < 300 || at.Y < 200 {
		t.Errorf("the note is not in the middle: %v", at)
	}
}

func TestATourEndsOnce(t *testing.T) {
	ended := 0
	r := tour(t, fyne.NewSize(800, 600), func() (fyne.Position, fyne.Size, bool) { return fyne.NewPos(9, 9), fyne.NewSize(9, 9), true }, func() { ended++ })
	r.note.next.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnter})
	if ended != 0 || r.at != 1 {
		t.Fatalf("at step %d, ended %d times", r.at, ended)
	}
	r.note.next.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if again := r.Skip(); again || ended != 1 || !r.Over() {
		t.Errorf("ended %d times", ended)
	}
	r.Follow() // snapshots come on
}

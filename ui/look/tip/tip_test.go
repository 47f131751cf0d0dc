package tip

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"openinterest/ui/look"
)

// fakeTime is a clock that moves when told.
type fakeTime struct {
	now   time.Time
	due   time.Time
	call  func()
	waits []time.Duration
}

func (f *fakeTime) clock() Clock {
	return Clock{
		Now: func() time.Time { return f.now },
		After: func(d time.Duration, call func()) func() {
			f.due, f.call, f.waits = f.now.Add(d), call, append(f.waits, d)
			return func() { f.call = nil }
		},
	}
}

func (f *fakeTime) pass(d time.Duration) {
	f.now = f.now.Add(d)
	if f.call != nil && !f.due.After(f.now) {
		call := f.call
		f.call = nil
		call()
	}
}

func open(t *testing.T) (*Layer, *fakeTime, fyne.Window) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Dark, false))
	clock := &fakeTime{now: time.Date(2025, 6, 17, 0, 0, 0, 0, time.UTC)}
	l := NewLayer(clock.clock())
	w := test.NewTempWindow(t, nil)
	w.SetPadded(false)
	w.SetContent(l.Over(canvas.NewRectangle(nil), w.Canvas()))
	w.Resize(fyne.NewSize(500, 300))
	return l, clock, w
}

func say(s string) func() Content { return func() Content { return Content{Title: s} } }

func TestATooltipComesAfterAMomentsRest(t *testing.T) {
	l, clock, _ := open(t)
	l.Point("a", fyne.NewPos(10, 10), say("A"))
	clock.pass(firstDelay - time.Millisecond)
	if !l.Shown().Empty() {
		t.Error("shown too early")
	}
	l.Point("a", fyne.NewPos(12, 10), say("A")) // still on the same thing
	clock.pass(time.Millisecond)
	if l.Shown().Title != "A" {
		t.Errorf("shown: %+v", l.Shown())
	}
	l.Point("b", fyne.NewPos(40, 10), say("B"))
	if !l.Shown().Empty() {
		t.Error("the old one stays while the pointer is on something else")
	}
	clock.pass(nextDelay)
	if l.Shown().Title != "B" {
		t.Errorf("the next one did not come sooner: %+v", l.Shown())
	}
	l.Leave()
	clock.pass(time.Minute)
	if !l.Shown().Empty() {
		t.Error("shown though the pointer left")
	}
	l.Point("a", fyne.NewPos(10, 10), say("A"))
	clock.pass(nextDelay)
	if !l.Shown().Empty() {
		t.Error("a minute later it came as soon as while reading along")
	}
}

func TestLeavingInTime(t *testing.T) {
	l, clock, _ := open(t)
	l.Point("a", fyne.NewPos(10, 10), say("A"))
	l.Leave()
	clock.pass(time.Minute)
	if !l.Shown().Empty() {
		t.Error("shown after the pointer left")
	}
}

func TestATooltipStaysInsideTheWindow(t *testing.T) {
	l, _, w := open(t)
	content := Content{
		Title:      "Title",
		Facts:      []Fact{{Label: "label", Value: "value", Beside: "beside"}, {Label: "another label", Value: "79,068.312 BTC"}},
		Paragraphs: []Paragraph{{Heading: "Heading", Text: strings.Repeat("words that wrap ", 12)}, {Text: "warn", Warning: true}},
		Footer:     "footer",
	}
	for _, at := range []fyne.Position{{}, fyne.NewPos(499, 0), fyne.NewPos(0, 299), fyne.NewPos(499, 299), fyne.NewPos(250, 150)} {
		l.Show("x", at, content)
		p, s, room := l.shown.Position(), l.shown.Size(), w.Canvas().Size()
		if p.X < 0 || p.Y < 0 || p.X+s.Width > room.Width || p.Y+s.Height > room.Height {
			t.Errorf("pointer at %v: tooltip at %v, %v, leaves the window %v", at, p, s, room)
		}
	}
}

func TestNothingToSayShowsNothing(t *testing.T) {
	l, _, _ := open(t)
	l.Show("x", fyne.NewPos(10, 10), Content{})
	if l.shown != nil {
		t.Error("an empty tooltip is shown")
	}
}

func TestWrap(t *testing.T) {
	open(t)
	for _, c := range []struct {
		text  string
		width float32
	}{
		{"The exchange does not serve the place this computer connects from.", 150},
		{"交易所未能及时响应。可能是线路较慢，或交易所繁忙（程序会自动重试）。", 120},
		{"word", 1},
		{"", 100},
	} {
		lines := wrap(c.text, c.width, 13, false)
		if got, want := strings.Join(lines, ""), c.text; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%q lost or gained something: %q", c.text, lines)
		}
		for i, line := range lines {
			if i > 0 && slices.Contains([]rune("，。；）"), []rune(line)[0]) {
				t.Errorf("a line begins with a closing mark: %q", lines)
			}
			if len(lines) > 1 && look.MeasureText(line, 13, false).Width > c.width+14 { // a mark may hang
				t.Errorf("line %q is wider than %v", line, c.width)
			}
		}
	}
}

func TestTextsHasEverything(t *testing.T) {
	c := Content{Title: "a", Facts: []Fact{{Label: "b", Value: "c"}}, Paragraphs: []Paragraph{{Heading: "d", Text: "e"}}, Footer: "f"}
	if got := strings.Join(c.Texts(), ""); got != "abcdef" {
		t.Errorf("got %q", got)
	}
}

// The window's test of the same cannot see a tooltip: it is made when it is
// shown. What a style costs is told at look.SetFont.
func TestTooltipTextsShareOneStyle(t *testing.T) {
	l, _, _ := open(t)
	l.Show("x", fyne.NewPos(10, 10), Content{Title: "a", Facts: []Fact{{Label: "b", Value: "c"}}, Paragraphs: []Paragraph{{Heading: "d", Text: "e"}}, Footer: "f"})
	texts, bold := 0, 0
	for _, o := range test.WidgetRenderer(l.shown).Objects()[1].(*look.Sheet).Objects() {
		text, ok := o.(*canvas.Text)
		if !ok {
			continue
		}
		texts++
		if text.FontSource != nil {
			bold++
		}
		if text.TextStyle != (fyne.TextStyle{}) {
			t.Errorf("%q asks for the style %+v", text.Text, text.TextStyle)
		}
	}
	if texts != 6 || bold != 1 {
		t.Errorf("%d texts, %d of them bold", texts, bold)
	}
}

// A chart's read-out moves with the pointer, beside it, as high as the chart.
func TestATooltipLeavesTheReadOutFree(t *testing.T) {
	l, clock, w := open(t)
	w.Resize(fyne.NewSize(900, 500))
	for x := float32(30); x < 900; x += 40 {
		for y := float32(20); y < 500; y += 40 {
			at := fyne.NewPos(x, y)
			avoid := Box{fyne.NewPos(x+12, 60), fyne.NewSize(160, 240)}
			if x > 450 {
				avoid.Position.X = x - 12 - 160
			}
			l.PointBeside(at, at, avoid, say("A signal with words of a certain length, so that it is wide"))
			clock.pass(time.Second)
			shown := Box{l.shown.Position(), l.shown.Size()}
			if shown.covered(avoid) > 0 {
				t.Fatalf("with the pointer at %v the tooltip %v covers the read-out %v", at, shown, avoid)
			}
			if end := shown.Position.Add(shown.Size); shown.Position.X < 0 || shown.Position.Y < 0 || end.X > 900 || end.Y > 500 {
				t.Fatalf("with the pointer at %v the tooltip lies at %v, outside the window", at, shown)
			}
			moved := avoid
			moved.Position = shown.Position
			moved.Size = fyne.NewSize(40, 40)
			l.PointBeside(at, at, moved, say("A"))
			if (Box{l.shown.Position(), l.shown.Size()}).covered(moved) > 0 {
				t.Fatalf("the tooltip at %v stays where the read-out came", at)
			}
		}
	}
}

// linked makes a tooltip with a link, and counts how often it is followed.
func linked(clicked *int) func() Content {
	return func() Content {
		return Content{Title: "A", Footer: "more", OnFooter: func() { *clicked++ }}
	}
}

func TestTheLinkOfATooltipCanBeReachedAndClicked(t *testing.T) {
	l, clock, w := open(t)
	clicked := 0
	l.Point("a", fyne.NewPos(40, 10), linked(&clicked))
	clock.pass(firstDelay)
	link := test.WidgetRenderer(l.shown).Objects()[2].(*link)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(link).AddXY(4, link.Size().Height/2)
	l.Point("b", fyne.NewPos(42, 30), say("B")) // a row between
	clock.pass(crossing - time.Millisecond)
	if l.Shown().Title != "A" {
		t.Fatalf("on the way to the link, %q is shown", l.Shown().Title)
	}
	l.Out() // of the rows: the link is on top of them
	test.MoveMouse(w.Canvas(), at)
	clock.pass(time.Minute)
	if l.Shown().Title != "A" {
		t.Fatalf("on the link, %q is shown", l.Shown().Title)
	}
	test.TapCanvas(w.Canvas(), at)
	if clicked != 1 || !l.Shown().Empty() {
		t.Errorf("clicked %d times, shown is %q", clicked, l.Shown().Title)
	}
}

func TestATooltipWithALinkMakesWay(t *testing.T) {
	l, clock, _ := open(t)
	clicked := 0
	l.Point("a", fyne.NewPos(40, 10), linked(&clicked))
	clock.pass(firstDelay)
	l.Point("b", fyne.NewPos(42, 30), say("B")) // rests on its way
	clock.pass(crossing)
	if l.Shown().Title != "B" {
		t.Errorf("resting on b shows %q", l.Shown().Title)
	}
	l.Point("a", fyne.NewPos(40, 10), linked(&clicked))
	clock.pass(nextDelay)
	l.Point("c", fyne.NewPos(400, 250), say("C")) // somewhere else altogether
	if !l.Shown().Empty() {
		t.Errorf("far from it, %q stays", l.Shown().Title)
	}
	l.Point("a", fyne.NewPos(40, 10), linked(&clicked))
	clock.pass(nextDelay)
	l.Out()
	clock.pass(leaving)
	if !l.Shown().Empty() {
		t.Error("it stays though the pointer left")
	}
}

func TestUnderThePointerATooltipIsShort(t *testing.T) {
	l, clock, _ := open(t)
	full := Content{Title: "T", Facts: []Fact{{Label: "a", Value: "1"}, {Label: "b", Value: "2", Detail: true}}, Footer: "more"}
	for _, s := range []string{"first", "second", "third"} {
		full.Paragraphs = append(full.Paragraphs, Paragraph{Heading: s, Text: strings.Repeat(s+" words that wrap ", 16)})
	}
	full.Paragraphs = append(full.Paragraphs, Paragraph{Text: "a remark", Quiet: true}, Paragraph{Text: "careful", Warning: true})
	l.Point("x", fyne.NewPos(10, 10), func() Content { return full })
	clock.pass(firstDelay)
	got := strings.Join(l.Shown().Texts(), "|")
	if n := l.Shown().lines(); n > MaxLines || n < MaxLines-2 {
		t.Errorf("%d lines: %s", n, got)
	}
	for _, want := range []string{"T", "first", "careful", "more", "…"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing: %s", want, got)
		}
	}
	if strings.Contains(got, "remark") || strings.Contains(got, "third") || strings.Contains(got, "2") {
		t.Errorf("what matters least stays: %s", got)
	}
	l.Show("x", fyne.NewPos(10, 10), full)
	if len(l.Shown().Paragraphs) != 5 {
		t.Error("for a key, not all is shown")
	}
	if len(full.Paragraphs) != 5 {
		t.Error("cutting changed the content itself")
	}
}

// A tooltip that a key asked for leaves the cell to be seen, however high it is.
func TestATooltipForAKeyLeavesItsCellFree(t *testing.T) {
	l, _, w := open(t)
	w.Resize(fyne.NewSize(900, 400))
	long := Content{Title: "T"}
	for range 4 {
		long.Paragraphs = append(long.Paragraphs, Paragraph{Text: strings.Repeat("words that wrap ", 12)})
	}
	for _, at := range []fyne.Position{fyne.NewPos(0, 200), fyne.NewPos(400, 190), fyne.NewPos(780, 210), fyne.NewPos(780, 380)} {
		cell := Box{at, fyne.NewSize(100, 20)}
		l.ShowBeside("cell", at.AddXY(0, 10), cell, long)
		if shown := (Box{l.shown.Position(), l.shown.Size()}); shown.covered(cell) > 0 {
			t.Errorf("the tooltip %v covers the cell %v", shown, cell)
		}
	}
}

package chartpane

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

const day = 24 * time.Hour

func TestTheWheelZoomsAroundThePointer(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "7d"}, nil).onHistory()
	at := chart.under(0.4)
	chart.Zoom(0.4, 3)
	length, _ := chart.span()
	if want := time.Duration(float64(7*day) / math.Pow(zoomNotch, 3)); (length - want).Abs() > time.Second {
		t.Errorf("three notches show %v, want %v", length, want)
	}
	if moved := chart.under(0.4) - at; time.Duration(moved).Abs()*time.Millisecond > length/500 {
		t.Errorf("what was under the pointer moved by %d ms", moved)
	}
	if chart.c.axis.Follows() || chart.desk.history.ranges.Chosen() != -1 {
		t.Error("a part of 7 days is called 7 days")
	}
	chart.DoubleClick()
	if length, ago := chart.span(); length != 7*day || ago != 0 {
		t.Errorf("a double click shows %v that ended %v ago", length, ago)
	}
}

// At the right edge one zooms into now, and goes on following it.
func TestZoomingAtTheRightEdgeFollowsNow(t *testing.T) {
	chart := newDesk(t, HistoryState{}, nil).onHistory()
	chart.Zoom(0.99, 4)
	before, _ := chart.span()
	chart.desk.pass(10 * time.Minute)
	if length, ago := chart.span(); length != before || ago != 0 || chart.c.now.Visible() {
		t.Errorf("shows %v that ended %v ago", length, ago)
	}
}

func TestDraggingPansAndBackAgainIsTheSame(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "24h"}, nil).onHistory()
	chart.Zoom(0.5, 4)
	from, to := chart.c.axis.Span()
	grabbed := chart.under(0.3)
	chart.Drag(0.3, 0.35, 0.5)
	if x := chart.c.picture.X(grabbed); math.Abs(x-float64(chart.at(0.5).X)) > 2 {
		t.Errorf("what was grabbed is at column %v, the pointer at %v", x, chart.at(0.5).X)
	}
	chart.Drag(0.5, 0.2, 0.9, 0.5)
	chart.Drag(0.5, 0.3)
	if f, e := chart.c.axis.Span(); f-from > 2000*60 || from-f > 2000*60 || e-f != to-from {
		t.Errorf("there and back again is %d … %d, was %d … %d", f, e, from, to)
	}
}

// Live points come in while one looks at the past; Now leads back.
func TestAChartScrolledBackStaysAndOffersNow(t *testing.T) {
	chart := newDesk(t, HistoryState{}, nil).onHistory()
	if chart.c.now.Visible() {
		t.Error("a chart that shows now offers to go there")
	}
	chart.Zoom(0.5, 3)
	chart.Drag(0.3, 0.6)
	r := chart.c.view.Request
	chart.desk.pass(7 * time.Minute)
	if v := chart.c.view.Request; v.From != r.From || v.To != r.To {
		t.Error("it moved by itself")
	}
	chart.Tap(chart.c.now)
	if length, ago := chart.span(); ago != 0 || length != time.Duration(r.To-r.From)*time.Millisecond || chart.c.now.Visible() {
		t.Errorf("Now shows %v that ended %v ago", length, ago)
	}
}

func TestASelectionIsMeasuredAndZoomedInto(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "24h"}, nil).onHistory()
	from, to := chart.under(0.25), chart.under(0.5)
	chart.Select(0.25, 0.3, 0.5)
	s := chart.c.selection
	points := chart.desk.history.loader.loads["BTCUSDT"].series.Between(from-1000, to+1000)
	first, last := points[0], points[len(points)-1]
	says := map[string]string{}
	for _, row := range s.measured[1:] {
		says[strings.TrimSpace(row[0])] = row[1]
	}
	for what, want := range map[string]float64{
		"Open interest": market.PercentChange(first.Contracts, last.Contracts), "Price": market.PercentChange(first.Price, last.Price),
	} {
		if got := says[what]; !strings.HasPrefix(strings.ReplaceAll(got, "−", "-"), signed(want)) {
			t.Errorf("%s changed by %q, want %v", what, got, signed(want))
		}
	}
	if says["in USD"] == "" || says["positions, USD"] == "–" || s.measured[0][1] != "5h 55m" && s.measured[0][1] != "6h" {
		t.Errorf("measured %q", s.measured)
	}
	chart.Tap(s.zoom)
	if f, e := chart.c.axis.Span(); f != from || e != to || s.group.Visible() {
		t.Errorf("zoomed into %d … %d, selected were %d … %d", f, e, from, to)
	}
	chart.Select(0.5, 0.5)
	if s.group.Visible() {
		t.Error("a click with shift selects nothing")
	}
}

// In a low chart the measurement is set closely and keeps away from the span; it has all
// that it has in a high one.
func TestAMeasurementLeavesALowChartToBeSeen(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "24h"}, nil).onHistory()
	chart.Select(0.2, 0.3, 0.35)
	s := chart.c.selection
	high, said := s.box.Size(), s.measured
	size := chart.desk.history.Size()
	for _, c := range []struct {
		name     string
		from, to float64
	}{{"left", 0.2, 0.35}, {"right", 0.65, 0.8}} {
		chart.desk.history.Resize(fyne.NewSize(size.Width, 230))
		chart.desk.look()
		chart.Select(c.from, (c.from+c.to)/2, c.to)
		box, band, room := s.box, s.band, chart.c.Size()
		if box.Size().Height >= high.Height || box.Size().Width >= high.Width || len(s.measured) != len(said) {
			t.Errorf("%s: the box is %v, in a high chart it is %v", c.name, box.Size(), high)
		}
		if top, end := box.Position().Y, box.Position().Y+box.Size().Height; top < 0 || end > room.Height {
			t.Errorf("%s: the box reaches from %v to %v in a chart of %v", c.name, top, end, room.Height)
		}
		left, right := box.Position().X, box.Position().X+box.Size().Width
		if left < band.Position().X+band.Size().Width && right > band.Position().X {
			t.Errorf("%s: the box from %v to %v covers the span at %v", c.name, left, right, band.Position().X)
		}
		if left != 0 && right != room.Width {
			t.Errorf("%s: the box from %v to %v is not at the edge", c.name, left, right)
		}
	}
}

func signed(x float64) string {
	s := "+"
	if x < 0 {
		s = "-"
	}
	return s + strings.TrimLeft(strings.Fields(lookNumber(math.Abs(x)))[0], "+-")
}

func TestTheKeyboardDoesAllOfIt(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "7d"}, nil).onHistory()
	chart.Press("+")
	if length, ago := chart.span(); ago != 0 || length >= 7*day {
		t.Errorf("+ shows %v that ended %v ago", length, ago)
	}
	chart.Press("-")
	chart.Press("shift Left")
	if length, ago := chart.span(); length != 7*day || (ago-7*day/10).Abs() > 10*time.Minute {
		t.Errorf("shift and left: %v that ended %v ago", length, ago)
	}
	chart.Press("Next")
	if _, ago := chart.span(); ago != 0 {
		t.Errorf("a page on it ends %v ago", ago)
	}
	for range 3 {
		chart.Press("+")
	}
	chart.Press("Home")
	first := chart.desk.history.first()
	if r := chart.c.view.Request; first < r.From || first > r.From+(r.To-r.From)/10 {
		t.Errorf("Home shows what begins at %d; the first point is at %d", r.From, first)
	}
	chart.Press("End")
	if _, ago := chart.span(); ago != 0 {
		t.Errorf("End shows what ended %v ago", ago)
	}
	chart.Press("0")
	if chart.c.axis.Zoomed() {
		t.Error("0 does not show the range again")
	}
}

// m begins a selection at the crosshair, arrows take it along, Enter zooms in.
func TestTheKeyboardSelects(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "24h"}, nil).onHistory()
	chart.Press("Left") // the live point
	chart.Press("Left")
	begun, ok := chart.c.axis.Crosshair()
	chart.Press("m")
	for range 6 {
		chart.Press("Left")
	}
	end, _ := chart.c.axis.Crosshair()
	if !ok || begun-end != 6*market.StepMillis || !chart.c.selection.group.Visible() {
		t.Fatalf("six steps to the left of %d lead to %d", begun, end)
	}
	chart.Press("Return")
	if f, e := chart.c.axis.Span(); f != end || e != begun {
		t.Errorf("zoomed into %d … %d", f, e)
	}
	chart.Press("m")
	chart.Press("Escape")
	if _, ok := chart.c.axis.Crosshair(); chart.c.selection.group.Visible() || !ok {
		t.Error("Escape takes away the selection, and nothing else")
	}
	chart.Press("Escape")
	if _, ok := chart.c.axis.Crosshair(); ok {
		t.Error("a second one takes away the crosshair")
	}
}

// The crosshair of the keys takes the chart along.
func TestAStepBeyondTheEdgeScrolls(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "24h"}, nil).onHistory()
	chart.Zoom(0.5, 8)
	chart.Point(0.01)
	from, _ := chart.c.axis.Span()
	for range 5 {
		chart.Press("Left")
	}
	at, _ := chart.c.axis.Crosshair()
	if f, e := chart.c.axis.Span(); f >= from || at < f || at > e || !chart.c.cross.line.Visible() {
		t.Errorf("the crosshair is at %d, the chart shows %d … %d", at, f, e)
	}
}

func TestHistoryAndComparisonShareTheirTime(t *testing.T) {
	d := newDesk(t, HistoryState{Range: "7d"}, nil)
	history, compare := d.onHistory(), d.onCompare()
	if d.compare.State().Range != "7d" {
		t.Errorf("the comparison begins with %s", d.compare.State().Range)
	}
	compare.Zoom(0.3, 2)
	history.Drag(0.3, 0.5)
	if a, b := history.c.view.Request, compare.c.view.Request; a.From != b.From || a.To != b.To {
		t.Error("they show other spans")
	}
	history.Point(0.6)
	if a, b := history.c.cross, compare.c.cross; !a.box.Visible() || !b.box.Visible() || a.placed != b.placed {
		t.Errorf("read out %d and %d", a.placed, b.placed)
	}
	var told HistoryState
	d.history.OnState = func(s HistoryState) { told = s }
	tapWord(t, d.compare.ranges, "30d")
	d.look()
	if told.Range != "30d" || d.history.State().Range != "30d" || history.c.axis.Zoomed() {
		t.Errorf("the history shows %+v and told %+v", d.history.State(), told)
	}

	d.history.o.Link.toggle(d.history.axis)
	history.Zoom(0.5, 3)
	history.Point(0.4)
	if length, _ := compare.span(); length != 30*day || compare.c.cross.box.Visible() {
		t.Errorf("parted, the comparison follows all the same: it shows %v", length)
	}
	d.history.o.Link.toggle(d.history.axis)
	d.look()
	if a, b := history.c.view.Request, compare.c.view.Request; a.From != b.From || a.To != b.To {
		t.Error("joined again, they show other spans")
	}
}

// Percent count from the left edge wherever that is moved.
func TestPercentCountFromTheLeftEdge(t *testing.T) {
	d := newDesk(t, HistoryState{Range: "7d"}, nil)
	chart := d.onCompare()
	chart.Zoom(0.6, 4)
	from, to := chart.c.axis.Span()
	for key, l := range lines(chart.c) {
		i := slices.IndexFunc(l.Times, func(ms int64) bool { return ms >= from })
		if l.Values[i] != 0 || l.Times[i]-from > int64(time.Hour/time.Millisecond) || l.Times[i] > to {
			t.Errorf("%s has %v %% at its first stamp", key, l.Values[i])
		}
	}
}

// A frame in which nothing but the span moved is drawn from the same slices.
func TestNothingIsCopiedWhileTheSpanMoves(t *testing.T) {
	d := newDesk(t, HistoryState{Range: "7d"}, nil)
	chart := d.onCompare()
	chart.Zoom(0.5, 5)
	before := chart.c.shown.Request
	chart.Drag(0.3, 0.33)
	after := chart.c.shown.Request
	if before.From == after.From {
		t.Fatal("it did not move")
	}
	for i, l := range after.Lines {
		was := before.Lines[i]
		if &l.Values[len(l.Values)-1] != &was.Values[len(was.Values)-1] || &l.Times[len(l.Times)-1] != &was.Times[len(was.Times)-1] {
			t.Errorf("%s was copied", l.Key)
		}
	}
}

// What was loaded of a longer range stays to be seen while one zooms out to it.
func TestZoomingOutShowsWhatIsThereWhileMoreLoads(t *testing.T) {
	d := newDesk(t, HistoryState{Range: "30d"}, nil)
	chart := d.onHistory()
	chart.Zoom(0.99, 20)
	d.look()
	ld := d.history.loader.loads["BTCUSDT"]
	if fine := ld.series.Period; fine != market.Period5m {
		t.Errorf("zoomed into now, it shows points every %v", fine)
	}
	d.source.calls = make(chan *call, 20)
	chart.Zoom(0.99, -14)
	first, _ := chart.c.picture, chart.c.shown
	l := lines(chart.c)["oi"]
	if from, _ := chart.c.axis.Span(); first == nil || l.Times[0] > from+dayMillis {
		t.Errorf("while more loads, the line begins at %d", l.Times[0])
	}
}

// pixel ↔ time, with any zoom and pan: what is under the pointer stays under it,
// there and back is the same, and nothing leaves what there could be.
func TestAxisProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	for range 3000 {
		a := axisAt(clock, []market.Range{market.Range4h, market.Range24h, market.Range30d, market.Range1y}[rng.IntN(4)])
		for range 6 {
			a.Zoom(math.Exp(rng.NormFloat64()), rng.Float64()*0.96)
			a.Pan(rng.NormFloat64() / 3)
		}
		from, to := a.Span()
		if to > a.edge(a.Length()) || to-from < shortest || from < opened-(to-from) {
			t.Fatalf("shows %v … %v", time.UnixMilli(from), time.UnixMilli(to))
		}
		pixel := float64(to-from) / 1200
		x := rng.Float64() * 0.96
		under := float64(from) + x*float64(to-from)
		a.Zoom(0.3+0.69*rng.Float64(), x)
		f, e := a.Span()
		if got := float64(f) + x*float64(e-f); math.Abs(got-under) > pixel+2 && e-f > shortest {
			t.Fatalf("zooming at %v moved what was there by %v pixels", x, (got-under)/pixel)
		}
		back := a.timeState
		f, e = a.Span()
		by := int64(rng.IntN(400)) * (e - f) / 1200
		a.Show(f-by, e-by)
		if f2, _ := a.Span(); f2 != f-by { // it was at the end of what there could be
			continue
		}
		if a.Show(f, e); !a.Follows() && a.timeState != back {
			t.Fatalf("%+v there and back is %+v", back, a.timeState)
		}
	}
}

func TestALinkedAxisThatJoinsTakesTheSpan(t *testing.T) {
	begin(t, "en", look.Dark)
	l := NewLink(true)
	a, b := axisAt(clock, market.Range7d), axisAt(clock, market.Range24h)
	l.join(a, func() {})
	l.join(b, func() {})
	if b.Chosen() != market.Range7d {
		t.Errorf("shows %v", b.Chosen())
	}
}

// lookNumber writes a number as the charts do, without its sign.
func lookNumber(x float64) string { return format.PercentUnit(x) }

// While a chart is zoomed and dragged, its plot stays in its place or gives way to longer
// labels, but does not come back for shorter ones.
func TestThePlotDoesNotTrembleWhileItIsDragged(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "30d"}, nil).onCompare()
	left, _ := chart.c.plot()
	chart.Zoom(0.5, 9)
	for range 10 {
		chart.Drag(0.1, 0.15)
		now, _ := chart.c.plot()
		if now < left {
			t.Errorf("the plot began at column %v, and now at %v", left, now)
		}
		left = max(left, now)
	}
}

// Live points arrive without jumps: from one snapshot to the next, a chart that
// follows now moves by a pixel at most.
func TestLivePointsArriveWithoutJumps(t *testing.T) {
	chart := newDesk(t, HistoryState{Range: "4h"}, nil).onHistory()
	chart.Zoom(0.99, 2)
	for range 60 {
		from, to := chart.c.axis.Span()
		chart.desk.now = chart.desk.now.Add(time.Second)
		chart.desk.history.SetSnapshot(snapshot(chart.desk.now))
		f, e := chart.c.axis.Span()
		if f < from || float64(f-from) > float64(to-from)/1000 || e-f != to-from || e < chart.desk.now.UnixMilli() {
			t.Fatalf("a second later it shows %d … %d, was %d … %d", f, e, from, to)
		}
	}
}

// Lines come in from the left edge: between two stamps, nothing is blank.
func TestAZoomedComparisonIsNotBlankAtItsEdge(t *testing.T) {
	d := newDesk(t, HistoryState{Range: "24h"}, nil)
	chart := d.onCompare()
	chart.Zoom(0.5, 14)
	from, to := chart.c.axis.Span()
	chart.c.axis.Show(from/market.StepMillis*market.StepMillis+60_000, to) // a minute after a stamp
	d.look()
	if r := chart.c.shown.Request; len(r.Blanks) != 0 || r.Lines[0].Times[0] > r.From {
		t.Errorf("of %v, blank are %+v; the first line begins %d ms later", to-from, r.Blanks, r.Lines[0].Times[0]-r.From)
	}
}

package marketmap

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/columns/columnstest"
)

// The story of the pane: hover, a click opens, Space and a lasso tick, the slider
// goes back and says how far.
func TestHoverClickLassoAndReplay(t *testing.T) {
	r := start(t, setup{})
	symbol := r.standing()
	r.point(symbol)
	if !strings.Contains(r.tipTexts(), symbol) || !strings.Contains(r.tipTexts(), "Price, 24h") {
		t.Errorf("the tooltip on %s says %q", symbol, r.tipTexts())
	}
	if !r.view.ring.Visible() {
		t.Error("no ring is around it")
	}
	r.key(fyne.KeySpace)
	if !slices.Equal(r.ticked, []string{symbol}) || r.note.Text() != "Ticked "+symbol {
		t.Errorf("ticked is %v, it says %q", r.ticked, r.note.Text())
	}
	r.view.Tapped(&fyne.PointEvent{Position: r.place(symbol)})
	if r.opened != symbol {
		t.Errorf("the click opened %q", r.opened)
	}

	r.rope(false, r.all()...)
	if len(r.ticked) != 12 || !strings.HasPrefix(r.note.Text(), "Ticked the 11 largest of 200") {
		t.Errorf("%d are ticked, it says %q", len(r.ticked), r.note.Text())
	}
	if r.ticked[0] != symbol {
		t.Errorf("%s, which was ticked, is no longer", symbol)
	}

	if want := "back to "; !strings.HasPrefix(r.replay.reach.Text(), want) || !strings.HasSuffix(r.replay.reach.Text(), "UTC") {
		t.Errorf("the slider says %q", r.replay.reach.Text())
	}
	newest := r.view.d.reads.newest
	r.replay.slider.SetValue(-1)
	r.settle()
	if r.view.d.reads.at != newest-market.StepMillis || !strings.Contains(r.replay.time.Text(), "earlier") {
		t.Errorf("a step back is %d, %q", r.view.d.reads.at-newest, r.replay.time.Text())
	}
	r.replay.now.OnTapped()
	r.settle()
	if r.view.d.reads.at != 0 || !strings.HasPrefix(r.replay.time.Text(), "Now") {
		t.Errorf("Now shows %d, %q", r.view.d.reads.at, r.replay.time.Text())
	}
}

// The counts in the corners are those of the readings, over each window, and each
// dot lies where its reading says.
func TestCountsAreThoseOfTheReadings(t *testing.T) {
	for _, w := range windows[:3] {
		r := start(t, setup{with: func(o *Options) { o.State.Window = w.String() }})
		want := map[signal.Kind]int{}
		for _, q := range columnstest.Large(200).Quotes {
			want[signal.ReadPriceOpenInterest(q.History, w).Kind]++
		}
		for _, k := range append(signal.ReadingKinds(), signal.Neutral, signal.Unknown) {
			if got := r.view.d.reads.counts[k]; got != want[k] {
				t.Errorf("%s: %d are %q, want %d", w, got, k, want[k])
			}
		}
		req := r.view.d.mapRequest()
		threshold := signal.ThresholdPct(w)
		if req.Threshold != threshold {
			t.Errorf("%s: the band is drawn at %v %%, want %v", w, req.Threshold, threshold)
		}
		inCorner := map[int]int{}
		for _, d := range req.Dots {
			if math.Abs(d.X) < threshold || math.Abs(d.Y) < threshold {
				continue
			}
			switch {
			case d.X > 0 && d.Y > 0:
				inCorner[charts.TopRight]++
			case d.X > 0:
				inCorner[charts.BottomRight]++
			case d.Y > 0:
				inCorner[charts.TopLeft]++
			default:
				inCorner[charts.BottomLeft]++
			}
		}
		for k, corner := range corners {
			if inCorner[corner] != want[k] {
				t.Errorf("%s: %d dots lie in the corner of %s, which %d contracts are", w, inCorner[corner], k, want[k])
			}
			if !strings.HasSuffix(req.Corners[corner].Text, "  "+strconv.Itoa(want[k])) {
				t.Errorf("%s: the caption reads %q", w, req.Corners[corner].Text)
			}
		}
	}
}

// Where the market's signals are known, the map shows their readings of now, which
// know what is usual for a contract; of the past it goes by the moves alone.
func TestReadingsOfTheBoardComeFirst(t *testing.T) {
	s := columnstest.Large(30)
	r := start(t, setup{snapshot: s})
	i := slices.IndexFunc(r.view.d.reads.contracts, func(c contract) bool { return c.reading.Kind == signal.StrongBullish })
	symbol, stamp := r.view.d.reads.contracts[i].symbol, r.view.d.reads.newest
	usual := signal.ReadPriceOpenInterest(s.Quote(symbol).History, market.Window24h)
	usual.Kind = signal.Neutral // its z is below a half
	sign := watch.NewSign(&signal.Evaluation{Symbol: symbol, Stamp: stamp, Reading24h: usual}, nil, nil, time.UnixMilli(stamp))
	r.SetSnapshot(s, watch.NewBoard(time.UnixMilli(stamp), []*watch.Sign{sign}))
	r.settle()
	if got := r.view.d.reads.contracts[i].reading.Kind; got != signal.Neutral {
		t.Errorf("%s is %q, the board says neutral", symbol, got)
	}
	r.view.hover("")
	if got := r.tip(symbol); strings.Contains(strings.Join(got.Texts(), " "), "size of the moves alone") {
		t.Errorf("its tooltip says %q", got.Texts())
	}
	r.replay.slider.SetValue(-1)
	r.settle()
	if got := r.tip(symbol); !strings.Contains(strings.Join(got.Texts(), " "), "size of the moves alone") {
		t.Errorf("in the past its tooltip says %q", got.Texts())
	}
}

// Of a stamp of the past, the map shows what the readings were at that stamp.
func TestReplayShowsTheReadingsOfThen(t *testing.T) {
	s := columnstest.Large(50)
	symbol := s.Quotes[0].Contract.Symbol
	r := start(t, setup{snapshot: without(s, symbol), with: func(o *Options) { o.State.Window = "4h" }})
	r.replay.slider.SetValue(-37)
	r.settle()
	d := r.view.d
	at := d.reads.newest - 37*market.StepMillis
	for i := range d.order {
		c := d.contract(i)
		h := s.Quote(c.symbol).History
		then := market.NewSeries(c.symbol, market.Period5m, slices.Clone(h.Between(0, at)))
		if want := signal.ReadPriceOpenInterest(then, market.Window4h); c.reading.Kind != want.Kind || c.reading.PricePct != want.PricePct {
			t.Errorf("%s then: %+v, want %+v", c.symbol, c.reading, want)
		}
		if p, _ := h.At(at); c.size != p.USD() {
			t.Errorf("%s had %v USD open, shown are %v", c.symbol, p.USD(), c.size)
		}
	}
	if !strings.Contains(r.note.Text(), "1 without data at that time") {
		t.Errorf("it says %q", r.note.Text())
	}
	// How far the slider goes back is where readings end.
	r.replay.slider.SetValue(r.replay.slider.Min)
	r.settle()
	if got := r.view.d.reads.unknown(); got != 1 {
		t.Errorf("at the far end %d are unknown", got)
	}
}

func TestSevenDaysCountWhatLacksThem(t *testing.T) {
	r := start(t, setup{with: func(o *Options) { o.State.Window = "7d" }})
	if !strings.Contains(r.note.Text(), "200 without 7 days of history") {
		t.Errorf("without history it says %q", r.note.Text())
	}
	asked := 0
	s := columnstest.Large(200)
	r = start(t, setup{snapshot: s, with: func(o *Options) {
		o.State.Window = "7d"
		o.Past = func(_ context.Context, symbol string, from, to time.Time) ([]market.Point, error) {
			asked++
			if symbol == "C007USDT" {
				return nil, errors.New("it is not kept")
			}
			var points []market.Point
			q := s.Quote(symbol)
			for at := market.FloorStamp(from.UnixMilli()); at <= to.UnixMilli(); at += market.StepMillis {
				points = append(points, market.Point{Time: at, Contracts: q.Contracts() / 2, Price: q.Price() / 2})
			}
			return points, nil
		}
	}})
	if asked != 200 || !strings.Contains(r.note.Text(), "199 of 200 contracts") || !strings.Contains(r.note.Text(), "1 without 7 days of history") {
		t.Errorf("%d were loaded, it says %q", asked, r.note.Text())
	}
	if n := r.view.d.reads.counts[signal.StrongBullish]; n != 199 {
		t.Errorf("%d have doubled in price and open interest, want 199", n)
	}
}

func TestTheFilterAppliesAndIsNamed(t *testing.T) {
	r := start(t, setup{})
	r.SetShown(map[string]bool{"C001USDT": true, "C002USDT": true, "C003USDT": true}, "Liquid")
	r.settle()
	if len(r.view.d.order) != 3 || r.note.Text() != "3 of 200 contracts · Liquid" {
		t.Errorf("%d are shown, it says %q", len(r.view.d.order), r.note.Text())
	}
	r.SetShown(map[string]bool{}, "Nothing")
	r.settle()
	if len(r.view.d.order) != 0 {
		t.Error("what does not pass the filter is shown")
	}
	r.SetShown(nil, "")
	r.settle()
	if len(r.view.d.order) != 200 {
		t.Errorf("without a filter %d are shown", len(r.view.d.order))
	}
}

func TestRectangleTicksWhatIsInside(t *testing.T) {
	r := start(t, setup{snapshot: columnstest.Large(40)})
	symbol := r.standing()
	at := r.place(symbol)
	r.rope(true, at.SubtractXY(1, 1), at.AddXY(1, 1))
	if !slices.Equal(r.ticked, []string{symbol}) || r.note.Text() != "Ticked 1 of the 1 inside" {
		t.Errorf("ticked is %v, it says %q", r.ticked, r.note.Text())
	}
	r.rope(true, at.SubtractXY(1, 1), at.AddXY(1, 1))
	if len(r.ticked) != 1 || r.note.Text() != "All 1 inside are ticked already" {
		t.Errorf("ticked is %v, it says %q", r.ticked, r.note.Text())
	}
	r.rope(true, fyne.NewPos(1, 1), fyne.NewPos(2, 2))
	if r.note.Text() != "Nothing is inside" {
		t.Errorf("around nothing it says %q", r.note.Text())
	}
	// The largest come first: of all, those with the most open interest.
	r.SetTicked(nil)
	r.rope(true, r.all()[0], r.all()[2])
	var sizes []float64
	for _, q := range columnstest.Large(40).Quotes {
		sizes = append(sizes, q.OpenInterestUSD())
	}
	slices.Sort(sizes)
	for i, s := range r.ticked {
		if want := sizes[len(sizes)-1-i]; r.snapshot.Quote(s).OpenInterestUSD() != want {
			t.Errorf("%s is ticked as number %d", s, i)
		}
	}
	if len(r.ticked) != 12 || r.note.Text() != "Ticked the 12 largest of 40: at most 12 can be compared" {
		t.Errorf("%d are ticked, it says %q", len(r.ticked), r.note.Text())
	}
}

func TestAThirteenthIsRefusedInWords(t *testing.T) {
	r := start(t, setup{})
	var twelve []string
	for i := range 12 {
		twelve = append(twelve, r.snapshot.Quotes[i].Contract.Symbol)
	}
	r.SetTicked(twelve)
	r.settle()
	for i := range r.view.d.order {
		if s := r.view.d.contract(i).symbol; !slices.Contains(twelve, s) {
			r.view.hover(s)
			break
		}
	}
	r.key(fyne.KeySpace)
	if r.ticked != nil || !strings.HasPrefix(r.note.Text(), "Not ticked: 12") {
		t.Errorf("ticked is %v, it says %q", r.ticked, r.note.Text())
	}
	r.view.hover(twelve[3])
	r.key(fyne.KeySpace)
	if len(r.ticked) != 11 || slices.Contains(r.ticked, twelve[3]) {
		t.Errorf("Space on what is ticked leaves %v", r.ticked)
	}
}

func TestKeysMoveTickAndOpen(t *testing.T) {
	r := start(t, setup{})
	r.key(fyne.KeyRight) // begins at the largest
	first := r.view.hovered
	r.key(fyne.KeyLeft)
	if first == "" || r.view.hovered == first || !strings.Contains(r.tipTexts(), r.view.hovered) {
		t.Errorf("left of %q is %q, the tooltip says %q", first, r.view.hovered, r.tipTexts())
	}
	r.key(fyne.KeyReturn)
	if r.opened != r.view.hovered {
		t.Errorf("Enter opened %q", r.opened)
	}
	r.key(fyne.KeyEscape)
	if r.view.hovered != "" || !r.tips.Shown().Empty() {
		t.Error("Escape leaves something")
	}
}

// The keyboard is lent to the pane while the pointer is on it, but never taken
// from who has it.
func TestTheKeyboardIsLent(t *testing.T) {
	r := start(t, setup{})
	var typed rune
	r.window.Canvas().SetOnTypedRune(func(x rune) { typed = x })
	r.point(r.standing())
	if r.window.Canvas().Focused() != fyne.Focusable(r.view) {
		t.Fatal("Space does not reach the map")
	}
	r.view.TypedRune('/')
	if typed != '/' {
		t.Error("what is typed does not reach the window")
	}
	r.view.MouseOut()
	if r.window.Canvas().Focused() != nil {
		t.Error("the keyboard is kept")
	}
	r.window.Canvas().Focus(r.replay.slider)
	r.point(r.standing())
	if r.window.Canvas().Focused() != fyne.Focusable(r.replay.slider) {
		t.Error("the keyboard is taken from who has it")
	}
}

func TestTreemapHasTheSameContractsAndGestures(t *testing.T) {
	r := start(t, setup{})
	on := len(r.view.d.order)
	r.kinds.OnChange(1)
	r.settle()
	if len(r.view.d.order) != on || r.State().Kind != KindTree || len(r.states) != 1 {
		t.Fatalf("%d contracts, want %d; state %+v", len(r.view.d.order), on, r.State())
	}
	if r.scales.Visible() {
		t.Error("a treemap has a choice of scales")
	}
	symbol := r.standing()
	r.point(symbol)
	if !strings.Contains(r.tipTexts(), symbol) {
		t.Errorf("the tooltip says %q", r.tipTexts())
	}
	r.view.Tapped(&fyne.PointEvent{Position: r.place(symbol)})
	if r.opened != symbol {
		t.Errorf("the click opened %q", r.opened)
	}
	r.key(fyne.KeySpace)
	if !slices.Equal(r.ticked, []string{symbol}) {
		t.Errorf("ticked is %v", r.ticked)
	}
}

func TestNothingIsDrawnWhileItCannotBeSeen(t *testing.T) {
	r := start(t, setup{})
	r.SetFront(false)
	before := r.view.d
	r.SetSnapshot(without(columnstest.Large(200), "C001USDT"), nil)
	if r.Busy() {
		t.Error("a map that is not in front is drawn")
	}
	r.settle()
	if r.view.d != before {
		t.Error("it has changed")
	}
	r.SetFront(true)
	r.settle()
	if r.view.d == before || r.view.d.reads.unknown() != 1 {
		t.Error("in front again, it shows what was")
	}
	// The same stamps again are not drawn again.
	shown := r.view.d
	again := *r.snapshot
	again.Sequence++
	r.SetSnapshot(market.NewSnapshot(again), nil)
	r.settle()
	if r.view.d != shown {
		t.Error("a snapshot without a new stamp has been drawn")
	}
}

func TestStatesOfOtherVersions(t *testing.T) {
	s := State{Kind: "globe", Window: "9y"}.sane()
	if s.Kind != KindMap || s.Window != "24h" {
		t.Errorf("it becomes %+v", s)
	}
	r := start(t, setup{lang: assets.Chinese, with: func(o *Options) { o.State = State{Kind: KindTree, Window: "1h", Linear: true} }})
	if s := r.State(); s.Kind != KindTree || s.Window != "1h" || !s.Linear {
		t.Errorf("the state kept becomes %+v", s)
	}
}

package ui

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/feed"
	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
	"openinterest/ui/settings"
)

// fakeFeed is a feed that says what the test wants, and remembers what it was told.
type fakeFeed struct {
	updates chan struct{}

	mu       sync.Mutex
	snapshot *market.Snapshot
	attended []feed.Attention
	retries  int
	loaded   []string
	refuse   error // what Load answers instead of series
	paid     func(symbol string, from, to int64) []market.FundingPoint
}

func newFakeFeed() *fakeFeed { return &fakeFeed{updates: make(chan struct{}, 1)} }

func (f *fakeFeed) Snapshot() *market.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snapshot
}

func (f *fakeFeed) Updates() <-chan struct{} { return f.updates }

func (f *fakeFeed) Attend(a feed.Attention) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attended = append(f.attended, a)
}

func (f *fakeFeed) attention() feed.Attention {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.attended) == 0 {
		return feed.Attention{}
	}
	return f.attended[len(f.attended)-1]
}

func (f *fakeFeed) Retry() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retries++
}

func (f *fakeFeed) Load(_ context.Context, symbol string, r market.Range) (*market.Series, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loaded = append(f.loaded, symbol+" "+r.String())
	if f.refuse != nil {
		return nil, f.refuse
	}
	if q := f.snapshot.Quote(symbol); q != nil && q.History != nil {
		return q.History, nil
	}
	return nil, &market.Problem{Kind: market.UnknownSymbol, What: "history of " + symbol, Err: errors.New("code -1121")}
}

func (f *fakeFeed) Klines(context.Context, string, market.Period, int64, int64) ([]market.Candle, error) {
	return nil, f.refuse
}

func (f *fakeFeed) Ratios(context.Context, string, int64, int64) ([]market.Ratios, error) {
	return nil, nil
}

func (f *fakeFeed) Liquidations(context.Context, string, int64, int64) ([]market.Liquidation, []market.Span, error) {
	return nil, nil, nil
}

func (f *fakeFeed) Funding(_ context.Context, symbol string, from, to int64) ([]market.FundingPoint, error) {
	if f.paid != nil {
		return f.paid(symbol, from, to), nil
	}
	return nil, f.refuse
}

// rig is a window on a fake feed. The goroutine of the test is the UI's: what
// is dispatched to it waits in hops.
type rig struct {
	*UI
	t      *testing.T
	app    fyne.App
	feed   *fakeFeed
	window fyne.Window
	hops   chan func()
	opened int // the demo market

	time time.Time // the exchange's clock
	mu   sync.Mutex
}

// setup is how a window starts; the zero value is a first start in English and dark.
type setup struct {
	lang     assets.Language
	mode     look.Mode
	size     fyne.Size
	settings *settings.Store
	demo     bool
	snapshot *market.Snapshot // nil: the small market
	silent   bool             // no snapshot at all
	with     func(*Options)   // what else the window has; nil: nothing
}

// start opens a window and shows it a snapshot.
func start(t *testing.T, s setup) *rig {
	t.Helper()
	if s.lang == "" {
		s.lang = assets.English
	}
	if s.mode == "" {
		s.mode = look.Dark
	}
	if s.size.IsZero() {
		s.size = fyne.NewSize(1440, 900)
	}
	if s.settings == nil {
		s.settings = settings.InMemory()
	}
	if s.snapshot == nil && !s.silent {
		s.snapshot = columnstest.Snapshot()
	}
	r := &rig{t: t, app: test.NewTempApp(t), feed: newFakeFeed(), hops: make(chan func(), 10_000), time: columnstest.Now}
	r.window = test.NewTempWindow(t, nil)
	r.window.SetPadded(false)
	r.window.Resize(s.size)
	r.feed.snapshot = s.snapshot
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	o := Options{
		App: r.app, Window: r.window, Feed: r.feed, Now: r.now, Settings: s.settings,
		Dispatch: func(f func()) { r.hops <- f }, Log: slog.New(slog.DiscardHandler),
		Language: s.lang, Mode: s.mode, Demo: s.demo, OpenDemo: func() { r.opened++ }, Still: true,
	}
	if s.with != nil {
		s.with(&o)
	}
	r.UI = New(ctx, o)
	r.show(s.snapshot)
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(d)
}

// show hands a snapshot over, as the pump does, and waits until it is on screen
// and the charts have their series.
func (r *rig) show(s *market.Snapshot) {
	r.t.Helper()
	r.feed.mu.Lock()
	r.feed.snapshot = s
	r.feed.mu.Unlock()
	r.hand(s, r.now())
	r.settle()
}

// settle runs what was dispatched until nothing more is to come.
func (r *rig) settle() {
	r.t.Helper()
	r.until("the window is still busy", func() bool { return len(r.hops) == 0 && !r.Busy() })
}

// until runs what was dispatched until something holds.
func (r *rig) until(complaint string, holds func() bool) {
	r.t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(5 * time.Millisecond) // what is waited for may come without a hop
	defer again.Stop()
	for !holds() {
		select {
		case hop := <-r.hops:
			hop()
		case <-again.C:
		case <-deadline.C:
			r.t.Fatal(complaint)
		}
	}
}

// seen is a text on screen.
type seen struct {
	*canvas.Text
	at fyne.Position // absolute, of its top left
}

func (s seen) middle() fyne.Position { return s.at.AddXY(s.Size().Width/2, s.Size().Height/2) }

// texts lists every text that can be seen, overlays last.
func (r *rig) texts() []seen {
	var all []seen
	visit := func(o fyne.CanvasObject) {
		walk(o, fyne.NewPos(0, 0), area{fyne.NewPos(0, 0), r.window.Canvas().Size()}, func(o fyne.CanvasObject, at fyne.Position) {
			if text, ok := o.(*canvas.Text); ok && strings.TrimSpace(text.Text) != "" {
				all = append(all, seen{text, at})
			}
		})
	}
	visit(r.window.Canvas().Content())
	all = append(all, r.rows()...)
	for _, o := range r.window.Canvas().Overlays().List() {
		visit(o)
	}
	return all
}

// rows lists the texts of the table's rows, which are painted as pictures.
func (r *rig) rows() []seen {
	if r.panes == nil || r.panes.table == nil {
		return nil
	}
	var all []seen
	for _, text := range r.panes.table.Texts() {
		if text.Text != "" {
			all = append(all, seen{text, text.Position()})
		}
	}
	return all
}

// area is a part of the window.
type area struct {
	at   fyne.Position
	size fyne.Size
}

func (a area) cut(b area) area {
	x0, y0 := max(a.at.X, b.at.X), max(a.at.Y, b.at.Y)
	x1 := min(a.at.X+a.size.Width, b.at.X+b.size.Width)
	y1 := min(a.at.Y+a.size.Height, b.at.Y+b.size.Height)
	return area{fyne.NewPos(x0, y0), fyne.NewSize(max(0, x1-x0), max(0, y1-y0))}
}

// walk visits what can be seen of an object and of everything in it. What is
// scrolled away is not.
func walk(o fyne.CanvasObject, at fyne.Position, clip area, visit func(fyne.CanvasObject, fyne.Position)) {
	if o == nil || !o.Visible() {
		return
	}
	own := clip.cut(area{at, o.Size()})
	if own.size.Width <= 0 || own.size.Height <= 0 {
		own = clip // an object need not keep inside its parent, but a scroller's content must
	}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *container.Scroll:
		clip, children = own, test.WidgetRenderer(c).Objects()
	case *fyne.Container:
		children = c.Objects
	case *look.Sheet: // painted as one picture
		children = c.Objects()
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	default:
		if in := clip.cut(area{at, o.Size()}); in.size.Height > 0 && in.size.Width > 0 {
			visit(o, at)
		}
		return
	}
	visit(o, at)
	for _, child := range children {
		if child != nil {
			walk(child, at.Add(child.Position()), clip, visit)
		}
	}
}

// words are the texts on screen, as strings.
func (r *rig) words() []string {
	var words []string
	for _, s := range r.texts() {
		words = append(words, s.Text.Text)
	}
	return words
}

func (r *rig) sees(text string) bool {
	return slices.ContainsFunc(r.words(), func(s string) bool { return strings.Contains(s, text) })
}

// find returns the only text that holds suits among those that read so.
func (r *rig) find(text string, suits func(seen) bool) seen {
	r.t.Helper()
	var found []seen
	for _, s := range r.texts() {
		if s.Text.Text == text && (suits == nil || suits(s)) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		r.t.Fatalf("%q is %d times where it should be, want once; on screen are: %s", text, len(found), strings.Join(r.words(), " | "))
	}
	return found[0]
}

// The parts of a window of 1440 × 900 with the guide beside.
func inTable(s seen) bool   { return s.at.Y < 530 && s.at.X < 1080 }
func inHistory(s seen) bool { return s.at.Y > 530 && s.at.Y < 870 && s.at.X < 545 }
func inCompare(s seen) bool { return s.at.Y > 530 && s.at.Y < 870 && s.at.X > 545 && s.at.X < 1080 }
func inGuide(s seen) bool   { return s.at.X > 1080 && s.at.Y < 870 }
func inBar(s seen) bool     { return s.at.Y > 870 }

// tap taps what lies in the middle of a text.
func (r *rig) tap(s seen) {
	r.t.Helper()
	test.TapCanvas(r.window.Canvas(), s.middle())
	r.settle()
}

// beside returns the text of a table row that begins nearest to x.
func (r *rig) beside(symbol string, x float32) seen {
	r.t.Helper()
	row := r.find(symbol, inTable)
	var best seen
	for _, s := range r.texts() {
		if inTable(s) && abs(s.middle().Y-row.middle().Y) < 4 && (best.Text == nil || abs(s.middle().X-x) < abs(best.middle().X-x)) {
			best = s
		}
	}
	return best
}

func abs(x float32) float32 { return max(x, -x) }

// tick taps the tick box of a symbol.
func (r *rig) tick(symbol string) {
	r.t.Helper()
	r.tap(r.beside(symbol, 13))
}

func (r *rig) isTicked(symbol string) bool {
	r.t.Helper()
	return r.beside(symbol, 13).Text.Text == "☑"
}

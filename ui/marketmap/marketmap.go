// Package marketmap shows the whole market as one picture: a map, on which every
// contract is a dot (price change across, open-interest change up, its size the
// open interest, its colour and shape the reading), or a treemap of open interest.
//
//	snapshot ──► job ──► read, draw (painter's goroutine) ──► picture ──► view
//
// A job holds all that a picture depends on (job.go). The painter reads it
// (read.go), has package charts draw it (picture.go), and hands the newest to the
// view (view.go), over which ring and lasso move. The bar below the picture goes
// back in time (replay.go) and plays it (play.go); takeaway.go makes it a file.
//
// Every method belongs to the UI's goroutine; the pane calls back on it. A pane
// is built anew for another language or theme, from its State.
package marketmap

import (
	"context"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/look/tip"
	"openinterest/ui/paint"
	"openinterest/ui/tabs"
	"openinterest/ui/takeaway"
)

// The pictures that the pane can show, as State.Kind names them.
const (
	KindMap  = "map"
	KindTree = "tree"
)

// State is what a person chose. The zero value is a map over 24 hours, on the
// scale of square roots.
type State struct {
	Kind   string `json:"kind,omitempty"`   // KindMap or KindTree
	Window string `json:"window,omitempty"` // as market.Window.String names it
	Linear bool   `json:"linear,omitempty"`
}

// windows are those one can choose.
var windows = []market.Window{market.Window1h, market.Window4h, market.Window24h, market.Window7d}

// Options are what a Pane is made from. Context, Words, Tips, Dispatch and After are
// required; callbacks may be nil.
type Options struct {
	Context  context.Context // ends drawing
	Words    *assets.Words
	Tips     *tip.Layer
	Dispatch func(func()) // runs a function on the UI's goroutine
	State    State
	At       int64 // the stamp replayed at first, as Pane.At says it; 0: now
	Max      int   // how many contracts can be ticked; 0: any number
	Demo     bool  // the market is simulated: say so on the picture

	// Past loads a contract's stamps from a time on, for the window that is longer
	// than what a quote has; nil: nothing is kept. It is called off the UI's goroutine.
	Past func(ctx context.Context, symbol string, from, to time.Time) ([]market.Point, error)

	OnState func(State)
	OnOpen  func(symbol string)    // its chart should be shown
	OnTick  func(symbols []string) // exactly these should be ticked; SetTicked follows

	OnExport func(takeaway.Export) // the person wants the picture as a file; nil: no button
	OnCopy   func(takeaway.Export) // the person wants the picture on the clipboard; nil: not offered

	// After calls on the UI's goroutine when a time is over: what plays waits with it.
	After func(time.Duration, func()) (cancel func())

	Synchronous bool // draw while painting, for pictures of the window
}

// Pane is the market's picture with its controls.
type Pane struct {
	widget.BaseWidget
	o     Options
	w     *assets.Words
	state State

	snapshot *market.Snapshot
	board    *watch.Board
	shown    map[string]bool // contracts that the table's filter lets through; nil: all
	filter   string          // its name
	ticked   []string
	front    bool              // on screen: only then anything is drawn
	reading  signal.Kind       // whose contracts alone stand out; Unknown: all do
	at       int64             // the stamp replayed, Unix ms; 0: now
	print    watch.Fingerprint // of what was drawn last

	cancel  context.CancelFunc         // ends drawing
	painter *paint.Painter[job, drawn] // nil: drawing is synchronous
	past    *past

	view    *view
	kinds   *tabs.Strip
	spans   *tabs.Strip
	scales  *tabs.Strip
	note    *quietText
	replay  *replay
	content *fyne.Container
}

// New builds the pane.
func New(o Options) *Pane {
	p := &Pane{o: o, w: o.Words, state: o.State.sane(), at: o.At, past: &past{load: o.Past}}
	p.view = newView(p)
	p.o.Context, p.cancel = context.WithCancel(o.Context)
	if ctx := p.o.Context; !o.Synchronous {
		p.painter = paint.New(ctx, func(j job) (drawn, bool) { return j.paint(ctx) }, o.Dispatch, p.show)
	}
	p.note = newQuietText("")
	p.replay = newReplay(p)
	p.controls()
	strips := container.NewHBox(p.kinds, widget.NewSeparator(), p.spans, widget.NewSeparator(), p.scales)
	head := container.NewBorder(nil, nil, strips, p.saveButton(), p.note)
	p.content = container.NewBorder(head, p.replay.object, nil, nil, p.view)
	p.ExtendBaseWidget(p)
	return p
}

// sane is the state without what a file may have that this version has not.
func (s State) sane() State {
	if s.Kind != KindTree {
		s.Kind = KindMap
	}
	if !slices.ContainsFunc(windows, func(w market.Window) bool { return w.String() == s.Window }) {
		s.Window = market.Window24h.String()
	}
	return s
}

// window is the window chosen.
func (s State) window() market.Window {
	i := slices.IndexFunc(windows, func(w market.Window) bool { return w.String() == s.Window })
	return windows[max(0, i)]
}

// controls builds the choices of the pane's head.
func (p *Pane) controls() {
	names := make([]string, len(windows))
	for i, w := range windows {
		names[i] = w.String()
	}
	p.kinds = strip([]string{p.w.T("map.map"), p.w.T("map.tree")}, index(p.state.Kind == KindTree), func(i int) {
		p.state.Kind = []string{KindMap, KindTree}[i]
	}, p)
	p.spans = strip(names, slices.Index(windows, p.state.window()), func(i int) { p.state.Window = windows[i].String() }, p)
	p.scales = strip([]string{p.w.T("map.root"), p.w.T("map.linear")}, index(p.state.Linear), func(i int) { p.state.Linear = i == 1 }, p)
	p.dress()
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

func strip(labels []string, chosen int, choose func(int), p *Pane) *tabs.Strip {
	s := tabs.New(labels, chosen)
	s.OnChange = func(i int) {
		choose(i)
		p.reading = signal.Unknown
		p.dress()
		p.note.say("")
		p.order()
		if p.o.OnState != nil {
			p.o.OnState(p.state)
		}
	}
	return s
}

// dress hides the choice that a treemap has no use for.
func (p *Pane) dress() {
	if p.state.Kind == KindTree {
		p.scales.Hide()
	} else {
		p.scales.Show()
	}
}

// Close ends drawing, and lets go of the market: Fyne keeps a pane that is gone
// for a minute.
func (p *Pane) Close() {
	p.cancel()
	p.replay.player.pause()
	p.front, p.snapshot, p.board, p.shown, p.past = false, nil, nil, nil, &past{}
	p.view.d = nil
}

// CreateRenderer implements fyne.Widget.
func (p *Pane) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

// State returns what is chosen.
func (p *Pane) State() State { return p.state }

// At is the stamp replayed, Unix ms; 0: now. A pane that takes the place of this one,
// in another language or theme, goes on there.
func (p *Pane) At() int64 { return p.at }

// Busy reports whether what is shown isn't the newest.
func (p *Pane) Busy() bool { return p.painter != nil && p.painter.Busy() }

// Front reports whether the pane can be seen.
func (p *Pane) Front() bool { return p.front }

// SetFront says whether the pane can be seen: while it can't, nothing is drawn.
func (p *Pane) SetFront(front bool) {
	if front == p.front {
		return
	}
	p.front = front
	if !front {
		p.reading = signal.Unknown
		p.replay.player.pause()
		p.view.MouseOut()
		return
	}
	p.order()
}

// SetSnapshot shows a market with the signals of a board, which may be nil. It is
// called with every snapshot, and draws when a stamp has closed: the readings are
// of closed stamps.
func (p *Pane) SetSnapshot(s *market.Snapshot, b *watch.Board) {
	if s == nil {
		return
	}
	p.snapshot, p.board = s, b
	if print := watch.FingerprintOf(s, b); print != p.print {
		p.print = print
		p.order()
	}
}

// SetShown shows these contracts alone, and says by which filter: that of the
// table applies here too. A nil set shows all.
func (p *Pane) SetShown(set map[string]bool, label string) {
	if label == p.filter && (set == nil) == (p.shown == nil) && maps.Equal(set, p.shown) {
		return
	}
	p.shown, p.filter = set, label
	p.order()
}

// Reading is the reading whose contracts alone stand out; Unknown: all do.
func (p *Pane) Reading() signal.Kind { return p.reading }

// ShowReading lets the contracts with a reading of 24 hours stand out, in their
// quadrant of the map, until something else is chosen or another pane comes to the
// front: the guide leads here.
func (p *Pane) ShowReading(k signal.Kind) {
	p.replay.player.pause()
	p.state.Kind, p.state.Window, p.at = KindMap, market.Window24h.String(), 0
	p.kinds.Choose(0)
	p.spans.Choose(slices.Index(windows, market.Window24h))
	p.reading = k
	p.dress()
	p.order()
}

// SetTicked says which contracts are ticked, in their order.
func (p *Pane) SetTicked(symbols []string) {
	if slices.Equal(symbols, p.ticked) {
		return
	}
	p.ticked = slices.Clone(symbols)
	p.order()
}

// PointerLeft says that the pointer left the window.
func (p *Pane) PointerLeft() { p.view.MouseOut() }

// order has the picture drawn.
func (p *Pane) order() {
	if !p.front || p.snapshot == nil {
		return
	}
	p.view.order()
}

// show takes a picture that was drawn.
func (p *Pane) show(d drawn) {
	if p.o.Context.Err() != nil {
		return
	}
	p.view.show(d)
	p.replay.show(d.reads)
	p.note.tell(d.note(p.w))
}

// toggle ticks a contract, or unticks it, and says why not.
func (p *Pane) toggle(symbol string) {
	i := slices.Index(p.ticked, symbol)
	switch {
	case i >= 0:
		p.tick(slices.Delete(slices.Clone(p.ticked), i, i+1))
		p.note.say(p.w.T("map.unticked", assets.Args{"Symbol": symbol}))
	case p.o.Max > 0 && len(p.ticked) >= p.o.Max:
		p.note.say(p.w.T("map.full", assets.Args{"Max": p.o.Max}))
	default:
		p.tick(append(slices.Clone(p.ticked), symbol))
		p.note.say(p.w.T("map.ticked", assets.Args{"Symbol": symbol}))
	}
}

// tickAll ticks contracts that a lasso was drawn around, the largest first, beside
// those that are ticked already, and says what it did.
func (p *Pane) tickAll(symbols []string) {
	all, had := slices.Clone(p.ticked), overlap(symbols, p.ticked)
	for _, s := range symbols {
		if !slices.Contains(all, s) && (p.o.Max == 0 || len(all) < p.o.Max) {
			all = append(all, s)
		}
	}
	added, key := len(all)-len(p.ticked), "map.lasso"
	switch left := len(symbols) - added - had; {
	case len(symbols) == 0:
		key = "map.lasso_none"
	case had == len(symbols):
		key = "map.lasso_had"
	case added == 0:
		key = "map.full"
	case left > 0:
		key = "map.lasso_some"
	}
	if added > 0 {
		p.tick(all)
	}
	p.note.say(p.w.T(key, assets.Args{"Ticked": added, "Inside": len(symbols), "Max": p.o.Max}))
}

// overlap is how many symbols are in both lists.
func overlap(a, b []string) int {
	n := 0
	for _, s := range a {
		if slices.Contains(b, s) {
			n++
		}
	}
	return n
}

func (p *Pane) tick(symbols []string) {
	p.SetTicked(symbols)
	if p.o.OnTick != nil {
		p.o.OnTick(slices.Clone(symbols))
	}
}

func (p *Pane) open(symbol string) {
	if p.o.OnOpen != nil {
		p.o.OnOpen(symbol)
	}
}

package marketmap

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/takeaway"
)

// rig is a pane in a window, driven by hand. The goroutine of the test is the
// UI's: what is dispatched to it waits in hops.
type rig struct {
	*Pane
	t      *testing.T
	window fyne.Window
	tips   *tip.Layer
	hops   chan func()
	rest   func() // what the tooltip waits for

	next func() // what the player waits for

	exported, copied []takeaway.Export

	opened string
	ticked []string
	states []State
}

// setup is what a pane starts with; the zero value is a map in English and dark.
type setup struct {
	lang     assets.Language
	mode     look.Mode
	size     fyne.Size
	snapshot *market.Snapshot // nil: 200 contracts
	with     func(*Options)
}

func start(t *testing.T, s setup) *rig {
	t.Helper()
	if s.lang == "" {
		s.lang = assets.English
	}
	if s.mode == "" {
		s.mode = look.Dark
	}
	if s.size.IsZero() {
		s.size = fyne.NewSize(800, 360)
	}
	if s.snapshot == nil {
		s.snapshot = columnstest.Large(200)
	}
	test.NewTempApp(t).Settings().SetTheme(look.New(s.mode, false))
	r := &rig{t: t, hops: make(chan func(), 1000)}
	clock := tip.Clock{Now: func() time.Time { return columnstest.Now }, After: func(_ time.Duration, f func()) func() {
		r.rest = f
		return func() { r.rest = nil }
	}}
	r.tips = tip.NewLayer(clock)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	o := Options{
		Context: ctx, Words: assets.NewWords(s.lang), Tips: r.tips, Dispatch: func(f func()) { r.hops <- f }, Max: 12,
		After: func(_ time.Duration, f func()) func() {
			r.next = f
			return func() { r.next = nil }
		},
		OnExport: func(e takeaway.Export) { r.exported = append(r.exported, e) },
		OnCopy:   func(e takeaway.Export) { r.copied = append(r.copied, e) },
		OnOpen:   func(symbol string) { r.opened = symbol },
		OnTick:   func(symbols []string) { r.ticked = symbols },
		OnState:  func(s State) { r.states = append(r.states, s) },
	}
	if s.with != nil {
		s.with(&o)
	}
	r.Pane = New(o)
	r.window = test.NewTempWindow(t, nil)
	r.window.SetPadded(false)
	r.window.SetContent(r.tips.Over(r.Pane, r.window.Canvas()))
	r.window.Resize(s.size)
	r.SetFront(true)
	r.SetSnapshot(s.snapshot, nil)
	r.settle()
	return r
}

// settle paints, and runs what was dispatched until the newest picture is shown.
func (r *rig) settle() {
	r.t.Helper()
	r.window.Canvas().Capture()
	r.drain()
}

// drain runs what was dispatched, without painting the window.
func (r *rig) drain() {
	r.t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for r.Busy() {
		select {
		case hop := <-r.hops:
			hop()
		case <-limit.C:
			r.t.Fatal("the map is still being drawn")
		}
	}
}

// place is where a contract is, in the view.
func (r *rig) place(symbol string) fyne.Position {
	r.t.Helper()
	box, ok := r.view.box(symbol)
	if !ok {
		r.t.Fatalf("%s is not on the picture", symbol)
	}
	k := r.view.perUnit()
	return fyne.NewPos(float32((box.X+box.Width/2)/k), float32((box.Y+box.Height/2)/k))
}

// point moves the pointer onto a contract, and rests there.
func (r *rig) point(symbol string) {
	r.t.Helper()
	at := r.place(symbol)
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}}
	r.view.MouseIn(e)
	r.view.MouseMoved(e)
	if r.rest != nil {
		r.rest()
	}
}

func (r *rig) key(name fyne.KeyName) {
	r.view.TypedKey(&fyne.KeyEvent{Name: name})
	r.settle()
}

// rope draws a lasso through corners.
func (r *rig) rope(shift bool, corners ...fyne.Position) {
	down := &desktop.MouseEvent{}
	if shift {
		down.Modifier = fyne.KeyModifierShift
	}
	r.view.MouseDown(down)
	for i, at := range corners {
		e := &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at}}
		if i > 0 {
			e.Dragged = fyne.NewDelta(at.X-corners[i-1].X, at.Y-corners[i-1].Y)
		}
		r.view.Dragged(e)
	}
	r.view.DragEnd()
	r.settle()
}

// all is a rectangle around everything on the picture.
func (r *rig) all() []fyne.Position {
	size := r.view.Size()
	return []fyne.Position{{}, {X: size.Width}, {X: size.Width, Y: size.Height}, {Y: size.Height}}
}

func (r *rig) tipTexts() string { return strings.Join(r.tips.Shown().Texts(), "\n") }

// standing is a contract that stands alone, so that the pointer finds it.
func (r *rig) standing() string {
	r.t.Helper()
	for i := range r.view.d.order {
		symbol := r.view.d.contract(i).symbol
		if r.view.at(r.place(symbol)) == symbol {
			return symbol
		}
	}
	r.t.Fatal("no contract can be pointed at")
	return ""
}

// without is the market without some contracts' history.
func without(s *market.Snapshot, symbols ...string) *market.Snapshot {
	changed := *s
	changed.Quotes = slices.Clone(s.Quotes)
	for i, q := range changed.Quotes {
		if slices.Contains(symbols, q.Contract.Symbol) {
			bare := *q
			bare.History = nil
			changed.Quotes[i] = &bare
		}
	}
	return market.NewSnapshot(changed)
}

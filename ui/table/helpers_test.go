package table

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/look/toast"
)

// fakeTime is a clock that moves when told, and runs what is due then.
type fakeTime struct {
	now    time.Time
	timers []*fakeTimer
}

type fakeTimer struct {
	due  time.Time
	call func()
}

func (f *fakeTime) clock() tip.Clock {
	return tip.Clock{
		Now: func() time.Time { return f.now },
		After: func(d time.Duration, call func()) func() {
			t := &fakeTimer{f.now.Add(d), call}
			f.timers = append(f.timers, t)
			return func() { t.call = nil }
		},
	}
}

func (f *fakeTime) pass(d time.Duration) {
	f.now = f.now.Add(d)
	for i := 0; i < len(f.timers); i++ {
		if t := f.timers[i]; t.call != nil && !t.due.After(f.now) {
			call := t.call
			t.call = nil
			call()
		}
	}
}

// rig is a table in a window, with everything it tells.
type rig struct {
	*Table
	t      testing.TB
	window fyne.Window
	tips   *tip.Layer
	time   *fakeTime
	hops   []func()

	states  []State
	opened  []string
	guided  []string
	moments []int64
	ticked  [][]string
	visible [][]string
	fetched []signal.EventKind

	toasts       []toast.Toast
	alertedOf    []string
	alertedView  string
	alertedQuery columns.Query
	outside      []string // opened at the exchange
	runes        []rune
}

// told is the newest toast.
func (r *rig) told() toast.Toast {
	if len(r.toasts) == 0 {
		return toast.Toast{}
	}
	return r.toasts[len(r.toasts)-1]
}

type setup struct {
	lang    assets.Language
	mode    look.Mode
	size    fyne.Size
	state   State
	mayTick func(string, int) string
	signals bool // with a board

	trailing []fyne.CanvasObject // at the end of the toolbar
}

// start opens a table with nothing in it.
func start(t testing.TB, s setup) *rig {
	t.Helper()
	app := test.NewTempApp(t)
	if s.mode == "" {
		s.mode = look.Dark
	}
	app.Settings().SetTheme(look.New(s.mode, false))
	if s.lang == "" {
		s.lang = assets.English
	}
	if s.size.IsZero() {
		s.size = fyne.NewSize(1440, 500)
	}
	r := &rig{t: t, time: &fakeTime{now: columnstest.Now}}
	r.tips = tip.NewLayer(r.time.clock())
	r.Table = New(Options{
		Trailing: s.trailing,
		Words:    assets.NewWords(s.lang), Tips: r.tips, Clock: r.time.clock(), State: s.state, MayTick: s.mayTick,
		Dispatch:  func(f func()) { r.hops = append(r.hops, f) },
		OnState:   func(s State) { r.states = append(r.states, s) },
		OnOpen:    func(symbol string) { r.opened = append(r.opened, symbol) },
		OnGuide:   func(section string) { r.guided = append(r.guided, section) },
		OnMoment:  func(_ string, at int64) { r.moments = append(r.moments, at) },
		OnTicked:  func(symbols []string) { r.ticked = append(r.ticked, symbols) },
		OnVisible: func(symbols []string) { r.visible = append(r.visible, symbols) },
		Gestures: Gestures{
			Tell:   func(x toast.Toast) { r.toasts = append(r.toasts, x) },
			OnRune: func(c rune) { r.runes = append(r.runes, c) },
			Alerts: func(symbol string) []*fyne.MenuItem {
				return []*fyne.MenuItem{fyne.NewMenuItem("Any signal", func() { r.alertedOf = append(r.alertedOf, symbol) })}
			},
			OnAlertView: func(name string, q columns.Query) { r.alertedView, r.alertedQuery = name, q },
			OnExchange:  func(symbol string) { r.outside = append(r.outside, symbol) },
		},
		MayFetch: func(b *watch.Board, k signal.EventKind) bool { return len(b.Lacking(k)) > 0 },
		OnFetch:  func(k signal.EventKind) { r.fetched = append(r.fetched, k) },
	})
	r.window = test.NewTempWindow(t, nil)
	r.window.SetPadded(false)
	r.window.SetContent(r.tips.Over(r.Object(), r.window.Canvas()))
	r.window.Resize(s.size)
	return r
}

// slotOf is what shows the row of a symbol.
func (r *rig) slotOf(symbol string) *slot { return r.body.slots[r.rowOf(symbol)%len(r.body.slots)] }

// full opens a table with the small market in it.
func full(t testing.TB, s setup) *rig {
	t.Helper()
	r := start(t, s)
	var b *watch.Board
	if s.signals {
		b = columnstest.Board()
	}
	r.Update(columnstest.Snapshot(), b, columnstest.Now)
	r.drain()
	return r
}

// drain runs what was handed to the UI's goroutine.
func (r *rig) drain() {
	for len(r.hops) > 0 {
		hop := r.hops[0]
		r.hops = r.hops[1:]
		hop()
	}
}

// order is the symbols shown, without USDT.
func (r *rig) order() []string {
	var names []string
	for _, row := range r.shown {
		names = append(names, strings.TrimSuffix(row.Symbol, "USDT"))
	}
	return names
}

func (r *rig) rowOf(symbol string) int {
	r.t.Helper()
	i := slices.IndexFunc(r.shown, func(row *columns.Row) bool { return row.Symbol == symbol })
	if i < 0 {
		r.t.Fatalf("%s is not shown: %v", symbol, r.order())
	}
	return i
}

func (r *rig) placeOf(id columns.ID) int {
	r.t.Helper()
	i := slices.IndexFunc(r.grid.places, func(p place) bool { return p.column.ID == id })
	if i < 0 {
		r.t.Fatalf("column %s is not shown", id)
	}
	return i
}

// cellAt is the position of a cell's middle within the body.
func (r *rig) cellAt(symbol string, id columns.ID) fyne.Position {
	r.t.Helper()
	i := r.placeOf(id)
	x := r.grid.left(i, r.scroll.Offset.X) + r.grid.places[i].width/2 + r.scroll.Offset.X
	return fyne.NewPos(x, (float32(r.rowOf(symbol))+0.5)*r.rowHeight)
}

// absolute turns a position of the body into one of the window.
func (r *rig) absolute(p fyne.Position) fyne.Position {
	return p.Add(fyne.CurrentApp().Driver().AbsolutePositionForObject(r.body))
}

func (r *rig) tapCell(symbol string, id columns.ID) {
	r.t.Helper()
	test.TapCanvas(r.window.Canvas(), r.absolute(r.cellAt(symbol, id)))
}

func (r *rig) moveOver(symbol string, id columns.ID) {
	r.t.Helper()
	test.MoveMouse(r.window.Canvas(), r.absolute(r.cellAt(symbol, id)))
}

// leave takes the pointer to the very corner of the window.
func (r *rig) leave() { test.MoveMouse(r.window.Canvas(), fyne.NewPos(1, 1)) }

// headingAt is the position of a heading's middle, in the header.
func (r *rig) headingAt(id columns.ID) fyne.Position {
	r.t.Helper()
	i := r.placeOf(id)
	return fyne.NewPos(r.grid.left(i, r.scroll.Offset.X)+r.grid.places[i].width/2, r.header.Size().Height/2)
}

func (r *rig) tapHeading(id columns.ID) {
	r.t.Helper()
	test.TapAt(r.header, r.headingAt(id))
}

func (r *rig) press(key fyne.KeyName) {
	r.t.Helper()
	focused := r.window.Canvas().Focused()
	if focused == nil {
		r.t.Fatal("nothing has the keyboard")
	}
	focused.TypedKey(&fyne.KeyEvent{Name: key})
}

// scrollSideways shows what is further to the right, as a wheel does.
func (r *rig) scrollSideways(by float32) {
	r.t.Helper()
	r.scroll.ScrollToOffset(r.scroll.Offset.AddXY(by, 0))
	r.scrolled()
}

// cell is what is drawn in a cell.
func (r *rig) cell(symbol string, id columns.ID) cell {
	r.t.Helper()
	return r.body.slots[r.rowOf(symbol)%len(r.body.slots)].cells[r.placeOf(id)]
}

func (r *rig) cellText(symbol string, id columns.ID) string {
	r.t.Helper()
	return r.cell(symbol, id).text
}

func (r *rig) tooltip() string { return strings.Join(r.tips.Shown().Texts(), " | ") }

var _ desktop.Hoverable = (*body)(nil)

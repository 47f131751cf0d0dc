// Package table is the market as a table: a toolbar with search and filters, a
// header that stays, and a row for each contract.
//
// Snapshots may come from any goroutine (Update); their rows are made and
// ordered there and handed over in one hop, of which at most one is pending.
// Everything else, the texts of rows on screen too, belongs to the UI's goroutine.
//
// The rows are one widget in a scroller, not a widget.List: that puts gaps
// between rows in which the pointer is on none, scrolls one way only, so that
// columns cannot stay while others move sideways, and makes and measures a
// spare row on every refresh. One widget has one Hoverable, so that row and
// column follow from the pointer's position. A row on screen is one picture
// (row.go), painted again when what it says has changed: with a text for each
// cell, four hundred textures took more memory than the whole market.
package table

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/columns"
	"openinterest/ui/explain"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/look/toast"
)

// Options are what a table needs and whom it tells. Words, Tips, Clock and
// Dispatch are required; callbacks may be nil and come on the UI's goroutine.
type Options struct {
	Words    *assets.Words
	Tips     *tip.Layer
	Clock    tip.Clock
	Dispatch func(func())        // runs a function on the UI's goroutine
	State    State               // as kept from the last time
	Explain  *explain.Words      // of signals; nil: without scorecards
	Trailing []fyne.CanvasObject // stand at the right end of the toolbar

	OnState   func(State)                            // something worth keeping changed
	OnOpen    func(symbol string)                    // double click or Enter
	OnMoment  func(symbol string, at int64)          // double click on a signal that fired then, Unix ms
	OnLook    func(symbol string)                    // the person went to a row that SetAlerted marks
	OnGuide   func(section string)                   // the guide should say more
	OnTicked  func(symbols []string)                 // in the order they were ticked
	MayTick   func(symbol string, others int) string // a sentence refuses one more
	OnVisible func(symbols []string)                 // the rows on screen, when they change

	// OnRows tells every row there is and what is asked of them, whenever either
	// changes: whoever shows the same market otherwise filters by Query.Matches.
	OnRows func(rows []*columns.Row, q *columns.Query)

	OnSave   func(name string, write func(io.Writer) error) // asks where to, and writes a file there
	OnLoad   func(take func(text string))                   // asks for a file, and hands its text over
	Rules    func() []alert.Rule                            // of alerts, which are shared along with views; nil: there are none
	SetRules func([]alert.Rule)                             // replaces them; those without an id are new

	Gestures Gestures     // what the window does for keys and menus
	Density  look.Density // how high rows are

	MayFetch func(*watch.Board, signal.EventKind) bool // the history that a kind lacks can be fetched
	OnFetch  func(signal.EventKind)                    // it shall be
}

// Table is the pane. Make one with New; for another language, make another
// with the State of the first.
type Table struct {
	opts    Options
	words   *assets.Words
	explain *explain.Words
	columns []columns.Column
	state   State

	making  sync.Mutex // guards maker
	maker   *columns.Maker
	pending atomic.Pointer[frame]
	query   atomic.Pointer[columns.Query] // replaced whole on every change

	rows     []*columns.Row // all, by symbol
	index    map[string]*columns.Row
	shown    []*columns.Row  // those that match, in order
	selected string          // a symbol; empty: none
	alerted  map[string]bool // symbols that an alert came of: see SetAlerted
	search   string
	reason   string       // why there are no rows at all; empty: they are on their way
	board    *watch.Board // that the rows show; nil: none

	grid      grid
	rowHeight float32            // see Options.Density
	wanted    wanted             // what the grid was made for; zero: make it anew
	longest   float32            // width of the longest symbol
	widths    map[string]float32 // of symbols; guarded by making
	toolbar   *toolbar
	header    *header
	body      *body
	scroll    *container.Scroll
	strip     *strip
	empty     *emptyState
	visible   *visibleReport
	pane      *fyne.Container // header, rows and empty state
	object    fyne.CanvasObject
}

// frame is a snapshot made ready to show.
type frame struct {
	rows   []*columns.Row
	index  map[string]*columns.Row
	shown  []*columns.Row
	query  *columns.Query
	counts columns.Tally
	board  *watch.Board

	longest float32 // width of the longest symbol
	loading bool    // the market is still coming in
}

// New returns a table without rows.
func New(o Options) *Table {
	if o.Explain == nil {
		o.Explain = explain.New(o.Words)
	}
	t := &Table{opts: o, rowHeight: o.Density.RowHeight(), words: o.Words, explain: o.Explain, columns: columns.All(o.Words, o.Explain)}
	t.state = o.State.clone().sane(t.columns)
	t.maker, t.widths = &columns.Maker{}, map[string]float32{}
	t.visible = newVisibleReport(o.Clock, o.OnVisible)
	t.setQuery()

	t.body = newBody(t)
	t.scroll = container.NewScroll(t.body)
	t.scroll.OnScrolled = func(fyne.Position) { t.scrolled() }
	t.header = newHeader(t)
	t.empty = newEmptyState(t)
	t.toolbar = newToolbar(t)
	t.strip = newStrip(t)
	t.pane = container.New(&paneLayout{table: t}, t.header, t.scroll, t.empty.object)
	t.object = container.New(&frameLayout{t}, t.toolbar.object, t.strip.object, t.pane)
	t.empty.update()
	return t
}

// Object is what goes into the window.
func (t *Table) Object() fyne.CanvasObject { return t.object }

// State returns what the person chose.
func (t *Table) State() State { return t.state.clone() }

// AsksFor reports whether the table shows a column of some, is ordered by it, or
// filtered.
func (t *Table) AsksFor(some func(columns.ID) bool) bool {
	return slices.ContainsFunc(t.grid.places, func(p place) bool { return some(p.column.ID) }) ||
		some(t.state.Sort) || slices.ContainsFunc(t.state.Where, func(c columns.Condition) bool { return some(c.Column) })
}

// Update shows a snapshot as of now, with the signals of a board, which may be
// nil. It may be called from any goroutine, and again with the same snapshot as
// time passes, so that rows age.
func (t *Table) Update(s *market.Snapshot, b *watch.Board, now time.Time) {
	t.making.Lock()
	defer t.making.Unlock()
	f := &frame{rows: t.maker.Rows(s, b, now), index: t.maker.Index(), query: t.query.Load()}
	f.shown = columns.Arrange(f.rows, t.columns, f.query)
	f.counts, f.board = columns.Counts(f.rows), b
	f.longest = t.longestOf(f.rows)
	f.loading = s.Status.State == market.Loading
	if t.pending.Swap(f) == nil {
		t.opts.Dispatch(t.take)
	}
}

// longestOf is the width of the longest symbol, so that its column fits it. It
// is called with every snapshot, so widths are kept.
func (t *Table) longestOf(rows []*columns.Row) (longest float32) {
	for _, r := range rows {
		w, ok := t.widths[r.Symbol]
		if !ok {
			w = float32(look.Font(true).Width(float64(look.TextSize), r.Symbol))
			t.widths[r.Symbol] = w
		}
		longest = max(longest, w)
	}
	return longest
}

// take shows the newest frame. Under the pointer rows hold still: values
// change in place, and the order waits until the pointer leaves. While the
// market is still coming in there is no order yet to hold.
func (t *Table) take() {
	f := t.pending.Swap(nil)
	if f == nil {
		return
	}
	t.rows, t.index, t.board = f.rows, f.index, f.board
	if f.longest != t.longest {
		t.longest = f.longest
		t.layOut()
	}
	switch {
	case t.resting() && !f.loading:
		t.show(held(t.shown, f.index))
	case f.query != t.query.Load(): // the person was quicker
		t.show(columns.Arrange(t.rows, t.columns, t.query.Load()))
	default:
		t.show(f.shown)
	}
	t.toolbar.setCounts(f.counts, len(f.rows))
	t.tellRows()
	if !t.resting() {
		t.strip.suggest(t.query.Load(), t.shown)
	}
	if len(t.shown) == 0 {
		t.empty.update() // what it says of the signals may have changed
	}
}

// resting reports whether the rows hold still instead of taking their places.
func (t *Table) resting() bool { return t.body.hovered && len(t.shown) > 0 }

// held returns the newest rows of the same contracts in the same order.
func held(shown []*columns.Row, index map[string]*columns.Row) []*columns.Row {
	rows := make([]*columns.Row, 0, len(shown))
	for _, old := range shown {
		if r := index[old.Symbol]; r != nil {
			rows = append(rows, r)
		}
	}
	return rows
}

// show puts rows on screen.
func (t *Table) show(rows []*columns.Row) {
	grown := len(rows) != len(t.shown)
	t.shown = rows
	if grown {
		t.scroll.Refresh()
		t.empty.update()
	}
	t.body.update()
	if t.body.hovered { // another row may have come under the pointer
		t.body.slide()
	}
	t.reportVisible()
}

// rearrange answers a changed query at once, also under the pointer: the
// person asked for it.
func (t *Table) rearrange() {
	t.setQuery()
	t.show(columns.Arrange(t.rows, t.columns, t.query.Load()))
	t.empty.update()
	t.strip.suggest(t.query.Load(), t.shown)
	t.strip.refresh()
	t.tellRows()
}

func (t *Table) tellRows() {
	if t.opts.OnRows != nil {
		t.opts.OnRows(t.rows, t.query.Load())
	}
}

func (t *Table) setQuery() {
	q := t.state.query()
	q.Search = t.search
	q.Favourites, q.Ticked, q.Listed = set(t.state.Favourites), set(t.state.Ticked), t.state.listed()
	t.query.Store(&q)
}

// PointerLeft says that the pointer left the window, which Fyne does not tell
// the widget that it was on: the rows need hold still no longer.
func (t *Table) PointerLeft() {
	t.opts.Tips.Leave()
	if t.body.hovered {
		t.body.MouseOut()
	}
}

// resort lets the rows find their places after they held still.
func (t *Table) resort() {
	t.show(columns.Arrange(t.rows, t.columns, t.query.Load()))
}

func (t *Table) changed() {
	if t.opts.OnState != nil {
		t.opts.OnState(t.State())
	}
}

// sortBy is a click on a header: the column's own direction, then the other,
// then the default order.
func (t *Table) sortBy(c *columns.Column) {
	s := &t.state
	switch {
	case s.Sort != c.ID:
		s.Sort, s.Descending = c.ID, c.Descending
	case s.Descending == c.Descending:
		s.Descending = !c.Descending
	default:
		s.Sort, s.Descending = columns.DefaultSort, columns.DefaultDescending
	}
	t.scroll.ScrollToOffset(fyne.NewPos(t.scroll.Offset.X, 0))
	t.rearrange()
	t.header.Refresh()
	t.changed()
}

// SetReason says why no contract is known, in a sentence; "" while they are
// being asked for. It is shown as long as there are no rows.
func (t *Table) SetReason(sentence string) {
	if t.reason != sentence {
		t.reason = sentence
		t.empty.update()
	}
}

// toggleTick ticks or unticks a symbol, and says so; one more may be refused with
// a sentence.
func (t *Table) toggleTick(symbol string) {
	if !slices.Contains(t.state.Ticked, symbol) && t.opts.MayTick != nil {
		if refusal := t.opts.MayTick(symbol, len(t.state.Ticked)); refusal != "" {
			t.tell(toast.Toast{Text: refusal, Warning: true})
			return
		}
	}
	before := t.state.Ticked
	t.SetTicked(toggled(before, symbol))
	t.tellTicked(symbol, before)
}

// SetTicked ticks exactly these symbols: the legend of a chart unticks here.
func (t *Table) SetTicked(symbols []string) {
	symbols = unique(symbols, func(s string) bool { return s != "" })
	if slices.Equal(symbols, t.state.Ticked) {
		return
	}
	t.state.Ticked = symbols
	t.setQuery()
	t.body.update()
	if t.opts.OnTicked != nil {
		t.opts.OnTicked(slices.Clone(symbols))
	}
	t.changed()
}

func (t *Table) toggleFavourite(symbol string) {
	before := t.state.Favourites
	t.setFavourites(toggled(before, symbol))
	t.tellFavourite(symbol, before)
}

func (t *Table) setFavourites(symbols []string) {
	t.state.Favourites = symbols
	t.setQuery()
	t.body.update()
	t.changed()
}

// layOut computes the grid anew, after a change to the columns.
func (t *Table) layOut() {
	t.wanted = wanted{}
	t.pane.Refresh() // lays out
}

// fitColumns computes the grid for a pane of the given width.
func (t *Table) fitColumns(width float32) {
	want := wanted{room: width, symbol: t.longest}
	if want == t.wanted {
		return
	}
	t.wanted = want
	t.grid = newGrid(t.columns, &t.state, want)
	t.body.relayout()
	t.header.relayout()
	if most := max(0, t.grid.width-width); t.scroll.Offset.X > most {
		t.scroll.ScrollToOffset(fyne.NewPos(most, t.scroll.Offset.Y))
	}
	t.scroll.Refresh()
}

func (t *Table) scrolled() {
	t.body.update()
	if t.body.hovered {
		t.body.slide()
	}
	t.header.Refresh()
	t.reportVisible()
}

func (t *Table) reportVisible() {
	first, last := t.body.window()
	symbols := make([]string, 0, last-first)
	for _, r := range t.shown[first:last] {
		symbols = append(symbols, r.Symbol)
	}
	t.visible.set(symbols)
}

// paneLayout puts the header above the rows and the empty state over them, and
// lays the columns out when the pane's width changes.
type paneLayout struct{ table *Table }

// MinSize is small: the pane shows what fits.
func (l *paneLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(240, tallHeader+4*l.table.rowHeight)
}

// Layout places header, rows and empty state.
func (l *paneLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h, rows, empty := objects[0], objects[1], objects[2]
	l.table.fitColumns(size.Width)
	height := l.table.grid.headerHeight()
	h.Resize(fyne.NewSize(size.Width, height))
	below := fyne.NewPos(0, height)
	room := fyne.NewSize(size.Width, max(0, size.Height-height))
	rows.Move(below)
	rows.Resize(room)
	empty.Move(below)
	empty.Resize(room)
	l.table.body.update()
	l.table.reportVisible()
}

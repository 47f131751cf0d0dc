package table

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/ui/columns"
	"openinterest/ui/look"
	"openinterest/ui/look/toast"
)

// Gestures are what the window does for keys and menus of the table. Any of them
// may be nil: the table then does without.
type Gestures struct {
	Tell     func(toast.Toast) // what a gesture did, or why not
	OnEscape func()            // closes whatever is open
	OnRune   func(rune)        // a key that the table has no use for

	OnShortcut func(fyne.Shortcut) // the same, of keys held together

	Alerts      func(symbol string) []*fyne.MenuItem // makes rules of alerts about a contract
	OnAlertView func(name string, q columns.Query)   // begins a rule of alerts about the rows that a view shows
	OnExchange  func(symbol string)                  // opens the contract's page at the exchange
	OnCalculate func(symbol string)                  // opens the liquidation calculator
}

// TappedSecondary opens the menu of the row.
func (b *body) TappedSecondary(e *fyne.PointEvent) {
	b.table.opts.Tips.Leave()
	focus(b)
	if row, _ := b.hit(e.Position); row >= 0 {
		b.selectRow(row)
		b.openMenu(b.table.shown[row], e.AbsolutePosition)
	}
}

// openMenu shows what can be done with a row.
func (b *body) openMenu(r *columns.Row, at fyne.Position) {
	look.OpenMenuAt(b, at, b.menu(r)...)
}

// menu lists what can be done with a row: what a person does most stands first.
func (b *body) menu(r *columns.Row) []*fyne.MenuItem {
	t, w, g, symbol := b.table, b.table.words, &b.table.opts.Gestures, r.Symbol
	about := assets.Args{"Symbol": symbol}
	tick := fyne.NewMenuItem(w.T("menu.tick"), func() { t.toggleTick(symbol) })
	tick.Checked = slices.Contains(t.state.Ticked, symbol)
	star := fyne.NewMenuItem(w.T("menu.favourite"), func() { t.toggleFavourite(symbol) })
	star.Checked = slices.Contains(t.state.Favourites, symbol)
	lists := fyne.NewMenuItem(w.T("menu.watchlists"), nil)
	lists.ChildMenu = fyne.NewMenu("", t.ListItems(symbol)...)
	items := []*fyne.MenuItem{fyne.NewMenuItem(w.T("menu.chart", about), func() { b.open(r) }), tick, star, lists}
	if g.Alerts != nil {
		alerts := fyne.NewMenuItem(w.T("menu.alert"), nil)
		alerts.ChildMenu = fyne.NewMenu("", g.Alerts(symbol)...)
		items = append(items, alerts)
	}
	if g.OnCalculate != nil {
		items = append(items, fyne.NewMenuItem(w.T("calculator.menu"), func() { g.OnCalculate(symbol) }))
	}
	items = append(items, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(w.T("menu.explain"), func() { b.explain(r, "") }),
		fyne.NewMenuItem(w.T("menu.copy_row"), func() { t.copyRow(r) }),
		fyne.NewMenuItem(w.T("menu.copy_symbol"), func() {
			fyne.CurrentApp().Clipboard().SetContent(symbol)
			t.tell(toast.Toast{Text: w.T("menu.copied_symbol", about)})
		}))
	if g.OnExchange != nil {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(w.T("menu.exchange"), func() { g.OnExchange(symbol) }))
	}
	return items
}

// tell says what was done, where the window has a place for it.
func (t *Table) tell(what toast.Toast) {
	if t.opts.Gestures.Tell != nil {
		t.opts.Gestures.Tell(what)
	}
}

// tellTicked says that a symbol is compared now, or no longer, which can be undone.
func (t *Table) tellTicked(symbol string, before []string) {
	args := assets.Args{"Symbol": symbol, "Count": strconv.Itoa(len(t.state.Ticked))}
	if slices.Contains(t.state.Ticked, symbol) {
		t.tell(toast.Toast{Text: t.words.T("menu.ticked", args)})
		return
	}
	t.tell(toast.Toast{Text: t.words.T("menu.unticked", args), Action: t.words.T("menu.undo"), Do: func() { t.SetTicked(before) }})
}

// tellFavourite says that a symbol is a favourite now, or no longer, which can be
// undone: the row may have left the table with its star.
func (t *Table) tellFavourite(symbol string, before []string) {
	args := assets.Args{"Symbol": symbol}
	if slices.Contains(t.state.Favourites, symbol) {
		t.tell(toast.Toast{Text: t.words.T("menu.starred", args)})
		return
	}
	t.tell(toast.Toast{Text: t.words.T("menu.unstarred", args), Action: t.words.T("menu.undo"), Do: func() { t.setFavourites(before) }})
}

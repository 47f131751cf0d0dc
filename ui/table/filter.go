package table

import (
	"fyne.io/fyne/v2"

	"openinterest/data/signal"
)

// Search is what the rows are filtered by; "" for all.
func (t *Table) Search() string { return t.search }

// SetSearch filters by a text, as if typed.
func (t *Table) SetSearch(text string) { t.toolbar.search.SetText(text) }

func (t *Table) searchChanged(text string) {
	if text == t.search {
		return
	}
	t.search = text
	t.opts.Tips.Leave() // who types is not pointing at anything
	t.scroll.ScrollToOffset(fyne.NewPos(t.scroll.Offset.X, 0))
	t.rearrange()
}

// FocusSearch puts the keyboard into the search box.
func (t *Table) FocusSearch() { focus(t.toolbar.search) }

func focus(o interface {
	fyne.CanvasObject
	fyne.Focusable
}) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(o)
	}
}

// ShowKind filters by a reading; with signal.Unknown, by none.
func (t *Table) ShowKind(k signal.Kind) {
	t.state.Kind, t.state.Event = k, ""
	t.state = t.state.sane(t.columns)
	t.filtered()
}

// ShowEvent filters by a kind that contracts show now; with "", by none.
func (t *Table) ShowEvent(k signal.EventKind) {
	t.state.Kind, t.state.Event = signal.Unknown, k
	t.state = t.state.sane(t.columns)
	t.filtered()
}

func (t *Table) setFavouritesOnly(on bool) {
	t.state.FavouritesOnly = on
	t.filtered()
}

func (t *Table) filtered() {
	t.scroll.ScrollToOffset(fyne.NewPos(t.scroll.Offset.X, 0))
	t.rearrange()
	t.toolbar.refresh()
	t.changed()
}

// Filtered reports whether a search or a filter hides rows.
func (t *Table) Filtered() bool {
	s := &t.state
	return t.search != "" || s.FavouritesOnly || s.Kind != signal.Unknown || s.Event != ""
}

// ClearFilters shows every row again; it reports whether any were hidden.
func (t *Table) ClearFilters() bool {
	if !t.Filtered() {
		return false
	}
	t.clearFilters()
	return true
}

// clearFilters shows every row again.
func (t *Table) clearFilters() {
	t.state.Kind, t.state.Event, t.state.FavouritesOnly = signal.Unknown, "", false
	t.search = ""
	t.toolbar.search.SetText("")
	t.filtered()
}

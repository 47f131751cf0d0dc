package table

import (
	"fyne.io/fyne/v2"

	"openinterest/data/signal"
	"openinterest/ui/columns"
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

// Filtered reports whether there is a search, or another filter than that of the
// tab in front.
func (t *Table) Filtered() bool {
	now, saved := t.state.query(), t.state.view(t.state.viewKey()).Query
	now.Sort, now.Descending = saved.Sort, saved.Descending
	return t.search != "" || differ(saved, now)
}

// ClearFilters ends them, and reports whether there were any.
func (t *Table) ClearFilters() bool {
	if !t.Filtered() {
		return false
	}
	t.clearFilters()
	return true
}

// clearFilters ends the search and brings back what the tab in front filters by.
func (t *Table) clearFilters() {
	q := t.state.view(t.state.viewKey()).Query
	q.Sort, q.Descending = t.state.Sort, t.state.Descending
	t.setFilters(q)
}

// showAll shows every row again: All comes to the front, in the order of before.
func (t *Table) showAll() {
	sort, descending := t.state.Sort, t.state.Descending
	t.state.bring(ViewAll)
	t.layOut()
	t.setFilters(columns.Query{Sort: sort, Descending: descending})
}

func (t *Table) setFilters(q columns.Query) {
	t.state.setQuery(q)
	t.search = ""
	t.toolbar.search.SetText("")
	t.filtered()
	t.strip.rebuild()
}

package table

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// emptyState stands where rows would be, and says why there are none.
type emptyState struct {
	table  *Table
	text   *widget.Label
	button *widget.Button
	fetch  *widget.Button // the history that the signal filtered by lacks
	object *fyne.Container
}

func newEmptyState(t *Table) *emptyState {
	e := &emptyState{table: t, text: widget.NewLabel(""), button: widget.NewButton(t.words.T("table.show_all"), t.showAll)}
	e.text.Alignment = fyne.TextAlignCenter
	e.text.Importance = widget.LowImportance
	e.text.Wrapping = fyne.TextWrapWord
	e.fetch = widget.NewButton(t.words.T("evidence.fetch"), func() { t.opts.OnFetch(t.state.Event) })
	e.fetch.Hide()
	e.object = container.NewVBox(layout.NewSpacer(), e.text, container.NewCenter(container.NewHBox(e.button, e.fetch)), layout.NewSpacer())
	return e
}

// anyListed reports whether any contract of the market is on the watchlist that rows
// are filtered by.
func (t *Table) anyListed() bool {
	listed := t.query.Load().Listed
	return slices.ContainsFunc(t.rows, func(r *columns.Row) bool { return listed[r.Symbol] })
}

// update shows the sentence that fits, or nothing.
func (e *emptyState) update() {
	t := e.table
	if len(t.shown) > 0 {
		e.object.Hide()
		return
	}
	search := strings.TrimSpace(t.search)
	text := t.words.T("table.nothing_left")
	switch {
	case len(t.rows) == 0 && t.reason != "":
		text = t.reason
	case len(t.rows) == 0:
		text = t.words.T("table.loading")
	case search != "":
		text = t.words.T("table.nothing_found", assets.Args{"Search": search})
	case t.state.FavouritesOnly && len(t.state.Favourites) == 0:
		text = t.words.T("table.no_favourites")
	case t.state.List != "" && len(t.query.Load().Listed) == 0:
		text = t.words.T("table.list_empty", assets.Args{"Name": t.state.List})
	case t.state.List != "" && !t.anyListed():
		text = t.words.T("table.list_gone", assets.Args{"Name": t.state.List})
	case t.state.FavouritesOnly: // others may show it
	case t.state.Event != "":
		text = t.explain.None(t.board, t.state.Event)
	case t.state.Kind != signal.Unknown:
		text += " " + t.toolbar.coverageOfReadings()
	}
	look.SetVisible(len(t.rows) > 0 && t.state.Event != "" && t.mayFetch(t.state.Event), e.fetch)
	e.text.SetText(text)
	if len(t.rows) == 0 {
		e.button.Hide()
	} else {
		e.button.Show()
	}
	e.object.Show()
	e.object.Refresh()
}

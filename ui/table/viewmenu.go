package table

import (
	"slices"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/ui/columns"
)

// ShowView takes a view to the front by its key; one that is there already gets
// back the filter and the order that it was saved with.
func (t *Table) ShowView(key string) {
	if t.state.own(key) < 0 && !slices.Contains(shippedViews(), key) {
		return
	}
	t.state.bring(key)
	t.restored()
}

// ShowList filters by a watchlist; with "", by none.
func (t *Table) ShowList(name string) {
	if t.state.list(name) < 0 {
		name = ""
	}
	t.state.List = name
	t.filtered()
	t.strip.rebuild()
}

// viewKeys lists the views in the order of the tabs.
func (t *Table) viewKeys() []string {
	keys := shippedViews()
	for _, v := range t.state.Views {
		keys = append(keys, ownView+v.Name)
	}
	return keys
}

// ViewKey finds a view by its key or by its name on screen; empty: there is none.
func (t *Table) ViewKey(name string) string {
	for _, key := range t.viewKeys() {
		if key == name || t.viewName(key) == name {
			return key
		}
	}
	return ""
}

// viewName is what stands on a tab.
func (t *Table) viewName(key string) string {
	if i := t.state.own(key); i >= 0 {
		return t.state.Views[i].Name
	}
	return t.words.T("table.view_" + key)
}

// menuItems is what can be done with a view, and with all of them.
func (s *strip) menuItems(key string) []*fyne.MenuItem {
	t := s.table
	w := t.words
	item := func(word string, do func()) *fyne.MenuItem { return fyne.NewMenuItem(w.T("table."+word), do) }
	items := []*fyne.MenuItem{item("view_save_as", func() {
		t.askName(s.more, w.T("table.view_name"), "", t.saveView)
	})}
	if len(t.state.Views) >= mostViews {
		items[0].Disabled = true
	}
	if begin := t.opts.Gestures.OnAlertView; begin != nil {
		items = append(items, fyne.NewMenuItem(w.T("menu.alert_view"), func() { begin(t.viewName(key), t.viewQuery(key)) }))
	}
	if i := t.state.own(key); i >= 0 {
		name := t.state.Views[i].Name
		save := item("view_save", func() { t.saveView(name) })
		save.Disabled = key != t.state.viewKey() || !t.state.edited()
		items = append(items, save,
			item("view_rename", func() {
				t.askName(s.tabs[key], w.T("table.view_name"), name, func(to string) { t.renameView(name, to) })
			}),
			item("view_delete", func() { t.deleteView(name) }))
	}
	return append(append(items, fyne.NewMenuItemSeparator()), t.shareItems()...)
}

// viewQuery is what a view filters by: of the one in front, what is on screen.
func (t *Table) viewQuery(key string) columns.Query {
	if key == t.state.viewKey() {
		return t.state.query()
	}
	return t.state.view(key).Query
}

// saveView keeps what is on screen under a name; what had that name can be brought
// back.
func (t *Table) saveView(name string) {
	word := "table.view_saved"
	if t.state.own(ownView+name) < 0 {
		word = "table.view_made"
	}
	t.undoably(t.words.T(word, assets.Args{"Name": name}), func(s *State) { s.save(name) })
}

// renameView gives a view another name, unless another has it.
func (t *Table) renameView(from, to string) {
	i := t.state.own(ownView + from)
	if i < 0 || from == to {
		return
	}
	if t.state.own(ownView+to) >= 0 {
		t.refuse(t.words.T("table.name_taken", assets.Args{"Name": to}))
		return
	}
	t.state.Views[i].Name = to
	if t.state.View == ownView+from {
		t.state.View = ownView + to
	}
	t.strip.rebuild()
	t.changed()
}

// deleteView forgets a view; All comes to the front if it was there.
func (t *Table) deleteView(name string) {
	t.undoably(t.words.T("table.view_deleted", assets.Args{"Name": name}), func(s *State) {
		if s.View == ownView+name {
			s.bring(ViewAll)
		}
		s.Views = slices.DeleteFunc(slices.Clone(s.Views), func(v View) bool { return v.Name == name })
	})
}

// listItems is the menu of the watchlists: which to show, and what can be done with
// them.
func (t *Table) listItems() []*fyne.MenuItem {
	w := t.words
	var items []*fyne.MenuItem
	for _, l := range t.state.Watchlists {
		item := fyne.NewMenuItem(t.counted(l.Name, len(l.Symbols)), func() {
			if t.state.List == l.Name {
				t.ShowList("")
			} else {
				t.ShowList(l.Name)
			}
		})
		item.Checked = l.Name == t.state.List
		items = append(items, item)
	}
	if len(items) > 0 {
		items = append(items, fyne.NewMenuItemSeparator())
	}
	anchor := t.toolbar.lists
	made := func(symbols []string) func() {
		return func() {
			t.askName(anchor, w.T("table.list_name"), "", func(name string) { t.makeList(name, symbols) })
		}
	}
	fresh := fyne.NewMenuItem(w.T("table.list_new"), made(nil))
	ticked := fyne.NewMenuItem(w.T("table.list_of_ticked", assets.Args{"Count": len(t.state.Ticked)}), made(slices.Clone(t.state.Ticked)))
	ticked.Disabled = len(t.state.Ticked) == 0
	fresh.Disabled = len(t.state.Watchlists) >= mostLists
	items = append(items, fresh, ticked)
	if t.selected != "" {
		put := fyne.NewMenuItem(w.T("table.list_put", assets.Args{"Symbol": t.selected}), nil)
		put.ChildMenu = fyne.NewMenu("", t.ListItems(t.selected)...)
		items = append(items, put)
	}
	if name := t.state.List; name != "" {
		items = append(items, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(w.T("table.list_rename", assets.Args{"Name": name}), func() {
				t.askName(anchor, w.T("table.list_name"), name, func(to string) { t.renameList(name, to) })
			}),
			fyne.NewMenuItem(w.T("table.list_delete", assets.Args{"Name": name}), func() { t.deleteList(name) }))
	}
	return append(append(items, fyne.NewMenuItemSeparator()), t.shareItems()...)
}

// ListItems is a menu that puts a contract on each of the watchlists, or takes it
// off, or on one that is new: for the menu of a row.
func (t *Table) ListItems(symbol string) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, l := range t.state.Watchlists {
		on := slices.Contains(l.Symbols, symbol)
		item := fyne.NewMenuItem(l.Name, func() { t.SetListed(l.Name, symbol, !on) })
		item.Checked = on
		items = append(items, item)
	}
	fresh := fyne.NewMenuItem(t.words.T("table.list_new"), func() {
		t.askName(t.toolbar.lists, t.words.T("table.list_name"), "", func(name string) { t.makeList(name, []string{symbol}) })
	})
	fresh.Disabled = len(t.state.Watchlists) >= mostLists
	return append(items, fresh)
}

// makeList makes a watchlist of symbols, or adds them to the one of that name.
func (t *Table) makeList(name string, symbols []string) {
	t.undoably(t.words.T("table.list_made", assets.Args{"Name": name, "Count": len(symbols)}), func(s *State) {
		if s.list(name) < 0 {
			s.Watchlists = append(s.Watchlists, Watchlist{Name: name})
		}
		l := &s.Watchlists[s.list(name)]
		l.Symbols = unique(slices.Concat(l.Symbols, symbols), notEmpty)
	})
}

func (t *Table) renameList(from, to string) {
	i := t.state.list(from)
	if i < 0 || from == to {
		return
	}
	if t.state.list(to) >= 0 {
		t.refuse(t.words.T("table.name_taken", assets.Args{"Name": to}))
		return
	}
	t.state.Watchlists[i].Name = to
	for j := range t.state.Views { // that filter by it
		if q := &t.state.Views[j].Query; q.List == from {
			q.List = to
		}
	}
	if t.state.List == from {
		t.state.List = to
	}
	t.listsChanged()
}

// deleteList forgets a watchlist; a view that filters by it shows no rows until it
// is changed.
func (t *Table) deleteList(name string) {
	t.undoably(t.words.T("table.list_deleted", assets.Args{"Name": name}), func(s *State) {
		s.Watchlists = slices.DeleteFunc(slices.Clone(s.Watchlists), func(l Watchlist) bool { return l.Name == name })
		if s.List == name {
			s.List = ""
		}
	})
}

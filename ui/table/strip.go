package table

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"openinterest/assets"
	"openinterest/ui/columns"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// strip is the line below the toolbar: the views as tabs, then the conditions
// that rows are filtered by, each on a chip.
type strip struct {
	table  *Table
	tabs   map[string]*chip // by key
	more   *chip            // what can be done with views and lists
	pills  []*chip          // the list, and the conditions in their order
	add    *chip            // one more condition
	offer  *chip            // to leave small contracts out
	offers *columns.Query   // what it is offered for; nil: it is not
	object *fyne.Container
}

func newStrip(t *Table) *strip {
	s := &strip{table: t, object: container.New(&flow{})}
	w := t.words
	s.more = newChip(t, "⋮", func() { look.OpenMenu(s.more, s.menuItems(t.state.viewKey())...) })
	s.more.tip = func() tip.Content { return sentence(w.T("table.views_tip")) }
	s.add = newChip(t, w.T("table.filter_add"), func() { t.editCondition(-1, s.add) })
	s.add.tip = func() tip.Content { return sentence(w.T("table.filter_add_tip")) }
	floor := columns.LiquidFrom
	s.offer = newChip(t, w.T("table.offer", assets.Args{"Bound": columns.WriteBound(w.Lang(), columns.OIUSD, &floor)}), func() {
		t.setConditions(append(slices.Clone(t.state.Where), columns.AtLeast(columns.OIUSD, columns.LiquidFrom)))
	})
	s.offer.tip = func() tip.Content { return sentence(w.T("table.offer_tip")) }
	s.rebuild()
	return s
}

// rebuild makes tabs and chips anew: other views, conditions or lists.
func (s *strip) rebuild() {
	t := s.table
	s.tabs, s.pills = map[string]*chip{}, nil
	var objects []fyne.CanvasObject
	for _, key := range t.viewKeys() {
		tab := newTab(t, t.viewName(key), func() { t.ShowView(key) })
		tab.onMenu = func(at fyne.Position) { look.OpenMenuAt(tab, at, s.menuItems(key)...) }
		tab.tip = func() tip.Content { return s.tabTip(key) }
		s.tabs[key] = tab
		objects = append(objects, tab)
	}
	objects = append(objects, s.more)
	if t.state.List != "" {
		s.pills = append(s.pills, s.listPill())
	}
	for i := range t.state.Where {
		s.pills = append(s.pills, s.conditionPill(i))
	}
	for _, p := range s.pills {
		objects = append(objects, p)
	}
	objects = append(objects, s.add)
	if s.offers != nil {
		objects = append(objects, s.offer)
	}
	s.object.Objects = objects
	s.refresh()
	if t.object != nil { // not while it is being built
		t.object.Refresh() // the strip may have become higher
	}
}

// refresh shows which tab is in front, and whether it was changed.
func (s *strip) refresh() {
	t := s.table
	front, edited, wider := t.state.viewKey(), t.state.edited(), false
	for key, tab := range s.tabs {
		name := t.viewName(key)
		if key == front && edited {
			name += " •"
		}
		wider = tab.setName(name) || wider
		if tab.on != (key == front) {
			tab.setOn(key == front)
		}
	}
	if wider {
		s.object.Refresh()
	}
}

// suggest offers to leave small contracts out where they crowd the top. What was
// offered stays until something else is asked of the rows: it shall not come and
// go as rows trade places.
func (s *strip) suggest(q *columns.Query, arranged []*columns.Row) {
	if s.offers == q {
		return
	}
	offered := s.offers != nil
	s.offers = nil
	if q.Crowded(arranged) {
		s.offers = q
	}
	if offered != (s.offers != nil) {
		s.rebuild()
	}
}

func (s *strip) listPill() *chip {
	t := s.table
	w := t.words
	p := newPill(t, "★ "+t.state.List, func() { look.OpenMenu(s.pills[0], t.listItems()...) }, func() { t.ShowList("") })
	p.tip = func() tip.Content { return sentence(w.T("table.list_tip", assets.Args{"Name": t.state.List})) }
	return p
}

func (s *strip) conditionPill(i int) *chip {
	t := s.table
	c := t.state.Where[i]
	var p *chip
	p = newPill(t, c.Text(t.words, t.explain), func() { t.editCondition(i, p) }, func() {
		t.setConditions(slices.Delete(slices.Clone(t.state.Where), i, i+1))
	})
	p.tip = func() tip.Content { return sentence(t.words.T("table.filter_tip")) }
	return p
}

// tabTip says what a view filters by.
func (s *strip) tabTip(key string) tip.Content {
	t := s.table
	w, v := t.words, t.state.view(key)
	c := tip.Content{Title: t.viewName(key)}
	if v.Query.FavouritesOnly {
		c.Facts = append(c.Facts, tip.Fact{Label: w.T("table.filter"), Value: w.T("table.favourites_tip")})
	}
	for i := range v.Query.Where {
		c.Facts = append(c.Facts, tip.Fact{Label: w.T("table.filter"), Value: v.Query.Where[i].Text(w, t.explain)})
	}
	c.Facts = append(c.Facts, tip.Fact{Label: w.T("table.sorted"), Value: w.T("column." + string(v.Query.Sort))})
	if key == t.state.viewKey() && t.state.edited() {
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: w.T("table.view_edited"), Quiet: true})
	}
	return c
}

// setConditions filters by other conditions.
func (t *Table) setConditions(where []columns.Condition) {
	t.state.Where = where
	t.filtered()
	t.strip.rebuild()
}

// counted is a name in a menu with how many it stands for.
func (t *Table) counted(name string, n int) string {
	return t.words.T("table.more_item", assets.Args{"Name": name, "Count": strconv.Itoa(n)})
}

// flow is a layout that puts objects beside each other, and goes on in a new line
// where there is no room left.
type flow struct{}

const flowLine = chipHeight + 2

// linesIn is in how many lines the objects stand at a width.
func (f *flow) linesIn(objects []fyne.CanvasObject, width float32) int {
	lines := 1
	f.each(objects, width, func(_ fyne.CanvasObject, _ float32, line int) { lines = line + 1 })
	return lines
}

// each tells where objects stand.
func (f *flow) each(objects []fyne.CanvasObject, width float32, place func(o fyne.CanvasObject, x float32, line int)) {
	x, line := toolbarGap, 0
	for _, o := range objects {
		if w := o.MinSize().Width; x > toolbarGap && x+w > width {
			x, line = toolbarGap, line+1
		}
		place(o, x, line)
		x += o.MinSize().Width + 1
	}
}

// MinSize is that of one line; whoever places the strip asks for as many as there
// are.
func (f *flow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, flowLine) }

// Layout places the objects.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.each(objects, size.Width, func(o fyne.CanvasObject, x float32, line int) {
		o.Move(fyne.NewPos(x, float32(line)*flowLine))
		o.Resize(fyne.NewSize(min(o.MinSize().Width, size.Width-x), chipHeight))
	})
}

// frameLayout puts the toolbar above the strip, and that above the rows.
type frameLayout struct{ table *Table }

// MinSize leaves room for a few rows.
func (l *frameLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	toolbar, pane := objects[0].MinSize(), objects[2].MinSize()
	return fyne.NewSize(max(toolbar.Width, pane.Width), toolbar.Height+flowLine+pane.Height)
}

// Layout places them.
func (l *frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	toolbar, strip, pane := objects[0], objects[1], objects[2]
	height := l.table.toolbar.layout.height(size.Width)
	toolbar.Resize(fyne.NewSize(size.Width, height))
	s := l.table.strip.object
	strip.Move(fyne.NewPos(0, height))
	strip.Resize(fyne.NewSize(size.Width, flowLine*float32((&flow{}).linesIn(s.Objects, size.Width))))
	height += strip.Size().Height
	pane.Move(fyne.NewPos(0, height))
	pane.Resize(fyne.NewSize(size.Width, max(0, size.Height-height)))
}

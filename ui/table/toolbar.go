package table

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// toolbar holds the search box, the filters and the column chooser.
type toolbar struct {
	table      *Table
	search     *searchBox
	favourites *chip
	lists      *chip // the watchlists
	all        *chip
	kinds      map[signal.Kind]*chip
	more       *chip // every other kind of signal
	tally      columns.Tally
	columns    *chip
	layout     *toolbarLayout
	object     *fyne.Container
}

func newToolbar(t *Table) *toolbar {
	w := t.words
	b := &toolbar{table: t, kinds: map[signal.Kind]*chip{}, search: newSearchBox(t)}
	b.favourites = newChip(t, w.T("table.favourites"), func() { t.setFavouritesOnly(!t.state.FavouritesOnly) })
	b.favourites.tip = func() tip.Content { return sentence(w.T("table.favourites_tip")) }
	b.all = newChip(t, w.T("table.all"), func() { t.ShowKind(signal.Unknown) })
	b.all.tip = func() tip.Content { return sentence(w.T("table.all_tip")) }
	b.lists = newChip(t, w.T("table.lists"), func() { look.OpenMenu(b.lists, t.listItems()...) })
	b.lists.short, b.lists.tip = "▾", func() tip.Content { return sentence(w.T("table.lists_tip")) }
	left := []fyne.CanvasObject{b.favourites, b.lists, b.all}
	for _, k := range signal.ReadingKinds() {
		c := newChip(t, w.T("signal."+string(k)+".name"), func() { b.toggleKind(k) })
		c.short = w.T("signal." + string(k) + ".short")
		c.tip = func() tip.Content { return b.kindTip(k) }
		b.kinds[k] = c
		left = append(left, c)
	}
	b.more = newChip(t, moreMarks, b.chooseEvent)
	b.more.short, b.more.tip = fewMarks, b.moreTip
	left = append(left, b.more)
	b.columns = newChip(t, w.T("table.columns"), func() { t.openChooser(b.columns) })
	b.columns.short, _, _ = strings.Cut(b.columns.name, " ") // the sign alone
	b.columns.tip = func() tip.Content { return sentence(w.T("table.columns_tip")) }
	right := append([]fyne.CanvasObject{b.columns}, t.opts.Trailing...)
	b.layout = &toolbarLayout{search: b.search, left: left, right: right}
	b.object = container.New(b.layout, append(append([]fyne.CanvasObject{b.search}, left...), right...)...)
	b.refresh()
	return b
}

func sentence(text string) tip.Content {
	return tip.Content{Paragraphs: []tip.Paragraph{{Text: text}}}
}

// kindTip explains a reading, and what a click on its chip does.
func (b *toolbar) kindTip(k signal.Kind) tip.Content {
	w, key := b.table.words, "signal."+string(k)
	c := tip.Content{Title: w.T(key + ".name"), Paragraphs: []tip.Paragraph{{Text: w.T(key + ".means")}}}
	if text := b.coverageOfReadings(); text != "" {
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: text, Warning: true})
	}
	c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: w.T("table.chip_tip", assets.Args{"Name": w.T(key + ".name")}), Quiet: true})
	return c
}

// coverageOfReadings says how many contracts have a reading; empty: all.
func (b *toolbar) coverageOfReadings() string {
	all := len(b.table.rows)
	return b.table.explain.CoverageOfReadings(all-b.tally.Readings[signal.Unknown], all)
}

func (b *toolbar) toggleKind(k signal.Kind) {
	if b.table.state.Kind == k {
		k = signal.Unknown
	}
	b.table.ShowKind(k)
}

// refresh shows which filters are on.
func (b *toolbar) refresh() {
	s := &b.table.state
	b.favourites.setOn(s.FavouritesOnly)
	b.lists.setOn(s.List != "")
	b.all.setOn(s.Kind == signal.Unknown && s.Event == "")
	b.more.setOn(s.Event != "")
	b.nameMore()
	for k, c := range b.kinds {
		c.setOn(s.Kind == k)
	}
}

// setCounts writes how many rows there are of each reading.
func (b *toolbar) setCounts(counts columns.Tally, all int) {
	b.tally = counts
	changed := b.all.setCount(strconv.Itoa(all))
	for k, c := range b.kinds {
		changed = c.setCount(strconv.Itoa(counts.Readings[k])) || changed
	}
	changed = b.countMore() || changed
	if changed {
		b.reflow()
	}
}

// reflow lays the toolbar out anew, and all below it where it has become another
// number of lines.
func (b *toolbar) reflow() {
	if size := b.object.Size(); size.Height != b.layout.height(size.Width) && b.table.object != nil {
		b.table.object.Refresh()
		return
	}
	b.object.Refresh()
}

// searchBox is an entry that Esc clears and that hands the keyboard on to the
// rows.
type searchBox struct {
	widget.Entry
	table *Table
}

func newSearchBox(t *Table) *searchBox {
	s := &searchBox{table: t}
	s.ExtendBaseWidget(s)
	s.PlaceHolder = t.words.T("table.search")
	s.OnChanged = t.searchChanged
	return s
}

// TypedKey adds Esc, Enter and Down to an entry's keys.
func (s *searchBox) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		if s.Text == "" {
			focus(s.table.body)
		}
		s.SetText("")
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		if len(s.table.shown) > 0 {
			s.table.body.selectRow(0)
			focus(s.table.body)
		}
	default:
		s.Entry.TypedKey(e)
	}
}

// toolbarLayout lays the search box and the filters out from the left, the
// rest from the right. Where that is too wide, chips take their short names; where
// even those have no room, as in a small window with large text, the filters stand
// in a line of their own.
type toolbarLayout struct {
	search      fyne.CanvasObject
	left, right []fyne.CanvasObject
}

const (
	toolbarHeight float32 = 36
	searchWidth   float32 = 190
	searchShort   float32 = 110 // below that the right end takes its short names
	searchLeast   float32 = 72  // a symbol's first letters can be seen
	toolbarGap    float32 = 4
)

// height is that of the lines at a width.
func (l *toolbarLayout) height(width float32) float32 {
	if l.room(width, true, true) < searchLeast {
		return 2 * toolbarHeight
	}
	return toolbarHeight
}

// MinSize is that of the short form in one line; whoever places the toolbar asks
// for the height at a width.
func (l *toolbarLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(240, toolbarHeight)
}

// Layout places everything.
func (l *toolbarLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if l.height(size.Width) > toolbarHeight {
		l.layoutTwo(size.Width)
		return
	}
	search := searchWidth
	room := l.room(size.Width, false, false)
	if room < search {
		room = l.room(size.Width, true, false)
	}
	if room < searchShort {
		room = l.room(size.Width, true, true)
	}
	search = max(searchLeast, min(search, room))
	x := stand(l.search, toolbarGap, 0, search)
	x = row(l.left, x, 0)
	row(l.right, max(x, size.Width-l.width(l.right)), 0)
}

// layoutTwo places search and what stands right in a line, the filters below it.
func (l *toolbarLayout) layoutTwo(width float32) {
	for _, short := range []bool{false, true} {
		if shorten(l.left, short); l.width(l.left)+toolbarGap <= width {
			break
		}
	}
	search := max(searchLeast, min(searchWidth, width-l.width(l.right)-2*toolbarGap))
	x := stand(l.search, toolbarGap, 0, search)
	row(l.right, max(x, width-l.width(l.right)), 0)
	row(l.left, toolbarGap, toolbarHeight)
}

// row places objects beside each other in a line whose top is at y, and returns
// where it ends.
func row(objects []fyne.CanvasObject, x, y float32) float32 {
	for _, o := range objects {
		x = stand(o, x, y, o.MinSize().Width)
	}
	return x
}

// stand places an object in the middle of a line, and returns where the next begins.
func stand(o fyne.CanvasObject, x, y, width float32) float32 {
	height := min(toolbarHeight, o.MinSize().Height)
	o.Resize(fyne.NewSize(width, height))
	o.Move(fyne.NewPos(x, y+(toolbarHeight-height)/2))
	return x + width + toolbarGap
}

// room is what is left for the search box in a width, with short names for
// what stands left and right or without.
func (l *toolbarLayout) room(width float32, left, right bool) float32 {
	shorten(l.left, left)
	shorten(l.right, right)
	return width - l.width(l.left) - l.width(l.right) - 3*toolbarGap
}

func shorten(objects []fyne.CanvasObject, short bool) {
	for _, o := range objects {
		if c, ok := o.(*chip); ok {
			c.setShort(short)
		}
	}
}

func (l *toolbarLayout) width(objects []fyne.CanvasObject) float32 {
	w := float32(0)
	for _, o := range objects {
		w += o.MinSize().Width + toolbarGap
	}
	return w
}

package table

import (
	"cmp"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// moreMarks name the chip for every signal beyond the four readings over 24 h.
const (
	moreMarks = "⚠⚡💥🔄"
	fewMarks  = "⚠⚡" // where there is less room
)

// nameMore says on the chip which kind is filtered by, if one is.
func (b *toolbar) nameMore() {
	name := moreMarks
	if k := b.table.state.Event; k != "" {
		name = explain.Mark(k) + " " + b.table.explain.Plain(k)
	}
	short := name
	if b.table.state.Event == "" {
		short = fewMarks
	}
	if k := b.table.state.Event; k != "" && k.Reading() == signal.Unknown {
		short = explain.Mark(k) + " " + b.table.words.T("signal."+string(k)+".short")
	}
	if b.more.name != name {
		b.more.name, b.more.short = name, short
		b.more.setShort(b.more.shortened)
		if b.object != nil { // not while it is being built
			b.reflow()
		}
	}
	b.countMore()
}

// countMore writes how many rows have a mark, or show the kind filtered by.
func (b *toolbar) countMore() bool {
	n := b.tally.Marked
	if k := b.table.state.Event; k != "" {
		n = b.tally.Events[k]
	}
	return b.more.setCount(strconv.Itoa(n) + " ▾")
}

func (b *toolbar) moreTip() tip.Content {
	w := b.table.words
	k := b.table.state.Event
	c := tip.Content{Title: w.T("table.more"), Paragraphs: []tip.Paragraph{{Text: w.T("table.more_tip")}}}
	if k == "" {
		k = b.leastEvaluated()
	} else {
		c.Title, c.Paragraphs[0].Quiet = b.table.explain.Name(k), true
	}
	if text := b.table.explain.Coverage(b.table.board, k); text != "" {
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: text, Warning: true})
	}
	return c
}

// leastEvaluated is the kind of the menu that could be evaluated on the fewest
// contracts: what is said of it holds for all of them.
func (b *toolbar) leastEvaluated() signal.EventKind {
	return slices.MinFunc(moreKinds(), func(x, y signal.EventKind) int {
		return cmp.Compare(b.table.board.Evaluated(x), b.table.board.Evaluated(y))
	})
}

// chooseEvent offers the kinds that occur, with how many rows show each.
func (b *toolbar) chooseEvent() {
	look.OpenMenu(b.more, b.eventItems()...)
}

func (b *toolbar) eventItems() []*fyne.MenuItem {
	w, t := b.table.words, b.table
	every := fyne.NewMenuItem(w.T("table.more_all"), func() { t.ShowEvent("") })
	every.Checked = t.state.Event == ""
	items := []*fyne.MenuItem{every}
	reading := signal.Unknown
	for _, k := range moreKinds() {
		n := b.tally.Events[k]
		if n == 0 && k != t.state.Event {
			continue
		}
		if k.Reading() != signal.Unknown && reading == signal.Unknown && len(items) > 1 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		reading = k.Reading()
		item := fyne.NewMenuItem(w.T("table.more_item", assets.Args{"Name": t.explain.Name(k), "Count": strconv.Itoa(n)}), func() { t.ShowEvent(k) })
		item.Checked = k == t.state.Event
		items = append(items, item)
	}
	k := b.leastEvaluated()
	if text := t.explain.Coverage(t.board, k); text != "" {
		note := fyne.NewMenuItem(text, nil)
		note.Disabled = true
		items = append(items, fyne.NewMenuItemSeparator(), note)
	}
	if t.mayFetch(k) {
		items = append(items, fyne.NewMenuItem(w.T("evidence.fetch"), func() { t.opts.OnFetch(k) }))
	}
	return items
}

// mayFetch reports whether the history that a kind lacks can be fetched.
func (t *Table) mayFetch(k signal.EventKind) bool {
	return t.opts.MayFetch != nil && t.opts.OnFetch != nil && t.opts.MayFetch(t.board, k)
}

// moreKinds are the kinds without a chip of their own, those that are not
// readings first; those on trial have none. The readings over 24 h have chips: under one name there is one
// number.
func moreKinds() []signal.EventKind {
	var marked, readings []signal.EventKind
	for _, k := range signal.EventKinds() {
		switch {
		case k.OnTrial():
		case k.Reading() == signal.Unknown:
			marked = append(marked, k)
		case k.Window() != market.Window24h:
			readings = append(readings, k)
		}
	}
	return append(marked, readings...)
}

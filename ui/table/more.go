package table

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/explain"
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
			b.object.Refresh()
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
	if k == "" {
		return tip.Content{Title: w.T("table.more"), Paragraphs: []tip.Paragraph{{Text: w.T("table.more_tip")}}}
	}
	return tip.Content{Title: b.table.explain.Name(k), Paragraphs: []tip.Paragraph{{Text: w.T("table.more_tip"), Quiet: true}}}
}

// chooseEvent offers the kinds that occur, with how many rows show each.
func (b *toolbar) chooseEvent() {
	c := fyne.CurrentApp().Driver().CanvasForObject(b.more)
	if c == nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.more)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", b.eventItems()...), c, at.AddXY(0, b.more.Size().Height))
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
	return items
}

// moreKinds are all kinds, those that are not readings first: the readings
// over 24 h have chips of their own, which ask for no z.
func moreKinds() []signal.EventKind {
	var marked, readings []signal.EventKind
	for _, k := range signal.EventKinds() {
		if k.Reading() == signal.Unknown {
			marked = append(marked, k)
		} else {
			readings = append(readings, k)
		}
	}
	return append(marked, readings...)
}

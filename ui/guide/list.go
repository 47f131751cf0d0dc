package guide

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// hitsShown is how many hits are listed; who gets more types on.
const hitsShown = 60

// chapter is the level of a chapter's heading; parts of one are below.
const chapter = 2

// ToggleContents shows the list of contents over the text, or hides it.
func (p *Pane) ToggleContents() {
	if p.listing == listContents {
		p.close()
		return
	}
	current := p.State().Section
	var rows []fyne.CanvasObject
	for i, s := range p.o.Sections {
		here := s.ID == current || current == "" && i == 0
		b := block{kind: paragraph, indent: max(0, s.Level-chapter), spans: []span{{text: s.Title, bold: here}}}
		rows = append(rows, newRow([]block{b}, here, func() { p.ShowSection(s.ID) }))
	}
	p.open(listContents, rows)
}

// search lists the places in which everything in q occurs.
func (p *Pane) search(q string) {
	p.article.setQuery(q)
	p.hits, p.nextHit = search(p.article.blocks, q), 0
	if strings.TrimSpace(q) == "" {
		p.close()
		return
	}
	count := p.o.Words.T("guide.hits", assets.Args{"Count": len(p.hits)})
	if len(p.hits) == 0 {
		count = p.o.Words.T("guide.no_hits", assets.Args{"Query": q})
	}
	rows := []fyne.CanvasObject{newRow([]block{{kind: paragraph, spans: []span{{text: count, italic: true}}}}, false, nil)}
	for i, h := range p.hits[:min(hitsShown, len(p.hits))] {
		b := p.article.blocks[h.block]
		title := p.o.Sections[b.section].Title
		blocks := []block{{kind: paragraph, spans: []span{{text: title, bold: true}}}}
		if b.kind != heading {
			blocks = append(blocks, block{kind: paragraph, spans: marked(h)})
		}
		rows = append(rows, newRow(blocks, false, func() { p.jump(i) }))
	}
	p.open(listHits, rows)
}

// marked is a hit's snippet with what was found set off.
func marked(h hit) []span {
	var spans []span
	at := 0
	for _, m := range h.marks {
		spans = append(spans, span{text: h.snippet[at:m[0]]}, span{text: h.snippet[m[0]:m[1]], link: "hit"})
		at = m[1]
	}
	return append(spans, span{text: h.snippet[at:]})
}

// jumpToNextHit goes from hit to hit, around.
func (p *Pane) jumpToNextHit() {
	if len(p.hits) > 0 {
		p.jump(p.nextHit % len(p.hits))
	}
}

// jump brings a hit into view.
func (p *Pane) jump(i int) {
	p.nextHit = i + 1
	p.close()
	if b := p.hits[i].block; b < len(p.article.laid) {
		y := p.article.laid[b].y - p.scroll.Size().Height/5
		p.scroll.Offset.Y = max(0, min(y, p.article.height+2*margin-p.scroll.Size().Height))
		p.scroll.Refresh()
		p.viewChanged()
	}
}

func (p *Pane) open(what listing, rows []fyne.CanvasObject) {
	p.listing = what
	for _, o := range rows {
		o.(*row).setWidth(p.body.Size().Width)
		o.(*row).pane = p
	}
	p.list.Objects = rows
	p.listBox.Offset.Y = 0
	p.over.Show()
	p.over.Refresh()
}

// ListOpen reports whether the contents, or the hits of a search, lie over the text.
func (p *Pane) ListOpen() bool { return p.listing != listNothing }

// CloseList closes what lies over the text; it reports whether there was anything.
func (p *Pane) CloseList() bool {
	if !p.ListOpen() {
		return false
	}
	p.entry.SetText("")
	p.close()
	return true
}

func (p *Pane) close() {
	p.listing = listNothing
	p.over.Hide()
}

// row is a line of the contents or a hit: some blocks that are tapped as one.
type row struct {
	widget.BaseWidget
	blocks  []block
	current bool
	onTap   func()
	hovered bool
	focused bool
	pane    *Pane // whose list it is in; nil: none yet
	article *article
	back    *canvas.Rectangle
	bar     *canvas.Rectangle
}

func newRow(blocks []block, current bool, onTap func()) *row {
	r := &row{blocks: blocks, current: current, onTap: onTap, article: newArticle(nil),
		back: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil)}
	r.article.plainLinks = true
	r.article.tight = true
	r.article.setBlocks(blocks)
	r.article.viewH = 1e6
	r.ExtendBaseWidget(r)
	r.paint()
	return r
}

func (r *row) paint() {
	p := look.Current()
	r.back.FillColor, r.bar.FillColor = color.Transparent, color.Transparent
	if r.hovered {
		r.back.FillColor = p.RowHover
	}
	if r.focused {
		r.back.FillColor = p.RowSelected
	}
	if r.current || r.focused {
		r.bar.FillColor = p.Accent
	}
	r.article.setGround(r.back.FillColor)
}

// setWidth lays the row out for its width, which decides its height.
func (r *row) setWidth(w float32) { r.article.setWidth(w - 2*margin) }

// MinSize is as tall as the text at the width the row has.
func (r *row) MinSize() fyne.Size {
	return fyne.NewSize(0, max(look.RowHeight, r.article.height+8))
}

// Tapped goes where the row leads.
func (r *row) Tapped(*fyne.PointEvent) {
	if r.onTap != nil {
		r.onTap()
	}
}

// Cursor is a pointing hand where the row leads anywhere.
func (r *row) Cursor() desktop.Cursor {
	if r.onTap == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn lights the row up.
func (r *row) MouseIn(*desktop.MouseEvent) { r.hover(r.onTap != nil) }

// MouseMoved does nothing.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (r *row) MouseOut() { r.hover(false) }

func (r *row) hover(on bool) {
	r.hovered = on
	r.paint()
	r.back.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: rowLayout{}, Objects: []fyne.CanvasObject{r.back, r.bar, r.article}})
}

type rowLayout struct{}

func (rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[2].MinSize() }

func (rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Resize(fyne.NewSize(3, size.Height))
	h := objects[2].MinSize().Height
	objects[2].Move(fyne.NewPos(margin, (size.Height-h)/2))
	objects[2].Resize(fyne.NewSize(size.Width-2*margin, h))
}

// searchEntry is an entry with something to do on Enter and Escape.
type searchEntry struct {
	widget.Entry
	onEnter, onEscape func()
	onKey             func(*fyne.KeyEvent) bool // reports whether it was for the text
}

func newSearchEntry(placeholder string) *searchEntry {
	e := &searchEntry{}
	e.PlaceHolder = placeholder
	e.Icon = theme.SearchIcon()
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey adds Enter and Escape to what an entry does.
func (e *searchEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		e.onEnter()
	case fyne.KeyEscape:
		e.onEscape()
	default:
		if !e.onKey(k) {
			e.Entry.TypedKey(k)
		}
	}
}

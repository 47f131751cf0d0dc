// Package guide is the pane that teaches: the guide's sections with a list of
// contents, a search, links between sections, and, below each section about a
// signal, the contracts that show it now.
//
// The text comes as Markdown. Package goldmark parses it (parse.go), lines are
// broken by the rules of Unicode, which Chinese needs (flow.go), blocks are
// placed by arithmetic alone (layout.go), and objects are made only for what is
// in view (article.go).
//
// All methods must be called on the UI's goroutine.
package guide

import (
	"net/url"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// Options say what a pane shows and whom it tells.
type Options struct {
	Sections []assets.Section
	Words    *assets.Words
	State    State // where reading left off
	Before   *Pane // that this one replaces, whose layout it takes over if it can; nil: none

	OnClose  func()            // the pane shall be hidden
	OnFilter func(kind string) // the table shall show the contracts with a signal
	OnFetch  func(kind string) // the history that a signal lacks shall be fetched
	OnMap    func(kind string) // the map shall be shown where a signal is on it
	OnOpen   func(*url.URL)    // a link leads out; nil: the browser opens it
}

// State is where a pane is being read. It survives a change of language and of width.
type State struct {
	Section string  `json:"section"` // the section at the top; empty: the beginning
	Into    float32 `json:"into"`    // how far into it, as a fraction of its height
}

// LiveItem is what the market shows now of the signal a section is about.
type LiveItem struct {
	Kind    string   // passed to OnFilter
	Label   string   // the signal's name
	Symbols []string // the contracts that show it, the most important first
	Note    string   // a sentence below, the scorecard's; may be empty

	// Coverage says on how many contracts it could be evaluated; empty: on all.
	// Fetch is the label of the link to OnFetch after it; empty: none.
	Coverage, Fetch string

	Map string // the label of the link to OnMap; empty: the signal has no place on the map
}

// Pane is the guide.
type Pane struct {
	widget.BaseWidget
	o Options

	base [][]block // the blocks of each section
	live map[string][]LiveItem

	article *article
	scroll  *container.Scroll
	entry   *searchEntry
	list    *fyne.Container // contents or hits; over the text
	listBox *container.Scroll
	over    *fyne.Container // background and listBox
	body    *fyne.Container
	content *fyne.Container

	listing listing
	hits    []hit
	nextHit int
	pending *State // to be restored once the width is known
}

// listing is what lies over the text.
type listing int

const (
	listNothing listing = iota
	listContents
	listHits
)

// New builds the pane.
func New(o Options) *Pane {
	p := &Pane{o: o, live: map[string][]LiveItem{}, pending: &o.State}
	p.article = newArticle(p.follow)
	p.article.onCopy = p.offerCopy
	if b := o.Before; b != nil && slices.Equal(b.o.Sections, o.Sections) {
		// In other colours the text is the same: to break its lines again takes tens
		// of milliseconds.
		p.base, p.article.kept, p.article.keptWidth = b.base, b.article.kept, b.article.keptWidth
	} else {
		p.parse()
	}
	p.o.Before = nil // or each would keep the one before
	p.article.setBlocks(p.blocks())
	p.scroll = container.NewVScroll(&fyne.Container{Layout: &inset{pane: p}, Objects: []fyne.CanvasObject{p.article}})
	p.scroll.OnScrolled = func(fyne.Position) { p.viewChanged() }
	p.list = container.New(layout.NewCustomPaddedVBoxLayout(0))
	p.listBox = container.NewVScroll(p.list)
	p.over = container.NewStack(canvas.NewRectangle(look.Current().Background), p.listBox)
	p.over.Hide()
	p.body = container.New(&bodyLayout{pane: p}, p.scroll, p.over)
	p.content = container.NewBorder(p.header(), nil, nil, nil, p.body)
	p.ExtendBaseWidget(p)
	return p
}

// parse reads the sections into blocks, and gives each an id of its own.
func (p *Pane) parse() {
	id := 0
	for i, s := range p.o.Sections {
		blocks := sectionBlocks(s, i)
		for j := range blocks {
			id++
			blocks[j].id = id
		}
		p.base = append(p.base, blocks)
	}
}

func (p *Pane) header() fyne.CanvasObject {
	p.entry = newSearchEntry(p.o.Words.T("guide.search"))
	p.entry.OnChanged = func(q string) { p.search(q) }
	p.entry.onEnter = p.jumpToNextHit
	p.entry.onKey, p.article.onKey = p.turn, p.turn
	p.entry.onEscape = func() { p.entry.SetText("") }
	contents := ttwidget.NewButtonWithIcon("", theme.ListIcon(), p.ToggleContents)
	contents.SetToolTip(p.o.Words.T("guide.contents"))
	contents.Importance = widget.LowImportance
	closing := ttwidget.NewButtonWithIcon("", theme.CancelIcon(), func() {
		if p.o.OnClose != nil {
			p.o.OnClose()
		}
	})
	closing.SetToolTip(p.o.Words.T("guide.close"))
	closing.Importance = widget.LowImportance
	return container.New(layout.NewCustomPaddedLayout(4, 4, 4, 4), container.NewBorder(nil, nil, contents, closing, p.entry))
}

// sectionBlocks are a section's title and text.
func sectionBlocks(s assets.Section, index int) []block {
	parsed := parse(s.Markdown, index)
	if len(parsed) > 0 && parsed[0].kind == heading && plain(parsed[0].spans) == s.Title {
		parsed = parsed[1:] // the text repeats its title
	}
	title := block{kind: heading, level: max(1, s.Level), spans: []span{{text: s.Title}}, section: index}
	return append([]block{title}, parsed...)
}

// blocks puts sections and what is live together.
func (p *Pane) blocks() []block {
	var all []block
	for i, blocks := range p.base {
		all = append(all, blocks...)
		for _, item := range p.live[p.o.Sections[i].ID] {
			all = append(all, p.liveBlock(item, i))
		}
	}
	return all
}

// liveNames is how many contracts a section names.
const liveNames = 8

func (p *Pane) liveBlock(item LiveItem, section int) block {
	w := p.o.Words
	b := block{kind: live, section: section}
	args := assets.Args{"Signal": item.Label, "Count": len(item.Symbols)}
	switch {
	case len(item.Symbols) == 0 && item.Coverage != "":
		b.spans = []span{{text: w.T("guide.live_none_known", args)}}
	case len(item.Symbols) == 0:
		b.spans = []span{{text: w.T("guide.live_none", args)}}
	default:
		names := strings.Join(item.Symbols[:min(liveNames, len(item.Symbols))], w.T("guide.comma"))
		if len(item.Symbols) > liveNames {
			names += " …"
		}
		b.spans = []span{
			{text: w.T("guide.live_now", args), bold: true}, {text: "\n" + names + "  "},
			{text: w.T("guide.live_show"), link: "filter:" + item.Kind},
		}
	}
	if item.Map != "" {
		b.spans = append(b.spans, span{text: "  "}, span{text: item.Map, link: "map:" + item.Kind})
	}
	if item.Coverage != "" {
		b.spans = append(b.spans, span{text: "\n" + item.Coverage + "  "})
	}
	if item.Fetch != "" {
		b.spans = append(b.spans, span{text: item.Fetch, link: "fetch:" + item.Kind})
	}
	if item.Note != "" {
		b.spans = append(b.spans, span{text: "\n" + item.Note, italic: true})
	}
	return b
}

// SetLive says which contracts show the signals that a section is about.
func (p *Pane) SetLive(sectionID string, items []LiveItem) {
	p.SetAllLive(map[string][]LiveItem{sectionID: items})
}

// SetAllLive says it of several sections, by their ids, at once. Telling the same
// again costs nothing; reading is not disturbed.
func (p *Pane) SetAllLive(sections map[string][]LiveItem) {
	same := func(a, b LiveItem) bool {
		return a.Kind == b.Kind && a.Label == b.Label && a.Note == b.Note && a.Coverage == b.Coverage && a.Fetch == b.Fetch && a.Map == b.Map && slices.Equal(a.Symbols, b.Symbols)
	}
	changed := false
	for id, items := range sections {
		if !slices.EqualFunc(p.live[id], items, same) && p.sectionIndex(id) >= 0 {
			p.live[id], changed = items, true
		}
	}
	if changed {
		p.keepPlace(func() { p.article.setBlocks(p.blocks()) })
		p.scroll.Refresh()
	}
}

// ShowSection brings a section to the top. It reports false when there is none of that name.
func (p *Pane) ShowSection(id string) bool {
	i := p.sectionIndex(id)
	if i < 0 {
		return false
	}
	p.close()
	p.pending = &State{Section: id}
	if p.article.width > 0 {
		p.restore()
	}
	return true
}

// State returns where the guide is being read, for the next start or rebuild.
func (p *Pane) State() State {
	if p.pending != nil {
		return *p.pending
	}
	a := p.article
	if len(a.laid) == 0 || p.scroll.Offset.Y <= 0 {
		return State{}
	}
	s := a.blocks[a.blockAt(p.scroll.Offset.Y)].section
	from, h := p.sectionSpan(s)
	return State{Section: p.o.Sections[s].ID, Into: (p.scroll.Offset.Y - from) / max(1, h)}
}

// follow does what a link says.
func (p *Pane) follow(target string) {
	if id, ok := strings.CutPrefix(target, "#"); ok {
		p.ShowSection(id)
		return
	}
	if kind, ok := strings.CutPrefix(target, "filter:"); ok {
		if p.o.OnFilter != nil {
			p.o.OnFilter(kind)
		}
		return
	}
	if kind, ok := strings.CutPrefix(target, "map:"); ok {
		if p.o.OnMap != nil {
			p.o.OnMap(kind)
		}
		return
	}
	if kind, ok := strings.CutPrefix(target, "fetch:"); ok {
		if p.o.OnFetch != nil {
			p.o.OnFetch(kind)
		}
		return
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return // the guide's author erred; nothing to be done here
	}
	if p.o.OnOpen != nil {
		p.o.OnOpen(u)
		return
	}
	if err := fyne.CurrentApp().OpenURL(u); err != nil {
		fyne.LogError("opening "+target, err)
	}
}

func (p *Pane) offerCopy(text string, at fyne.Position) {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	item := fyne.NewMenuItem(p.o.Words.T("guide.copy"), func() { fyne.CurrentApp().Clipboard().SetContent(text) })
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", item), c, at)
}

func (p *Pane) sectionIndex(id string) int {
	return slices.IndexFunc(p.o.Sections, func(s assets.Section) bool { return s.ID == id })
}

// CreateRenderer implements fyne.Widget.
func (p *Pane) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

package scorecard

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/pick"
	"openinterest/ui/tabs"
)

// Choice is what a person chose in the pane. The zero value is the charted
// contract, on history, 24 hours later.
type Choice struct {
	Symbol  string `json:"symbol,omitempty"`
	Pooled  bool   `json:"pooled,omitempty"`
	Horizon string `json:"horizon,omitempty"` // as market.Window.String names it; "all": every one
	Live    bool   `json:"live,omitempty"`    // the events seen live
	Pinned  bool   `json:"pinned,omitempty"`  // Symbol stays whatever contract is charted
}

const sidePad float32 = 10 // left and right of everything

const (
	firstSymbol  = "BTCUSDT"
	everyHorizon = "all"
)

// Options are what a Pane is made from.
type Options struct {
	Words  *assets.Words
	Book   *Book // nil: there is no history to score
	Choice Choice

	OnChoice func(Choice)
	// OnArchive has more history of a contract fetched, because what there is is
	// too short; nil: that cannot be done. SetFetching tells how far that is.
	OnArchive func(symbol string)
}

// Pane is the scorecard on screen. All its methods belong to the UI's goroutine.
type Pane struct {
	widget.BaseWidget
	o         Options
	w         *assets.Words
	choice    Choice
	shown     bool // on screen: only then anything is computed
	rows      []rowModel
	plan      plan
	charted   string // the contract that the chart shows; empty: not told yet
	running   bool   // what is on screen was still being computed when it was shown
	open      bool   // the person unfolded what there is little room for
	folded    bool   // what is told beside the rows is behind a button
	noted     bool   // there is a note about too short a history
	asked     bool   // the person chose a row, to read its sentence
	filling   bool   // rows are being shown: the list's choice is none of the person's
	rowHeight float32
	current   int                 // the row whose sentence is shown
	fetched   map[string]Fetching // how far the archive is, by symbol

	picker     *pick.Picker
	pin        *widget.Check
	horizons   *tabs.Strip
	origins    *tabs.Strip
	status     *widget.Label
	controlRow *fyne.Container
	notes      *widget.Button
	cancel     *widget.Button
	again      *widget.Button
	headline   *headline
	lift       *widget.Label
	note       *widget.Label
	archive    *widget.Button
	noteRow    *fyne.Container
	header     *header
	list       *widget.List
	table      *fyne.Container
	message    *widget.Label
	sentence   *widget.Label
	content    *fyne.Container
}

// New builds the pane.
func New(o Options) *Pane {
	p := &Pane{o: o, w: o.Words, choice: o.Choice, fetched: map[string]Fetching{}, plan: newPlan(o.Words), rowHeight: rowHeight}
	if p.choice.Symbol == "" {
		p.choice.Symbol = firstSymbol
	}
	p.controls()
	p.headline = newHeadline(p.w)
	p.headline.onTap = func() {
		p.open = p.headline.folded
		p.layOut()
	}
	p.lift, p.note, p.sentence = quiet(), quiet(), quiet()
	p.sentence.Importance = widget.MediumImportance
	p.archive = widget.NewButton(p.w.T("score.get_archive"), func() {
		p.SetFetching(p.choice.Symbol, Fetching{})
		p.o.OnArchive(p.choice.Symbol)
	})
	p.noteRow = container.NewBorder(nil, nil, nil, p.archive, p.note)
	p.header = newHeader(p.w)
	p.list = widget.NewList(func() int { return len(p.rows) },
		func() fyne.CanvasObject { return newRowView(p.rowHeight) },
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*rowView).show(p.rows[i], p.plan) })
	p.list.HideSeparators = true
	p.list.OnSelected = func(i widget.ListItemID) {
		p.current = i
		p.say()
		if !p.filling {
			p.asked = true
			p.layOut()
		}
	}
	p.table = container.New(look.Stack{Grows: 1}, p.header, p.list)
	p.message = widget.NewLabel("")
	p.message.Alignment = fyne.TextAlignCenter
	p.arrange()
	p.ExtendBaseWidget(p)
	if o.Book != nil {
		o.Book.OnChange(func(symbol string) {
			if symbol == p.symbol() {
				p.update()
			}
		})
	}
	p.update()
	return p
}

// quiet is a small text that wraps.
func quiet() *widget.Label {
	l := widget.NewLabel("")
	l.SizeName, l.Wrapping, l.Importance = theme.SizeNameCaptionText, fyne.TextWrapWord, widget.LowImportance
	return l
}

func (p *Pane) controls() {
	w := p.w
	p.picker = pick.New(pick.Options{
		Names: func() []string {
			if p.o.Book == nil {
				return nil
			}
			return p.o.Book.Symbols()
		},
		First: w.T("score.pooled"), Hint: w.T("score.choose"), None: w.T("score.none_such"),
		OnPick: p.pick, Initial: p.symbol(),
	})
	p.pin = widget.NewCheck(w.T("score.pin"), nil)
	p.pin.Checked = p.choice.Pinned
	p.pin.OnChanged = p.setPinned
	labels, chosen := []string{}, 2
	for i, h := range signal.Horizons() {
		labels = append(labels, WindowName(w, h))
		if h.String() == p.choice.Horizon {
			chosen = i
		}
	}
	if p.choice.Horizon == everyHorizon {
		chosen = len(labels)
	}
	p.horizons = tabs.New(append(labels, w.T("score.all")), chosen)
	p.horizons.OnChange = func(i int) {
		p.choice.Horizon = everyHorizon
		if i < len(labels) {
			p.choice.Horizon = signal.Horizons()[i].String()
		}
		p.chose()
	}
	origin := 0
	if p.choice.Live {
		origin = 1
	}
	p.origins = tabs.New([]string{w.T("score.history"), w.T("score.live")}, origin)
	p.origins.OnChange = func(i int) {
		p.choice.Live = i == 1
		p.chose()
	}
	p.status = widget.NewLabel("")
	p.status.SizeName, p.status.Importance, p.status.Truncation = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextTruncateEllipsis
	p.status.Alignment = fyne.TextAlignTrailing
	p.notes = widget.NewButton("", p.toggleNotes)
	p.notes.Importance = widget.LowImportance
	p.cancel = widget.NewButton(w.T("score.cancel"), func() { p.o.Book.Cancel(p.symbol()) })
	p.again = widget.NewButton(w.T("score.compute"), func() { p.o.Book.Compute(p.symbol()) })
}

func (p *Pane) arrange() {
	p.controlRow = container.NewBorder(nil, nil,
		container.NewHBox(p.picker, p.pin, space(8), p.horizons, space(8), p.origins),
		container.NewHBox(p.notes, p.cancel, p.again), p.status)
	p.content = container.NewStack(container.New(look.Stack{Grows: 4, Pad: sidePad}, p.controlRow, p.headline, p.lift, p.noteRow, p.table, p.sentence), container.NewCenter(p.message))
}

func space(width float32) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, width, 0))
}

// CreateRenderer implements fyne.Widget.
func (p *Pane) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

// MinSize is small: the pane scrolls.
func (p *Pane) MinSize() fyne.Size { return fyne.NewSize(320, 120) }

// Choice returns what is chosen.
func (p *Pane) Choice() Choice { return p.choice }

// SetShown says whether the pane is on screen. What it shows is computed only then.
func (p *Pane) SetShown(on bool) {
	p.shown = on
	p.update()
}

// Busy reports whether what is on screen is still being computed.
func (p *Pane) Busy() bool {
	return p.shown && p.o.Book != nil && (p.running || p.o.Book.State(p.symbol()).Running)
}

// Fetching is how far the archive is with a contract.
type Fetching struct {
	Done, Days int
	Ended      bool
	Failed     bool // some or all of it
}

// SetFetching shows how far the archive is with a contract.
func (p *Pane) SetFetching(symbol string, f Fetching) {
	if before, asked := p.fetched[symbol]; !asked || before != f {
		p.fetched[symbol] = f
		p.update()
	}
}

// symbol is what is asked of the book.
func (p *Pane) symbol() string {
	if p.choice.Pooled {
		return Pooled
	}
	return p.choice.Symbol
}

func (p *Pane) chose() {
	p.current, p.asked = 0, false
	p.update()
	if p.o.OnChoice != nil {
		p.o.OnChoice(p.choice)
	}
}

// horizon is the one chosen; false for every one.
func (p *Pane) horizon() (market.Window, bool) {
	for _, h := range signal.Horizons() {
		if h.String() == p.choice.Horizon {
			return h, true
		}
	}
	return market.Window24h, p.choice.Horizon != everyHorizon
}

// update shows what the book has.
func (p *Pane) update() {
	var s State
	if p.o.Book != nil {
		if p.shown {
			p.o.Book.Want(p.symbol())
		}
		s = p.o.Book.State(p.symbol())
	}
	p.running = s.Running
	card := p.card(s)
	p.showStatus(s, card)
	p.showCard(card)
	look.SetVisible(s.Running, p.cancel)
	look.SetVisible(!s.Running && p.o.Book != nil, p.again)
	p.message.SetText(p.hint(s, card))
	look.SetVisible(p.message.Text != "", p.message)
	p.layOut()
	p.content.Refresh()
}

// card is the one of the two that is chosen; nil: none.
func (p *Pane) card(s State) *signal.Scorecard {
	switch {
	case s.Cards == nil:
		return nil
	case p.choice.Live:
		return s.Cards.Live
	}
	return &s.Cards.History
}

// hint says why there is nothing to show; empty where there is.
func (p *Pane) hint(s State, card *signal.Scorecard) string {
	switch {
	case p.o.Book == nil:
		return p.w.T("score.no_source")
	case card != nil || s.Running:
		return ""
	case s.Cards != nil:
		return p.w.T("score.never_live")
	case s.Err != nil:
		return p.w.T("score.failed")
	case s.Stopped:
		return p.w.T("score.stopped")
	}
	return ""
}

// showStatus says what the scorecard covers, or how far it is.
func (p *Pane) showStatus(s State, card *signal.Scorecard) {
	text := ""
	switch {
	case s.Running && p.choice.Pooled:
		text = p.w.T("score.running", assets.Args{"Done": s.Done, "Total": s.Total})
	case s.Running:
		text = p.w.T("score.running_one", assets.Args{"Symbol": p.choice.Symbol})
	case card != nil && !card.From.IsZero():
		text = p.w.T("score.covers", assets.Args{"From": format.Day(card.From), "To": format.Day(card.To), "Zone": format.ZoneName(card.To),
			"Days": math.Round(card.Days), "N": card.Contracts})
		if s.Failed > 0 {
			text = joined(p.w, []string{p.w.T("score.partly", assets.Args{"N": s.Failed}), text})
		}
	}
	p.status.SetText(text)
}

// showCard shows the cells of the chosen horizon, best supported first.
func (p *Pane) showCard(card *signal.Scorecard) {
	h, one := p.horizon()
	for _, o := range []fyne.CanvasObject{p.headline, p.lift, p.table, p.sentence} {
		look.SetVisible(card != nil, o)
	}
	look.SetVisible(false, p.noteRow)
	p.noted, p.folded = false, false
	p.rows = nil
	if card == nil {
		return
	}
	p.lift.SetText(p.headline.show(card, h))
	if card.ArchiveNeeded && !card.From.IsZero() {
		p.showNote(card)
	}
	cells := slices.DeleteFunc(signal.ByLowerBound(card.Cells), func(c signal.Cell) bool { return one && c.Window != h })
	p.plan.axis, p.plan.horizons = rateAxis(cells), !one
	p.header.setPlan(p.plan)
	for _, c := range cells {
		p.rows = append(p.rows, newRow(p.w, c))
	}
	p.list.Refresh()
	p.filling = true
	if p.list.Select(p.current); p.current == 0 {
		p.list.ScrollToTop() // selecting scrolls, also a list that has no size yet
	}
	p.filling = false
	p.say()
}

// showNote asks for the archive, or says how far it is.
func (p *Pane) showNote(card *signal.Scorecard) {
	f, asked := p.fetched[p.symbol()]
	text := p.w.T("score.archive", assets.Args{"Days": math.Round(card.Days)})
	switch {
	case asked && !f.Ended:
		text = p.w.T("score.archive_running", assets.Args{"Done": f.Done, "Days": f.Days})
	case f.Failed:
		text = joined(p.w, []string{p.w.T("score.archive_failed"), text})
	}
	p.note.SetText(text)
	p.noted = true
	look.SetVisible(true, p.noteRow)
	look.SetVisible(p.o.OnArchive != nil && !p.choice.Pooled && (!asked || f.Ended), p.archive)
}

// say puts the chosen row into words.
func (p *Pane) say() {
	text := format.Unknown
	if p.current < len(p.rows) {
		r := &p.rows[p.current]
		text = joined(p.w, append([]string{Sentence(p.w, p.symbol(), &r.cell)}, p.dropped(r)...))
	}
	p.sentence.SetText(text)
}

// dropped tells what the columns hold that there is no room for.
func (p *Pane) dropped(r *rowModel) (told []string) {
	on := p.plan.shown(p.Size().Width - 2*sidePad)
	for _, i := range droppable {
		if !on[i] && r.cell.Grade != signal.NotEnough {
			told = append(told, p.w.T("score.dropped", assets.Args{"Column": p.w.T("score.column_" + columns[i].name), "Value": r.texts[i]}))
		}
	}
	return told
}

// Resize lays the pane out, and tells in words what no longer fits.
func (p *Pane) Resize(size fyne.Size) {
	p.BaseWidget.Resize(size)
	if len(p.rows) > 0 {
		p.say()
	}
	p.layOut()
}

package alerts

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/ui/look"
)

// Options are what a Pane is made from. All but Past, OnOpen, Lists, OnFetch, Trying and
// Delivery are required.
type Options struct {
	Context  context.Context // ends dry runs
	Words    *assets.Words
	Desk     *Desk
	Dispatch func(func())
	Now      func() time.Time
	Local    *time.Location

	Past    Past            // nil: there is no history, so that nothing can be dry-run
	Symbols func() []string // every contract
	Circle  func() alert.Circle
	Lists   func() []string     // names of the watchlists
	OnOpen  func(symbol string) // the person wants to see a contract that was told of

	// OnFetch has the last days of contracts fetched from the archive; nil: there is none.
	OnFetch func(symbols []string, days int)

	// Trying sends a message by other settings, to see whether they are right, and
	// calls done on the UI's goroutine; nil: nothing leaves the program.
	Trying func(s deliver.Settings, done func(hook, command error))
	Play   func(sound, file string) // lets a sound be heard; nil: there is none
	// Delivery says what becomes of what leaves the program, and what does not work.
	Delivery func() Delivery
}

// Delivery is what is known of how alerts reach the person.
type Delivery struct {
	deliver.State
	Elsewhere      bool   // another process on this data directory delivers
	NoNotification bool   // the desktop shows none
	NoSound        string // why the last sound was not heard, in words; empty: it was, or there was none
}

// Pane shows the rules beside the log; while a rule is being made, its form
// beside what it would have raised. All its methods belong to the UI's goroutine.
type Pane struct {
	widget.BaseWidget
	o   Options
	w   *assets.Words
	say *Sayer

	editor  *editor       // nil: no rule is being made
	telling *tellingForm  // nil: it is not being chosen how to be told
	trouble *widget.Label // what does not work of how the person is told
	entries []Entry       // what the right side lists

	left     *fyne.Container
	right    *fyne.Container
	title    *look.Label // of the right side
	clear    *widget.Button
	fetch    *widget.Button // what a dry run lacks
	fetching bool           // it was asked for
	note     *widget.Label  // below the title
	list     *widget.List
	hint     *widget.Label // instead of an empty list
	content  fyne.CanvasObject
}

// NewPane builds the pane.
func NewPane(o Options) *Pane {
	p := &Pane{o: o, w: o.Words, say: New(o.Words), left: container.NewStack()}
	p.title = look.NewLabel("", true)
	p.clear = widget.NewButton(p.w.T("alert.clear"), func() { p.o.Desk.ClearLog() })
	p.fetch = widget.NewButton("", func() {
		t := &p.editor.trial
		p.fetching = true
		p.o.OnFetch(t.lacking, t.needs())
		p.showTrial()
	})
	p.note, p.hint = quiet(""), quiet("")
	p.trouble = quiet("")
	p.trouble.Importance = widget.WarningImportance
	p.hint.Alignment = fyne.TextAlignCenter
	p.list = widget.NewList(func() int { return len(p.entries) },
		func() fyne.CanvasObject { return newEntryView() },
		func(i widget.ListItemID, v fyne.CanvasObject) { v.(*entryView).show(p.say, &p.entries[i]) })
	p.list.OnSelected = func(i widget.ListItemID) {
		p.list.UnselectAll()
		if p.o.OnOpen != nil {
			p.o.OnOpen(p.entries[i].Symbol)
		}
	}
	head := container.NewBorder(nil, nil, p.title, container.NewHBox(p.fetch, p.clear))
	p.right = container.New(look.Stack{Grows: 4}, head, p.trouble, p.note, p.hint, p.list)
	p.content = container.New(halves{}, p.left, widget.NewSeparator(), p.right)
	p.ExtendBaseWidget(p)
	o.Desk.OnChange(p.update)
	p.update()
	return p
}

func tight() fyne.Layout { return layout.NewCustomPaddedVBoxLayout(0) }

// quiet is a small text that wraps.
func quiet(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.SizeName, l.Wrapping, l.Importance = theme.SizeNameCaptionText, fyne.TextWrapWord, widget.LowImportance
	return l
}

// CreateRenderer implements fyne.Widget.
func (p *Pane) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

// MinSize is small: both sides scroll.
func (p *Pane) MinSize() fyne.Size { return fyne.NewSize(320, 120) }

// Close ends a dry run.
func (p *Pane) Close() {
	if p.editor != nil {
		p.editor.stop()
	}
}

// Edit shows the form for a rule; one without an id is new.
func (p *Pane) Edit(r alert.Rule) {
	p.Close()
	p.telling = nil
	p.editor = newEditor(p, r)
	p.update()
}

// EditFor shows the form for a new rule about one contract.
func (p *Pane) EditFor(symbol string) {
	r := firstRule()
	r.Scope, r.Symbol = alert.ScopeOne, symbol
	p.Edit(r)
}

// PastGrew says that the history that was asked for by OnFetch is there: a dry
// run on screen is made again.
func (p *Pane) PastGrew() {
	p.fetching = false
	if p.editor != nil {
		p.editor.try(p.editor.rule.Check() == nil)
	}
}

// done leaves the form.
func (p *Pane) done() {
	p.Close()
	p.editor, p.telling = nil, nil
	p.update()
}

// update shows what is so now.
func (p *Pane) update() {
	p.ShowDelivery()
	switch {
	case p.editor != nil:
		p.left.Objects = []fyne.CanvasObject{p.editor.form}
		p.showTrial()
	case p.telling != nil:
		p.left.Objects = []fyne.CanvasObject{p.telling.form}
		p.showLog()
	default:
		p.left.Objects = []fyne.CanvasObject{p.rules()}
		p.showLog()
	}
	p.left.Refresh()
	p.list.Refresh()
	defer p.right.Refresh() // what wraps may have another height
	look.SetVisible(len(p.entries) > 0, p.list)
	look.SetVisible(len(p.entries) == 0 && p.hint.Text != "", p.hint)
}

// showLog lists what was told, on the right side.
func (p *Pane) showLog() {
	p.entries = p.o.Desk.Log()
	p.title.SetText(p.w.T("alert.log"))
	p.note.Hide()
	p.fetch.Hide()
	look.SetVisible(len(p.entries) > 0, p.clear)
	p.hint.SetText(p.w.T("alert.log_empty"))
}

// rules lists the rules, each with its switch.
func (p *Pane) rules() fyne.CanvasObject {
	add := widget.NewButton(p.w.T("alert.new"), func() { p.Edit(firstRule()) })
	how := widget.NewButton(p.w.T("alert.how"), p.Tell)
	head := container.NewBorder(nil, nil,
		look.NewLabel(p.w.T("alert.rules"), true), container.NewHBox(how, add))
	rules := p.o.Desk.Rules()
	if len(rules) == 0 {
		return container.NewBorder(head, nil, nil, nil, container.NewVBox(quiet(p.w.T("alert.rules_empty"))))
	}
	rows := container.New(tight())
	for _, r := range rules {
		rows.Add(p.rule(r))
	}
	return container.NewBorder(head, nil, nil, nil, container.NewVScroll(rows))
}

// firstRule is what a new rule is until the person changes it.
func firstRule() alert.Rule {
	return alert.Rule{Signal: "flush_1h", Scope: alert.ScopeFavourites, CooldownMinutes: 60}
}

func (p *Pane) rule(r alert.Rule) fyne.CanvasObject {
	on := widget.NewCheck("", nil)
	on.SetChecked(!r.Off)
	on.OnChanged = func(checked bool) {
		r.Off = !checked
		p.o.Desk.SetRule(r)
	}
	lines := p.say.lines(&r)
	texts := container.New(layout.NewCustomPaddedVBoxLayout(-10), ruleTitle(lines[0].head, lines[0].tail, r.Off))
	for _, l := range lines[1:] {
		texts.Add(ruleTitle(l.head, l.tail, r.Off))
	}
	terms := widget.NewLabel(p.say.Terms(&r))
	terms.SizeName, terms.Importance, terms.Truncation = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextTruncateEllipsis
	texts.Add(terms)
	tools := container.NewHBox(
		widget.NewButton(p.w.T("alert.edit"), func() { p.Edit(r) }),
		widget.NewButton(p.w.T("alert.delete"), func() { p.o.Desk.DeleteRule(r.ID) }))
	return container.NewBorder(nil, nil, on, container.NewCenter(tools), texts)
}

package alerts

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/look"
	"openinterest/ui/pick"
)

// editor is the form of one rule. Each change of it starts the dry run anew.
type editor struct {
	p     *Pane
	rule  alert.Rule
	trial trial
	end   context.CancelFunc // of the dry run under way

	subjects  []subject
	subject   *widget.Select // what the rule tells of
	change    *widget.Select // of conditions: entering, leaving
	where     *conditions
	lists     []string // the watchlists that can be chosen
	list      *widget.Select
	direction *widget.Select
	bound     *widget.Entry
	crosses   *widget.Label // beside threshold
	threshold *fyne.Container
	scope     *widget.Select
	contract  *pick.Picker
	cooldown  *widget.Select
	quiet     *widget.Check
	from, to  *widget.Select
	zone      *widget.Select
	hours     *fyne.Container

	changeBox, contractBox, listBox *fyne.Container // around what is not always there

	wrong *widget.Label
	save  *widget.Button
	form  fyne.CanvasObject
}

var (
	cooldowns = []int{0, 15, 60, 240, 1440}
	scopes    = []alert.Scope{alert.ScopeAll, alert.ScopeFavourites, alert.ScopeOne, alert.ScopeList}
	changes   = []alert.Change{alert.Enters, alert.Leaves, alert.Either}
)

// subject is something that a rule can tell of: a signal, a column, or with neither
// contracts that match its conditions.
type subject struct {
	signal signal.EventKind
	column alert.Column
}

// allSubjects lists them: signals, columns, and at the end conditions.
func allSubjects() []subject {
	all := []subject{{signal: alert.AnySignal}}
	for _, k := range signal.EventKinds() {
		all = append(all, subject{signal: k})
	}
	for _, c := range alert.Columns() {
		all = append(all, subject{column: c})
	}
	return append([]subject{{}}, all...)
}

// subjectName is how one is called in the form.
func (s *Sayer) subjectName(x subject) string {
	switch {
	case x.signal != "":
		return s.signal(x.signal)
	case x.column != "":
		return s.column(x.column)
	}
	return s.w.T("alert.joined")
}

const (
	firstQuietFrom = 22 * 60
	firstQuietTo   = 7 * 60
	quietStep      = 30 // minutes between the times offered
)

// newEditor is the form for a rule, which it changes only when it is saved.
func newEditor(p *Pane, r alert.Rule) *editor {
	e := &editor{p: p, rule: r}
	e.build()
	e.fill()
	e.changed()
	return e
}

// build makes the fields; fill puts the rule into them.
func (e *editor) build() {
	w := e.p.w
	var subjects []string
	e.subjects = allSubjects()
	for _, x := range e.subjects {
		subjects = append(subjects, e.p.say.subjectName(x))
	}
	e.subject = widget.NewSelect(subjects, nil)
	e.change = widget.NewSelect([]string{w.T("alert.change_enter"), w.T("alert.change_left"), w.T("alert.change_both")}, nil)
	e.where = newConditions(e.p, func() { e.changed() })
	if e.p.o.Lists != nil {
		e.lists = e.p.o.Lists()
	}
	if e.rule.List != "" && !slices.Contains(e.lists, e.rule.List) {
		e.lists = append(slices.Clone(e.lists), e.rule.List) // it was deleted, which the rule says
	}
	e.list = widget.NewSelect(e.lists, nil)
	e.direction = widget.NewSelect([]string{w.T("alert.up"), w.T("alert.down")}, nil)
	e.bound = widget.NewEntry()
	e.threshold = container.NewBorder(nil, nil, look.Outlined(e.direction), nil, e.bound)
	e.scope = widget.NewSelect([]string{w.T("alert.scope_all"), w.T("alert.scope_favourites"), w.T("alert.scope_one"), w.T("alert.scope_list")}, nil)
	e.contract = pick.New(pick.Options{Names: e.p.o.Symbols, Unchosen: w.T("alert.choose_contract"), Hint: w.T("alert.choose"), None: w.T("alert.none_such"),
		Initial: e.rule.Symbol, OnPick: func(symbol string) { e.rule.Symbol = symbol; e.changed() }})
	e.buildSilence()
	for _, s := range []*widget.Select{e.direction, e.change, e.scope, e.cooldown, e.from, e.to, e.zone} {
		s.PlaceHolder = widest(s.Options) // never seen, but a Select is as wide as this
	}
	e.list.PlaceHolder = w.T("alert.choose_list")
	e.crosses = small(w.T("alert.crosses"))
	e.wrong = quiet("")
	e.wrong.Importance = widget.WarningImportance
	e.save = widget.NewButton(w.T("alert.save"), e.keep)
	e.save.Importance = widget.HighImportance
	e.layOut()
}

// buildSilence makes the fields of what keeps a rule silent.
func (e *editor) buildSilence() {
	w := e.p.w
	var waits []string
	for _, n := range cooldowns {
		if n == 0 {
			waits = append(waits, w.T("alert.cooldown_none"))
		} else {
			waits = append(waits, e.p.say.Minutes(n))
		}
	}
	e.cooldown = widget.NewSelect(waits, nil)
	var times []string
	for m := 0; m < 24*60; m += quietStep {
		times = append(times, timeOfDay(m))
	}
	e.quiet = widget.NewCheck(w.T("alert.quiet"), nil)
	e.from, e.to = widget.NewSelect(times, nil), widget.NewSelect(times, nil)
	e.zone = widget.NewSelect([]string{e.p.say.Zone(false), e.p.say.Zone(true)}, nil)
	e.hours = container.NewHBox(look.Outlined(e.from), widget.NewLabel("–"), look.Outlined(e.to), look.Outlined(e.zone))
}

// layOut puts the fields below each other, each beside what it is called.
func (e *editor) layOut() {
	w := e.p.w
	title := w.T("alert.edit_title")
	if e.rule.ID == "" {
		title = w.T("alert.new")
	}
	labelled := func(key string, o fyne.CanvasObject) []fyne.CanvasObject {
		return []fyne.CanvasObject{small(w.T(key)), o}
	}
	e.changeBox, e.contractBox, e.listBox = look.Outlined(e.change), look.Outlined(padded(e.contract)), look.Outlined(e.list)
	rows := slices.Concat(labelled("alert.when", container.New(tight(), look.Outlined(e.subject), e.changeBox)), []fyne.CanvasObject{e.crosses, e.threshold},
		labelled("alert.where", e.where.object),
		labelled("alert.for", container.NewHBox(look.Outlined(e.scope), e.contractBox, e.listBox)), labelled("alert.cooldown", container.NewHBox(look.Outlined(e.cooldown))),
		labelled("alert.silent", container.New(tight(), container.NewHBox(e.quiet), e.hours)))
	buttons := container.NewHBox(e.save, widget.NewButton(w.T("alert.cancel"), e.p.done))
	head := container.NewBorder(nil, nil, look.NewLabel(title, true), buttons)
	e.form = container.NewBorder(head, nil, nil, nil, container.NewVScroll(container.New(tight(), container.New(layout.NewFormLayout(), rows...), e.wrong)))
}

func widest(options []string) (text string) {
	width := float32(0)
	for _, o := range options {
		if w := widget.NewLabel(o).MinSize().Width; w > width {
			text, width = o, w
		}
	}
	return text
}

// padded leaves some room around what is written, within an outline.
func padded(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(2, 2, 8, 8), o)
}

func small(text string) *widget.Label {
	l := quiet(text)
	l.Wrapping = fyne.TextWrapOff
	return l
}

// fill shows the rule in the form, and only then listens to it.
func (e *editor) fill() {
	r := &e.rule
	e.subject.SetSelectedIndex(max(0, slices.Index(e.subjects, subject{r.Signal, r.Column})))
	e.change.SetSelectedIndex(max(0, slices.Index(changes, r.On)))
	e.where.set(r.Where)
	if r.List != "" {
		e.list.SetSelected(r.List)
	}
	e.direction.SetSelectedIndex(0)
	if r.Direction == alert.Down {
		e.direction.SetSelectedIndex(1)
	}
	if r.Column != "" {
		e.bound.SetText(writeBound(r.Bound))
	}
	e.scope.SetSelectedIndex(max(0, slices.Index(scopes, r.Scope)))
	wait := slices.Index(cooldowns, r.CooldownMinutes)
	e.cooldown.SetSelectedIndex(max(0, wait))
	q := alert.Quiet{From: firstQuietFrom, To: firstQuietTo, Local: true}
	if r.Quiet != nil {
		q = *r.Quiet
	}
	e.quiet.SetChecked(r.Quiet != nil)
	e.from.SetSelectedIndex(q.From / quietStep)
	e.to.SetSelectedIndex(q.To / quietStep)
	e.zone.SetSelectedIndex(0)
	if q.Local {
		e.zone.SetSelectedIndex(1)
	}
	changed := func(string) { e.changed() }
	for _, s := range []*widget.Select{e.subject, e.change, e.direction, e.scope, e.list, e.cooldown, e.from, e.to, e.zone} {
		s.OnChanged = changed
	}
	e.bound.OnChanged = changed
	e.quiet.OnChanged = func(bool) { e.changed() }
}

// read takes the rule from the form.
func (e *editor) read() {
	r := &e.rule
	x := e.subjects[max(0, e.subject.SelectedIndex())]
	r.Signal, r.Column, r.Direction, r.Bound, r.On = x.signal, x.column, "", 0, alert.Enters
	switch {
	case x.column != "":
		r.Direction, r.Bound = alert.Up, parseBound(e.bound.Text)
		if e.direction.SelectedIndex() == 1 {
			r.Direction = alert.Down
		}
	case x.signal == "":
		r.On = changes[max(0, e.change.SelectedIndex())]
	}
	r.Where = e.where.read()
	r.List = ""
	if e.scope.SelectedIndex() == slices.Index(scopes, alert.ScopeList) {
		r.List = e.list.Selected
	}
	r.Scope = scopes[max(0, e.scope.SelectedIndex())]
	r.CooldownMinutes = cooldowns[max(0, e.cooldown.SelectedIndex())]
	r.Quiet = nil
	if e.quiet.Checked {
		r.Quiet = &alert.Quiet{From: e.from.SelectedIndex() * quietStep, To: e.to.SelectedIndex() * quietStep, Local: e.zone.SelectedIndex() == 1}
	}
}

// changed follows the form: it says what is missing, or starts the dry run.
func (e *editor) changed() {
	e.read()
	look.SetVisible(e.rule.Column != "", e.crosses, e.threshold)
	if e.rule.Column != "" {
		e.bound.SetPlaceHolder(e.p.w.T("alert.unit_" + string(e.unit())))
	}
	look.SetVisible(e.rule.Signal == "" && e.rule.Column == "", e.changeBox)
	look.SetVisible(e.rule.Scope == alert.ScopeOne, e.contractBox)
	look.SetVisible(e.rule.Scope == alert.ScopeList, e.listBox)
	look.SetVisible(e.rule.Quiet != nil, e.hours)
	problem := ""
	switch e.rule.Check() {
	case nil:
	case alert.ErrNoBound:
		problem = e.p.w.T("alert.no_bound")
	case alert.ErrNoContract:
		problem = e.p.w.T("alert.no_contract")
	case alert.ErrNoList:
		problem = e.p.w.T("alert.no_list")
	case alert.ErrCondition:
		problem = e.p.w.T("alert.no_number")
	case alert.ErrNoCondition:
		problem = e.p.w.T("alert.no_conditions")
	default:
		problem = e.p.w.T("alert.no_rule")
	}
	e.wrong.SetText(problem)
	look.SetVisible(problem != "", e.wrong)
	if problem == "" {
		e.save.Enable()
	} else {
		e.save.Disable()
	}
	e.try(problem == "")
}

// unit is what the bound is typed in.
func (e *editor) unit() market.Unit { return e.rule.Column.Unit() }

// stop ends the dry run that is under way.
func (e *editor) stop() {
	if e.end != nil {
		e.end()
		e.end = nil
	}
}

// try starts the dry run, if the rule is one and can be tried.
func (e *editor) try(sound bool) {
	e.stop()
	e.trial = trial{rule: e.rule}
	if sound && e.p.o.Past != nil && e.rule.CanDryRun() {
		ctx, cancel := context.WithCancel(e.p.o.Context)
		e.end = cancel
		t, o := e.trial, e.p.o
		e.trial.total = len(e.symbols())
		symbols, now := e.symbols(), o.Now()
		go t.run(ctx, o.Past, symbols, now, o.Local, func(t trial) {
			o.Dispatch(func() {
				if ctx.Err() == nil && e.p.editor == e {
					e.trial = t
					e.p.update()
				}
			})
		})
	}
	if e.p.editor == e {
		e.p.update()
	}
}

// symbols are the contracts that the rule is about now.
func (e *editor) symbols() []string {
	switch e.rule.Scope {
	case alert.ScopeOne:
		return []string{e.rule.Symbol}
	case alert.ScopeFavourites:
		return e.p.o.Circle().Symbols(alert.ScopeFavourites, "")
	case alert.ScopeList:
		return e.p.o.Circle().Symbols(alert.ScopeList, e.rule.List)
	}
	return e.p.o.Symbols()
}

// keep saves the rule and leaves the form.
func (e *editor) keep() {
	e.p.o.Desk.SetRule(e.rule)
	e.p.done()
}

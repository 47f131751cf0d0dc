package alerts

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// conditions is the part of the form that joins filters of the table: a line for each.
type conditions struct {
	p        *Pane
	lines    []*conditionLine
	rows     *fyne.Container
	object   fyne.CanvasObject
	onChange func()
}

// conditionLine is one condition: a column, how it is compared and with what; or which
// signal is shown.
type conditionLine struct {
	of          *conditions
	column, how *widget.Select
	low, high   *widget.Entry
	names       [][]string // of each choice of shows, the signals it stands for
	shows       *widget.Select
	showsBox    *fyne.Container
	howBox      *fyne.Container
	object      *fyne.Container
}

// How a number is compared: the index of the choice.
const (
	atLeast = iota
	atMost
	between
)

func newConditions(p *Pane, onChange func()) *conditions {
	c := &conditions{p: p, rows: container.New(tight()), onChange: onChange}
	add := widget.NewButton(p.w.T("alert.add_condition"), func() {
		c.add(alert.Condition{Column: alert.OIUSD})
		onChange()
	})
	c.object = container.New(tight(), c.rows, container.NewHBox(look.Outlined(add)))
	return c
}

// set shows conditions.
func (c *conditions) set(where []alert.Condition) {
	c.lines, c.rows.Objects = nil, nil
	for _, w := range where {
		c.add(w)
	}
}

// read is what the lines say. A bound that is none is not a number, which the rule's
// Check finds.
func (c *conditions) read() (where []alert.Condition) {
	for _, l := range c.lines {
		where = append(where, l.read())
	}
	return where
}

// conditionColumns are the columns that a condition can be about.
func conditionColumns() []alert.Column {
	return append([]alert.Column{alert.SignalColumn}, alert.Columns()...)
}

// add adds a line.
func (c *conditions) add(x alert.Condition) {
	w := c.p.w
	l := &conditionLine{of: c, low: widget.NewEntry(), high: widget.NewEntry()}
	var names []string
	for _, column := range conditionColumns() {
		names = append(names, w.T("column."+string(column)))
	}
	l.column = widget.NewSelect(names, nil)
	l.how = widget.NewSelect([]string{"≥", "≤", "…"}, nil)
	l.how.PlaceHolder = "≥"
	var signals []string
	for _, name := range columns.SignalNames() {
		l.names, signals = append(l.names, []string{name}), append(signals, columns.SignalName(w, c.p.say.explain, name))
	}
	if len(x.Is) > 1 {
		l.names = append([][]string{x.Is}, l.names...)
		signals = append([]string{c.p.say.where([]alert.Condition{x})}, signals...)
	}
	l.shows = widget.NewSelect(signals, nil)
	remove := widget.NewButton("×", func() {
		c.lines = slices.DeleteFunc(c.lines, func(other *conditionLine) bool { return other == l })
		c.rows.Remove(l.object)
		c.onChange()
	})
	l.showsBox, l.howBox = look.Outlined(l.shows), look.Outlined(l.how)
	compared := container.NewBorder(nil, nil, l.howBox, nil, container.NewGridWithRows(1, l.low, l.high))
	l.object = container.NewBorder(nil, nil, nil, remove, container.NewGridWithColumns(2, look.Outlined(l.column), container.NewStack(compared, l.showsBox)))
	l.fill(x)
	l.follow()
	c.lines = append(c.lines, l)
	c.rows.Add(l.object)
}

// fill shows a condition, and only then listens.
func (l *conditionLine) fill(x alert.Condition) {
	l.column.SetSelectedIndex(max(0, slices.Index(conditionColumns(), x.Column)))
	how := atLeast
	switch {
	case x.Min != nil && x.Max != nil:
		how = between
	case x.Max != nil:
		how = atMost
	}
	l.how.SetSelectedIndex(how)
	lang, id := l.of.p.w.Lang(), columns.ID(x.Column)
	l.low.SetText(columns.WriteBound(lang, id, x.Min))
	l.high.SetText(columns.WriteBound(lang, id, x.Max))
	l.shows.SetSelectedIndex(max(0, slices.IndexFunc(l.names, func(names []string) bool { return slices.Equal(names, x.Is) })))
	changed := func(string) {
		l.follow()
		l.of.onChange()
	}
	l.column.OnChanged, l.how.OnChanged, l.shows.OnChanged = changed, changed, changed
	l.low.OnChanged, l.high.OnChanged = changed, changed
}

// about is the column chosen.
func (l *conditionLine) about() alert.Column {
	return conditionColumns()[max(0, l.column.SelectedIndex())]
}

// follow shows what the chosen column is compared with.
func (l *conditionLine) follow() {
	column, how := l.about(), l.how.SelectedIndex()
	isSignal := column == alert.SignalColumn
	look.SetVisible(isSignal, l.showsBox)
	look.SetVisible(!isSignal, l.howBox)
	look.SetVisible(!isSignal && how != atMost, l.low)
	look.SetVisible(!isSignal && how != atLeast, l.high)
	if !isSignal {
		hint := l.of.p.w.T("alert.unit_" + string(column.Unit()))
		l.low.SetPlaceHolder(hint)
		l.high.SetPlaceHolder(hint)
	}
}

// read is the condition in the line.
func (l *conditionLine) read() alert.Condition {
	c, how := alert.Condition{Column: l.about()}, l.how.SelectedIndex()
	if c.Column == alert.SignalColumn {
		c.Is = l.names[max(0, l.shows.SelectedIndex())]
		return c
	}
	bound := func(text string) *float64 {
		x := market.Unknown
		if strings.TrimSpace(text) != "" {
			x = columns.ParseBound(columns.ID(c.Column), text)
		}
		return &x
	}
	if how != atMost {
		c.Min = bound(l.low.Text)
	}
	if how != atLeast {
		c.Max = bound(l.high.Text)
	}
	return c
}

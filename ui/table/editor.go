package table

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// conditionEditor is the pop-up in which a condition is made or changed: a column,
// how it is compared, and with what; or, of the signal, a list to tick.
type conditionEditor struct {
	table   *Table
	at      int // of the condition that is changed; −1: a new one
	choices []*columns.Column

	column, how *widget.Select
	low, high   *look.Prompt
	signals     *widget.CheckGroup
	list        *container.Scroll // around signals
	wrong       *widget.Label
	bounds      *fyne.Container
	popUp       *widget.PopUp
}

// How a number is compared: the index of the choice.
const (
	atLeast = iota
	atMost
	between
)

// editCondition opens the editor for the i-th condition, below a chip; −1 makes a
// new one, of the column that rows are ordered by if it has numbers.
func (t *Table) editCondition(i int, below *chip) *conditionEditor {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below)
	return t.openEditor(i, t.state.Sort, below, at.AddXY(0, below.Size().Height+2))
}

// openEditor opens it at a position, on the canvas of an object. A new condition is
// of a column, or of open interest where that has no numbers.
func (t *Table) openEditor(i int, column columns.ID, of fyne.CanvasObject, at fyne.Position) *conditionEditor {
	e := &conditionEditor{table: t, at: i}
	for j := range t.columns {
		if c := &t.columns[j]; c.Number() != nil || c.ID == columns.Signal {
			e.choices = append(e.choices, c)
		}
	}
	e.build()
	e.fill(column)
	c := fyne.CurrentApp().Driver().CanvasForObject(of)
	if c == nil {
		return e
	}
	e.popUp = widget.NewPopUp(e.object(), c)
	room := c.Size().Width - e.popUp.MinSize().Width
	e.popUp.ShowAtPosition(fyne.NewPos(max(0, min(at.X, room)), at.Y))
	e.focus(c)
	return e
}

func (e *conditionEditor) build() {
	w := e.table.words
	var names []string
	for _, c := range e.choices {
		names = append(names, c.Name)
	}
	e.column = widget.NewSelect(names, nil)
	e.how = widget.NewSelect([]string{w.T("table.at_least"), w.T("table.at_most"), w.T("table.between")}, nil)
	e.low, e.high = look.NewPrompt("", e.apply, e.close), look.NewPrompt("", e.apply, e.close)
	var signals []string
	for _, s := range columns.SignalNames() {
		signals = append(signals, columns.SignalName(w, e.table.explain, s))
	}
	e.signals = widget.NewCheckGroup(signals, nil)
	e.list = container.NewVScroll(e.signals)
	e.list.SetMinSize(fyne.NewSize(260, 240))
	e.wrong = widget.NewLabel("")
	e.wrong.Importance = widget.WarningImportance
	e.wrong.Hide()
}

// fill shows the condition that is edited, and only then listens.
func (e *conditionEditor) fill(column columns.ID) {
	t := e.table
	c := columns.Condition{Column: column}
	if e.at >= 0 {
		c = t.state.Where[e.at]
	}
	i := slices.IndexFunc(e.choices, func(x *columns.Column) bool { return x.ID == c.Column })
	if i < 0 {
		i = slices.IndexFunc(e.choices, func(x *columns.Column) bool { return x.ID == columns.OIUSD })
	}
	e.column.SetSelectedIndex(i)
	how := atLeast
	switch {
	case c.Min != nil && c.Max != nil:
		how = between
	case c.Max != nil:
		how = atMost
	}
	e.how.SetSelectedIndex(how)
	lang := t.words.Lang()
	e.low.SetText(columns.WriteBound(lang, c.Column, c.Min))
	e.high.SetText(columns.WriteBound(lang, c.Column, c.Max))
	var ticked []string
	for _, s := range c.Is {
		ticked = append(ticked, columns.SignalName(t.words, t.explain, s))
	}
	e.signals.SetSelected(ticked)
	e.column.OnChanged = func(string) { e.follow() }
	e.how.OnChanged = func(string) { e.follow() }
}

// object is what stands in the pop-up.
func (e *conditionEditor) object() fyne.CanvasObject {
	w := e.table.words
	apply := widget.NewButton(w.T("table.filter_apply"), e.apply)
	apply.Importance = widget.HighImportance
	cancel := widget.NewButton(w.T("table.cancel"), e.close)
	e.bounds = container.NewGridWithRows(1, e.low, e.high)
	form := container.NewVBox(e.column, e.how, e.bounds, e.list, e.wrong, container.NewHBox(layout.NewSpacer(), cancel, apply))
	e.follow()
	return container.New(&wide{editorWidth}, form)
}

// editorWidth fits the longest name of a column.
const editorWidth = 300

func (e *conditionEditor) chosen() *columns.Column {
	return e.choices[max(0, e.column.SelectedIndex())]
}

// follow shows what the chosen column is compared with.
func (e *conditionEditor) follow() {
	w, c := e.table.words, e.chosen()
	isSignal, how := c.ID == columns.Signal, e.how.SelectedIndex()
	look.SetVisible(isSignal, e.list)
	look.SetVisible(!isSignal, e.how, e.bounds)
	if isSignal {
		e.resize()
		return
	}
	look.SetVisible(how != atMost, e.low)
	look.SetVisible(how != atLeast, e.high)
	hint := w.T("table.bound_" + string(unitOf(c)))
	e.low.SetPlaceHolder(hint)
	e.high.SetPlaceHolder(hint)
	e.resize()
}

func unitOf(c *columns.Column) market.Unit {
	if n := c.Number(); n != nil {
		return n.Unit
	}
	return ""
}

// resize makes the pop-up as high as what it shows.
func (e *conditionEditor) resize() {
	if e.popUp != nil {
		e.popUp.Resize(e.popUp.MinSize())
	}
}

func (e *conditionEditor) focus(c fyne.Canvas) {
	switch {
	case e.chosen().ID == columns.Signal:
	case e.low.Visible():
		c.Focus(e.low)
	default:
		c.Focus(e.high)
	}
}

// read is the condition in the form; a sentence says what is wrong with it.
func (e *conditionEditor) read() (_ columns.Condition, wrong string) {
	w, column := e.table.words, e.chosen()
	c := columns.Condition{Column: column.ID}
	if column.ID == columns.Signal {
		for _, s := range columns.SignalNames() {
			if slices.Contains(e.signals.Selected, columns.SignalName(w, e.table.explain, s)) {
				c.Is = append(c.Is, s)
			}
		}
	} else {
		for _, side := range []struct {
			entry *look.Prompt
			bound **float64
		}{{e.low, &c.Min}, {e.high, &c.Max}} {
			if !side.entry.Visible() {
				continue
			}
			x := columns.ParseBound(column.ID, side.entry.Text)
			if !market.Known(x) {
				return c, w.T("table.no_number")
			}
			*side.bound = &x
		}
	}
	switch c.Check() {
	case nil:
		return c, ""
	case columns.ErrNoSignal:
		return c, w.T("table.no_signal")
	}
	return c, w.T("table.no_bounds")
}

// apply filters by what is in the form, or says what is wrong with it.
func (e *conditionEditor) apply() {
	c, wrong := e.read()
	if wrong == "" && e.at < 0 && len(e.table.state.Where) >= mostConditions {
		wrong = e.table.words.T("table.too_many_filters")
	}
	if wrong != "" {
		e.wrong.SetText(wrong)
		e.wrong.Show()
		e.resize()
		return
	}
	where := slices.Clone(e.table.state.Where)
	if e.at >= 0 && e.at < len(where) {
		where[e.at] = c
	} else {
		where = append(where, c)
	}
	e.close()
	e.table.setConditions(where)
}

func (e *conditionEditor) close() {
	if e.popUp != nil {
		e.popUp.Hide()
	}
	focus(e.table.body)
}

// askName asks for the name of a view or a list, below an object.
func (t *Table) askName(below fyne.CanvasObject, title, name string, answered func(string)) {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(below)
	if c == nil {
		return
	}
	var popUp *widget.PopUp
	var entry *look.Prompt
	entry = look.NewPrompt("", func() {
		if name := saneName(entry.Text); name != "" {
			popUp.Hide()
			answered(name)
		}
	}, func() { popUp.Hide() })
	entry.SetText(name)
	ok := widget.NewButton(t.words.T("table.ok"), func() { entry.OnSubmitted(entry.Text) })
	ok.Importance = widget.HighImportance
	label := widget.NewLabel(strings.TrimSpace(title))
	popUp = widget.NewPopUp(container.NewBorder(label, nil, nil, ok, container.New(&wide{240}, entry)), c)
	at := driver.AbsolutePositionForObject(below)
	popUp.ShowAtPosition(fyne.NewPos(max(0, min(at.X, c.Size().Width-popUp.MinSize().Width)), at.Y+below.Size().Height+2))
	c.Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// wide is a layout that makes one object no narrower than a width.
type wide struct{ width float32 }

// MinSize is the object's, widened.
func (l *wide) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().Max(fyne.NewSize(l.width, 0))
}

// Layout fills the room with the object.
func (l *wide) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

package chartpane

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// MarkerState is which kinds of signals are marked on charts. The zero value is all but
// those on trial.
type MarkerState struct {
	Hidden bool               `json:"hidden,omitempty"` // none is marked
	Off    []signal.EventKind `json:"off,omitempty"`    // these aren't
	On     []signal.EventKind `json:"on,omitempty"`     // of those on trial, these are

	Liquidations bool `json:"liquidations,omitempty"` // large ones are, too
}

// MarkerChoice is the choice of a person for all charts of a window. A nil choice
// marks all kinds. Its methods belong to the UI's goroutine.
type MarkerChoice struct {
	OnChange func(MarkerState) // nil: nobody listens

	state MarkerState
	said  []func()
}

// NewMarkerChoice returns the choice that a state has.
func NewMarkerChoice(s MarkerState) *MarkerChoice { return &MarkerChoice{state: s} }

// Shows reports whether a kind is marked.
func (m *MarkerChoice) Shows(k signal.EventKind) bool {
	return m == nil || !m.state.Hidden && m.chosen(k)
}

// ShowsLiquidations reports whether large liquidations are marked. They are not
// unless somebody asks for them: they are seen only while the program runs, so that
// a chart without such marks says nothing.
func (m *MarkerChoice) ShowsLiquidations() bool {
	return m != nil && !m.state.Hidden && m.state.Liquidations
}

// ShowLiquidations marks large liquidations or doesn't. Like Show, it ends Hide.
func (m *MarkerChoice) ShowLiquidations(on bool) {
	m.state.Liquidations = on
	if on {
		m.state.Hidden = false
	}
	m.changed()
}

// chosen reports whether a kind is marked unless all are hidden.
func (m *MarkerChoice) chosen(k signal.EventKind) bool {
	if k.OnTrial() {
		return slices.Contains(m.state.On, k)
	}
	return !slices.Contains(m.state.Off, k)
}

// Hidden reports whether no kind is.
func (m *MarkerChoice) Hidden() bool { return m != nil && m.state.Hidden }

// key tells one choice from another.
func (m *MarkerChoice) key() string {
	if m == nil {
		return ""
	}
	return fmt.Sprint(m.state)
}

// subscribe has a function called when the choice changes.
func (m *MarkerChoice) subscribe(f func()) {
	if m != nil {
		m.said = append(m.said, f)
	}
}

// Hide marks no kind, or again those that were chosen.
func (m *MarkerChoice) Hide(on bool) {
	m.state.Hidden = on
	m.changed()
}

// Show marks a kind or doesn't. Kinds are chosen in order to be seen, so that
// one which is chosen ends Hide.
func (m *MarkerChoice) Show(k signal.EventKind, on bool) {
	list, listed := &m.state.Off, !on
	if k.OnTrial() {
		list, listed = &m.state.On, on
	}
	kinds := slices.DeleteFunc(slices.Clone(*list), func(o signal.EventKind) bool { return o == k })
	if listed {
		kinds = append(kinds, k)
	}
	*list = kinds
	m.state.Hidden = m.state.Hidden && !on
	m.changed()
}

func (m *MarkerChoice) changed() {
	for _, f := range m.said {
		f()
	}
	if m.OnChange != nil {
		m.OnChange(m.state)
	}
}

// markerButton opens the choice of what is marked; nil where nothing is, or
// nobody can choose. Its sign says whether anything is hidden.
func markerButton(o Options) fyne.CanvasObject {
	choice := o.Marking.Choice
	if o.Marking.Events == nil || choice == nil || o.Marking.Name == nil {
		return nil
	}
	b := ttwidget.NewButtonWithIcon("", nil, nil)
	b.Importance = widget.LowImportance
	b.SetToolTip(o.Words.T("markers.tip"))
	sign := func() {
		icon := theme.VisibilityIcon()
		if choice.Hidden() {
			icon = theme.VisibilityOffIcon()
		}
		b.SetIcon(theme.NewColoredResource(icon, theme.ColorNamePlaceHolder))
	}
	choice.subscribe(sign)
	sign()
	b.OnTapped = func() {
		b.MouseOut() // the tooltip must not lie over what opens
		openMarkerChoice(o, b)
	}
	return b
}

// openMarkerChoice shows a box for each kind below an object, in two columns: the
// readings of a day and of four hours, and the other signals.
func openMarkerChoice(o Options, below fyne.CanvasObject) *widget.PopUp {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(below)
	if c == nil {
		return nil
	}
	choice := o.Marking.Choice
	var popup *widget.PopUp
	closes := func() { popup.Hide() }
	all := look.NewCheck(o.Words.T("markers.all"), func(on bool) { choice.Hide(!on) }, closes)
	all.Checked = !choice.Hidden()
	var readings, others []fyne.CanvasObject
	for _, k := range signal.EventKinds() {
		box := look.NewCheck(o.Marking.Name(k), func(on bool) {
			choice.Show(k, on)
			all.Checked = !choice.Hidden() // without calling back
			all.Refresh()
		}, closes)
		box.Checked = choice.chosen(k)
		if k.Reading() == signal.Unknown {
			others = append(others, box)
		} else {
			readings = append(readings, box)
		}
	}
	large := look.NewCheck(o.Words.T("markers.liquidations", assets.Args{"Share": format.ExactTo(100*largeShare, 1)}), func(on bool) {
		choice.ShowLiquidations(on)
		all.Checked = !choice.Hidden()
		all.Refresh()
	}, closes)
	large.Checked = choice.state.Liquidations
	column := func(objects []fyne.CanvasObject) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedVBoxLayout(-8), objects...)
	}
	content := container.NewVBox(all, container.NewHBox(column(others), column(readings)), large, look.NewLabel(o.Words.T("markers.room"), false))
	popup = widget.NewPopUp(container.NewPadded(content), c)
	at, size := driver.AbsolutePositionForObject(below), popup.MinSize()
	left := min(at.X, c.Size().Width-size.Width-8)
	top := min(at.Y+below.Size().Height, c.Size().Height-size.Height-8)
	popup.ShowAtPosition(fyne.NewPos(max(0, left), max(0, top)))
	return popup
}

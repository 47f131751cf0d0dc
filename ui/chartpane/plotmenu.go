package chartpane

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/ui/look"
	"openinterest/ui/tabs"
)

// plotButton opens the menu of what is shown under the open interest.
func (h *History) plotButton() fyne.CanvasObject {
	b := ttwidget.NewButtonWithIcon("", theme.NewColoredResource(theme.ListIcon(), theme.ColorNamePlaceHolder), nil)
	b.OnTapped = func() {
		b.MouseOut() // the tooltip must not appear under the menu
		h.openPlotMenu(b)
	}
	b.Importance = widget.LowImportance
	b.SetToolTip(h.o.Words.T("chart.pane_tip"))
	return b
}

// plotMenu is the pop-up with a switch for each plot, and the forms.
type plotMenu struct {
	history *History
	popUp   *widget.PopUp
	checks  map[string]*look.Check // by the plot's name
	forms   *tabs.Strip            // of open interest
	prices  *tabs.Strip
}

func (h *History) openPlotMenu(below fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	canvas := driver.CanvasForObject(below)
	if canvas == nil {
		return
	}
	m := &plotMenu{history: h, checks: map[string]*look.Check{}}
	h.menu = m
	m.popUp = widget.NewPopUp(m.content(), canvas)
	corner := driver.AbsolutePositionForObject(below)
	room := canvas.Size().Subtract(m.popUp.MinSize())
	m.popUp.ShowAtPosition(fyne.NewPos(max(0, min(corner.X, room.Width)), max(0, min(corner.Y+below.Size().Height+2, room.Height))))
}

func (m *plotMenu) content() fyne.CanvasObject {
	h := m.history
	w, s := h.o.Words, &h.plots
	m.forms = m.strip([]string{FormArea, FormLine, FormCandles}, &s.Form)
	m.prices = m.strip([]string{FormCandles, FormLine}, &s.PriceForm)
	rows := container.New(layout.NewFormLayout(), widget.NewLabel(capital(w.T("chart.open_interest"))), m.forms)
	for _, k := range plotKinds {
		check := look.NewCheck(w.T("chart.pane_"+k.name), func(on bool) {
			k.state(s).On = on
			h.chosen()
		}, func() { m.popUp.Hide() })
		check.Checked = k.state(s).On
		m.checks[k.name] = check
		rows.Add(check)
		if k.name == "price" {
			rows.Add(m.prices)
		} else {
			rows.Add(layout.NewSpacer())
		}
	}
	hint := newNoteText()
	hint.set(w.T("chart.pane_hint"))
	return container.NewVBox(rows, hint)
}

// strip chooses among forms, of which the first is what an empty one means.
func (m *plotMenu) strip(forms []string, chosen *string) *tabs.Strip {
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = m.history.o.Words.T("chart.pane_" + f)
	}
	s := tabs.New(names, max(0, slices.Index(forms, *chosen)))
	s.SetGround(look.Current().Overlay)
	s.OnChange = func(i int) {
		*chosen = forms[i]
		m.history.chosen()
	}
	return s
}

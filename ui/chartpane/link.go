package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// The sign of two chain links: joined by a bar, or apart.
const (
	leftRing  = "M11 7H7a5 5 0 0 0 0 10h4v-2H7a3 3 0 0 1 0-6h4z"
	rightRing = "M13 7h4a5 5 0 0 1 0 10h-4v-2h4a3 3 0 0 0 0-6h-4z"
	chainBar  = "M8 11h8v2H8z"
)

func chainIcon(name, path string) fyne.Resource {
	return fyne.NewStaticResource(name, []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000" d="`+path+`"/></svg>`))
}

var (
	linkedIcon = chainIcon("linked.svg", leftRing+rightRing+chainBar)
	apartIcon  = chainIcon("apart.svg", leftRing+rightRing)
)

// linkButton links the time axes of the charts, or parts them, in one click; nil
// where there is no link.
func (p *pane) linkButton() fyne.CanvasObject {
	link := p.o.Link
	if link == nil {
		return nil
	}
	b := ttwidget.NewButtonWithIcon("", nil, nil)
	b.Importance = widget.LowImportance
	show := func() {
		if link.On() {
			b.SetIcon(theme.NewColoredResource(linkedIcon, theme.ColorNamePrimary))
			b.SetToolTip(p.o.Words.T("span.linked"))
		} else {
			b.SetIcon(theme.NewColoredResource(apartIcon, theme.ColorNamePlaceHolder))
			b.SetToolTip(p.o.Words.T("span.apart"))
		}
	}
	b.OnTapped = func() { link.toggle(p.axis) }
	link.join(p.axis, show)
	show()
	return b
}

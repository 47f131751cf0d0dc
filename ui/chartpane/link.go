package chartpane

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// Link keeps the axes of several panes equal while it is on. A nil Link links nothing.
type Link struct {
	OnChange func(on bool) // the person switched it; nil: nobody listens

	on   bool
	axes []*TimeAxis
	said []func() // who shows whether it is on
}

// NewLink returns a link without axes; panes join it (Options.Link).
func NewLink(on bool) *Link { return &Link{on: on} }

// On reports whether the axes are linked.
func (l *Link) On() bool { return l != nil && l.on }

// join adds an axis, which takes the state of those that are there if linked;
// said is called when the link is switched.
func (l *Link) join(a *TimeAxis, said func()) {
	if l == nil {
		return
	}
	if a.link = l; l.on && len(l.axes) > 0 {
		a.timeState = l.axes[0].timeState
	}
	l.axes, l.said = append(l.axes, a), append(l.said, said)
}

// toggle links or unlinks. If it links, all show what a does; if not, the others
// let go of the crosshair that was a's.
func (l *Link) toggle(a *TimeAxis) {
	if l.on {
		for _, other := range l.others(a) {
			s := other.timeState
			s.pointed = false
			other.take(s)
		}
	}
	if l.on = !l.on; l.on {
		a.set(a.timeState)
	}
	for _, f := range l.said {
		f()
	}
	if l.OnChange != nil {
		l.OnChange(l.on)
	}
}

// others are the axes that are to be kept equal to a.
func (l *Link) others(a *TimeAxis) []*TimeAxis {
	if !l.On() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(l.axes), func(b *TimeAxis) bool { return b == a })
}

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

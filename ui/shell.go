package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/settings"
	"openinterest/ui/tabs"
)

// narrow is the width below which the guide has no column of its own and folds
// to a tab beside the charts.
const narrow float32 = 1280

// The names of the movable dividers, and where they stand at first.
const (
	splitTable  = "table"  // above the charts
	splitCharts = "charts" // history beside comparison
	splitGuide  = "guide"  // everything beside the guide

	splitFunding = "funding" // the table of funding beside the chart
)

var firstSplits = map[string]float64{splitTable: 0.62, splitCharts: 0.5, splitGuide: 0.76, splitFunding: 0.52}

// shell arranges the panes: the table above the lower area with its tabs, the
// guide beside both, the status bar below all.
type shell struct {
	u      *UI
	panes  *panes
	object *fyne.Container
	center *fyne.Container

	folded bool // the guide is a tab
	strip  *tabs.Strip
	names  []tab // of the strip
	front  tab
	pages  map[tab]fyne.CanvasObject
	live   map[string]*container.Split // those on screen
	shares map[string]float64          // of those that are not
}

func newShell(u *UI, p *panes) *shell {
	s := &shell{u: u, panes: p, shares: map[string]float64{}, live: map[string]*container.Split{}}
	for name, share := range firstSplits {
		s.shares[name] = share
	}
	u.o.Settings.Get(func(kept *settings.Settings) {
		for name := range firstSplits {
			if share := kept.Splits[name]; share > 0.05 && share < 0.95 {
				s.shares[name] = share
			}
		}
	})
	s.front = u.startTab()
	s.folded = u.o.Window.Canvas().Size().Width < narrow
	s.center = container.New(&foldLayout{shell: s})
	_, _, _, _, bar := p.objects()
	s.object = container.NewBorder(nil, bar, nil, nil, s.center)
	s.arrange()
	return s
}

// arrange puts the panes where the width and the person want them.
func (s *shell) arrange() {
	s.shares = s.splits()
	s.live = map[string]*container.Split{}
	table, history, compare, guide, _ := s.panes.objects()
	open := s.guideOpen()
	charts := s.split(splitCharts, container.NewHSplit(history, compare))
	s.names = []tab{tabCharts, tabMap, tabFunding, tabScorecard, tabAlerts}
	s.pages = map[tab]fyne.CanvasObject{tabCharts: charts, tabMap: s.panes.market,
		tabFunding: s.split(splitFunding, s.panes.funding.object()), tabScorecard: s.panes.scorecard, tabAlerts: s.panes.alerts}
	if s.folded && open {
		s.names, s.pages[tabGuide] = append(s.names, tabGuide), guide
	} else if open {
		guide.Show()
	} else {
		guide.Hide()
	}
	lower := s.lower()
	all := s.split(splitTable, container.NewVSplit(table, lower))
	if open && !s.folded {
		all = s.split(splitGuide, container.NewHSplit(all, guide))
	}
	s.center.Objects = []fyne.CanvasObject{all}
	s.center.Refresh()
}

// lower is the area below the table: a strip of tabs and the page in front.
func (s *shell) lower() fyne.CanvasObject {
	labels, pages := []string{}, container.NewStack()
	for _, name := range s.names {
		labels = append(labels, s.label(name))
		pages.Add(s.pages[name])
	}
	s.strip = tabs.New(labels, 0)
	s.strip.OnChange = func(i int) { s.show(s.names[i]) }
	s.raise(s.front)
	head := container.NewVBox(s.strip)
	return container.NewBorder(container.NewBorder(nil, widget.NewSeparator(), head, nil), nil, nil, nil, pages)
}

// label is what stands on a tab: that of the alerts counts those nobody saw yet.
func (s *shell) label(name tab) string {
	if n := s.u.desk.Unseen(); name == tabAlerts && n > 0 {
		return s.u.words.T("alert.badge", assets.Args{"N": n})
	}
	return s.u.words.T("app." + name)
}

// showUnseen writes the count on the tab of the alerts anew.
func (s *shell) showUnseen() { s.strip.Rename(slices.Index(s.names, tabAlerts), s.label(tabAlerts)) }

// show brings a tab to the front, and remembers it. The guide's is left for the
// charts at the next start.
func (s *shell) show(name tab) {
	s.raise(name)
	s.u.save(paneLower, lowerState{Tab: s.front})
}

// raise brings a tab to the front; the charts' where there is no such tab.
func (s *shell) raise(name tab) {
	i := slices.Index(s.names, name)
	if i < 0 {
		i = 0
	}
	s.front = s.names[i]
	for other, page := range s.pages {
		if other == s.front {
			page.Show()
		} else {
			page.Hide()
		}
	}
	s.strip.Choose(i)
	s.panes.scorecard.SetShown(s.front == tabScorecard)
	s.panes.market.SetFront(s.front == tabMap)
	s.panes.funding.setFront(s.front == tabFunding, s.u.snapshot)
	s.panes.filterMap()
	if s.front == tabAlerts && s.u.shell == s { // not while the panes are being built
		s.u.desk.LogSeen()
	}
	if s.front == tabGuide && s.u.snapshot != nil {
		s.panes.showLive(s.u.snapshot, s.u.signs)
	}
}

func (s *shell) split(name string, split *container.Split) fyne.CanvasObject {
	split.SetOffset(s.shares[name])
	s.live[name] = split
	return split
}

// splits returns where the dividers stand, or would.
func (s *shell) splits() map[string]float64 {
	shares := map[string]float64{}
	for name, share := range s.shares {
		shares[name] = share
	}
	for name, split := range s.live {
		shares[name] = split.Offset
	}
	return shares
}

func (s *shell) guideOpen() bool {
	open := true
	s.u.o.Settings.Get(func(kept *settings.Settings) { open = !kept.GuideHidden })
	return open
}

// showGuide shows or hides the guide, and remembers it.
func (u *UI) showGuide(show bool) {
	u.o.Settings.Update(func(s *settings.Settings) { s.GuideHidden = !show })
	u.shell.arrange()
	if show && u.shell.folded {
		u.shell.raise(tabGuide)
	}
	if show && u.snapshot != nil {
		u.panes.showLive(u.snapshot, u.signs)
	}
}

// openGuide shows a section of the guide.
func (u *UI) openGuide(section string) {
	if !u.shell.guideOpen() || u.shell.folded {
		u.showGuide(true)
	}
	u.panes.guide.ShowSection(section)
}

// foldLayout gives its one object all the room, and folds the guide when the
// room gets narrow. It folds after the layout it is part of.
type foldLayout struct{ shell *shell }

// MinSize is that of the panes.
func (l *foldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if len(objects) == 0 {
		return fyne.Size{}
	}
	return objects[0].MinSize()
}

// Layout gives the object all the room.
func (l *foldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
	if folded := size.Width < narrow; folded != l.shell.folded && size.Width > 0 {
		l.shell.folded = folded
		l.shell.u.o.Dispatch(l.shell.arrange)
	}
}

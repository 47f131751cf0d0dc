package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"openinterest/ui/settings"
)

// narrow is the width below which the guide has no column of its own and folds
// to a tab beside the charts.
const narrow float32 = 1280

// The names of the movable dividers, and where they stand at first.
const (
	splitTable  = "table"  // above the charts
	splitCharts = "charts" // history beside comparison
	splitGuide  = "guide"  // everything beside the guide
)

var firstSplits = map[string]float64{splitTable: 0.62, splitCharts: 0.5, splitGuide: 0.76}

// shell arranges the panes: the table above the charts, the guide beside both,
// the status bar below all.
type shell struct {
	u      *UI
	panes  *panes
	object *fyne.Container
	center *fyne.Container

	folded bool // the guide is a tab
	tabs   *container.AppTabs
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
	lower := s.split(splitCharts, container.NewHSplit(history, compare))
	s.tabs = nil
	if open {
		guide.Show()
	} else {
		guide.Hide()
	}
	if s.folded && open {
		s.tabs = container.NewAppTabs(
			container.NewTabItem(s.u.words.T("app.charts"), lower),
			container.NewTabItem(s.u.words.T("app.guide"), guide))
		lower = s.tabs
	}
	all := s.split(splitTable, container.NewVSplit(table, lower))
	if open && !s.folded {
		all = s.split(splitGuide, container.NewHSplit(all, guide))
	}
	s.center.Objects = []fyne.CanvasObject{all}
	s.center.Refresh()
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
	if show && u.shell.tabs != nil {
		u.shell.tabs.SelectIndex(1)
	}
	if show && u.snapshot != nil {
		u.panes.showLive(u.snapshot, u.signs)
	}
}

// openGuide shows a section of the guide.
func (u *UI) openGuide(section string) {
	if !u.shell.guideOpen() || u.shell.tabs != nil {
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

package ui

import (
	"image/color"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/columns"
	"openinterest/ui/firststart"
	"openinterest/ui/look"
	"openinterest/ui/settings"
)

// Greeting is what a start may show once.
type Greeting struct {
	Version string // of the program; empty: nothing is shown
	First   bool   // there were no settings: the marks are shown
	AskUp   bool   // at a first start, which colour up has; for whom that is no matter of course
}

// greet shows, when the window is seen for the first time, what is shown once: at a
// first start the question of colours and, as soon as there are rows, the marks;
// after an update what is new. It is called with every snapshot, and keeps the
// marks on their places.
func (u *UI) greet() {
	if !u.greeted {
		u.greeted = true
		u.begin()
	}
	if u.touring && u.tour == nil && len(u.dialogs) == 0 {
		if _, _, listed := u.panes.table.CellPlace(columns.Tick, 0); listed {
			u.openTour()
		}
	}
	if u.tour != nil {
		u.tour.Follow()
	}
}

// begin decides what this start is greeted with.
func (u *UI) begin() {
	g := u.o.Greeting
	if g.Version == "" {
		return
	}
	var before string
	toured := false
	u.o.Settings.Get(func(s *settings.Settings) { before, toured = s.Version, s.Toured })
	if before != g.Version {
		u.o.Settings.Update(func(s *settings.Settings) { s.Version = g.Version })
	}
	if g.First {
		u.touring = !toured
		if g.AskUp {
			u.askUp()
		}
		return
	}
	if news := newsSince(assets.News(u.o.Language), before, g.Version); len(news) > 0 {
		u.showNews(news)
	}
}

// newsSince are the releases after one version up to another; the last of them
// where the settings are from before versions were kept.
func newsSince(all []assets.Release, before, now string) []assets.Release {
	all = slices.DeleteFunc(slices.Clone(all), func(r assets.Release) bool {
		return !older(before, r.Version) || older(now, r.Version)
	})
	if before == "" && len(all) > 1 {
		all = all[:1]
	}
	return all
}

// older reports whether a version, such as "0.1.0", comes before another. What is
// no version comes before all.
func older(a, b string) bool { return slices.Compare(versionParts(a), versionParts(b)) < 0 }

func versionParts(version string) (parts []int) {
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		parts = append(parts, n)
	}
	return parts
}

// askUp asks which colour up has. Closing the question leaves it as it is.
func (u *UI) askUp() {
	var d dialog.Dialog
	d = dialog.NewCustom(u.words.T("first.up"), u.words.T("first.later"), firststart.AskUp(u.words, func(upRed bool) {
		d.Hide()
		if upRed != u.upRed() {
			u.setUpRed(upRed)
		}
	}), u.o.Window)
	u.open(d, nil)
	d.Resize(fyne.NewSize(min(460, u.dialogSize().Width), 0))
}

// openTour shows the marks, and takes down that they were shown.
func (u *UI) openTour() {
	begins := u.tour == nil
	step := func(name string, at firststart.Place) firststart.Step {
		return firststart.Step{Title: u.words.T("first." + name), Text: u.words.T("first." + name + "_text"), At: at}
	}
	t := u.panes.table
	u.tour = firststart.New(firststart.Options{
		Words: u.words, At: u.tourAt,
		Steps: []firststart.Step{
			step("sort", func() (fyne.Position, fyne.Size, bool) { return t.HeadingPlace(columns.OIUSD) }),
			step("tick", func() (fyne.Position, fyne.Size, bool) { return t.CellPlace(columns.Tick, 1) }),
			step("open", func() (fyne.Position, fyne.Size, bool) { return t.CellPlace(columns.Symbol, 2) }),
			step("read", func() (fyne.Position, fyne.Size, bool) { return t.CellPlace(columns.Signal, 3) }),
		},
		OnStep: func(at int) { u.tourAt = at },
		OnDone: func() { u.touring, u.tour = false, nil },
	})
	u.marks.Objects = []fyne.CanvasObject{u.tour.Object()}
	u.marks.Refresh()
	if begins {
		u.o.Settings.Update(func(s *settings.Settings) { s.Toured = true })
	}
	if c := u.o.Window.Canvas(); c.Focused() == nil {
		u.tour.Focus(c)
	}
}

// showNews lists what versions brought.
func (u *UI) showNews(releases []assets.Release) {
	list := container.NewVBox()
	for _, r := range releases {
		list.Add(look.NewLabel(u.words.T("first.news_version", assets.Args{"Version": r.Version, "Date": r.Date}), true))
		for _, point := range r.Points {
			text := widget.NewLabel(point)
			text.Wrapping = fyne.TextWrapWord
			list.Add(container.NewBorder(nil, nil, container.NewVBox(look.NewLabel("–", false)), nil, text))
		}
	}
	wide := canvas.NewRectangle(color.Transparent)
	wide.SetMinSize(fyne.NewSize(300, 160))
	d := dialog.NewCustom(u.words.T("first.news"), u.words.T("settings.close"), container.NewStack(wide, container.NewVScroll(list)), u.o.Window)
	u.open(d, nil)
	size := u.dialogSize()
	d.Resize(fyne.NewSize(min(640, size.Width), min(420, size.Height)))
}

package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"openinterest/assets"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/look/toast"
	"openinterest/ui/preferences"
	"openinterest/ui/settings"
)

// choice is what the person set. What a file says that this version does not know
// counts as not set.
func (u *UI) choice() preferences.Choice {
	c := preferences.Choice{Language: u.o.Language, Mode: u.o.Mode}
	var charts chartsState
	u.o.Settings.Get(func(s *settings.Settings) {
		c.RedUp, c.Local = s.RedUp, s.Zone == zoneLocal
		s.Pane(paneCharts, &charts)
		c.TextSize = preferences.SaneTextSize(s.TextSize)
		c.Density, c.Numbers = look.Density(s.Density), format.Numbers(s.Numbers)
		c.Start, c.Still, c.Tray = s.Start, s.Motion == motionReduced, s.Tray
	})
	if u.o.Desktop != nil {
		c.Autostart = u.o.Desktop.Autostart()
	}
	c.Markers = !charts.Markers.Hidden
	return c
}

// zoneLocal is how the settings name this computer's time zone.
const zoneLocal = "local"

// motionReduced is how the settings say that nothing shall move by itself.
const motionReduced = "reduced"

// showSettings opens the settings.
func (u *UI) showSettings() {
	if len(u.dialogs) > 0 {
		return
	}
	u.settingsAt(fyne.Position{}, new(string))
}

// settingsAt opens the settings, scrolled to where they were, with the keyboard on
// the field that was changed last.
func (u *UI) settingsAt(offset fyne.Position, again *string) {
	var d dialog.Dialog
	var field fyne.Focusable
	var form *container.Scroll
	stored := u.newStorage()
	ctx, cancel := context.WithCancel(u.ctx)
	kept := u.kept
	form = preferences.Form(preferences.Options{
		Words: u.words, Choice: u.choice(), Tabs: startTabs, Storage: stored, Reach: u.newReach(ctx),
		Again: again, Focus: func(again fyne.Focusable) { field = again },
		OnChange: func(c preferences.Choice) {
			offset := form.Offset
			d.Hide()
			u.choose(c)
			u.settingsAt(offset, again)
		},
		OnSheet: func() {
			d.Hide()
			u.showSheet()
		},
		OnAbout: func() {
			d.Hide()
			u.showAbout()
		},
		OnNews: func() {
			d.Hide()
			u.showNews(assets.News(u.o.Language))
		},
		Desktop: u.o.Desktop != nil, HasTray: u.o.Desktop != nil && u.o.Desktop.HasTray(),
	})
	d = dialog.NewCustom(u.words.T("settings.title"), u.words.T("settings.close"), form, u.o.Window)
	u.open(d, func() {
		cancel()
		if u.kept == kept {
			u.kept = nil
		}
	})
	d.Resize(u.dialogSize())
	form.ScrollToOffset(offset)
	if field != nil {
		u.o.Window.Canvas().Focus(field)
	}
}

// choose applies what the person set, keeps it, and builds the panes anew with it.
func (u *UI) choose(c preferences.Choice) {
	before := u.choice()
	u.o.Language, u.o.Mode = c.Language, c.Mode
	u.o.Settings.Update(func(s *settings.Settings) {
		s.Language, s.Theme, s.RedUp = string(c.Language), string(c.Mode), c.RedUp
		s.Zone = ""
		var charts chartsState
		s.Pane(paneCharts, &charts)
		charts.Markers.Hidden = !c.Markers
		s.SetPane(paneCharts, charts)
		if c.Local {
			s.Zone = zoneLocal
		}
		s.TextSize, s.Density, s.Numbers, s.Start = c.TextSize, string(c.Density), string(c.Numbers), c.Start
		s.Tray, s.Motion = c.Tray, ""
		if c.Still {
			s.Motion = motionReduced
		}
	})
	notStarted := u.chooseDesktop(before, c)
	u.apply()
	switch {
	case c.TextSize != before.TextSize:
		u.zoom()
		u.setTheme()
	case c.Mode != before.Mode || c.RedUp != before.RedUp:
		u.colour()
	}
	u.rebuild()
	if notStarted != nil {
		u.toasts.Show(toast.Toast{Text: u.words.T("settings.autostart_failed"), Warning: true})
	}
}

// newReach is the part of the form that tests the line to the exchange; nil where
// there is none.
func (u *UI) newReach(ctx context.Context) *preferences.Reach {
	if u.o.Reach == nil {
		return nil
	}
	r := &preferences.Reach{Ctx: ctx, Set: u.setProxy, Test: u.o.Reach.TestReach, Dispatch: u.o.Dispatch}
	u.o.Settings.Get(func(s *settings.Settings) { r.Proxy = s.Proxy })
	return r
}

// setProxy keeps another proxy, and has it taken at once.
func (u *UI) setProxy(address string) {
	u.o.Settings.Update(func(s *settings.Settings) { s.Proxy = address })
	u.o.Reach.SetProxy(address)
}

// apply tells the packages that write times and numbers how. It comes before the
// panes are built.
func (u *UI) apply() {
	c := u.choice()
	zone := time.UTC
	if c.Local {
		zone = u.o.Local
	}
	format.SetZone(zone)
	format.SetNumbers(c.Numbers)
	look.SetStill(c.Still)
}

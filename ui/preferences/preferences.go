// Package preferences is the form of everything that a person may set. It knows
// nothing of the window: it shows a Choice, and hands a new one over as soon as
// something in it was changed. The window applies it, keeps it, and shows the form
// anew, in the language and look chosen.
package preferences

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Choice is what can be set. The zero value of each field but Language and Mode is
// a first start's.
type Choice struct {
	Language assets.Language
	Mode     look.Mode
	RedUp    bool // up is red, down is green
	Local    bool // times are local ones, not UTC
	TextSize int  // percent
	Density  look.Density
	Numbers  format.Numbers
	Start    string // the tab in front at a start; empty: the one that was last
	Markers  bool   // charts mark events
	Still    bool   // nothing moves by itself

	Tray      bool // closing leaves the program in the tray
	Autostart bool // the program starts with the desktop, minimised
}

// TextSizes are the sizes on offer, in percent. Fyne scales by tenths.
var TextSizes = []int{80, 90, 100, 110, 120, 130, 140, 150}

// SaneTextSize is the nearest size on offer; 0, which is what old settings have, is 100.
func SaneTextSize(percent int) int {
	if percent == 0 {
		return 100
	}
	return min(150, max(80, (percent+5)/10*10))
}

// Options are what a form is made from.
type Options struct {
	Words    *assets.Words
	Choice   Choice
	Tabs     []string // that can be in front at a start, by name
	OnChange func(Choice)

	// Again holds the name of the field that was changed last; the form writes it.
	// Where the form is shown anew, Focus is called with that field, so that the
	// keyboard stays there. Both may be nil.
	Again *string
	Focus func(fyne.Focusable)

	OnSheet func() // shows the sheet of keys and gestures
	OnNews  func() // shows what each version brought
	OnAbout func() // says what the program is

	Desktop bool // there is one: Tray and Autostart can be chosen
	HasTray bool // it has a tray

	Reach   *Reach            // how the exchange is reached; nil: there is none to be reached
	Storage fyne.CanvasObject // what is kept on this computer
}

// Form is the whole of it, to be put into a dialog.
func Form(o Options) *container.Scroll {
	f := &form{o: o, rows: container.New(layout.NewFormLayout())}
	f.build()
	sheet := widget.NewButton(o.Words.T("settings.sheet"), o.OnSheet)
	news := widget.NewButton(o.Words.T("first.news"), o.OnNews)
	about := widget.NewButton(o.Words.T("settings.about"), o.OnAbout)
	buttons := container.NewHBox(look.Outlined(sheet), look.Outlined(news), look.Outlined(about))
	parts := container.NewVBox(f.rows, buttons, widget.NewSeparator(),
		look.NewLabel(o.Words.T("settings.storage"), true), o.Storage)
	const besideScrollBar = 14
	return container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, besideScrollBar), parts))
}

// form collects the rows.
type form struct {
	o    Options
	rows *fyne.Container
}

func (f *form) build() {
	w, c := f.o.Words, &f.o.Choice
	pick(f, "language", assets.Languages(), &c.Language, func(l assets.Language) string {
		return assets.NewWords(l).T("app.this_language") // each in itself, so that whoever reads it finds it
	})
	pick(f, "theme", []look.Mode{look.System, look.Dark, look.Light}, &c.Mode, func(m look.Mode) string { return w.T("app.colours_" + string(m)) })
	pick(f, "up_down", []bool{false, true}, &c.RedUp, func(red bool) string { return w.T(either(red, "settings.red_up", "settings.green_up")) })
	pick(f, "zone", []bool{false, true}, &c.Local, func(local bool) string { return w.T(either(local, "settings.local", "settings.utc")) })
	pick(f, "text_size", TextSizes, &c.TextSize, func(n int) string { return w.T("settings.percent", assets.Args{"N": n}) })
	pick(f, "density", []look.Density{look.Compact, look.Normal, look.Roomy}, &c.Density, func(d look.Density) string {
		return w.T("settings.density_" + named(string(d), "normal"))
	})
	pick(f, "numbers", format.AllNumbers(), &c.Numbers, func(n format.Numbers) string { return w.T("settings.numbers_" + named(string(n), "usual")) })
	pick(f, "start", append([]string{""}, f.o.Tabs...), &c.Start, func(tab string) string {
		if tab == "" {
			return w.T("settings.start_last")
		}
		return w.T("app." + tab)
	})
	pick(f, "markers", []bool{true, false}, &c.Markers, func(on bool) string { return w.T(either(on, "settings.markers_shown", "settings.markers_hidden")) })
	pick(f, "motion", []bool{false, true}, &c.Still, func(still bool) string {
		return w.T(either(still, "settings.motion_reduced", "settings.motion_usual"))
	})
	if f.o.Desktop {
		f.desktop()
	}
	if f.o.Reach != nil {
		f.reach()
	}
}

// desktop adds how the program lives with the desktop.
func (f *form) desktop() {
	w, c := f.o.Words, &f.o.Choice
	if f.o.HasTray {
		pick(f, "closing", []bool{false, true}, &c.Tray, func(tray bool) string { return w.T(either(tray, "settings.closing_tray", "settings.closing_ends")) })
	} else {
		f.row("closing", widget.NewLabel(w.T("settings.closing_no_tray")))
	}
	pick(f, "autostart", []bool{false, true}, &c.Autostart, func(on bool) string { return w.T(either(on, "settings.autostart_on", "settings.autostart_off")) })
}

// pick adds a row: a caption, and what can be chosen, which name puts into words.
func pick[T comparable](f *form, key string, all []T, chosen *T, name func(T) string) {
	var names []string
	for _, x := range all {
		names = append(names, name(x))
	}
	s := widget.NewSelect(names, nil)
	s.SetSelectedIndex(max(0, slices.Index(all, *chosen)))
	s.OnChanged = func(string) {
		if x := all[s.SelectedIndex()]; x != *chosen {
			*chosen = x
			if f.o.Again != nil {
				*f.o.Again = key
			}
			f.o.OnChange(f.o.Choice)
		}
	}
	if f.o.Again != nil && *f.o.Again == key && f.o.Focus != nil {
		f.o.Focus(s)
	}
	f.row(key, look.Outlined(s))
}

// row adds a caption and what stands beside it.
func (f *form) row(key string, what fyne.CanvasObject) {
	caption := widget.NewLabel(f.o.Words.T("settings." + key))
	caption.Importance = widget.LowImportance
	f.rows.Add(caption)
	f.rows.Add(what)
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// named gives the value that is usual, which is kept as nothing, a name.
func named(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}

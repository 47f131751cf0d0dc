package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// tools are the window's own buttons, at the right end of the table's toolbar.
func (u *UI) tools() []fyne.CanvasObject {
	language := u.tool("文/A", u.words.T("app.language"), nil)
	language.OnTapped = func() { look.OpenMenu(language, u.languageItems()...) }
	colours := u.tool("◐", u.words.T("app.colours"), nil)
	colours.OnTapped = func() { look.OpenMenu(colours, u.colourItems()...) }
	save := u.icon(theme.DownloadIcon(), u.words.T("app.export"), func() { u.saveAs(u.panes.table.Export()) })
	prefs := u.icon(theme.SettingsIcon(), u.words.T("settings.tip"), u.showSettings)
	guide := u.tool("? "+u.words.T("app.guide"), u.words.T("app.guide_tip"), func() { u.showGuide(!u.shell.guideOpen()) })
	return []fyne.CanvasObject{u.calculatorTool(), save, prefs, language, colours, guide}
}

func (u *UI) tool(label, tip string, tapped func()) *ttwidget.Button {
	b := ttwidget.NewButton(label, tapped)
	b.Importance = widget.LowImportance
	b.SetToolTip(tip)
	return b
}

// icon is a tool that opens a dialog, under which its tooltip must not appear.
func (u *UI) icon(picture fyne.Resource, tip string, tapped func()) *ttwidget.Button {
	b := u.tool("", tip, nil)
	b.OnTapped = func() {
		b.MouseOut()
		tapped()
	}
	b.SetIcon(picture)
	return b
}

func (u *UI) languageItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, lang := range assets.Languages() {
		// Each language is named in itself, so that whoever reads it finds it.
		item := fyne.NewMenuItem(assets.NewWords(lang).T("app.this_language"), func() { u.SetLanguage(lang) })
		item.Checked = lang == u.o.Language
		items = append(items, item)
	}
	return items
}

func (u *UI) colourItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, mode := range []look.Mode{look.System, look.Dark, look.Light} {
		item := fyne.NewMenuItem(u.words.T("app.colours_"+string(mode)), func() { u.SetMode(mode) })
		item.Checked = mode == u.o.Mode
		items = append(items, item)
	}
	upRed := u.upRed()
	swap := fyne.NewMenuItem(u.words.T("app.red_up"), func() { u.setUpRed(!upRed) })
	swap.Checked = upRed
	return append(items, fyne.NewMenuItemSeparator(), swap)
}

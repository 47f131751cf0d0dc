package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/about"
	"openinterest/ui/look/toast"
)

// showAbout says what the program is.
func (u *UI) showAbout() {
	if len(u.dialogs) > 0 {
		return
	}
	content := about.Content(about.Options{
		Words: u.words, Program: u.o.About,
		OnFolder: u.openFolder,
		OnCopy: func(text string) {
			fyne.CurrentApp().Clipboard().SetContent(text)
			u.toasts.Show(toast.Toast{Text: u.words.T("about.copied")})
		},
	})
	d := dialog.NewCustom(u.words.T("about.title", assets.Args{"Name": u.words.T("app.name")}), u.words.T("settings.close"), content, u.o.Window)
	u.open(d, nil)
	d.Resize(u.dialogSize())
}

// offerReports says that the program broke off the last time, and where the
// report of it lies.
func (u *UI) offerReports(folder string) {
	text := widget.NewLabel(u.words.T("about.crashed", assets.Args{"Path": folder}))
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomConfirm(u.words.T("about.crashed_title"), u.words.T("about.open_folder"), u.words.T("settings.close"), text, func(open bool) {
		if open {
			u.openFolder(folder)
		}
	}, u.o.Window)
	u.open(d, nil)
	const width, height = 560, 230
	d.Resize(fyne.NewSize(min(width, u.o.Window.Canvas().Size().Width-60), height))
}

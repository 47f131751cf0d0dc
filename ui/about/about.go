// Package about is the dialog that says what the program is: its version, where
// it keeps what it learns, and what it is built on, with versions and licences.
package about

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// Program is what there is to say.
type Program struct {
	Version string
	System  string // what it runs on, in a line
	DataDir string
	Linked  []Module

	// Diagnostics is a text for a bug report, with nothing private.
	Diagnostics func() string
}

// Module is a library that is part of the program.
type Module struct{ Path, Version, Licence string }

// Options are what the dialog is made from.
type Options struct {
	Words    *assets.Words
	Program  Program
	OnFolder func(dir string)  // shows a folder in the desktop's file manager
	OnCopy   func(text string) // copies the diagnostics
}

// Content is the whole of it, to be put into a dialog.
func Content(o Options) fyne.CanvasObject {
	w, p := o.Words, o.Program
	folder := look.Outlined(widget.NewButton(w.T("about.open_folder"), func() { o.OnFolder(p.DataDir) }))
	copied := look.Outlined(widget.NewButton(w.T("about.copy"), func() { o.OnCopy(p.Diagnostics()) }))
	facts := container.New(layout.NewFormLayout(),
		quiet(w.T("about.version")), wrapped(p.Version),
		quiet(w.T("about.system")), wrapped(p.System),
		quiet(w.T("about.data")), wrapped(p.DataDir),
		quiet(w.T("about.licence")), widget.NewLabel("MIT"),
	)
	note := quiet(w.T("about.copy_what"))
	note.Wrapping = fyne.TextWrapWord
	head := container.NewVBox(facts, container.NewHBox(folder, copied), note,
		widget.NewSeparator(), look.NewLabel(w.T("about.linked", assets.Args{"N": len(p.Linked)}), true))
	return container.NewBorder(head, nil, nil, nil, linked(p.Linked))
}

// linked lists the libraries, one a line.
func linked(modules []Module) fyne.CanvasObject {
	return widget.NewList(
		func() int { return len(modules) },
		func() fyne.CanvasObject {
			name, licence := widget.NewLabel(""), quiet("")
			name.Truncation, licence.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
			return container.New(columns{}, name, licence)
		},
		func(i widget.ListItemID, row fyne.CanvasObject) {
			m, cells := modules[i], row.(*fyne.Container).Objects
			cells[0].(*widget.Label).SetText(strings.TrimSpace(m.Path + "  " + m.Version))
			cells[1].(*widget.Label).SetText(m.Licence)
		})
}

func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapBreak
	return l
}

func quiet(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

// columns gives the first of two objects two thirds of the width.
type columns struct{}

// MinSize is that of a line: both texts may be cut.
func (columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, max(objects[0].MinSize().Height, objects[1].MinSize().Height))
}

// Layout places both.
func (columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width * 2 / 3
	objects[0].Resize(fyne.NewSize(left, size.Height))
	objects[1].Move(fyne.NewPos(left, 0))
	objects[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

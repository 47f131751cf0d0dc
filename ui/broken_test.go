package ui

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/about"
)

// The report of a crash is offered at a start, in both languages, and the
// button opens its folder.
func TestTheReportOfACrashIsOffered(t *testing.T) {
	const folder = "/somewhere/crashes"
	for _, lang := range assets.Languages() {
		words := assets.NewWords(lang)
		app := &opener{}
		r := start(t, setup{lang: lang, with: func(o *Options) { o.Reports, app.App, o.App = folder, o.App, app }})
		if len(r.dialogs) != 1 {
			t.Fatalf("%s: %d dialogs are open", lang, len(r.dialogs))
		}
		onTop(t, r.UI, func(l *widget.Label) bool { return strings.Contains(l.Text, folder) })
		onTop(t, r.UI, func(b *widget.Button) bool { return b.Text == words.T("about.open_folder") }).OnTapped()
		if len(r.dialogs) != 0 || len(app.pages) != 1 || app.pages[0] != "file://"+folder {
			t.Errorf("%s: %d dialogs stay, opened: %v", lang, len(r.dialogs), app.pages)
		}
	}
	if r := start(t, setup{}); len(r.dialogs) != 0 {
		t.Error("without a crash, a dialog is open")
	}
}

// About tells version, data directory and what is linked; the diagnostics go to
// the clipboard, and the folder is opened.
func TestAboutSaysWhatTheProgramIs(t *testing.T) {
	program := about.Program{
		Version: "1.2.3", DataDir: "/somewhere/data", Diagnostics: func() string { return "a text for a bug report" },
		Linked: []about.Module{{Path: "example.org/library", Version: "v4.5.6", Licence: "MIT"}},
	}
	r := start(t, setup{with: func(o *Options) { o.About = program }})
	r.showSettings()
	onTop(t, r.UI, func(b *widget.Button) bool { return b.Text == "About this program" }).OnTapped()
	for _, want := range []string{"1.2.3", "/somewhere/data", "example.org/library  v4.5.6", "MIT"} {
		onTop(t, r.UI, func(l *widget.Label) bool { return l.Text == want })
	}
	onTop(t, r.UI, func(b *widget.Button) bool { return b.Text == "Copy diagnostics" }).OnTapped()
	if got := r.app.Clipboard().Content(); got != "a text for a bug report" {
		t.Errorf("on the clipboard is %q", got)
	}
	r.escape()
	if len(r.dialogs) != 0 {
		t.Error("Escape does not close it")
	}
}

// A folder that cannot be opened is named.
func TestAFolderThatCannotBeOpenedIsNamed(t *testing.T) {
	r := start(t, setup{})
	r.o.App = &opener{App: r.app, err: errors.New("no file manager")}
	r.openFolder("/somewhere/crashes")
	if got := r.toasts.Shown().Text; !strings.Contains(got, "/somewhere/crashes") {
		t.Errorf("it says %q", got)
	}
}

// A start without the settings is on the status bar for as long as it lasts.
func TestASafeStartIsSaid(t *testing.T) {
	r := start(t, setup{with: func(o *Options) { o.Safe = true }})
	r.settle()
	r.find("SAFE START — no settings", nil)
}

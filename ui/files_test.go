package ui

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/chartpane"
	"openinterest/ui/clip"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/look/toast"
	"openinterest/ui/settings"
)

// bareUI is a window with nothing in it, whose hops run when the test says so.
func bareUI(t *testing.T) (*UI, chan func()) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Dark, false))
	hops := make(chan func(), 10)
	w := test.NewTempWindow(t, container.NewStack())
	w.Resize(fyne.NewSize(1000, 640))
	never := tip.Clock{Now: time.Now, After: func(time.Duration, func()) func() { return func() {} }}
	return &UI{ctx: t.Context(), toasts: toast.New(never), words: assets.NewWords(assets.English), o: Options{
		App: app, Window: w, Log: slog.New(slog.DiscardHandler), Dispatch: func(f func()) { hops <- f },
	}}, hops
}

// onTop finds what lies on top of a window.
func onTop[T fyne.CanvasObject](t *testing.T, u *UI, is func(T) bool) T {
	t.Helper()
	var found T
	ok := false
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if x, fits := o.(T); fits && !ok && is(x) {
			found, ok = x, true
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	if top := u.o.Window.Canvas().Overlays().Top(); top != nil {
		walk(top)
	}
	if !ok {
		t.Fatal("it is not there")
	}
	return found
}

func saveButton(t *testing.T, u *UI) *widget.Button {
	t.Helper()
	return onTop(t, u, func(b *widget.Button) bool { return b.Text == "Save" })
}

func TestWhatIsShownIsSavedWhereOneChooses(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Chdir(dir)
	u, hops := bareUI(t)
	u.saveAs("BTCUSDT-1y.csv", func(w io.Writer) error {
		_, err := io.WriteString(w, "time,contracts\n")
		return err
	})
	name := onTop(t, u, func(e *widget.Entry) bool { return strings.HasPrefix(e.Text, "BTCUSDT") })
	name.SetText("mine.csv")
	test.Tap(saveButton(t, u))
	select {
	case told := <-hops:
		told()
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is written")
	}
	if text, err := os.ReadFile(filepath.Join(dir, "mine.csv")); err != nil || string(text) != "time,contracts\n" {
		t.Errorf("the file has %q, %v", text, err)
	}
	if got := u.toasts.Shown().Text; got != "Saved mine.csv" {
		t.Errorf("it says %q", got)
	}
}

func TestAFileThatCannotBeWrittenIsSaid(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Chdir(dir)
	u, hops := bareUI(t)
	u.saveAs("x.csv", func(io.Writer) error { return errors.New("the disk is full") })
	test.Tap(saveButton(t, u))
	select {
	case hop := <-hops:
		hop()
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is said")
	}
	onTop(t, u, func(l *widget.Label) bool { return strings.Contains(l.Text, "the disk is full") })
}

// The demo keeps nothing, and says so instead of showing an empty pane.
func TestTheDemoHasNoStorage(t *testing.T) {
	u, _ := bareUI(t)
	u.o.Settings = settings.InMemory()
	u.showSettings()
	onTop(t, u, func(l *widget.Label) bool { return strings.Contains(l.Text, "demo market keeps no history") })
}

func TestACopyThatFailsIsSaid(t *testing.T) {
	for _, c := range []struct {
		err  error
		says string
	}{
		{&clip.Missing{Programs: []string{"wl-copy", "xclip"}}, "install wl-copy / xclip"},
		{&clip.Failed{Program: "xclip", Reason: errors.New("no display")}, "xclip could not put the picture on the clipboard: no display"},
	} {
		u, _ := bareUI(t)
		u.copied(c.err)
		onTop(t, u, func(l *widget.Label) bool { return strings.Contains(l.Text, c.says) })
	}
}

func TestAPictureThatCannotBeDrawnIsNotCopied(t *testing.T) {
	u, hops := bareUI(t)
	u.copyPicture(chartpane.Export{Write: func(io.Writer) error { return errors.New("nothing to draw") }})
	(<-hops)()
	onTop(t, u, func(l *widget.Label) bool { return strings.Contains(l.Text, "nothing to draw") })
}

// told runs what comes back to the UI's goroutine.
func told(t *testing.T, hops chan func()) {
	t.Helper()
	select {
	case hop := <-hops:
		hop()
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is told")
	}
}

// inFolder is a bare window whose file dialogs open in an empty folder.
func inFolder(t *testing.T) (u *UI, hops chan func(), dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	t.Chdir(dir)
	u, hops = bareUI(t)
	return u, hops, dir
}

func button(t *testing.T, u *UI, text string) *widget.Button {
	t.Helper()
	return onTop(t, u, func(b *widget.Button) bool { return b.Text == text })
}

func nameEntry(t *testing.T, u *UI) *widget.Entry {
	t.Helper()
	return onTop(t, u, func(e *widget.Entry) bool { return true })
}

func writeText(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// The name on offer says what the file holds; a person changes its beginning, and the
// file is of the same kind all the same.
func TestASavedFileKeepsItsEnding(t *testing.T) {
	for _, c := range []struct{ offered, typed, saved string }{
		{"BTCUSDT-1y.csv", "", "BTCUSDT-1y.csv"},
		{"BTCUSDT-1y.csv", "mine", "mine.csv"},
		{"BTCUSDT-1y.png", "picture", "picture.png"},
		{"BTCUSDT-1y.csv", "mine.txt", "mine.txt"},
		{"BTCUSDT-1y.csv", "taken", "taken"}, // taken.csv exists, and nobody was asked about it
	} {
		u, hops, dir := inFolder(t)
		if err := os.WriteFile(filepath.Join(dir, "taken.csv"), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		u.saveAs(c.offered, writeText("new"))
		name := nameEntry(t, u)
		if name.Text != c.offered {
			t.Errorf("the name on offer is %q, want %q", name.Text, c.offered)
		}
		if c.typed != "" {
			name.SetText(c.typed)
		}
		test.Tap(saveButton(t, u))
		told(t, hops)
		if text, err := os.ReadFile(filepath.Join(dir, c.saved)); err != nil || string(text) != "new" {
			t.Errorf("%s, typed %q: %s has %q, %v", c.offered, c.typed, c.saved, text, err)
		}
		if got := u.toasts.Shown().Text; got != "Saved "+c.saved {
			t.Errorf("%s, typed %q: it says %q", c.offered, c.typed, got)
		}
		if text, _ := os.ReadFile(filepath.Join(dir, "taken.csv")); string(text) != "old" {
			t.Errorf("another file was overwritten with %q", text)
		}
	}
}

func TestCancellingASaveWritesNothing(t *testing.T) {
	for name, cancel := range map[string]func(*UI){
		"the button": func(u *UI) { test.Tap(button(t, u, "Cancel")) },
		"Escape":     func(u *UI) { u.closeOverlay() },
	} {
		u, hops, dir := inFolder(t)
		u.saveAs("x.csv", func(io.Writer) error { t.Error("it was written"); return nil })
		cancel(u)
		if u.o.Window.Canvas().Overlays().Top() != nil || len(u.dialogs) > 0 {
			t.Errorf("%s does not close the dialog", name)
		}
		if files, _ := os.ReadDir(dir); len(files) > 0 || len(hops) > 0 || u.toasts.Shown().Text != "" {
			t.Errorf("after %s there are %v, and it says %q", name, files, u.toasts.Shown().Text)
		}
	}
}

// What the system refuses is told in words, in both languages, with what to do.
func TestAFileThatIsRefusedIsToldInASentence(t *testing.T) {
	u, _, dir := inFolder(t)
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	u.saveAs("x.csv", func(io.Writer) error { t.Error("it was written"); return nil })
	nameEntry(t, u).SetText(filepath.Join("folder", "gone", "x.csv")) // no such folder
	test.Tap(saveButton(t, u))
	onTop(t, u, func(l *widget.Label) bool { return l.Text == "The folder is no longer there. Choose another one." })

	for _, c := range []struct {
		lang   assets.Language
		err    error
		writes bool
		says   string
	}{
		{assets.English, syscall.EACCES, true, "This folder or file may not be written to. Choose another folder"},
		{assets.Chinese, syscall.EACCES, true, "没有权限。请选择其他文件夹"},
		{assets.English, syscall.EROFS, true, "This folder or file may not be written to"},
		{assets.English, syscall.ENOSPC, true, "There is no room left on that disk."},
		{assets.English, syscall.EACCES, false, "This file may not be read by you."},
		{assets.Chinese, syscall.ENOENT, false, "该文件已不存在。"},
	} {
		u, _ := bareUI(t)
		u.words = assets.NewWords(c.lang)
		err := fmt.Errorf("saving: %w", &fs.PathError{Op: "open", Path: "/some/where/x.csv", Err: c.err})
		if c.writes {
			u.failed(err)
		} else {
			u.unread(err)
		}
		onTop(t, u, func(l *widget.Label) bool { return strings.Contains(l.Text, c.says) })
	}
}

// fileNamed is a file in the list of a file dialog.
func fileNamed(t *testing.T, u *UI, name string) fyne.Tappable {
	t.Helper()
	item := onTop(t, u, func(o fyne.CanvasObject) bool {
		_, taps := o.(fyne.Tappable)
		w, is := o.(fyne.Widget)
		if !taps || !is {
			return false
		}
		for _, part := range test.WidgetRenderer(w).Objects() {
			if l, ok := part.(*widget.Label); ok && l.Text == name {
				return true
			}
		}
		return false
	})
	return item.(fyne.Tappable)
}

func TestAFileThatIsChosenIsHandedOver(t *testing.T) {
	u, hops, dir := inFolder(t)
	for _, name := range []string{"views.json", "picture.png"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("text of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	u.load(func(text string) { got = append(got, text) })
	onTop(t, u, func(l *widget.Label) bool { return l.Text == "Open views, lists and rules" })
	open := button(t, u, "Open")
	if !open.Disabled() {
		t.Error("nothing is chosen, and Open can be pressed")
	}
	fileNamed(t, u, "views").Tapped(&fyne.PointEvent{})
	test.Tap(open)
	told(t, hops)
	if !slices.Equal(got, []string{"text of views.json"}) {
		t.Errorf("handed over: %q", got)
	}

	u.loadBrackets(func(_, text string) { t.Errorf("cancelled, and %q is handed over", text) })
	onTop(t, u, func(l *widget.Label) bool { return l.Text == "Open a file of brackets" })
	test.Tap(button(t, u, "Cancel"))
	if u.o.Window.Canvas().Overlays().Top() != nil || len(hops) > 0 {
		t.Error("cancelling does something else than to close the dialog")
	}
}

// A file that goes away between being listed and being opened is told of.
func TestAFileThatIsGoneIsSaid(t *testing.T) {
	u, _, dir := inFolder(t)
	at := filepath.Join(dir, "views.json")
	if err := os.WriteFile(at, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	u.load(func(text string) { t.Errorf("%q is handed over", text) })
	fileNamed(t, u, "views").Tapped(&fyne.PointEvent{})
	if err := os.Remove(at); err != nil {
		t.Fatal(err)
	}
	test.Tap(button(t, u, "Open"))
	onTop(t, u, func(l *widget.Label) bool { return l.Text == "The file is no longer there. Choose another one." })
}

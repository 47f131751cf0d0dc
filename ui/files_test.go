package ui

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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

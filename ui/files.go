package ui

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	fynestorage "fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/chartpane"
	"openinterest/ui/clip"
	"openinterest/ui/look/toast"
	"openinterest/ui/settings"
	"openinterest/ui/storage"
)

// saveAs asks where to save a file, and writes it there.
func (u *UI) saveAs(name string, write func(io.Writer) error) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil {
			u.failed(err)
			return
		}
		if to != nil { // not cancelled
			go u.write(to, filepath.Ext(name), write)
		}
	}, u.o.Window)
	d.SetFileName(name)
	title := "app.export_title"
	if ending := filepath.Ext(name); ending != ".csv" {
		title = "takeaway.title"
	}
	d.SetFilter(fynestorage.NewExtensionFileFilter([]string{filepath.Ext(name)}))
	d.SetTitleText(u.words.T(title))
	d.SetConfirmText(u.words.T("app.export_save"))
	d.SetDismissText(u.words.T("history.cancel"))
	u.open(d, nil)
	d.Resize(u.dialogSize()) // which it can only once it is shown
}

// longestLoaded is how much of a file is read: more is none of this program's.
const longestLoaded = 8 << 20

// load asks for a file, and hands its text over.
func (u *UI) load(take func(text string)) {
	u.loadNamed("table.load_title", func(_, text string) { take(text) })
}

// loadNamed is load with the file's name; title is the key of what the dialog asks for.
func (u *UI) loadNamed(title string, take func(name, text string)) {
	d := dialog.NewFileOpen(func(from fyne.URIReadCloser, err error) {
		if err != nil {
			u.unread(err)
			return
		}
		if from == nil { // cancelled
			return
		}
		go func() { // a file may be on a slow disk
			text, err := io.ReadAll(io.LimitReader(from, longestLoaded))
			_ = from.Close() // it was only read
			u.o.Dispatch(func() {
				if err != nil {
					u.unread(fmt.Errorf("reading %s: %w", from.URI().Name(), err))
					return
				}
				take(from.URI().Name(), string(text))
			})
		}()
	}, u.o.Window)
	d.SetFilter(fynestorage.NewExtensionFileFilter([]string{".json", ".txt"}))
	d.SetTitleText(u.words.T(title))
	d.SetConfirmText(u.words.T("table.load_open"))
	d.SetDismissText(u.words.T("history.cancel"))
	u.open(d, nil)
	d.Resize(u.dialogSize()) // which it can only once it is shown
}

// write writes a file off the UI's goroutine, for a year of points takes a moment,
// and says so. A name that was typed without its ending gets it.
func (u *UI) write(to fyne.URIWriteCloser, ending string, write func(io.Writer) error) {
	err := write(to)
	if cerr := to.Close(); err == nil {
		err = cerr
	}
	name := to.URI().Name()
	if err == nil {
		name = withEnding(to.URI(), ending).Name()
	}
	u.o.Dispatch(func() {
		if err != nil {
			u.failed(fmt.Errorf("writing %s: %w", name, err))
			return
		}
		u.toasts.Show(toast.Toast{Text: u.words.T("app.saved", assets.Args{"Name": name})})
	})
}

// withEnding renames a file that was saved without any ending, so that other programs
// know what it is, and returns where it is then. It stays as it is where a file of the
// longer name exists, which nobody agreed to lose.
func withEnding(saved fyne.URI, ending string) fyne.URI {
	if filepath.Ext(saved.Name()) != "" {
		return saved
	}
	folder, err := fynestorage.Parent(saved)
	if err != nil {
		return saved
	}
	longer, err := fynestorage.Child(folder, saved.Name()+ending)
	if err != nil {
		return saved
	}
	if exists, err := fynestorage.Exists(longer); err != nil || exists {
		return saved
	}
	if err := fynestorage.Move(saved, longer); err != nil {
		return saved // it is kept all the same, under the name that was typed
	}
	return longer
}

// copyPicture puts a chart's picture on the clipboard, off the UI's goroutine: it
// is drawn there, and a program of the desktop is asked.
func (u *UI) copyPicture(e chartpane.Export) {
	go func() {
		var picture bytes.Buffer
		err := e.Write(&picture)
		if err == nil {
			err = clip.PNG(u.ctx, picture.Bytes())
		}
		u.o.Dispatch(func() { u.copied(err) })
	}()
}

// copied says that a picture is on the clipboard, or why not.
func (u *UI) copied(err error) {
	if err == nil {
		u.toasts.Show(toast.Toast{Text: u.words.T("takeaway.copied")})
		return
	}
	var missing *clip.Missing
	var failed *clip.Failed
	title, sentence := u.words.T("takeaway.not_copied"), ""
	switch {
	case errors.As(err, &missing):
		sentence = u.words.T("takeaway.no_clipboard", assets.Args{"Programs": strings.Join(missing.Programs, " / ")})
	case errors.As(err, &failed):
		sentence = u.words.T("takeaway.copy_failed", assets.Args{"Program": failed.Program, "Reason": failed.Reason})
	default:
		sentence = err.Error()
	}
	u.o.Log.Warn("a picture was not copied", "error", err)
	said := widget.NewLabel(sentence)
	said.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom(title, u.words.T("span.close"), said, u.o.Window)
	d.Resize(fyne.NewSize(min(460, u.dialogSize().Width), 0))
	u.open(d, nil)
}

// failed says that a file could not be written.
func (u *UI) failed(err error) {
	u.o.Log.Warn("not saved", "error", err)
	u.tellFile("app.export_failed", "app.export_", err)
}

// unread says that a file could not be read.
func (u *UI) unread(err error) {
	u.o.Log.Warn("not read", "error", err)
	u.tellFile("table.load_failed", "table.load_", err)
}

// tellFile says in a sentence why a file could not be written or read, and what to do.
// Why is the end of the sentence's key; what has no sentence of its own is told as it is.
func (u *UI) tellFile(title, sentences string, err error) {
	text := err.Error()
	if why := whyFile(err); why != "" {
		text = u.words.T(sentences + why)
	}
	said := widget.NewLabel(text)
	said.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom(u.words.T(title), u.words.T("span.close"), said, u.o.Window)
	u.open(d, nil)
	d.Resize(fyne.NewSize(min(460, u.dialogSize().Width), 0))
}

// whyFile names the usual reasons for which a system refuses a file.
func whyFile(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "denied"
	case errors.Is(err, fs.ErrNotExist):
		return "gone"
	case errors.Is(err, syscall.ENOSPC):
		return "full"
	}
	return ""
}

// dialogSize leaves a margin around a dialog with a list.
func (u *UI) dialogSize() fyne.Size {
	size := u.o.Window.Canvas().Size()
	return fyne.NewSize(min(800, size.Width-60), min(720, size.Height-60))
}

// paneStorage is the name under which the choices of the storage pane are kept.
const paneStorage = "storage"

// newStorage is the part of the settings about what is kept on this computer.
func (u *UI) newStorage() fyne.CanvasObject {
	if u.o.History == nil {
		return widget.NewLabel(u.words.T("storage.demo"))
	}
	o := storage.Options{
		Context: u.ctx, Open: u.o.History, Words: u.words, Dispatch: u.o.Dispatch, Window: u.o.Window, Now: u.o.Now,
		Favourites: u.panes.table.State().Favourites,
		OnState:    func(s storage.State) { u.save(paneStorage, s) },
		OnFolder:   u.openFolder,
	}
	if u.o.MarketImport != nil {
		o.Market = u.o.MarketImport
	}
	u.o.Settings.Get(func(s *settings.Settings) { s.Pane(paneStorage, &o.State) })
	if u.snapshot != nil {
		o.Trouble = u.snapshot.Status.Storage
	}
	u.kept = storage.New(o)
	return u.kept.Object()
}

// openFolder shows a folder in the desktop's file manager.
func (u *UI) openFolder(dir string) {
	at := url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}
	if err := u.o.App.OpenURL(&at); err != nil {
		u.o.Log.Warn("the folder was not opened", "folder", dir, "error", err)
		u.toasts.Show(toast.Toast{Text: u.words.T("about.folder_not_opened", assets.Args{"Path": dir}), Warning: true})
	}
}

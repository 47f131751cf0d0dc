package chartpane

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// rangePick is the small window behind "…" in the strip of ranges: any range can
// be typed, or the two ends of a span.
type rangePick struct {
	axis  *TimeAxis
	words *assets.Words
	popup *widget.PopUp

	back, from, to *keyEntry
	fault          *canvas.Text
}

// dateForm is how dates are written here, in UTC.
const dateForm = "2006-01-02 15:04"

// openRangePick opens it below an object.
func openRangePick(axis *TimeAxis, words *assets.Words, below fyne.CanvasObject) *rangePick {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(below)
	if c == nil {
		return nil
	}
	r := &rangePick{axis: axis, words: words, fault: newText(false)}
	r.back = newKeyEntry("6h  10d  3w", r.apply, r.close)
	r.from, r.to = newKeyEntry("2026-11-20 08:00", r.apply, r.close), newKeyEntry("2026-11-21 08:00", r.apply, r.close)
	from, to := axis.Span()
	r.from.SetText(time.UnixMilli(from).UTC().Format(dateForm))
	r.to.SetText(time.UnixMilli(to).UTC().Format(dateForm))
	shown := [2]string{r.from.Text, r.to.Text}
	for _, e := range []*keyEntry{r.from, r.to} { // whoever edits a date means the dates
		e.OnChanged = func(string) {
			if r.from.Text != shown[0] || r.to.Text != shown[1] {
				r.back.SetText("")
			}
		}
	}
	r.fault.Color = look.Current().Warning
	button := widget.NewButton(words.T("span.show"), r.apply)
	button.Importance = widget.HighImportance
	content := container.NewVBox(
		container.New(layout.NewFormLayout(),
			look.NewLabel(words.T("span.back"), false), r.back,
			look.NewLabel(words.T("span.from"), false), r.from,
			look.NewLabel(words.T("span.to"), false), r.to),
		container.NewPadded(r.fault), button)
	r.popup = widget.NewPopUp(content, c)
	size := r.popup.MinSize().Max(fyne.NewSize(340, 0))
	r.popup.Resize(size)
	at := driver.AbsolutePositionForObject(below)
	left := min(at.X+below.Size().Width-size.Width, c.Size().Width-size.Width-8)
	top := min(at.Y+below.Size().Height, c.Size().Height-size.Height-8)
	r.popup.ShowAtPosition(fyne.NewPos(max(0, left), max(0, top)))
	c.Focus(r.back)
	return r
}

func (r *rangePick) close() { r.popup.Hide() }

// apply shows what was typed, or says why not.
func (r *rangePick) apply() {
	if r.back.Text != "" {
		span, ok := ParseRange(r.back.Text)
		if !ok {
			r.complain("span.no_range", r.back.Text)
			return
		}
		r.close()
		r.axis.Choose(span)
		return
	}
	from, ok := parseDate(r.from.Text)
	if !ok {
		r.complain("span.no_date", r.from.Text)
		return
	}
	to, ok := parseDate(r.to.Text)
	switch now := r.axis.millis(); {
	case !ok:
		r.complain("span.no_date", r.to.Text)
	case from >= to:
		r.complain("span.backwards", "")
	case from >= now:
		r.complain("span.in_future", "")
	case to < opened:
		r.complain("span.too_early", time.UnixMilli(opened).UTC().Format("2006-01-02"))
	default:
		r.close()
		r.axis.Jump(max(from, opened), to)
	}
}

func (r *rangePick) complain(key, text string) {
	r.fault.Text = r.words.T(key, assets.Args{"Text": text})
	look.SetFont(r.fault, false)
	r.popup.Content.Refresh()
	if size := r.popup.MinSize(); size.Width > r.popup.Size().Width {
		r.popup.Resize(size)
	}
}

// keyEntry is an entry that Enter and Escape end.
type keyEntry struct {
	widget.Entry
	onEscape func()
}

func newKeyEntry(hint string, onEnter, onEscape func()) *keyEntry {
	e := &keyEntry{onEscape: onEscape}
	e.PlaceHolder, e.OnSubmitted = hint, func(string) { onEnter() }
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey leaves Escape to who made the entry.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.onEscape()
		return
	}
	e.Entry.TypedKey(k)
}

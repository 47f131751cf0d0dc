package chartpane

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// rangePick is the small window behind "…" in the strip of ranges: any range can
// be typed, or the two ends of a span.
type rangePick struct {
	axis  *TimeAxis
	words *assets.Words
	popup *widget.PopUp

	back, from, to *look.Prompt
	fault          *canvas.Text
}

// dateForm is how dates are written here, in the zone of all times on screen.
const dateForm = "2006-01-02 15:04"

// openRangePick opens it below an object.
func openRangePick(axis *TimeAxis, words *assets.Words, below fyne.CanvasObject) *rangePick {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(below)
	if c == nil {
		return nil
	}
	r := &rangePick{axis: axis, words: words, fault: newText(false)}
	r.back = look.NewPrompt("6h  10d  3w", r.apply, r.close)
	r.from, r.to = look.NewPrompt("2026-11-20 08:00", r.apply, r.close), look.NewPrompt("2026-11-21 08:00", r.apply, r.close)
	from, to := axis.Span()
	r.from.SetText(time.UnixMilli(from).In(format.Zone()).Format(dateForm))
	r.to.SetText(time.UnixMilli(to).In(format.Zone()).Format(dateForm))
	shown := [2]string{r.from.Text, r.to.Text}
	for _, e := range []*look.Prompt{r.from, r.to} { // whoever edits a date means the dates
		e.OnChanged = func(string) {
			if r.from.Text != shown[0] || r.to.Text != shown[1] {
				r.back.SetText("")
			}
		}
	}
	zone := assets.Args{"Zone": format.ZoneName(time.UnixMilli(to))}
	r.fault.Color = look.Current().Warning
	button := widget.NewButton(words.T("span.show"), r.apply)
	button.Importance = widget.HighImportance
	content := container.NewVBox(
		container.New(layout.NewFormLayout(),
			look.NewLabel(words.T("span.back"), false), r.back,
			look.NewLabel(words.T("span.from", zone), false), r.from,
			look.NewLabel(words.T("span.to", zone), false), r.to),
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
		r.complain("span.too_early", format.Day(time.UnixMilli(opened)))
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

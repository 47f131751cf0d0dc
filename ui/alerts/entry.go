package alerts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/format"
	"openinterest/ui/look"
)

// entryView is a line of the log: when, what, and below it why.
type entryView struct {
	widget.BaseWidget
	when, what, tag, why *canvas.Text

	title, short, text string // what is written where there is room, and where there is little
}

const (
	entryHeight float32 = 35
	entryWhen   float32 = 150
	entryPad    float32 = 6
	entryGap    float32 = 10 // before the tag
)

func newEntryView() *entryView {
	v := &entryView{when: canvas.NewText("", nil), what: canvas.NewText("", nil), tag: canvas.NewText("", nil), why: canvas.NewText("", nil)}
	for _, t := range []*canvas.Text{v.when, v.tag, v.why} {
		t.TextSize = look.SmallTextSize
	}
	v.what.TextSize = look.TextSize
	v.ExtendBaseWidget(v)
	return v
}

func (v *entryView) show(s *Sayer, e *Entry) {
	v.when.Text = format.Stamp(e.Time.UnixMilli())
	v.title, v.short, v.text, v.tag.Text = s.Title(&e.Alert), s.ShortTitle(&e.Alert), s.Text(&e.Alert), ""
	look.SetFont(v.what, true)
	look.SetFont(v.why, false)
	switch {
	case e.Earlier:
		v.tag.Text = s.w.T("alert.tag_earlier")
	case e.Quiet:
		v.tag.Text = s.w.T("alert.tag_quiet")
	}
	v.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (v *entryView) CreateRenderer() fyne.WidgetRenderer { return &entryRenderer{v} }

type entryRenderer struct{ v *entryView }

func (r *entryRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.v.when, r.v.what, r.v.tag, r.v.why}
}
func (r *entryRenderer) Destroy()           {}
func (r *entryRenderer) MinSize() fyne.Size { return fyne.NewSize(240, entryHeight) }

func (r *entryRenderer) Layout(size fyne.Size) {
	v := r.v
	at := func(t *canvas.Text, x, middle float32) {
		t.Move(fyne.NewPos(x, middle-t.MinSize().Height/2))
		t.Resize(t.MinSize())
	}
	room := size.Width - entryWhen - entryPad
	if v.tag.Text != "" {
		room -= v.tag.MinSize().Width + entryGap
	}
	fit(v.what, room, v.title, v.short)
	fit(v.why, size.Width-entryWhen-entryPad, v.text)
	at(v.when, entryPad, 10)
	at(v.what, entryWhen, 9)
	at(v.tag, entryWhen+v.what.MinSize().Width+entryGap, 10)
	at(v.why, entryWhen, 26)
}

// fit writes the first of some texts that there is room for; the last is cut at its end.
func fit(t *canvas.Text, room float32, texts ...string) {
	for _, t.Text = range texts {
		if t.MinSize().Width <= room {
			return
		}
	}
	for words := []rune(t.Text); len(words) > 0 && t.MinSize().Width > room; {
		words = words[:len(words)-1]
		t.Text = string(words) + "…"
	}
}

func (r *entryRenderer) Refresh() {
	p := look.Current()
	r.v.when.Color, r.v.what.Color, r.v.tag.Color, r.v.why.Color = p.Muted, p.Text, p.Warning, p.Muted
	r.Layout(r.v.Size())
	canvas.Refresh(r.v)
}

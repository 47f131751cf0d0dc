package marketmap

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// replay is the bar that goes back in time, by 5-minute stamps: a slider whose
// right end is now, what time is shown, how far back it reaches, and a button that
// plays from there to now.
type replay struct {
	pane   *Pane
	player *player
	slider *widget.Slider
	time   *quietText
	reach  *quietText
	now    *widget.Button
	object fyne.CanvasObject

	newest, oldest int64 // stamps between which it goes; 0: there are none yet
	moving         bool  // the slider follows the market, not the person
}

func newReplay(p *Pane) *replay {
	const stamp, ago = "2026-12-30 20:40 UTC−3:30", "23h 55m" // as wide as any
	r := &replay{pane: p, slider: widget.NewSlider(-1, 0)}
	r.time = newQuietText(p.w.T("map.then", assets.Args{"Time": stamp, "Ago": ago}))
	r.reach = newQuietText(p.w.T("map.reach", assets.Args{"Time": stamp}))
	r.slider.Step = 1
	r.slider.SetValue(0)
	r.slider.OnChanged = r.slide
	r.player = newPlayer(r)
	r.now = widget.NewButton(p.w.T("map.now"), func() { r.slider.SetValue(0) })
	r.now.Importance = widget.LowImportance
	r.now.Disable()
	r.slider.Disable()
	r.object = container.NewBorder(nil, nil, container.NewHBox(r.player.button, r.reach), container.NewHBox(r.time, r.now), r.slider)
	return r
}

// show follows what was read: the ends of the slider, and the time shown.
func (r *replay) show(m *reads) {
	w := r.pane.w
	if r.newest, r.oldest = m.newest, m.oldest; m.newest == 0 || m.oldest >= m.newest {
		r.player.pause()
		r.player.button.Disable()
		r.slider.Disable()
		r.reach.say(w.T("map.no_past"))
		r.tell(m)
		return
	}
	r.slider.Enable()
	r.player.button.Enable()
	r.reach.say(w.T("map.reach", assets.Args{"Time": format.Stamp(m.oldest)}))
	r.moving = true
	r.slider.Min = float64((m.oldest - m.newest) / market.StepMillis)
	value := 0.0
	if m.at != 0 {
		value = float64((m.at - m.newest) / market.StepMillis)
	}
	if r.slider.Value = max(r.slider.Min, value); r.pane.at == m.at { // else it has been moved on already
		r.slider.Refresh()
	}
	r.moving = false
	r.tell(m)
}

// tell says what time is shown.
func (r *replay) tell(m *reads) {
	w := r.pane.w
	switch {
	case m.at != 0:
		ago := format.Age(w.Lang(), time.Duration(m.newest-m.at)*time.Millisecond)
		r.time.say(w.T("map.then", assets.Args{"Time": format.Stamp(m.at), "Ago": ago}))
	case m.newest != 0:
		r.time.say(w.T("map.live", assets.Args{"Time": format.Stamp(m.newest)}))
	}
	if r.pane.at != 0 {
		r.now.Enable()
	} else {
		r.now.Disable()
	}
}

// slide shows the stamp that the person moved the slider to. What plays stops there.
func (r *replay) slide(value float64) {
	if r.moving || r.newest == 0 {
		return
	}
	r.player.pause()
	at := int64(0)
	if value < 0 {
		at = r.newest + int64(value)*market.StepMillis
	}
	r.showAt(at)
}

// showAt has the market of a stamp drawn; 0: of now.
func (r *replay) showAt(at int64) {
	if at != r.pane.at {
		r.pane.at = at
		r.pane.note.say("")
		r.pane.order()
	}
}

// quietText is a line of small text that is cut where there is no room. tell
// shows what is the case; say covers it with a sentence until the next choice. It
// always takes the room of a sample, so that nothing moves as it changes.
type quietText struct {
	widget.BaseWidget
	text     *canvas.Text
	width    float32 // of the sample
	told     string
	sentence string
}

func newQuietText(sample string) *quietText {
	q := &quietText{text: canvas.NewText("", nil), width: look.MeasureText(sample, look.SmallTextSize, false).Width}
	q.text.TextSize = look.SmallTextSize
	q.ExtendBaseWidget(q)
	return q
}

// Text is what it says.
func (q *quietText) Text() string {
	if q.sentence != "" {
		return q.sentence
	}
	return q.told
}

func (q *quietText) tell(s string) {
	if s != q.told {
		q.told = s
		q.Refresh()
	}
}

func (q *quietText) say(s string) {
	if s != q.sentence {
		q.sentence = s
		q.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (q *quietText) CreateRenderer() fyne.WidgetRenderer {
	r := &quietRenderer{q}
	r.Refresh()
	return r
}

type quietRenderer struct{ q *quietText }

const quietPad float32 = 10 // left and right of the text

func (r *quietRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.q.text} }
func (r *quietRenderer) Destroy()                     {}

func (r *quietRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.q.width+2*quietPad, 22)
}

func (r *quietRenderer) Layout(size fyne.Size) {
	height := r.q.text.MinSize().Height
	look.Place(r.q.text, quietPad, (size.Height-height)/2, max(0, size.Width-2*quietPad), height)
	r.cut(size.Width - 2*quietPad)
}

// cut shortens the text to the room there is.
func (r *quietRenderer) cut(width float32) {
	text := r.q.Text()
	if width > 0 {
		text = look.Font(false).Elide(float64(look.SmallTextSize), text, float64(width))
	}
	if text != r.q.text.Text {
		r.q.text.Text = text
		look.SetFont(r.q.text, false)
	}
}

func (r *quietRenderer) Refresh() {
	r.q.text.Color = look.Current().Muted
	r.cut(r.q.Size().Width - 2*quietPad)
	canvas.Refresh(r.q)
}

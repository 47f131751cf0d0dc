// Package statusbar is the line at the window's foot: how the feed is doing, in
// a word, a figure or two and, when something is wrong, a sentence.
//
// NewModel says it, as a pure function of what was read; Bar shows it. The
// window reads once a second:
//
//	bar.SetModel(statusbar.NewModel(statusbar.Read(snapshot, now, demo), words))
//
// The first two calls may be made anywhere, SetModel on the UI's goroutine.
package statusbar

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// Height is the bar's height in device-independent pixels.
const Height float32 = 28

// Bar shows a Model. SetModel costs nothing where nothing changed.
type Bar struct {
	ttwidget.ToolTipWidget

	OnRetry    func() // "Retry" was tapped
	OnOpenDemo func() // "Open the demo market" was tapped

	model Model
	parts parts
	sheet *look.Sheet // with the parts
	retry *button
	demo  *button
}

// parts are the bar's texts and shapes.
type parts struct {
	line, progress            *canvas.Rectangle
	badge                     *canvas.Rectangle
	symbol, state             *canvas.Text
	sentence, more            *canvas.Text
	count, oldest, weight     *canvas.Text
	notice, clock, demoMarket *canvas.Text
}

// New returns an empty bar.
func New(w *assets.Words) *Bar {
	b := &Bar{model: Model{Progress: -1}, sheet: look.NewSheet()}
	text := func(bold bool) *canvas.Text {
		t := canvas.NewText("", color.Transparent)
		t.TextSize = look.SmallTextSize + 0.5
		look.SetFont(t, bold)
		return t
	}
	b.parts = parts{
		line: canvas.NewRectangle(nil), progress: canvas.NewRectangle(nil), badge: canvas.NewRectangle(nil),
		symbol: text(false), state: text(true), sentence: text(false), more: text(true),
		count: text(false), oldest: text(false), weight: text(false),
		notice: text(false), clock: text(false), demoMarket: text(true),
	}
	b.parts.badge.CornerRadius = 3
	b.retry = newButton(w.T("status.retry"), func() { call(b.OnRetry) })
	b.demo = newButton(w.T("status.open_demo"), func() { call(b.OnOpenDemo) })
	b.ExtendBaseWidget(b)
	return b
}

func call(f func()) {
	if f != nil {
		f()
	}
}

// Model returns what is shown.
func (b *Bar) Model() Model { return b.model }

// SetModel shows m.
func (b *Bar) SetModel(m Model) {
	if m == b.model {
		return
	}
	onlyClock := b.model
	onlyClock.Clock = m.Clock
	b.model = m
	if onlyClock == m && len(b.parts.clock.Text) == len(m.Clock) {
		b.parts.clock.Text = m.Clock // once a second, and figures are tabular: nothing moves
		b.sheet.Refresh()
		return
	}
	b.SetToolTip(m.Tip)
	b.Refresh()
}

// MinSize is one line high.
func (b *Bar) MinSize() fyne.Size { return fyne.NewSize(320, Height) }

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	p := b.parts
	b.sheet.SetObjects([]fyne.CanvasObject{p.line, p.progress, p.badge, p.symbol, p.state, p.sentence, p.more,
		p.count, p.oldest, p.weight, p.notice, p.clock, p.demoMarket})
	r := &renderer{b}
	r.Refresh()
	return r
}

// button is a small text button that does not make the bar taller.
type button struct {
	widget.BaseWidget
	text  *canvas.Text
	back  *canvas.Rectangle
	onTap func()
}

func newButton(label string, onTap func()) *button {
	b := &button{text: canvas.NewText(label, nil), back: canvas.NewRectangle(nil), onTap: onTap}
	b.text.TextSize = look.SmallTextSize + 0.5
	b.text.Alignment = fyne.TextAlignCenter
	b.back.CornerRadius, b.back.StrokeWidth = 4, look.Hairline
	b.ExtendBaseWidget(b)
	b.paint(false)
	return b
}

func (b *button) paint(hovered bool) {
	p := look.Current()
	b.text.Color, b.back.FillColor, b.back.StrokeColor = p.Accent, look.WithAlpha(p.Accent, 0.08), look.WithAlpha(p.Accent, 0.6)
	if hovered {
		b.back.FillColor = look.WithAlpha(p.Accent, 0.22)
	}
}

// Tapped does what the button says.
func (b *button) Tapped(*fyne.PointEvent) { b.onTap() }

// Cursor is a pointing hand.
func (b *button) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights the button up.
func (b *button) MouseIn(*desktop.MouseEvent) { b.paint(true); b.Refresh() }

// MouseMoved does nothing.
func (b *button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (b *button) MouseOut() { b.paint(false); b.Refresh() }

// MinSize has room beside the text.
func (b *button) MinSize() fyne.Size { return fyne.NewSize(b.text.MinSize().Width+18, Height-7) }

// CreateRenderer implements fyne.Widget.
func (b *button) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: fill{}, Objects: []fyne.CanvasObject{b.back, b.text}})
}

// fill gives every object all of the space.
type fill struct{}

func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (fill) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

package statusbar

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/ui/look"
)

const (
	edge   float32 = 10 // left and right
	gap    float32 = 20 // between figures
	beside float32 = 12 // after a sentence
)

// renderer places the bar's parts: state, figures and sentence from the left;
// demo badge and clock from the right; the notice where room is left. What
// does not fit is left out, the least important first; a sentence is cut.
type renderer struct{ b *Bar }

func (r *renderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.sheet, r.b.retry, r.b.demo}
}
func (r *renderer) MinSize() fyne.Size { return r.b.MinSize() }
func (r *renderer) Destroy()           {}

// Refresh takes words from the model and colours from the palette.
func (r *renderer) Refresh() {
	m, p, c := r.b.model, r.b.parts, look.Current()
	p.line.FillColor, p.progress.FillColor = c.Hairline, c.Accent
	p.badge.FillColor = look.WithAlpha(c.Warning, 0.18)
	set(p.symbol, m.Symbol, toneColor(m.Tone, c))
	set(p.state, m.State, c.Text)
	set(p.count, m.Count, c.Text)
	set(p.oldest, m.Oldest, c.Muted)
	set(p.weight, m.Weight, c.Muted)
	set(p.notice, m.Notice, c.Muted)
	look.SetFont(p.notice, false) // it may name a contract
	set(p.demoMarket, m.Demo, c.Warning)
	set(p.clock, m.Clock, c.Muted)
	set(p.more, m.More, c.Text)
	p.sentence.Color = c.Muted
	if m.Tone == Bad || m.Tone == Warn {
		p.sentence.Color = c.Text
	}
	look.SetVisible(m.Retry, r.b.retry)
	look.SetVisible(m.OpenDemo, r.b.demo)
	r.Layout(r.b.Size())
	r.b.sheet.Refresh()
}

func toneColor(t Tone, c *look.Palette) color.Color {
	switch t {
	case Good:
		return c.Good
	case Busy:
		return c.Accent
	case Warn:
		return c.Warning
	case Bad:
		return c.Error
	}
	return c.Muted
}

func set(t *canvas.Text, s string, ink color.Color) {
	t.Text, t.Color = s, ink
}

// Layout places everything for a width.
func (r *renderer) Layout(size fyne.Size) {
	m, p := r.b.model, r.b.parts
	r.b.sheet.Resize(size)
	p.line.Resize(fyne.NewSize(size.Width, look.Hairline))
	p.progress.Resize(fyne.NewSize(size.Width*float32(max(0, m.Progress)), 2))
	left := pen{bar: r.b, x: edge, height: size.Height}
	left.put(p.symbol, 6)
	left.put(p.state, gap)
	right := size.Width - edge
	right = r.putRight(p.clock, right, gap)
	right = r.putBadge(right)

	set(p.sentence, m.Sentence, p.sentence.Color)
	look.SetFont(p.sentence, false) // it may name a contract
	rest := r.besides()
	want := float32(0) // of the sentence; where all is well, the figures have the room
	if m.Sentence != "" {
		want = left.width(p.sentence) + rest
	}
	for _, t := range []*canvas.Text{p.count, p.oldest, p.weight} {
		left.putIf(t, right-want)
	}
	p.sentence.Text = look.Shorten(r.b, p.sentence, right-left.x-rest)
	left.put(p.sentence, beside)
	left.put(p.more, beside)
	left.putButton(r.b.retry)
	left.putButton(r.b.demo)
	r.putNotice(left.x, right)
}

// besides is the width that what stands beside a sentence takes.
func (r *renderer) besides() float32 {
	w := float32(0)
	if t := r.b.parts.more; t.Text != "" {
		w += look.Painted(r.b, t) + beside
	}
	for _, b := range []*button{r.b.retry, r.b.demo} {
		if b.Visible() {
			w += b.MinSize().Width + 8
		}
	}
	if r.b.model.Sentence != "" {
		w += beside
	}
	return w
}

func (r *renderer) putRight(t *canvas.Text, right, space float32) float32 {
	size := t.MinSize()
	if t.Text == "" {
		return right
	}
	t.Move(fyne.NewPos(right-size.Width, middle(r.b.Size().Height, size.Height)))
	t.Resize(size)
	return right - size.Width - space
}

// putBadge places the demo badge with its tinted ground.
func (r *renderer) putBadge(right float32) float32 {
	p := r.b.parts
	look.SetVisible(p.demoMarket.Text != "", p.badge)
	if p.demoMarket.Text == "" {
		return right
	}
	const pad = 8
	end := r.putRight(p.demoMarket, right-pad, pad)
	p.badge.Move(fyne.NewPos(end, 5))
	p.badge.Resize(fyne.NewSize(right-end, r.b.Size().Height-9))
	return end - gap
}

// putNotice places the notice at the right if it fits whole.
func (r *renderer) putNotice(left, right float32) {
	n := r.b.parts.notice
	fits := n.Text != "" && n.MinSize().Width <= right-left
	look.SetVisible(fits, n)
	if fits {
		r.putRight(n, right, gap)
	}
}

func middle(outer, inner float32) float32 { return (outer-inner)/2 + look.Hairline/2 }

// pen places things from left to right.
type pen struct {
	bar       *Bar
	x, height float32
}

// width is what a text takes on the screen: Fyne's measure is a little off.
func (w *pen) width(t *canvas.Text) float32 {
	if t.Text == "" {
		return 0
	}
	return look.Painted(w.bar, t)
}

func (w *pen) put(t *canvas.Text, space float32) {
	width, high := w.width(t), t.MinSize().Height
	t.Move(fyne.NewPos(w.x, middle(w.height, high)))
	t.Resize(fyne.NewSize(width, high))
	if t.Text != "" {
		w.x += width + space
	}
}

// putIf places t if it ends left of limit, else hides it.
func (w *pen) putIf(t *canvas.Text, limit float32) {
	fits := t.Text != "" && w.x+w.width(t)+gap <= limit
	look.SetVisible(fits, t)
	if fits {
		w.put(t, gap)
	}
}

func (w *pen) putButton(b *button) {
	if !b.Visible() {
		return
	}
	size := b.MinSize()
	b.Move(fyne.NewPos(w.x, middle(w.height, size.Height)))
	b.Resize(size)
	w.x += size.Width + 8
}

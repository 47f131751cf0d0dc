package tip

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

const (
	maxWidth  float32 = 360 // of the text; about 60 letters a line
	pad       float32 = 10
	corner    float32 = 5 // radius of the box's corners
	columnGap float32 = 16
	spacing   float32 = 7 // between blocks
	leading   float32 = 3 // between lines
)

// bubble draws one Content. It is made anew for each tooltip.
type bubble struct {
	widget.BaseWidget
	content Content
	layer   *Layer
	from    fyne.Position // where the pointer was when it came
	above   bool          // it stands above that
}

func newBubble(c Content, l *Layer) *bubble {
	b := &bubble{content: c, layer: l}
	b.ExtendBaseWidget(b)
	return b
}

// reaches reports whether an absolute position is on the tooltip, or on the way to
// it from where the pointer was when it came.
func (b *bubble) reaches(at fyne.Position) bool {
	const aside, towards = 48, 5
	p := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(b))
	way := at.Y - b.from.Y
	if b.above {
		way = -way
	}
	across := p.X >= 0 && p.X <= b.Size().Width
	over := across && p.Y >= 0 && p.Y <= b.Size().Height
	near := at.X > b.from.X-aside && at.X < b.from.X+aside
	return over || way > towards && way <= below && (across || near)
}

// CreateRenderer lays the texts out once; the content never changes.
func (b *bubble) CreateRenderer() fyne.WidgetRenderer {
	p := look.Current()
	box := canvas.NewRectangle(p.Overlay)
	box.StrokeColor, box.StrokeWidth, box.CornerRadius = p.Border, look.Hairline, corner
	pen := &pen{palette: p}
	pen.draw(b.content)
	sheet := look.NewSheet(pen.texts...)
	sheet.Ground = p.Overlay
	r := &bubbleRenderer{box: box, size: fyne.NewSize(pen.right+2*pad, pen.y-spacing+2*pad), sheet: sheet}
	if b.content.Footer != "" && b.content.OnFooter != nil {
		r.link = newLink(b.layer, b.content.OnFooter)
		r.linkTop, r.linkHeight = pen.footer+pad, pen.y-spacing-pen.footer
	}
	return r
}

// pen writes texts from top to bottom, keeping track of the space used.
type pen struct {
	palette  *look.Palette
	texts    []fyne.CanvasObject
	y, right float32
	footer   float32 // where the footer begins
}

func (w *pen) draw(c Content) {
	if c.Title != "" {
		w.paragraph(c.Title, w.palette.Text, look.TextSize, true)
	}
	w.facts(c.Facts)
	for _, p := range c.Paragraphs {
		ink, size := w.palette.Text, look.TextSize-0.5
		switch {
		case p.Warning:
			ink = w.palette.Warning
		case p.Quiet:
			ink, size = w.palette.Muted, look.SmallTextSize
		}
		if p.Heading != "" {
			w.paragraph(p.Heading, w.palette.Muted, look.SmallTextSize, false)
			w.y += leading - spacing
		}
		w.paragraph(p.Text, ink, size, false)
	}
	w.footer = w.y
	if c.Footer != "" {
		w.paragraph(c.Footer, w.palette.Accent, look.SmallTextSize, false)
	}
}

func (w *pen) facts(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	size := look.TextSize - 0.5
	var labels, values float32
	for _, f := range facts {
		labels = max(labels, look.MeasureText(f.Label, size, false).Width)
		if f.Beside != "" {
			values = max(values, look.MeasureText(f.Value, size, false).Width)
		}
	}
	for _, f := range facts {
		w.write(f.Label, w.palette.Muted, size, false, 0)
		h := w.write(f.Value, w.palette.Text, size, false, labels+columnGap)
		if f.Beside != "" {
			w.write(f.Beside, w.palette.Muted, size, false, labels+values+2*columnGap)
		}
		w.y += h + leading
	}
	w.y += spacing - leading
}

func (w *pen) paragraph(text string, ink color.Color, size float32, bold bool) {
	for part := range strings.SplitSeq(text, "\n") {
		for _, line := range wrap(part, maxWidth, size, bold) {
			w.y += w.write(line, ink, size, bold, 0) + leading
		}
	}
	w.y += spacing - leading
}

// write puts one line at the pen and returns its height.
func (w *pen) write(s string, ink color.Color, size float32, bold bool, x float32) float32 {
	t := canvas.NewText(s, ink)
	t.TextSize = size
	look.SetFont(t, bold)
	min := t.MinSize()
	t.Move(fyne.NewPos(pad-corner+x, pad-corner+w.y))
	t.Resize(min)
	w.texts = append(w.texts, t)
	w.right = max(w.right, x+min.Width)
	return min.Height
}

// wrap breaks text into lines no wider than width: at spaces, and between
// Chinese characters, but never before a closing mark.
func wrap(text string, width, size float32, bold bool) []string {
	var lines []string
	line := ""
	for _, piece := range pieces(text) {
		grown := line + piece
		if line != "" && look.MeasureText(strings.TrimRight(grown, " "), size, bold).Width > width {
			lines = append(lines, strings.TrimRight(line, " "))
			grown = piece
		}
		line = grown
	}
	return append(lines, strings.TrimRight(line, " "))
}

// pieces cuts text where a line may break.
func pieces(text string) []string {
	var all []string
	start := 0
	last := rune(0)
	for i, r := range text {
		if i > start && mayBreak(last, r) {
			all = append(all, text[start:i])
			start = i
		}
		last = r
	}
	return append(all, text[start:])
}

func mayBreak(before, after rune) bool {
	if strings.ContainsRune("，。；：！？、）”’》」%", after) || strings.ContainsRune("（“‘《「", before) {
		return false
	}
	return before == ' ' || wide(before) || wide(after)
}

func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。；：！？、（）“”《》「」", r)
}

type bubbleRenderer struct {
	box   *canvas.Rectangle
	size  fyne.Size
	sheet *look.Sheet

	link                *link // nil: none
	linkTop, linkHeight float32
}

// Layout leaves the box its edge and its corners.
func (r *bubbleRenderer) Layout(size fyne.Size) {
	r.box.Resize(size)
	r.sheet.Move(fyne.NewPos(corner, corner))
	r.sheet.Resize(size.SubtractWidthHeight(2*corner, 2*corner))
	if r.link != nil {
		r.link.Move(fyne.NewPos(pad, r.linkTop))
		r.link.Resize(fyne.NewSize(size.Width-2*pad, r.linkHeight))
	}
}

func (r *bubbleRenderer) MinSize() fyne.Size { return r.size }
func (r *bubbleRenderer) Refresh()           { canvas.Refresh(r.box) }
func (r *bubbleRenderer) Destroy()           {}
func (r *bubbleRenderer) Objects() []fyne.CanvasObject {
	if r.link != nil {
		return []fyne.CanvasObject{r.box, r.sheet, r.link}
	}
	return []fyne.CanvasObject{r.box, r.sheet}
}

// link is the part of a tooltip that takes the pointer: its last line. The rest
// lets it through, so that one can read along the rows below.
type link struct {
	widget.BaseWidget
	layer *Layer
	line  *canvas.Rectangle
	do    func()
}

func newLink(l *Layer, do func()) *link {
	k := &link{layer: l, do: do, line: canvas.NewRectangle(color.Transparent)}
	k.ExtendBaseWidget(k)
	return k
}

// Tapped follows the link.
func (k *link) Tapped(*fyne.PointEvent) {
	k.layer.Leave()
	k.do()
}

// Cursor is a pointing hand.
func (k *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn makes the tooltip stay, and underlines the link.
func (k *link) MouseIn(*desktop.MouseEvent) {
	k.layer.stop()
	k.line.FillColor = look.Current().Accent
	k.line.Refresh()
}

// MouseMoved does nothing.
func (k *link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tooltip away.
func (k *link) MouseOut() { k.layer.Leave() }

// CreateRenderer implements fyne.Widget.
func (k *link) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewBorder(nil, k.line, nil, nil))
}

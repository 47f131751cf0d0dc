package chartpane

import (
	"image/color"
	"slices"
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// notes are the lines below a chart: what is wrong, and how far the archive is.
type notes struct {
	box  *fyne.Container
	said []string
}

// note is one of them.
type note struct {
	says   string // tells it from others
	object func() fyne.CanvasObject
}

func newNotes() *notes { return &notes{box: container.New(layout.NewCustomPaddedVBoxLayout(0))} }

// show replaces the lines, unless these say the same, so that what is below the
// pointer can be clicked. It reports whether the pane must make room anew.
func (n *notes) show(lines []note) bool {
	said := make([]string, len(lines))
	for i, l := range lines {
		said[i] = l.says
	}
	if slices.Equal(said, n.said) {
		return false
	}
	n.said, n.box.Objects = said, nil
	for _, l := range lines {
		n.box.Objects = append(n.box.Objects, l.object())
	}
	return true
}

// warning is a note that says what is wrong, with a remedy where onTap is not nil.
func warning(sentence, remedy string, onTap func()) note {
	return note{says: sentence, object: func() fyne.CanvasObject {
		text := newNoteText()
		text.set("▲ " + sentence)
		if onTap == nil {
			return noteLine(text, nil)
		}
		return noteLine(text, noteButton(remedy, onTap))
	}}
}

// remark is a note on what the chart shows; nothing is wrong.
func remark(sentence string) note {
	return note{says: sentence, object: func() fyne.CanvasObject {
		text := newNoteText()
		text.set(sentence)
		return noteLine(text, nil)
	}}
}

func noteButton(label string, onTap func()) *widget.Button {
	b := widget.NewButton(label, onTap)
	b.Importance = widget.LowImportance
	return b
}

// noteLine is as low as a button allows.
func noteLine(text, button fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(-3, -3, 0, 0), container.NewBorder(nil, nil, nil, button, text))
}

// noteText is a sentence on one line. Where that is too short for it, the rest
// is in the tooltip. It may name a contract, for which a label of Fyne's has no
// font (see look.SetFont).
type noteText struct {
	ttwidget.ToolTipWidget
	sentence string
	text     *canvas.Text
}

func newNoteText() *noteText {
	t := &noteText{text: canvas.NewText("", color.Transparent)}
	t.text.TextSize = look.SmallTextSize
	t.ExtendBaseWidget(t)
	return t
}

func (t *noteText) set(sentence string) {
	if sentence != t.sentence {
		t.sentence = sentence
		t.SetToolTip(sentence)
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *noteText) CreateRenderer() fyne.WidgetRenderer {
	r := &noteTextRenderer{t}
	r.Refresh()
	return r
}

type noteTextRenderer struct{ t *noteText }

func (r *noteTextRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t.text} }
func (r *noteTextRenderer) Destroy()                     {}

func (r *noteTextRenderer) MinSize() fyne.Size {
	pad := 2 * theme.InnerPadding()
	return fyne.NewSize(40, look.MeasureText(r.t.sentence, look.SmallTextSize, false).Height+pad)
}

func (r *noteTextRenderer) Layout(size fyne.Size) {
	pad := theme.InnerPadding()
	width := size.Width - 2*pad
	r.t.text.Text = fitted(r.t.sentence, width)
	look.SetFont(r.t.text, false)
	look.Place(r.t.text, pad, pad, width, r.t.text.MinSize().Height)
}

func (r *noteTextRenderer) Refresh() {
	r.t.text.Color = look.Current().Text
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

// fitted is as much of a sentence as a width has room for.
func fitted(sentence string, width float32) string {
	fits := func(s string) bool { return look.MeasureText(s, look.SmallTextSize, false).Width <= width }
	if fits(sentence) {
		return sentence
	}
	runes := []rune(sentence)
	n := sort.Search(len(runes), func(n int) bool { return !fits(string(runes[:n+1]) + "…") })
	return strings.TrimRight(string(runes[:n]), " .,:;。，：；、") + "…"
}

// reason is the sentence for a load that failed.
func reason(w *assets.Words, symbol string, err error) string {
	if s := format.Problem(w, market.ProblemOf(err), symbol); s != "" {
		return s
	}
	return w.T("chart.problem")
}

package chartpane

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
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
		label := noteLabel("▲ " + sentence)
		label.SetToolTip(sentence)
		if onTap == nil {
			return noteLine(label, nil)
		}
		return noteLine(label, noteButton(remedy, onTap))
	}}
}

func noteLabel(text string) *ttwidget.Label {
	label := ttwidget.NewLabel(text)
	label.Truncation = fyne.TextTruncateEllipsis
	label.SizeName = theme.SizeNameCaptionText
	return label
}

func noteButton(label string, onTap func()) *widget.Button {
	b := widget.NewButton(label, onTap)
	b.Importance = widget.LowImportance
	return b
}

// noteLine is as low as a line of small text can be.
func noteLine(label, button fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(-3, -3, 0, 0), container.NewBorder(nil, nil, nil, button, label))
}

// failure is the sentence for a load that failed.
func failure(w *assets.Words, symbol string, err error) string {
	sentence := format.Problem(w, market.ProblemOf(err), symbol)
	if sentence == "" {
		sentence = w.T("chart.problem")
	}
	return w.T("chart.failed", assets.Args{"Symbol": symbol, "Sentence": sentence})
}

package chartpane

import (
	"image/color"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Archive fetches what the history lacks of the ranges that are longer than
// what the exchange keeps. Its methods never wait. While days come in, the
// chart reads its Source again from time to time.
type Archive interface {
	Want(symbol string, r market.Range)
	Resume(symbol string, r market.Range)
	Stop(symbol string)
	Status(symbol string, r market.Range) ondemand.Status
}

// How often a chart is read again while days come in: once a second, or as
// seldom as makes it a twentieth of the time, but every eight seconds anyway.
const (
	refreshEvery  = time.Second
	refreshShare  = 20
	refreshSeldom = 8 * time.Second
)

// fetching is how far the archive is with the contracts of a pane.
type fetching struct {
	state              ondemand.State // the most pressing of all
	symbols            []string       // those in that state
	contracts          int            // of which days are fetched or awaited
	days, done, failed int
	err                error
}

// pressing lists the states that a person should know of, the most pressing first.
var pressing = []ondemand.State{ondemand.Fetching, ondemand.Waiting, ondemand.Failed, ondemand.Incomplete, ondemand.Stopped, ondemand.ReadOnly}

// readFetching sums up the contracts of a pane.
func readFetching(a Archive, symbols []string, r market.Range) fetching {
	var f fetching
	if a == nil || !isLong(r) {
		return f
	}
	rank := len(pressing)
	for _, s := range symbols {
		status := a.Status(s, r)
		f.days += status.Days
		f.done += status.Done
		f.failed += status.Failed
		if status.Days > 0 || status.State == ondemand.Waiting {
			f.contracts++
		}
		i := slices.Index(pressing, status.State)
		if i < 0 || i > rank {
			continue
		}
		if i < rank {
			rank, f.state, f.symbols, f.err = i, status.State, nil, status.Err
		}
		f.symbols = append(f.symbols, s)
	}
	return f
}

// active reports whether more will come by itself.
func (f fetching) active() bool { return f.state == ondemand.Fetching || f.state == ondemand.Waiting }

// sentence says it to the person; empty: there is nothing to say.
func (f fetching) sentence(w *assets.Words) string {
	args := assets.Args{"Done": f.done, "Days": f.days, "Failed": f.failed, "Contracts": f.contracts, "Sentence": ""}
	if f.err != nil {
		args["Sentence"] = format.HistoryProblem(w, f.err)
	}
	switch f.state {
	case ondemand.Fetching, ondemand.Waiting:
		switch {
		case f.days == 0:
			return w.T("history.asking")
		case f.contracts > 1:
			return w.T("history.fetching_several", args)
		}
		return w.T("history.fetching", args)
	case ondemand.Stopped:
		return w.T("history.stopped", args)
	case ondemand.Incomplete:
		return w.T("history.incomplete", args)
	case ondemand.Failed:
		return w.T("history.failed", args)
	case ondemand.ReadOnly:
		return w.T("history.read_only")
	}
	return ""
}

// remedy is the word on the button beside the sentence; empty: no button.
func (f fetching) remedy(w *assets.Words) string {
	switch f.state {
	case ondemand.Fetching, ondemand.Waiting:
		return w.T("history.cancel")
	case ondemand.Stopped:
		return w.T("history.resume")
	case ondemand.Incomplete, ondemand.Failed:
		return w.T("chart.retry")
	}
	return ""
}

// share is how much has come, 0 … 1.
func (f fetching) share() float32 {
	if f.days == 0 {
		return 0
	}
	return float32(f.done) / float32(f.days)
}

// fetchNote is the line below a chart that tells how far the archive is. It
// stays the same object while it changes, so that a button can be clicked.
type fetchNote struct {
	archive Archive
	words   *assets.Words
	after   func() // something was tapped

	now    fetching
	span   market.Range
	object fyne.CanvasObject
	text   *noteText
	button *widget.Button
	bar    *bar
}

func newFetchNote(o Options, after func()) *fetchNote {
	n := &fetchNote{archive: o.Archive, words: o.Words, after: after, text: newNoteText(), bar: newBar()}
	n.button = noteButton("", n.tapped)
	n.object = container.New(layout.NewCustomPaddedVBoxLayout(0), n.bar, noteLine(n.text, n.button))
	return n
}

// tapped cancels, resumes or retries.
func (n *fetchNote) tapped() {
	for _, s := range n.now.symbols {
		if n.now.active() {
			n.archive.Stop(s)
		} else {
			n.archive.Resume(s, n.span)
		}
	}
	n.after()
}

// show tells how far the archive is and reports whether there is anything to tell.
func (n *fetchNote) show(f fetching, r market.Range, several bool) bool {
	n.now, n.span = f, r
	sentence := f.sentence(n.words)
	if sentence == "" {
		return false
	}
	if several && !f.active() {
		sentence = n.words.T("history.of", assets.Args{"Symbols": strings.Join(f.symbols, n.words.T("chart.comma")), "Sentence": sentence})
	}
	if f.err != nil {
		sentence = "▲ " + sentence
	}
	n.text.set(sentence)
	if remedy := f.remedy(n.words); n.button.Text != remedy {
		n.button.SetText(remedy)
	}
	look.SetVisible(n.button.Text != "", n.button)
	n.bar.set(f.share(), f.active())
	return true
}

// bar is a hairline that fills.
type bar struct {
	widget.BaseWidget
	whole, part *canvas.Rectangle
	share       float32
}

const barHeight float32 = 2

func newBar() *bar {
	b := &bar{whole: canvas.NewRectangle(color.Transparent), part: canvas.NewRectangle(color.Transparent)}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(share float32, visible bool) {
	look.SetVisible(visible, b)
	if share != b.share {
		b.share = share
		b.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b}
	r.Refresh()
	return r
}

type barRenderer struct{ b *bar }

func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.whole, r.b.part}
}
func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(20, barHeight) }
func (r *barRenderer) Destroy()           {}

func (r *barRenderer) Layout(size fyne.Size) {
	look.Place(r.b.whole, 0, 0, size.Width, barHeight)
	look.Place(r.b.part, 0, 0, size.Width*r.b.share, barHeight)
}

func (r *barRenderer) Refresh() {
	p := look.Current()
	r.b.whole.FillColor, r.b.part.FillColor = look.WithAlpha(p.Text, 0.1), p.Accent
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

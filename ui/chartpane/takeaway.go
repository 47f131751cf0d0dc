package chartpane

import (
	"io"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/takeaway"
)

// Export is what a chart shows, as a file.
type Export = takeaway.Export

// subject is what a chart shows, as its files and pictures call it.
type subject struct{ file, title string }

// saveButton opens the menu of what one can take away; nil where nobody listens.
func (p *pane) saveButton(csv func() Export) fyne.CanvasObject {
	if p.o.OnExport == nil {
		return nil
	}
	return takeaway.Button(p.o.Words, "takeaway.tip", func() []*fyne.MenuItem { return p.saveMenu(csv) })
}

// saveMenu offers the picture and the numbers.
func (p *pane) saveMenu(csv func() Export) []*fyne.MenuItem {
	w, save := p.o.Words, p.o.OnExport
	items := []*fyne.MenuItem{takeaway.Item(w, "takeaway.png", p.PNG, save), takeaway.Item(w, "takeaway.svg", p.SVG, save)}
	if p.o.OnCopy != nil {
		items = append(items, takeaway.Item(w, "takeaway.copy", p.PNG, p.o.OnCopy))
	}
	return append(items, fyne.NewMenuItemSeparator(), takeaway.Item(w, "takeaway.csv", csv, save))
}

// PNG is the chart as a picture that says what it is.
func (p *pane) PNG() Export {
	return p.picture(".png", func(poster charts.Poster, w io.Writer) error {
		img, err := poster.Image()
		if err != nil {
			return err
		}
		return takeaway.WritePNG(w, img)
	})
}

// SVG is the same as a drawing.
func (p *pane) SVG() Export { return p.picture(".svg", charts.Poster.SVG) }

func (p *pane) picture(ending string, write func(charts.Poster, io.Writer) error) Export {
	view, size := p.chart.view, takeaway.Size(p.chart.Size())
	from, to := p.axis.Span()
	w := p.o.Words
	poster := charts.Poster{
		Title:  p.subject().title,
		Span:   w.T("takeaway.span", assets.Args{"Range": p.rangeName(), "From": format.Stamp(from), "To": format.Stamp(to)}),
		Source: takeaway.Source(w, p.o.Demo, p.now()),
	}
	return Export{Name: p.fileName(p.subject().file, ending), Write: func(w io.Writer) error {
		poster.Request = view.built(&curves{}).Request
		poster.Scale = takeaway.Scale
		poster.Width, poster.Height = int(size.Width*takeaway.Scale), int(size.Height*takeaway.Scale)
		return write(poster, w)
	}}
}

// rangeName is the range chosen, as the person reads it; empty where the chart
// shows something else.
func (p *pane) rangeName() string {
	if p.axis.Zoomed() {
		return ""
	}
	return rangeNames(p.o.Words, []market.Range{p.axis.Chosen()})[0]
}

// fileName is proposed for a file: it has the range and the time, or the two ends
// of another span.
func (p *pane) fileName(of, ending string) string {
	const form = "20060102-1504"
	from, to := p.axis.Span()
	span := strings.ToLower(p.axis.Chosen().String()) + "-" + p.now().UTC().Format(form)
	if p.axis.Zoomed() {
		span = time.UnixMilli(from).UTC().Format(form) + "-" + time.UnixMilli(to).UTC().Format(form)
	}
	return of + "-" + span + ending
}

package chartpane

import (
	"fmt"
	"image/png"
	"io"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Export is what a chart shows, as a file.
type Export struct {
	Name  string                  // proposed for the file: "BTCUSDT-30d.csv"
	Write func(w io.Writer) error // writes it; may be called on any goroutine
}

// subject is what a chart shows, as its files and pictures call it.
type subject struct{ file, title string }

const (
	pictureScale = 2 // pixels of a picture for a unit of the chart

	// A picture is at least so large, in units, however small the chart is on screen.
	pictureWidth, pictureHeight = 720, 400
)

// saveButton opens the menu of what one can take away; nil where nobody listens.
func (p *pane) saveButton(csv func() Export) fyne.CanvasObject {
	if p.o.OnExport == nil {
		return nil
	}
	b := ttwidget.NewButtonWithIcon("", theme.NewColoredResource(theme.DownloadIcon(), theme.ColorNamePlaceHolder), nil)
	b.OnTapped = func() {
		b.MouseOut() // the tooltip must not lie over the menu
		look.OpenMenu(b, p.saveMenu(csv)...)
	}
	b.Importance = widget.LowImportance
	b.SetToolTip(p.o.Words.T("takeaway.tip"))
	return b
}

// saveMenu offers the picture and the numbers.
func (p *pane) saveMenu(csv func() Export) []*fyne.MenuItem {
	w := p.o.Words
	save := func(key string, make func() Export) *fyne.MenuItem {
		return fyne.NewMenuItem(w.T(key, assets.Args{"Scale": pictureScale}), func() { p.o.OnExport(make()) })
	}
	items := []*fyne.MenuItem{save("takeaway.png", p.PNG), save("takeaway.svg", p.SVG)}
	if p.o.OnCopy != nil {
		items = append(items, fyne.NewMenuItem(w.T("takeaway.copy"), func() { p.o.OnCopy(p.PNG()) }))
	}
	return append(items, fyne.NewMenuItemSeparator(), save("takeaway.csv", csv))
}

// PNG is the chart as a picture that says what it is.
func (p *pane) PNG() Export {
	return p.picture(".png", func(poster charts.Poster, w io.Writer) error {
		img, err := poster.Image()
		if err != nil {
			return err
		}
		if err := png.Encode(w, img); err != nil {
			return fmt.Errorf("writing a picture: %w", err)
		}
		return nil
	})
}

// SVG is the same as a drawing.
func (p *pane) SVG() Export { return p.picture(".svg", charts.Poster.SVG) }

func (p *pane) picture(ending string, write func(charts.Poster, io.Writer) error) Export {
	view, size := p.chart.view, p.chart.Size().Max(fyne.NewSize(pictureWidth, pictureHeight))
	from, to := p.axis.Span()
	w := p.o.Words
	source := "takeaway.source"
	if p.o.Demo {
		source = "takeaway.source_demo"
	}
	poster := charts.Poster{
		Title:  p.subject().title,
		Span:   w.T("takeaway.span", assets.Args{"Range": p.rangeName(), "From": format.Stamp(from), "To": format.Stamp(to)}),
		Source: w.T(source, assets.Args{"Time": format.DateTime(p.now())}),
	}
	return Export{Name: p.fileName(p.subject().file, ending), Write: func(w io.Writer) error {
		poster.Request = view.built(&curves{}).Request
		poster.Scale = pictureScale
		poster.Width, poster.Height = int(size.Width*pictureScale), int(size.Height*pictureScale)
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

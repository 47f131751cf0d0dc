package marketmap

import (
	"errors"
	"image"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/ui/format"
	"openinterest/ui/takeaway"
)

// saveButton opens the menu of what one can take away; nil where nobody listens.
func (p *Pane) saveButton() fyne.CanvasObject {
	if p.o.OnExport == nil {
		return nil
	}
	return takeaway.Button(p.w, "takeaway.map_tip", p.saveMenu)
}

// saveMenu offers the picture. It is empty until there is a market.
func (p *Pane) saveMenu() []*fyne.MenuItem {
	items := []*fyne.MenuItem{takeaway.Item(p.w, "takeaway.png", p.PNG, p.o.OnExport)}
	if p.o.OnCopy != nil {
		items = append(items, takeaway.Item(p.w, "takeaway.copy", p.PNG, p.o.OnCopy))
	}
	for _, i := range items {
		i.Disabled = p.snapshot == nil
	}
	return items
}

// PNG is what the pane shows as a picture that says what it is. It is drawn anew,
// larger than on screen, while it is written.
func (p *Pane) PNG() takeaway.Export {
	size := takeaway.Size(p.view.Size())
	j := p.newJob(image.Pt(int(size.Width*takeaway.Scale), int(size.Height*takeaway.Scale)), takeaway.Scale)
	ctx, source := p.o.Context, takeaway.Source(p.w, p.o.Demo, p.snapshot.Time)
	return takeaway.Export{Name: p.fileName(), Write: func(w io.Writer) error {
		d, ok := j.paint(ctx)
		if !ok {
			return errors.New("the picture of the market could not be drawn")
		}
		mount := charts.Mount{Theme: j.theme(), Scale: j.scale, Title: j.title(), Span: d.span(), Source: source}
		return takeaway.WritePNG(w, mount.Image(d.image))
	}}
}

// title names the picture.
func (j *job) title() string {
	key := "takeaway.map"
	if j.tree {
		key = "takeaway.tree"
	}
	return j.words.T(key, assets.Args{"Window": j.window.String()})
}

// span says of when the picture is, and which contracts are on it.
func (d *drawn) span() string {
	at := d.reads.at
	if at == 0 {
		at = d.reads.newest
	}
	if at == 0 {
		return d.note(d.job.words)
	}
	return d.job.words.T("takeaway.map_span", assets.Args{"Time": format.Stamp(at), "Note": d.note(d.job.words)})
}

// fileName is proposed for the picture: it has the window and the time shown.
func (p *Pane) fileName() string {
	at := p.snapshot.Time
	if p.at != 0 {
		at = time.UnixMilli(p.at)
	}
	name := "market-map-"
	if p.state.Kind == KindTree {
		name = "market-treemap-"
	}
	return name + p.state.Window + "-" + at.UTC().Format("20060102-1504") + ".png"
}

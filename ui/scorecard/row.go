package scorecard

import (
	"fmt"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/look"
)

// The columns of the list.
const (
	colSignal = iota
	colHorizon
	colCases
	colRate
	colInterval
	colBase
	colForest
	colVerdict
	colDifference
	colMean
	colQ
	colHalves
	colCount
)

// column is how wide a column is and how its texts stand. Those of words are
// measured, and the forest plot takes what is left.
type column struct {
	name     string // of its title and tooltip; empty: it shares those of the one before
	width    float32
	trailing bool
}

var columns = [colCount]column{
	colSignal:     {name: "signal"},
	colHorizon:    {name: "horizon", width: 56, trailing: true},
	colCases:      {name: "n", width: 38, trailing: true},
	colRate:       {name: "rate", width: 50, trailing: true},
	colInterval:   {width: 70},
	colBase:       {name: "base", width: 48, trailing: true},
	colForest:     {name: "forest", width: 110},
	colVerdict:    {name: "verdict"},
	colDifference: {name: "difference", width: 116, trailing: true},
	colMean:       {name: "mean", width: 160, trailing: true},
	colQ:          {name: "q", width: 50, trailing: true},
	colHalves:     {name: "halves", width: 72, trailing: true},
}

const (
	rowHeight float32 = 18
	closeRow  float32 = 13 // where there is little room: texts reach into the list's padding
	cellPad   float32 = 5
	rowText   float32 = look.SmallTextSize + 0.5

	forestLeast, forestMost float32 = 60, 300
)

// spot is a column's place in a row.
type spot struct{ x, width float32 }

// plan says how the rows and their header are laid out.
type plan struct {
	axis     axis // of the forest plots
	horizons bool // the column of horizons is shown: there is more than one
	widths   [colCount]float32
}

// newPlan measures what a language writes in the columns of words.
func newPlan(w *assets.Words) plan {
	p := plan{axis: axis{0, 1}}
	for i, c := range columns {
		p.widths[i] = c.width
	}
	p.widths[colSignal], p.widths[colVerdict] = 0, 0
	for _, k := range signal.EventKinds() {
		p.widths[colSignal] = max(p.widths[colSignal], textWidth("◆ "+KindName(w, k), true))
	}
	for _, v := range []signal.Verdict{signal.TooFew, signal.Chance, signal.Differs} {
		for _, difference := range []signal.Number{-1, 1} {
			p.widths[colVerdict] = max(p.widths[colVerdict], textWidth(verdict(w, v, difference), false))
		}
	}
	return p
}

func textWidth(text string, bold bool) float32 {
	return look.MeasureText(text, rowText, bold).Width + 2*cellPad + 2
}

// droppable are the columns that go where there is no room, in this order. The
// sentence below the list then tells what they hold.
var droppable = []int{colHalves, colMean, colDifference}

// shown tells which columns fit into a width.
func (p plan) shown(width float32) (on [colCount]bool) {
	need := float32(0)
	for i, w := range p.widths {
		if on[i] = i != colHorizon || p.horizons; on[i] {
			need += w
		}
	}
	for _, i := range droppable {
		if need > width {
			on[i] = false
			need -= p.widths[i]
		}
	}
	return on
}

// places lays the columns out over a width; one that is not shown has none.
func (p plan) places(width float32) (at [colCount]spot) {
	on, rest, x := p.shown(width), width, float32(0)
	for i, w := range p.widths {
		if on[i] {
			rest -= w
		}
	}
	for i, w := range p.widths {
		switch {
		case !on[i]:
			w = 0
		case i == colForest:
			w = min(forestMost, max(forestLeast, w+rest))
		}
		at[i] = spot{x, w}
		x += w
	}
	return at
}

// rowModel is a cell, worded.
type rowModel struct {
	cell  signal.Cell
	texts [colCount]string
	faint bool // fewer than 30 cases
}

func newRow(w *assets.Words, c signal.Cell) rowModel {
	r := rowModel{cell: c, faint: c.Grade != signal.Enough}
	name := KindName(w, c.Kind)
	if c.Badge {
		name = "◆ " + name
	}
	r.texts = [colCount]string{
		colSignal: name, colHorizon: WindowName(w, c.Window), colCases: cases(&c),
		colVerdict: verdict(w, c.Verdict, c.Difference.Value),
	}
	if c.Grade == signal.NotEnough {
		return r
	}
	r.texts[colRate], r.texts[colInterval], r.texts[colBase] = share(c.Rate.Value), shares(c.Rate), share(c.BaseRate.Value)
	r.texts[colDifference], r.texts[colMean] = span(c.Difference, points), mean(&c)
	r.texts[colQ], r.texts[colHalves] = qValue(c.Q), halves(&c)
	return r
}

// rowView draws a row; the list uses it again and again.
type rowView struct {
	widget.BaseWidget
	model  rowModel
	plan   plan
	height float32
	texts  [colCount]*canvas.Text
	forest *forest
}

func newRowView(height float32) *rowView {
	v := &rowView{height: height, forest: newForest(), plan: plan{axis: axis{0, 1}}}
	for i := range v.texts {
		v.texts[i] = canvas.NewText("", nil)
		v.texts[i].TextSize = rowText
		if columns[i].trailing {
			v.texts[i].Alignment = fyne.TextAlignTrailing
		}
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *rowView) show(m rowModel, p plan) {
	v.model, v.plan = m, p
	v.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (v *rowView) CreateRenderer() fyne.WidgetRenderer {
	r := &rowRenderer{v: v}
	for _, t := range v.texts {
		r.objects = append(r.objects, t)
	}
	r.objects = append(r.objects, v.forest.objects()...)
	return r
}

type rowRenderer struct {
	v       *rowView
	objects []fyne.CanvasObject
}

func (r *rowRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *rowRenderer) Destroy()                     {}
func (r *rowRenderer) MinSize() fyne.Size           { return fyne.NewSize(320, r.v.height) }

func (r *rowRenderer) Layout(size fyne.Size) {
	at := r.v.plan.places(size.Width)
	for i, t := range r.v.texts {
		look.SetVisible(at[i].width > 0, t)
		top := (size.Height - t.MinSize().Height) / 2
		if top < 0 {
			top-- // letters stand below the middle of their line
		}
		t.Move(fyne.NewPos(at[i].x+cellPad, top))
		t.Resize(fyne.NewSize(at[i].width-2*cellPad, t.MinSize().Height))
	}
	c := &r.v.model.cell
	r.v.forest.draw(mark{interval: c.Rate, against: c.BaseRate.Value, middle: 0.5, verdict: c.Verdict, faint: r.v.model.faint},
		r.v.plan.axis, at[colForest].x+2*cellPad, at[colForest].width-4*cellPad, size.Height)
}

func (r *rowRenderer) Refresh() {
	p, m := look.Current(), &r.v.model
	for i, t := range r.v.texts {
		t.Text, t.Color = m.texts[i], p.Text
		switch {
		case m.faint:
			t.Color = p.Faint
		case i == colVerdict && m.cell.Verdict == signal.Differs && m.cell.Difference.Value > 0:
			t.Color = p.Up
		case i == colVerdict && m.cell.Verdict == signal.Differs:
			t.Color = p.Down
		case i == colVerdict || i == colInterval || i == colHorizon:
			t.Color = p.Muted
		}
	}
	look.SetFont(r.v.texts[colRate], !m.faint)
	look.SetFont(r.v.texts[colSignal], m.cell.Badge)
	r.Layout(r.v.Size())
	canvas.Refresh(r.v)
}

// header titles the columns and, above the forest plot, gives its scale.
type header struct {
	widget.BaseWidget
	titles [colCount]*title
	scale  [3]*canvas.Text
	line   *canvas.Line
	plan   plan
}

func newHeader(w *assets.Words) *header {
	h := &header{line: canvas.NewLine(nil), plan: plan{axis: axis{0, 1}}}
	h.line.StrokeWidth = look.Hairline
	for i, c := range columns {
		if c.name == "" {
			continue
		}
		text, tip := w.T("score.column_"+c.name), ""
		if i != colSignal && i != colHorizon {
			tip = w.T("score.tip_" + c.name)
		}
		if i == colForest {
			text = "" // its scale says more
		}
		h.titles[i] = newTitle(text, tip, c.trailing)
	}
	for i := range h.scale {
		h.scale[i] = canvas.NewText("", nil)
		h.scale[i].TextSize = look.SmallTextSize - 1
		h.scale[i].Alignment = fyne.TextAlignCenter
	}
	h.ExtendBaseWidget(h)
	return h
}

func (h *header) setPlan(p plan) {
	h.plan = p
	h.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	r := &headerRenderer{h: h, objects: []fyne.CanvasObject{h.line}}
	for _, s := range h.scale {
		r.objects = append(r.objects, s)
	}
	for _, t := range h.titles {
		if t != nil {
			r.objects = append(r.objects, t)
		}
	}
	r.Refresh()
	return r
}

type headerRenderer struct {
	h       *header
	objects []fyne.CanvasObject
}

func (r *headerRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *headerRenderer) Destroy()                     {}
func (r *headerRenderer) MinSize() fyne.Size           { return fyne.NewSize(320, rowHeight) }

func (r *headerRenderer) Layout(size fyne.Size) {
	at := r.h.plan.places(size.Width)
	for i, t := range r.h.titles {
		if t == nil {
			continue
		}
		width := at[i].width
		if i == colRate {
			width += at[i+1].width // the interval stands beside the rate
		}
		look.SetVisible(width > 0, t)
		t.Move(fyne.NewPos(at[i].x, 0))
		t.Resize(fyne.NewSize(width, size.Height))
	}
	x, width := at[colForest].x+2*cellPad, at[colForest].width-4*cellPad
	for i, value := range []float64{r.h.plan.axis.lo, 0.5, r.h.plan.axis.hi} {
		s := r.h.scale[i]
		s.Move(fyne.NewPos(x+r.h.plan.axis.place(value, width)-20, (size.Height-s.MinSize().Height)/2))
		s.Resize(fyne.NewSize(40, s.MinSize().Height))
	}
	r.h.line.Position1, r.h.line.Position2 = fyne.NewPos(0, size.Height-1), fyne.NewPos(size.Width, size.Height-1)
}

func (r *headerRenderer) Refresh() {
	p := look.Current()
	for i, value := range []float64{r.h.plan.axis.lo, 0.5, r.h.plan.axis.hi} {
		r.h.scale[i].Text, r.h.scale[i].Color = fmt.Sprintf("%.0f", math.Round(100*value)), p.Muted
	}
	r.h.scale[1].Text += " %"
	r.h.line.StrokeColor = p.Hairline
	r.Layout(r.h.Size())
	canvas.Refresh(r.h)
}

// title is a column's title with its tooltip.
type title struct {
	ttwidget.ToolTipWidget
	text *canvas.Text
}

func newTitle(text, tip string, trailing bool) *title {
	t := &title{text: canvas.NewText(text, nil)}
	t.text.TextSize = look.SmallTextSize
	if trailing {
		t.text.Alignment = fyne.TextAlignTrailing
	}
	t.ExtendBaseWidget(t)
	t.SetToolTip(tip)
	return t
}

// CreateRenderer implements fyne.Widget.
func (t *title) CreateRenderer() fyne.WidgetRenderer { return &titleRenderer{t} }

type titleRenderer struct{ t *title }

func (r *titleRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t.text} }
func (r *titleRenderer) Destroy()                     {}
func (r *titleRenderer) MinSize() fyne.Size           { return r.t.text.MinSize() }

func (r *titleRenderer) Layout(size fyne.Size) {
	r.t.text.Move(fyne.NewPos(cellPad, (size.Height-r.t.text.MinSize().Height)/2))
	r.t.text.Resize(fyne.NewSize(size.Width-2*cellPad, r.t.text.MinSize().Height))
}

func (r *titleRenderer) Refresh() {
	r.t.text.Color = look.Current().Muted
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

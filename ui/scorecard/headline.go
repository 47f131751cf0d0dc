package scorecard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/look"
)

// headline shows the OI lift and its mirror, for moves over 24 h and over 4 h.
type headline struct {
	widget.BaseWidget
	words *assets.Words
	title *title
	lines [2]liftLine // moves over 24 h, over 4 h
	axis  axis

	folded bool // only the first line is shown
	onTap  func()
}

// liftLine is what followed moves over one window: after rises, after falls.
type liftLine struct {
	label *canvas.Text
	sides [2]liftSide
}

type liftSide struct {
	lift    *signal.Lift // nil: not scored
	caption *canvas.Text
	forest  *forest
	value   *canvas.Text
}

func newHeadline(w *assets.Words) *headline {
	h := &headline{words: w, title: newTitle(w.T("score.lift_title"), w.T("score.lift_tip"), false), axis: axis{-1, 1}}
	h.title.text.TextSize = look.TextSize
	look.SetFont(h.title.text, true)
	for i, window := range []market.Window{market.Window24h, market.Window4h} {
		l := &h.lines[i]
		l.label = small(w.T("score.lift_move", assets.Args{"Window": WindowName(w, window)}))
		for j, key := range []string{"score.lift_up", "score.lift_down"} {
			l.sides[j] = liftSide{caption: small(w.T(key)), forest: newForest(), value: small("")}
			l.sides[j].caption.Alignment = fyne.TextAlignTrailing
		}
	}
	h.ExtendBaseWidget(h)
	return h
}

// fold shows the first line alone, or both.
func (h *headline) fold(on bool) {
	h.folded = on
	mark := " ▾"
	if on {
		mark = " ▸"
	}
	h.title.text.Text = h.words.T("score.lift_title") + mark
	h.Refresh()
}

// Tapped folds or unfolds.
func (h *headline) Tapped(*fyne.PointEvent) { h.onTap() }

// Cursor shows that a click does something.
func (h *headline) Cursor() desktop.Cursor { return desktop.PointerCursor }

func small(text string) *canvas.Text {
	t := canvas.NewText(text, nil)
	t.TextSize = look.SmallTextSize + 0.5
	return t
}

// show shows the lifts of a scorecard over one horizon, and returns the
// sentences that say what they come to.
func (h *headline) show(s *signal.Scorecard, horizon market.Window) string {
	var all []*signal.Lift
	for i, window := range []market.Window{market.Window24h, market.Window4h} {
		for j, mirror := range []bool{false, true} {
			lift := findLift(s, window, horizon, mirror)
			h.lines[i].sides[j].lift = lift
			all = append(all, lift)
		}
	}
	h.axis = liftAxis(all)
	h.Refresh()
	up, down := all[0], all[1]
	if up == nil || down == nil {
		return ""
	}
	sentences := []string{LiftSentence(h.words, up)}
	if up.Verdict != down.Verdict || up.AddsNothing != down.AddsNothing {
		sentences = append(sentences, LiftSentence(h.words, down))
	}
	return joined(h.words, sentences)
}

func findLift(s *signal.Scorecard, move, horizon market.Window, mirror bool) *signal.Lift {
	if s != nil {
		for i := range s.Lifts {
			if l := &s.Lifts[i]; l.Move == move.String() && l.Window == horizon && l.Mirror == mirror {
				return l
			}
		}
	}
	return nil
}

// value words a lift for its line.
func (h *headline) value(l *signal.Lift) string {
	if l == nil {
		return ""
	}
	args := assets.Args{"Rising": l.CasesRising, "Falling": l.CasesFalling, "Span": span(l.Difference, points)}
	if l.Grade == signal.NotEnough {
		return h.words.T("score.lift_none", args)
	}
	return h.words.T("score.lift_value", args)
}

// The places in a headline, in Fyne's pixels.
const (
	liftTitle   float32 = 76
	liftLabel   float32 = 80
	liftCaption float32 = 66
	liftValue   float32 = 226
	liftRow     float32 = 19

	liftForestLeast, liftForestMost float32 = 40, 160
)

// CreateRenderer implements fyne.Widget.
func (h *headline) CreateRenderer() fyne.WidgetRenderer {
	r := &headlineRenderer{h: h, objects: []fyne.CanvasObject{h.title}}
	for i := range h.lines {
		if i == 1 {
			r.first = len(r.objects)
		}
		r.objects = append(r.objects, h.lines[i].label)
		for j := range h.lines[i].sides {
			s := &h.lines[i].sides[j]
			r.objects = append(append(r.objects, s.caption, s.value), s.forest.objects()...)
		}
	}
	r.Refresh()
	return r
}

type headlineRenderer struct {
	h       *headline
	objects []fyne.CanvasObject
	first   int // how many of the objects are of the title and the first line
}

func (r *headlineRenderer) Destroy() {}

func (r *headlineRenderer) Objects() []fyne.CanvasObject {
	if r.h.folded {
		return r.objects[:r.first]
	}
	return r.objects
}

func (r *headlineRenderer) MinSize() fyne.Size {
	if r.h.folded {
		return fyne.NewSize(320, liftRow)
	}
	return fyne.NewSize(320, 2*liftRow)
}

func (r *headlineRenderer) Layout(size fyne.Size) {
	liftForest := (size.Width-liftTitle-liftLabel)/2 - liftCaption - liftValue
	liftForest = min(liftForestMost, max(liftForestLeast, liftForest))
	r.h.title.Move(fyne.NewPos(0, 0))
	r.h.title.Resize(fyne.NewSize(liftTitle, liftRow))
	for i := range r.h.lines {
		l := &r.h.lines[i]
		y := float32(i) * liftRow
		put(l.label, liftTitle, y, liftLabel)
		x := liftTitle + liftLabel
		for j := range l.sides {
			s := &l.sides[j]
			put(s.caption, x, y, liftCaption-6)
			put(s.value, x+liftCaption+liftForest+6, y, liftValue-6)
			m := mark{interval: unknownInterval, middle: 0}
			if s.lift != nil {
				m = mark{interval: s.lift.Difference, middle: 0, verdict: s.lift.Verdict, faint: s.lift.Grade != signal.Enough}
			}
			s.forest.draw(m, r.h.axis, x+liftCaption, liftForest, liftRow)
			shift(s.forest, y)
			x += liftCaption + liftForest + liftValue
		}
	}
}

// shift moves a forest line down.
func shift(f *forest, y float32) {
	for _, l := range []*canvas.Line{f.grid, f.interval, f.tick} {
		l.Position1.Y += y
		l.Position2.Y += y
	}
	f.point.Move(f.point.Position().AddXY(0, y))
}

func put(t *canvas.Text, x, y, width float32) {
	t.Move(fyne.NewPos(x, y+(liftRow-t.MinSize().Height)/2))
	t.Resize(fyne.NewSize(width, t.MinSize().Height))
}

func (r *headlineRenderer) Refresh() {
	p := look.Current()
	for i := range r.h.lines {
		l := &r.h.lines[i]
		l.label.Color = p.Muted
		for j := range l.sides {
			s := &l.sides[j]
			s.caption.Color, s.value.Color, s.value.Text = p.Muted, p.Text, r.h.value(s.lift)
			if s.lift == nil || s.lift.Grade != signal.Enough {
				s.value.Color = p.Faint
			}
		}
	}
	r.h.title.Refresh()
	r.h.title.text.Color = p.Text
	r.Layout(r.h.Size())
	canvas.Refresh(r.h)
}

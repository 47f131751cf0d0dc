package storage

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/history/bulk"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Market imports the past of the whole market. *bulk.Job is one. It goes on when the
// pane is gone.
type Market interface {
	Plan(from time.Time)
	Begin()
	Stop()
	Status() bulk.Status
}

// marketDays are the choices of how far back: 0 is everything.
var marketDays = []int{90, 365, 0}

// marketRow is what the pane has for the whole market.
type marketRow struct {
	far    *widget.Select
	button *widget.Button
	said   *widget.Label
	bar    *widget.ProgressBar
	seen   bulk.State // painted last
	asked  int        // the choice that was planned
}

// buildMarket makes the row; nil where there is nothing to import into.
func (p *Pane) buildMarket() fyne.CanvasObject {
	if p.o.Market == nil {
		return nil
	}
	w := p.o.Words
	m := &p.market
	m.far = widget.NewSelect([]string{w.T("storage.market_days", assets.Args{"Days": marketDays[0]}), w.T("storage.market_year"), w.T("storage.market_everything")}, nil)
	m.far.SetSelectedIndex(1)
	m.button = widget.NewButton("", p.pressMarket)
	m.said = widget.NewLabel("")
	m.said.Wrapping = fyne.TextWrapWord
	m.bar = widget.NewProgressBar()
	m.bar.Hide()
	m.seen, m.asked = p.o.Market.Status().State, -1 // what another pane planned is looked up anew
	p.paintMarket(p.o.Market.Status())
	return container.NewVBox(container.NewBorder(nil, nil, m.button, nil, container.NewHBox(look.Outlined(m.far))), container.New(twoLines{}, m.said), m.bar)
}

// pressMarket does what the button says: it looks what there is, asks about what was
// found, or cancels what is under way.
func (p *Pane) pressMarket() {
	switch s := p.o.Market.Status(); {
	case s.State.Runs():
		p.o.Market.Stop()
	case s.State == bulk.Planned && p.market.asked == p.market.far.SelectedIndex():
		p.askMarket(s)
	default:
		p.market.asked = p.market.far.SelectedIndex()
		from := time.Time{}
		if days := marketDays[p.market.far.SelectedIndex()]; days > 0 {
			from = p.o.Now().AddDate(0, 0, -days)
		}
		p.o.Market.Plan(from)
	}
	p.followMarket()
}

// askMarket says what an import takes, before it begins.
func (p *Pane) askMarket(s bulk.Status) {
	w := p.o.Words
	text := widget.NewLabel(w.T("storage.market_question", assets.Args{"Planned": marketSentence(w, s)}))
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomConfirm(w.T("storage.market_title"), w.T("storage.market_yes"), w.T("history.cancel"), text, func(sure bool) {
		if sure {
			p.o.Market.Begin()
			p.followMarket()
		}
	}, p.o.Window)
	d.Resize(fyne.NewSize(460, 240))
	d.Show()
}

// followMarket paints how far the import is. When it is known what there is, it asks;
// when it ended, the history is measured anew.
func (p *Pane) followMarket() {
	if p.o.Market == nil {
		return
	}
	s := p.o.Market.Status()
	before := p.market.seen
	p.market.seen = s.State
	p.paintMarket(s)
	switch {
	case before == bulk.Looking && s.State == bulk.Planned:
		p.askMarket(s)
	case before == bulk.Fetching && !s.State.Runs() && p.store != nil:
		p.look()
	}
}

func (p *Pane) paintMarket(s bulk.Status) {
	m, w := &p.market, p.o.Words
	text := w.T("storage.market_import")
	if s.State.Runs() {
		text = w.T("history.cancel")
	}
	if m.button.Text != text {
		m.button.SetText(text)
	}
	enable(!s.State.Runs(), m.far)
	m.said.SetText(marketSentence(w, s))
	done, total := s.Looked, s.Symbols
	if s.State == bulk.Fetching {
		done, total = triedOf(s), s.Progress.Total
	}
	if s.State.Runs() && total > 0 {
		m.bar.SetValue(float64(done) / float64(total))
		m.bar.Show()
	} else {
		m.bar.Hide()
	}
}

// triedOf is how many days were tried.
func triedOf(s bulk.Status) int {
	return s.Progress.Done + s.Progress.Failed + s.Progress.Unpublished
}

// marketSentence says how far an import of the whole market is.
func marketSentence(w *assets.Words, s bulk.Status) string {
	args := assets.Args{"Contracts": s.Contracts, "Days": format.Count(s.Days), "Skipped": format.Count(s.Skipped), "Need": format.Bytes(s.Room.Need), "Free": "",
		"Done": format.Count(s.Progress.Done), "Total": "", "Left": "", "Symbol": s.Progress.Symbol, "Sentence": ""}
	if s.Room.Free >= 0 {
		args["Free"] = format.Bytes(s.Room.Free)
	}
	if s.Progress.Total > 0 {
		args["Total"] = format.Count(s.Progress.Total)
	}
	key := "storage.market_" + string(s.State)
	switch s.State {
	case bulk.Idle:
		key = "storage.market_idle"
	case bulk.Looking:
		args["Done"], args["Total"] = s.Looked, s.Symbols
	case bulk.Fetching:
		args["Done"] = format.Count(triedOf(s))
		if s.Progress.LeftIsKnown {
			args["Left"] = format.Age(w.Lang(), s.Progress.Left.Round(time.Second))
		}
	case bulk.Incomplete:
		first := s.Failures[0]
		args["Contracts"], args["Symbol"], args["Sentence"] = len(s.Failures), first.Symbol, format.HistoryProblem(w, first.Err)
	case bulk.Failed:
		args["Sentence"] = format.HistoryProblem(w, s.Err)
	}
	return w.T(key, args)
}

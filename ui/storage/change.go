package storage

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/ui/format"
)

// Keep is for which contracts all 5-minute points are kept.
type Keep string

// The choices. Points older than State.Days of the others are thinned to hours.
const (
	KeepAll        Keep = "all"
	KeepFavourites Keep = "favourites"
	KeepNone       Keep = "days"
)

var (
	keeps    = []Keep{KeepAll, KeepFavourites, KeepNone}
	dayLists = []int{30, 90, 180, 365}
)

// State is what a person chose. Its zero value keeps everything.
type State struct {
	Keep Keep `json:"keep"`
	Days int  `json:"days"` // one of 30, 90, 180, 365
}

func (s State) sane() State {
	if !slices.Contains(keeps, s.Keep) {
		s.Keep = KeepAll
	}
	if !slices.Contains(dayLists, s.Days) {
		s.Days = 90
	}
	return s
}

// policy is what is chosen in the history's terms.
func (s State) policy(favourites []string) history.Policy {
	switch s.Keep {
	case KeepFavourites:
		return history.Policy{Days: s.Days, Except: favourites}
	case KeepNone:
		return history.Policy{Days: s.Days}
	}
	return history.Policy{}
}

// planSentence says what the choice removes, or when something was removed last.
func (p *Pane) planSentence(thinned []history.Thinning) string {
	w := p.o.Words
	switch {
	case p.plan.Points > 0:
		return w.T("storage.plan", p.planArgs())
	case p.state.Keep != KeepAll:
		return w.T("storage.plan_nothing")
	case len(thinned) > 0:
		t := thinned[len(thinned)-1]
		return w.T("storage.thinned", assets.Args{"Time": format.Stamp(t.At.UnixMilli()), "Points": format.Count(t.Points), "Contracts": t.Contracts})
	}
	return w.T("storage.plan_all")
}

func (p *Pane) planArgs() assets.Args {
	return assets.Args{"Points": format.Count(p.plan.Points), "Contracts": p.plan.Contracts, "Before": format.Day(p.plan.Before)}
}

// askThin asks before anything is removed.
func (p *Pane) askThin() {
	store, policy := p.store, p.state.policy(p.o.Favourites) // those that the question is about
	p.ask("storage.thin_title", p.o.Words.T("storage.thin_question", p.planArgs()), "storage.thin_yes", func() {
		p.work(func(ctx context.Context) (func(), error) {
			_, err := store.Thin(ctx, policy, p.o.Now())
			return p.look, err
		})
	})
}

// askDelete asks before a contract's history is deleted.
func (p *Pane) askDelete() {
	symbol := p.contract.Selected
	i := slices.IndexFunc(p.kept, func(c history.Coverage) bool { return c.Symbol == symbol })
	if i < 0 {
		return
	}
	c, store := p.kept[i], p.store
	args := assets.Args{"Symbol": symbol, "Points": format.Count(c.Points), "From": day(c.First), "To": day(c.Last), "Size": format.Bytes(c.Bytes)}
	p.ask("storage.delete_title", p.o.Words.T("storage.delete_question", args), "storage.delete_yes", func() {
		p.work(func(ctx context.Context) (func(), error) { return p.look, store.DeleteContract(ctx, symbol) })
	})
}

// ask puts a question whose yes cannot be taken back.
func (p *Pane) ask(title, question, yes string, do func()) {
	w := p.o.Words
	text := widget.NewLabel(question)
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomConfirm(w.T(title), w.T(yes), w.T("history.cancel"), text, func(sure bool) {
		if sure {
			do()
		}
	}, p.o.Window)
	d.SetConfirmImportance(widget.DangerImportance)
	d.Resize(fyne.NewSize(420, 200))
	d.Show()
}

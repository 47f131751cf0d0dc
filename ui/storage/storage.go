// Package storage is the pane on which a person sees where the history lies, how
// large it is and who writes it, and decides what of it is kept.
//
// Nothing is removed without a question that says what goes: how many points,
// of how many contracts, from before when. What reads or changes the history
// runs on goroutines that end with the pane's context; the pane itself belongs
// to the UI's goroutine.
package storage

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Store is the history, as far as the pane needs it. *history.Store is one.
type Store interface {
	Path() string
	Size() (int64, error)
	Writes() bool
	Closed() bool // another was opened in its place
	SetAside() *history.SetAside
	BegunAnew() time.Time // zero: it never had to be
	Coverages(ctx context.Context) ([]history.Coverage, error)
	PlanThinning(ctx context.Context, p history.Policy, now time.Time) (history.Thinning, error)
	Thin(ctx context.Context, p history.Policy, now time.Time) (history.Thinning, error)
	Thinnings(ctx context.Context) ([]history.Thinning, error)
	DeleteContract(ctx context.Context, symbol string) error
}

// Options are what a pane is made from. All but the callbacks are required.
type Options struct {
	Context    context.Context
	Open       func(context.Context) (Store, error) // the history; called off the UI's goroutine
	Words      *assets.Words
	Dispatch   func(func()) // runs a function on the UI's goroutine
	Window     fyne.Window
	Now        func() time.Time
	State      State
	Favourites []string
	Market     Market                 // imports the whole market; nil: it cannot be
	Trouble    *market.StorageProblem // why nothing is being kept at the moment; nil: all is well

	OnState  func(State)
	OnFolder func(dir string) // show a folder in the desktop's file manager
}

// Pane shows the history and what may be done with it.
type Pane struct {
	o     Options
	state State
	store Store // nil: not open yet
	plan  history.Thinning
	turn  int // counts plans, so that one overtaken is known as such
	busy  int // what is under way
	kept  []history.Coverage

	where, size, who *widget.Label
	notes            *widget.Label
	folder           *widget.Button
	keep             *widget.RadioGroup
	days             *widget.Select
	planned          *widget.Label
	thin             *widget.Button
	contract         *widget.Select
	remove           *widget.Button
	market           marketRow
	object           fyne.CanvasObject
}

// New builds the pane and begins to look at the history.
func New(o Options) *Pane {
	p := &Pane{o: o, state: o.State.sane()}
	w := o.Words
	p.where, p.size, p.who = line(), line(), line()
	p.notes = widget.NewLabel("")
	p.notes.Wrapping, p.notes.Importance = fyne.TextWrapWord, widget.WarningImportance
	p.folder = widget.NewButton(w.T("storage.open_folder"), func() {
		if o.OnFolder != nil {
			o.OnFolder(filepath.Dir(p.store.Path()))
		}
	})
	p.folder.Disable()
	p.buildKeep()
	p.contract = widget.NewSelect(nil, func(string) { p.paint() })
	p.contract.PlaceHolder = w.T("storage.choose_contract")
	p.remove = widget.NewButton(w.T("storage.delete"), p.askDelete)
	p.remove.Importance = widget.DangerImportance
	form := container.New(layout.NewFormLayout(),
		caption(w.T("storage.where")), container.NewBorder(nil, nil, nil, p.folder, p.where),
		caption(w.T("storage.size")), p.size,
		caption(w.T("storage.who")), p.who,
		caption(w.T("storage.keep")), container.NewVBox(p.keep, container.NewHBox(look.Outlined(p.days), layout.NewSpacer())),
		caption(""), container.NewBorder(nil, nil, nil, container.NewVBox(p.thin), container.New(twoLines{}, p.planned)),
		caption(w.T("storage.remove")), container.NewBorder(nil, nil, nil, p.remove, look.Outlined(p.contract)),
	)
	if row := p.buildMarket(); row != nil {
		form.Add(caption(w.T("storage.market")))
		form.Add(row)
	}
	p.object = container.NewVBox(p.notes, form)
	p.paint()
	p.look()
	return p
}

func line() *widget.Label {
	l := widget.NewLabel("")
	l.Truncation = fyne.TextTruncateEllipsis
	l.Selectable = true
	return l
}

func caption(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

func (p *Pane) buildKeep() {
	w := p.o.Words
	var choices, days []string
	for _, k := range keeps {
		choices = append(choices, w.T("storage.keep_"+string(k)))
	}
	for _, d := range dayLists {
		days = append(days, w.T("storage.days", assets.Args{"Days": d}))
	}
	p.keep = widget.NewRadioGroup(choices, nil)
	p.keep.Required = true
	p.keep.SetSelected(choices[slices.Index(keeps, p.state.Keep)])
	p.days = widget.NewSelect(days, nil)
	p.days.SetSelectedIndex(slices.Index(dayLists, p.state.Days))
	p.keep.OnChanged = func(s string) { p.state.Keep = keeps[slices.Index(choices, s)]; p.chosen() }
	p.days.OnChanged = func(string) { p.state.Days = dayLists[p.days.SelectedIndex()]; p.chosen() }
	p.planned = widget.NewLabel("")
	p.planned.Wrapping = fyne.TextWrapWord
	p.thin = widget.NewButton(w.T("storage.thin"), p.askThin)
}

// twoLines has room for two lines of a label that wraps: its own idea of its
// height comes too late for the rows below it.
type twoLines struct{}

// MinSize is that of a label with a second line.
func (twoLines) MinSize(objects []fyne.CanvasObject) fyne.Size {
	second := fyne.MeasureText("X", theme.TextSize(), fyne.TextStyle{}).Height
	return fyne.NewSize(80, widget.NewLabel("").MinSize().Height+second)
}

// Layout gives the label all the room.
func (twoLines) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// Object is what goes into a window.
func (p *Pane) Object() fyne.CanvasObject { return p.object }

// Busy reports whether the history is being looked at or changed.
func (p *Pane) Busy() bool { return p.busy > 0 }

func (p *Pane) chosen() {
	p.plan = history.Thinning{}
	if p.o.OnState != nil {
		p.o.OnState(p.state)
	}
	p.look()
}

// work does something off the UI's goroutine, and then something on it.
func (p *Pane) work(do func(ctx context.Context) (then func(), err error)) {
	p.busy++
	p.paint()
	go func() {
		then, err := do(p.o.Context)
		p.o.Dispatch(func() {
			p.busy--
			if p.o.Context.Err() != nil {
				return
			}
			if err != nil {
				p.planned.SetText(format.HistoryProblem(p.o.Words, err))
				if p.store == nil { // it is looked for no longer
					p.size.SetText(format.Unknown)
				}
			} else {
				then()
			}
			p.paint()
		})
	}()
}

// look reads what is kept, and plans what the choice would remove.
func (p *Pane) look() {
	p.turn++
	turn, store, policy := p.turn, p.store, p.state.policy(p.o.Favourites)
	p.work(func(ctx context.Context) (func(), error) {
		var err error
		if store == nil {
			if store, err = p.o.Open(ctx); err != nil {
				return nil, fmt.Errorf("opening the history: %w", err)
			}
		}
		size, err := store.Size()
		if err != nil {
			return nil, fmt.Errorf("measuring the history: %w", err)
		}
		kept, err := store.Coverages(ctx)
		if err != nil {
			return nil, fmt.Errorf("measuring the history: %w", err)
		}
		thinned, err := store.Thinnings(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading what was thinned: %w", err)
		}
		plan, err := store.PlanThinning(ctx, policy, p.o.Now())
		if err != nil {
			return nil, fmt.Errorf("planning to thin: %w", err)
		}
		return func() {
			p.store, p.kept = store, kept
			if turn == p.turn {
				p.plan = plan
			}
			p.tell(size, thinned)
		}, nil
	})
}

// tell writes what was found.
func (p *Pane) tell(size int64, thinned []history.Thinning) {
	w := p.o.Words
	p.where.SetText(filepath.Dir(p.store.Path()))
	points, first, last := 0, int64(0), int64(0)
	var names []string
	for _, c := range p.kept {
		if points == 0 || c.First < first {
			first = c.First
		}
		points, last = points+c.Points, max(last, c.Last)
		names = append(names, c.Symbol)
	}
	args := assets.Args{"Size": format.Bytes(size), "Points": format.Count(points), "Contracts": len(p.kept), "From": day(first), "To": day(last)}
	if points == 0 {
		p.size.SetText(w.T("storage.empty", args))
	} else {
		p.size.SetText(w.T("storage.holds", args))
	}
	p.tellWho()
	p.contract.SetOptions(names)
	if !slices.Contains(names, p.contract.Selected) {
		p.contract.ClearSelected()
	}
	p.planned.SetText(p.planSentence(thinned))
	p.tellTrouble()
}

func (p *Pane) tellWho() {
	key := "storage.reads"
	if p.store.Writes() {
		key = "storage.writes"
	}
	p.who.SetText(p.o.Words.T(key))
}

// Watch tells what changed by itself while the pane is open: who writes, and why
// nothing can be kept at the moment, nil for no reason. It is called every
// second or so. When the exchange turns out to be another market, its history is
// another one, too, and is looked at anew.
func (p *Pane) Watch(trouble *market.StorageProblem) {
	p.o.Trouble = trouble
	p.followMarket()
	if p.store == nil {
		return
	}
	if p.store.Closed() {
		if p.busy == 0 {
			p.store, p.kept, p.plan = nil, nil, history.Thinning{}
			p.look()
		}
		return
	}
	p.tellWho()
	p.tellTrouble()
	p.paint()
}

// tellTrouble says what is wrong, if anything is.
func (p *Pane) tellTrouble() {
	text, w := "", p.o.Words
	if aside := p.store.SetAside(); aside != nil {
		text = w.T("storage.set_aside", assets.Args{"File": filepath.Base(aside.Path), "Points": format.Count(int(aside.Points)), "Time": format.Stamp(aside.At.UnixMilli())})
	}
	if begun := p.store.BegunAnew(); !begun.IsZero() {
		text = w.T("storage.replaced", assets.Args{"Time": format.Stamp(begun.UnixMilli())})
	}
	if t := p.o.Trouble; t != nil && !t.Kind.Note() {
		text = format.HistoryProblem(w, t)
	}
	p.notes.SetText(text)
	if text == "" {
		p.notes.Hide()
	} else {
		p.notes.Show()
	}
}

func day(ms int64) string { return format.Day(time.UnixMilli(ms)) }

// paint enables what can be done now.
func (p *Pane) paint() {
	able := p.store != nil && p.busy == 0
	enable(p.store != nil && p.o.OnFolder != nil, p.folder)
	enable(able && p.store.Writes() && p.plan.Points > 0, p.thin)
	enable(able && p.store.Writes() && p.contract.Selected != "", p.remove)
	enable(p.state.Keep != KeepAll, p.days)
	if p.store == nil && p.busy > 0 {
		p.size.SetText(p.o.Words.T("storage.looking"))
	}
	if p.notes.Text == "" {
		p.notes.Hide()
	}
}

func enable(on bool, o fyne.Disableable) {
	if on {
		o.Enable()
	} else {
		o.Disable()
	}
}

// Package fundingheat has the table of what each contract's funding was on the last
// 30 days: contracts down, days across, each cell in the colour of its average, as a
// yearly rate. Longs paid where it is orange, shorts where it is blue; both differ in
// lightness from the ground, and cells have their number where there is room, or in
// the tooltip.
//
// Payments are read from a Source off the UI's goroutine, some contracts at a time,
// while the pane is shown and whenever it is a while ago. Only the rows that can be
// seen exist; each is one picture. All methods of a Pane belong to the UI's goroutine.
package fundingheat

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/history/export"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/tabs"
	"openinterest/ui/takeaway"
)

// Source has the payments that are kept; it may be asked from several goroutines.
type Source interface {
	// Funding returns the payments with from ≤ time ≤ to (Unix ms), the oldest first.
	Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error)
}

// State is what a person chose. Its zero value is the highest average first.
type State struct {
	Sort string `json:"sort,omitempty"` // ByHighest, ByLowest or ByName
}

// Options are what a Pane is made from.
type Options struct {
	Context  context.Context
	Source   Source
	Words    *assets.Words
	Tips     *tip.Layer
	Dispatch func(func())
	State    State
	OnState  func(State)           // the person chose otherwise; nil: nobody listens
	OnOpen   func(symbol string)   // a row was chosen; nil: nobody listens
	OnExport func(takeaway.Export) // the person wants the numbers as a file; nil: no button
}

const (
	readAgain  = 5 * time.Minute // payments are made on the hour, and kept some minutes later
	retryAfter = 30 * time.Second
	tellEach   = 64 // contracts between two words about how far reading is
)

// Pane is the table on screen.
type Pane struct {
	widget.BaseWidget
	o        Options
	w        *assets.Words
	state    State
	snapshot *market.Snapshot
	shown    bool

	all     []contract // in the order of the snapshot
	rows    []contract // as they are shown
	from    int64      // when the oldest day began
	read    time.Time  // when all was read; zero: never
	tried   time.Time
	err     error
	running bool
	done    int // contracts read, while that is running
	of      int
	cancel  context.CancelFunc
	turn    int

	search  *look.Prompt
	sorts   *tabs.Strip
	header  *header
	list    *widget.List
	message *widget.Label
	note    *widget.Label
	content *fyne.Container
}

var sorts = []string{ByHighest, ByLowest, ByName}

var sortWords = map[string]string{ByHighest: "heat.sort_highest", ByLowest: "heat.sort_lowest", ByName: "heat.sort_name"}

// New builds the pane; it reads nothing before it is shown.
func New(o Options) *Pane {
	p := &Pane{o: o, w: o.Words, state: o.State}
	p.search = look.NewPrompt(p.w.T("heat.search"), func() {}, func() { p.search.SetText("") })
	p.search.OnChanged = func(string) { p.order() }
	names := make([]string, len(sorts))
	chosen := 0
	for i, by := range sorts {
		names[i] = p.w.T(sortWords[by])
		if by == p.state.Sort {
			chosen = i
		}
	}
	p.sorts = tabs.New(names, chosen)
	p.sorts.OnChange = func(i int) {
		p.state.Sort = sorts[i]
		p.order()
		p.list.ScrollToTop()
		if p.o.OnState != nil {
			p.o.OnState(p.state)
		}
	}
	p.header = newHeader(p.w)
	p.list = widget.NewList(func() int { return len(p.rows) },
		func() fyne.CanvasObject { return newRow(p) },
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*row).show(i) })
	p.list.HideSeparators = true
	p.list.OnSelected = func(i widget.ListItemID) {
		if p.o.OnOpen != nil && i < len(p.rows) {
			p.o.OnOpen(p.rows[i].symbol)
		}
	}
	p.message = widget.NewLabel("")
	p.message.Alignment, p.message.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	p.note = widget.NewLabel("")
	p.note.Truncation, p.note.SizeName, p.note.Importance = fyne.TextTruncateEllipsis, theme.SizeNameCaptionText, widget.LowImportance
	p.arrange()
	p.ExtendBaseWidget(p)
	p.say()
	return p
}

func (p *Pane) arrange() {
	right := container.NewHBox(p.sorts)
	if p.o.OnExport != nil {
		right.Add(takeaway.Button(p.w, "takeaway.tip", func() []*fyne.MenuItem {
			return []*fyne.MenuItem{takeaway.Item(p.w, "takeaway.csv", p.Export, p.o.OnExport)}
		}))
	}
	top := container.NewBorder(nil, nil, container.New(&searchLayout{}, p.search), right, newScale(p.w))
	table := container.NewBorder(p.header, nil, nil, nil, container.NewStack(p.list, container.NewCenter(p.message)))
	above := container.New(layout.NewCustomPaddedLayout(0, 0, 4, 4), top)
	p.content = container.New(layout.NewBorderLayout(above, p.note, nil, nil), above, table, p.note) // Tab goes down
}

// searchLayout gives the search as much room as a symbol needs.
type searchLayout struct{}

// MinSize implements fyne.Layout.
func (*searchLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(130, objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (*searchLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
}

// CreateRenderer implements fyne.Widget.
func (p *Pane) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

// State returns what is chosen.
func (p *Pane) State() State { return p.state }

// SetShown says whether the pane can be seen: only then anything is read.
func (p *Pane) SetShown(shown bool) {
	p.shown = shown
	p.update()
}

// SetSnapshot hands over the newest snapshot: which contracts there are, and the time.
func (p *Pane) SetSnapshot(s *market.Snapshot) {
	p.snapshot = s
	p.update()
}

// Busy reports whether payments are being read.
func (p *Pane) Busy() bool { return p.running }

// Close ends what is being read.
func (p *Pane) Close() {
	p.stop()
	p.snapshot, p.all, p.rows = nil, nil, nil
}

func (p *Pane) stop() {
	if p.cancel != nil {
		p.cancel()
	}
	p.cancel, p.running = nil, false
	p.turn++
}

// update reads the payments, if that is due.
func (p *Pane) update() {
	if !p.shown || p.snapshot == nil || p.running || len(p.snapshot.Quotes) == 0 {
		return
	}
	now := p.snapshot.Time
	wait := readAgain
	if p.err != nil {
		wait = retryAfter
	}
	if !p.tried.IsZero() && now.Sub(p.tried) < wait && firstDay(now) == firstDay(p.tried) {
		return
	}
	p.start(now)
}

// asked is what is asked of one contract.
type asked struct {
	symbol string
	hours  int
}

func (p *Pane) start(now time.Time) {
	p.stop()
	ctx, cancel := context.WithCancel(p.o.Context)
	from := firstDay(now)
	list := make([]asked, len(p.snapshot.Quotes))
	for i, q := range p.snapshot.Quotes {
		list[i] = asked{q.Contract.Symbol, q.Funding.IntervalHours}
	}
	p.cancel, p.running, p.tried, p.done, p.of = cancel, true, now, 0, len(list)
	turn := p.turn
	tell := func(do func()) {
		p.o.Dispatch(func() {
			if p.turn == turn {
				do()
			}
		})
	}
	go func() {
		defer cancel()
		all, err := readAll(ctx, p.o.Source, list, from, now.UnixMilli(), func(n int) {
			tell(func() { p.done = n; p.say() })
		})
		if ctx.Err() != nil {
			return
		}
		tell(func() { p.take(all, err, from, now) })
	}()
	p.say()
}

// readAll reads the payments of contracts one by one: the store answers one question
// at a time anyway.
func readAll(ctx context.Context, source Source, list []asked, from, to int64, tell func(n int)) ([]contract, error) {
	all := make([]contract, 0, len(list))
	for i, a := range list {
		points, err := source.Funding(ctx, a.symbol, from-dayMillis, to)
		if err != nil {
			return nil, fmt.Errorf("reading the funding of %s: %w", a.symbol, err)
		}
		all = append(all, summarise(a.symbol, points, a.hours, from))
		if (i+1)%tellEach == 0 {
			tell(i + 1)
		}
	}
	return all, nil
}

// take shows what was read; after a failure, what was there stays.
func (p *Pane) take(all []contract, err error, from int64, now time.Time) {
	p.running, p.cancel, p.err = false, nil, err
	if err == nil {
		p.all, p.from, p.read = all, from, now
	}
	p.order()
}

// order shows the rows that are searched for, in the order chosen.
func (p *Pane) order() {
	p.rows = ordered(p.all, p.search.Text, p.state.Sort)
	p.header.show(p.from)
	p.list.UnselectAll()
	p.list.Refresh()
	p.say()
}

// say says what there is instead of rows, and below the table what one should know.
func (p *Pane) say() {
	message, note := "", ""
	payments := 0
	for i := range p.all {
		payments += p.all[i].mean.payments
	}
	switch {
	case p.err != nil && len(p.all) == 0:
		message = p.failure()
	case p.all == nil && p.running:
		message = p.w.T("heat.reading", assets.Args{"Done": p.done, "All": p.of})
	case p.all == nil:
		message = p.w.T("heat.waiting")
	case payments == 0:
		message = p.w.T("heat.none_kept")
	case len(p.rows) == 0:
		message = p.w.T("heat.none_such")
	}
	switch {
	case p.err != nil && len(p.all) > 0:
		note = p.failure()
	case payments > 0:
		note = p.w.T("heat.note", assets.Args{"Time": format.DateTime(p.read)})
	}
	if message != "" && payments == 0 {
		p.list.Hide()
	} else {
		p.list.Show()
	}
	p.message.SetText(message)
	p.note.SetText(note)
}

func (p *Pane) failure() string {
	sentence := format.Problem(p.w, market.ProblemOf(p.err), "")
	if sentence == "" {
		sentence = p.w.T("chart.problem")
	}
	return p.w.T("heat.failed", assets.Args{"Sentence": sentence, "Time": format.Clock(p.tried.Add(retryAfter))})
}

// Export is the table as it is shown, with every digit.
func (p *Pane) Export() takeaway.Export {
	rows, from := p.rows, p.from
	return takeaway.Export{Name: "funding-" + time.UnixMilli(from+(Days-1)*dayMillis).UTC().Format("20060102") + ".csv", Write: func(w io.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write([]string{"symbol", "day", "funding_apr_pct", "funding_pct", "payments", "hours"}) // what fails, Flush tells
		for _, c := range rows {
			for i, d := range c.days {
				if d.payments > 0 {
					_ = out.Write([]string{c.symbol, time.UnixMilli(from + int64(i)*dayMillis).UTC().Format(time.DateOnly),
						export.Number(d.apr), export.Number(d.paid), export.Number(float64(d.payments)), export.Number(d.hours)})
				}
			}
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return fmt.Errorf("writing the table of funding: %w", err)
		}
		return nil
	}}
}

// Package ui is the window: it puts the panes together, hands them each
// snapshot, and keeps what the person chose.
//
//	feed ──► pump ──► table.Update        formatted and ordered off the UI's goroutine
//	              └─► one hop ──► charts, status bar, guide
//
// The pump is the one goroutine that reads the feed; it hands over the newest
// snapshot and never has more than one hop pending. Everything else here runs
// on the UI's goroutine. For another language or theme the panes are built anew
// from their states.
package ui

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/feed"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/about"
	"openinterest/ui/alerts"
	"openinterest/ui/calculator"
	"openinterest/ui/chartpane"
	"openinterest/ui/columns"
	"openinterest/ui/firststart"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/look/toast"
	"openinterest/ui/scorecard"
	"openinterest/ui/settings"
	"openinterest/ui/storage"
)

// Feed is what the window needs of the feed.
type Feed interface {
	Snapshot() *market.Snapshot
	Updates() <-chan struct{}
	Attend(feed.Attention)
	Retry()
	chartpane.Source
}

// Signals are the live signals; *watch.Watch is one.
type Signals interface {
	Board() *watch.Board
	Updates() <-chan struct{}
	Attend(symbols []string)
	// Events returns the events of a contract in a span of time, computed on
	// its history; it may take a while.
	Events(ctx context.Context, symbol string, from, to time.Time) ([]signal.Event, error)
	// Grown says that more history of a contract is there than before.
	Grown(symbol string)
}

// Reach is how the exchange is reached; *session.Session is one.
type Reach interface {
	SetProxy(address string)
	TestReach(ctx context.Context, tell func(market.Reached))
}

// Options are what a window is made from. All but MarketImport, Reach, OpenDemo, Signals, Scores,
// Past, Notes, About, Reports and Local are required.
type Options struct {
	App          fyne.App
	Window       fyne.Window
	Feed         Feed
	Now          func() time.Time // the exchange's clock
	Local        *time.Location   // this computer's zone; nil: time.Local
	Settings     *settings.Store
	History      func(context.Context) (storage.Store, error) // opens what is kept on this computer; nil: nothing is
	MarketImport storage.Market                               // imports the whole market's past; nil: it cannot be
	Archive      chartpane.Archive                            // nil: charts go back as far as the exchange does
	Reach        Reach                                        // nil: the market is within this program
	Dispatch     func(func())                                 // runs a function on the UI's goroutine
	Log          *slog.Logger

	Language assets.Language
	Mode     look.Mode
	Signals  Signals          // nil: readings only, without z
	Scores   scorecard.Source // nil: there is no history to score
	Past     alerts.Past      // nil: rules of alerts cannot be dry-run

	Outbox   Outbox                                              // takes alerts out of the program; nil: nothing does
	Play     func(ctx context.Context, sound, file string) error // makes a sound; nil: there is none
	Notifies func() bool                                         // whether the desktop shows notifications, asked once, off the UI's goroutine; nil: it does

	// Notes are sentences of the status bar about this program itself, such as
	// that its settings were damaged. It is called from any goroutine; nil: none.
	Notes func(*assets.Words) []string

	About   about.Program // what the program says of itself
	Reports string        // a folder with the report of a crash that the person was not told of; empty: none

	Safe     bool   // the program was started without the settings: say so
	Demo     bool   // the market is simulated: say so
	OpenDemo func() // shows the simulated market instead

	Greeting Greeting // what is shown once at a start; zero: nothing
	Desktop  Desktop  // nil: there is none whose tray and start could be used

	Still bool // for pictures: charts are drawn while painting
}

// UI is the content of one window, on one feed.
type UI struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc

	words      *assets.Words
	panes      *panes
	shell      *shell
	visible    []string
	asksRatios bool // the feed was told that ratios are wanted
	hidden     atomic.Bool
	snapshot   *market.Snapshot // the newest handed over
	kept       *storage.Pane    // while it is open

	calculator *calculator.Pane  // while it is open
	calculated calculator.Values // what was typed there last
	line       priceLine         // in the chart; zero: none

	signs *watch.Board // with it; nil: none

	greeted bool             // the start was greeted, see greet
	touring bool             // the marks are to be shown, or are
	tour    *firststart.Tour // on screen; nil: not yet, or no more
	tourAt  int              // its step
	marks   *fyne.Container  // the layer with the tour

	toasts   *toast.Layer
	dialogs  []dialog.Dialog // that are open, the newest last
	ownScale float32         // how large the person wants all programs
	zoomed   float32         // the text size that the screen has, 1 for 100 %
	resized  float32         // by what the window is to be made larger; 0: nothing

	book     *scorecard.Book // nil: there is nothing to score
	desk     *alerts.Desk
	reach    reach                   // how alerts reach the person
	fetching map[string]bool         // contracts of which the archive fetches a year for the scorecard
	filling  map[string]market.Range // contracts of which it fetches what signals lack, and how far back

	unsaved bool                  // settings are not kept, which the log says already; the pump's
	current atomic.Pointer[panes] // panes, for the pump
	newest  atomic.Pointer[hop]
}

// New builds the content of a window and shows it there. Run feeds it; Close
// ends what it has running. Both New and Close belong to the UI's goroutine.
func New(ctx context.Context, o Options) *UI {
	o.Local = cmp.Or(o.Local, time.Local)
	u := &UI{o: o, zoomed: 1, ownScale: ownScale(o.App.Settings().Scale())}
	u.ctx, u.cancel = context.WithCancel(ctx)
	u.openModels()
	u.apply()
	u.zoom()
	u.resized = 0 // the window has the size that was kept
	u.colour()
	u.build()
	u.bindKeys()
	u.attend() // what is ticked comes first, also while there is no table yet
	if o.Reports != "" {
		u.offerReports(o.Reports)
	}
	return u
}

// Close keeps what the person chose and ends loads and drawing.
func (u *UI) Close() {
	u.keep()
	u.cancel()
	u.panes.close()
	if u.book != nil {
		u.book.Close()
	}
}

// rebuild makes all panes anew, from what is chosen in them, in the language and
// theme chosen.
func (u *UI) rebuild() {
	search := u.panes.table.Search()
	u.keep()
	u.build()
	u.panes.table.SetSearch(search)
}

// build makes all panes from the settings, in the language and theme chosen, and
// puts them into the window.
func (u *UI) build() {
	if u.panes != nil {
		u.panes.close()
	}
	u.words = assets.NewWords(u.o.Language)
	u.o.Window.SetTitle(u.title())

	clock := tip.SystemClock(u.o.Dispatch)
	u.toasts = toast.New(clock)
	tips := tip.NewLayer(clock)
	u.panes = newPanes(u, tips)
	u.current.Store(u.panes)
	u.shell = newShell(u, u.panes)
	u.marks = container.NewStack()
	u.o.Window.SetContent(tips.Over(container.NewStack(u.shell.object, u.marks, u.toasts.Object()), u.o.Window.Canvas()))
	if u.tour != nil {
		u.openTour()
	}
	u.showUnseen()
	u.hand(u.snapshot, u.o.Now())
}

func (u *UI) title() string {
	title := u.words.T("app.name")
	if u.o.Demo {
		title += " — " + u.words.T("app.demo")
	}
	if n := u.desk.Unseen(); n > 0 {
		title = "(" + strconv.Itoa(n) + ") " + title
	}
	return title
}

// Restore puts everything back to the choices given, as a start with them would:
// what is chosen now is forgotten. Whoever compares the window with itself needs
// it to show the same.
func (u *UI) Restore(choices *settings.Store, lang assets.Language, mode look.Mode) {
	choices.Get(func(first *settings.Settings) {
		u.o.Settings.Update(func(s *settings.Settings) { *s = *first })
	})
	u.o.Language, u.o.Mode = lang, mode
	u.apply()
	u.colour()
	u.build()
}

// Busy reports whether a chart or a scorecard is still being made, or a row on
// screen still to be evaluated.
func (u *UI) Busy() bool {
	return u.panes.history.Busy() || u.panes.compare.Busy() || u.panes.scorecard.Busy() || u.panes.market.Busy() || u.panes.funding.busy() || u.evaluating() ||
		u.calculator != nil && u.calculator.Busy()
}

// evaluating reports whether signals of a row on screen are still to come.
func (u *UI) evaluating() bool {
	if u.o.Signals == nil || u.snapshot == nil {
		return false
	}
	const soonest = 25 * time.Minute // older stamps are not evaluated
	b, now := u.o.Signals.Board(), u.o.Now()
	return slices.ContainsFunc(u.visible, func(symbol string) bool {
		q := u.snapshot.Quote(symbol)
		if q == nil || b.Sign(symbol) != nil {
			return false
		}
		p, ok := q.History.Last()
		return ok && now.Sub(time.UnixMilli(p.Time)) < soonest
	})
}

// SetHidden says whether the window can be seen at all; a hidden one is fed
// more slowly, and shows the newest at once when it is seen again.
func (u *UI) SetHidden(hidden bool) {
	u.hidden.Store(hidden)
	u.attend()
	if !hidden {
		u.showUnseen()
		u.hand(u.o.Feed.Snapshot(), u.o.Now())
	}
}

// PointerLeft says that the pointer left the window: nothing follows it any more.
func (u *UI) PointerLeft() {
	u.panes.table.PointerLeft()
	u.panes.history.Chart().MouseOut()
	u.panes.compare.Chart().MouseOut()
	u.panes.market.PointerLeft()
}

// attend tells the feed which contracts the person cares for most.
func (u *UI) attend() {
	state := u.panes.table.State()
	watched := state.Ticked
	if symbol := u.panes.history.State().Symbol; !slices.Contains(watched, symbol) {
		watched = append(watched, symbol)
	}
	u.asksRatios = u.wantsRatios()
	if u.o.Signals != nil {
		u.o.Signals.Attend(slices.Concat(watched, u.visible, state.Favourites))
	}
	u.o.Feed.Attend(feed.Attention{
		Ticked: watched, Visible: u.visible, Favourites: state.Favourites, Hidden: u.hidden.Load(), Ratios: u.asksRatios,
	})
}

// wantsRatios reports whether ratios are shown, in a column or under the chart, or
// asked about by the table's filters, its order, or a rule of alerts.
func (u *UI) wantsRatios() bool {
	plots := u.panes.history.State().Plots
	return plots.LongShort.On || plots.Taker.On || u.panes.table.AsksFor(columns.IsRatio) ||
		slices.ContainsFunc(u.desk.Rules(), func(r alert.Rule) bool {
			about := func(c alert.Column) bool { return columns.IsRatio(columns.ID(c)) }
			return !r.Off && (about(r.Column) || slices.ContainsFunc(r.Where, func(c alert.Condition) bool { return about(c.Column) }))
		})
}

// keep takes down what panes do not tell by themselves.
func (u *UI) keep() {
	guide, compare, splits := u.panes.guide.State(), u.panes.compare.State(), u.shell.splits()
	size := u.o.Window.Canvas().Size()
	u.o.Settings.Update(func(s *settings.Settings) {
		s.SetPane(paneGuide, guide)
		s.SetPane(paneCompare, compare) // its colours change with the ticks
		s.Width, s.Height = size.Width, size.Height
		for name, share := range splits {
			if s.Splits == nil {
				s.Splits = map[string]float64{}
			}
			s.Splits[name] = share
		}
	})
}

// SetLanguage changes the language of everything on screen.
func (u *UI) SetLanguage(lang assets.Language) {
	u.o.Language = lang
	u.o.Settings.Update(func(s *settings.Settings) { s.Language = string(lang) })
	u.rebuild()
}

// SetMode changes the colours of everything on screen.
func (u *UI) SetMode(mode look.Mode) {
	u.o.Mode = mode
	u.o.Settings.Update(func(s *settings.Settings) { s.Theme = string(mode) })
	u.colour()
	u.rebuild()
}

// colour gives the window the colours chosen; the panes are to be built anew.
func (u *UI) colour() {
	if l, ok := u.o.App.Settings().Theme().(*look.Look); ok {
		l.Change(u.o.Mode, u.upRed())
		return
	}
	u.setTheme()
}

// setTheme gives Fyne a theme, for which it looks at the scale again and opens its
// fonts anew: so only at the start and for another size of texts.
func (u *UI) setTheme() {
	u.o.App.Settings().SetTheme(look.New(u.o.Mode, u.upRed()))
	u.keepSize()
}

func (u *UI) upRed() (on bool) {
	u.o.Settings.Get(func(s *settings.Settings) { on = s.RedUp })
	return on
}

// setUpRed swaps the colours of up and down.
func (u *UI) setUpRed(on bool) {
	u.o.Settings.Update(func(s *settings.Settings) { s.RedUp = on })
	u.colour()
	u.rebuild()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui"
	"openinterest/ui/chartpane"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// screenshotCommand draws the real window with Fyne's software painter.
type screenshotCommand struct {
	waiting

	Out    string       `short:"o" required:"" type:"path" placeholder:"FILE.png" help:"Where to write the picture."`
	Size   string       `default:"1440x900" placeholder:"WxH" help:"Size of the window (default: ${default})."`
	Scale  float32      `default:"1" help:"Pixels per unit; 2 for a HiDPI picture (default: ${default})."`
	Tick   []symbolFlag `placeholder:"SYMBOL,…" help:"Tick these symbols: they are compared."`
	Symbol symbolFlag   `placeholder:"SYMBOL" help:"Show the history of this contract (default: BTCUSDT)."`
	Range  string       `enum:"4h,24h,3d,7d,14d,30d,90d,1y,All," default:"" placeholder:"RANGE" help:"Range of both charts: 4h, 24h, 3d, 7d, 14d, 30d, 90d, 1y or All (default: 24h)."`
	View   string       `enum:"all,liquid,movers,crowded,favourites," default:"" placeholder:"VIEW" help:"View of the table: all, liquid, movers, crowded or favourites (default: all)."`
	Below  []string     `enum:"change,price,volume,funding,longshort,taker,liquidations" placeholder:"PLOT,…" help:"Show these under the open interest: change, price, volume, funding, longshort, taker, liquidations."`
	First  bool         `name:"first-start" hidden:"" help:"Show the marks of a first start."`
	Pane   string       `enum:"charts,map,funding,scorecard,alerts,guide," default:"" placeholder:"PANE" help:"Bring this pane to the front: charts, map, funding, scorecard, alerts or guide."`
}

// Validate refuses a size that is none. Kong calls it.
func (c *screenshotCommand) Validate() error {
	if _, err := c.size(); err != nil {
		return err
	}
	if !(c.Scale >= 0.5 && c.Scale <= 4) {
		return fmt.Errorf("--scale: %v is not between 0.5 and 4", c.Scale)
	}
	return c.waiting.Validate()
}

func (c *screenshotCommand) size() (fyne.Size, error) {
	var w, h int
	if n, err := fmt.Sscanf(c.Size, "%dx%d", &w, &h); n != 2 || err != nil || fmt.Sprintf("%dx%d", w, h) != c.Size {
		return fyne.Size{}, fmt.Errorf("--size: %q is not a size such as 1440x900", c.Size)
	}
	if w < 320 || h < 240 || w > 8000 || h > 8000 {
		return fyne.Size{}, fmt.Errorf("--size: %s is not between 320x240 and 8000x8000", c.Size)
	}
	return fyne.NewSize(float32(w), float32(h)), nil
}

// Run is called by kong.
func (c *screenshotCommand) Run(ctx context.Context, g *globals, std streams) error {
	size, err := c.size()
	if err != nil {
		return err
	}
	if err := checkOutput(c.Out); err != nil {
		return err
	}
	s, err := session.Open(ctx, g.session(g.logger(std.err)))
	if err != nil {
		return err
	}
	defer s.Close()
	shot := newShot(ctx, c, g, s, size, std)
	defer shot.close()
	words := assets.NewWords(g.language(""))
	if err := shot.settle(ctx, s, c.Timeout, func(snap *market.Snapshot) error { return c.checkListed(words, snap) }); err != nil {
		return err
	}
	if snap := s.Snapshot(); !session.HasAnything(snap) {
		say(std.err, nothingError(words, snap).Error())
	} else {
		noteGaps(std.err, words, snap)
	}
	picture := shot.window.Canvas().Capture()
	return writeOutput(ctx, c.Out, func(w io.Writer) error { return png.Encode(w, picture) })
}

// shot is a window in memory. Its goroutine is the one that calls settle: what
// is dispatched to the UI's goroutine waits in hops until then.
type shot struct {
	window fyne.Window
	ui     *ui.UI
	hops   chan func()
	stop   func()
}

func newShot(ctx context.Context, c *screenshotCommand, g *globals, s *session.Session, size fyne.Size, std streams) *shot {
	a := test.NewApp()
	sh := &shot{window: a.NewWindow(""), hops: make(chan func(), 1024)}
	sh.window.SetPadded(false)
	if canvas, ok := sh.window.Canvas().(software.WindowlessCanvas); ok {
		canvas.SetScale(c.Scale)
	}
	sh.window.Resize(size)
	ctx, cancel := context.WithCancel(ctx)
	dispatch := func(f func()) {
		select {
		case sh.hops <- f:
		case <-ctx.Done():
		}
	}
	options := windowOn(s, s.Watch(true))
	options.App, options.Window, options.Settings, options.Still = a, sh.window, c.settings(), true
	options.Dispatch, options.Log, options.OpenDemo = dispatch, g.logger(std.err), func() {}
	options.Language, options.Mode = g.language(""), g.mode("dark")
	if c.First {
		options.Greeting = ui.Greeting{Version: version, First: true}
	}
	sh.ui = ui.New(ctx, options)
	if c.View != "" {
		sh.ui.ShowView(c.View)
	}
	if c.Pane != "" {
		sh.ui.ShowPane(c.Pane)
	}
	sh.window.Resize(size)
	done := make(chan struct{})
	go func() {
		defer close(done)
		sh.ui.Run(ctx)
	}()
	sh.stop = func() {
		cancel()
		<-done
	}
	return sh
}

// settings are those of a first start, with what the flags ask for.
func (c *screenshotCommand) settings() *settings.Store {
	store := settings.InMemory()
	store.Update(func(s *settings.Settings) {
		var ticked []string
		for _, symbol := range c.Tick {
			ticked = append(ticked, string(symbol))
		}
		s.SetPane("table", table.State{Ticked: ticked})
		history := chartpane.HistoryState{Symbol: string(c.Symbol), Range: c.Range}
		for _, name := range c.Below {
			history.Plots.SwitchOn(name)
		}
		s.SetPane("history", history)
		s.SetPane("compare", chartpane.CompareState{Range: c.Range})
	})
	return store
}

// checkListed refuses symbols that the exchange's list of contracts doesn't
// have, once that is known.
func (c *screenshotCommand) checkListed(words *assets.Words, snap *market.Snapshot) error {
	if snap == nil || snap.Status.Total == 0 || snap.Status.LastGood.IsZero() {
		return nil
	}
	for _, symbol := range append([]symbolFlag{c.Symbol}, c.Tick...) {
		if symbol != "" && snap.Quote(string(symbol)) == nil {
			return usageError{errors.New(words.T("cli.not_listed", assets.Args{"Symbol": string(symbol), "Total": snap.Status.Total}))}
		}
	}
	return nil
}

// settle runs the window until the table is as full as it gets and the charts
// are drawn, or until the timeout. check may refuse what the table turns out to be.
func (sh *shot) settle(ctx context.Context, s *session.Session, timeout time.Duration, check func(*market.Snapshot) error) error {
	until := time.Now().Add(timeout)
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	look := time.NewTicker(session.LookEvery)
	defer look.Stop()
	alive := time.NewTicker(20 * time.Second) // the toolkit forgets where a widget stands that was not painted for a minute
	defer alive.Stop()
	var settled *market.Snapshot
	for {
		select {
		case hop := <-sh.hops:
			hop()
		case <-look.C:
			snap := s.Snapshot()
			if !session.Enough(snap, s.Now(), time.Until(until)) {
				continue
			}
			if err := check(snap); err != nil {
				return err
			}
			if sh.ui.Busy() {
				continue
			}
			// One more snapshot, so that the full table has reached the window.
			if settled == nil {
				settled = snap
			} else if snap != settled && len(sh.hops) == 0 {
				return nil
			}
		case <-alive.C:
			sh.window.Canvas().Capture()
		case <-limit.C:
			return check(s.Snapshot())
		case <-ctx.Done():
			return errors.New("the screenshot was interrupted")
		}
	}
}

func (sh *shot) close() {
	sh.ui.Close()
	sh.stop()
}

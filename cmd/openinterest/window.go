package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/go-gl/glfw/v3.4/glfw"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/instance"
	"openinterest/data/session"
	"openinterest/data/watch"
	"openinterest/ui"
	"openinterest/ui/desktop"
	"openinterest/ui/look"
	"openinterest/ui/settings"
	"openinterest/ui/sound"
	"openinterest/ui/storage"
)

// appID is the program's name to the desktop; a test keeps it equal to FyneApp.toml.
const appID = "io.github.openinterest.tracker"

// firstSize is the window's size at the first start.
var firstSize = fyne.NewSize(1440, 900)

// windowCommand opens the window.
type windowCommand struct {
	Safe      bool `help:"Start without the settings: they are neither read nor written."`
	Minimised bool `help:"Open the window minimised, or in the tray where closing it leaves it there."`
	Greeting  bool `hidden:"" negatable:"" default:"true" help:"Show the marks of a first start, and what is new after an update."`
}

// Run is called by kong.
func (c windowCommand) Run(ctx context.Context, g *globals, std streams) error {
	leaveConsole()
	g.safe = c.Safe
	g.minimised, g.greeting = c.Minimised, c.Greeting && !g.Demo && !c.Safe
	return runWindow(ctx, g, std, g.session(g.logger(std.err)), func(*window) {})
}

// alreadyOpen is what a second window says before it ends.
const alreadyOpen = "A window on this data directory is open already, and was brought to the front. For a second one, name another directory with --data-dir."

// takeDirectory makes this the one window on the data directory; raised: there
// was one, which came to the front. Where that cannot be found out, this window
// opens all the same. A demo, which keeps nothing there, is one beside it.
func takeDirectory(ctx context.Context, g *globals, log *slog.Logger) (one *instance.Instance, raised bool) {
	kind := "window"
	if g.Demo {
		kind = "demo"
	}
	one, err := instance.Take(ctx, g.dataDir(), kind)
	switch {
	case errors.Is(err, instance.ErrRaised):
		return nil, true
	case err != nil && one != nil:
		log.Info("a second window will not raise this one", "error", err)
	case err != nil:
		log.Warn("a window on this data directory may be open already; it was not brought to the front, so this one opens too", "error", err)
	}
	return one, false
}

// runWindow shows a market in the window until the person closes it or ctx
// ends. It calls opened when the window is about to appear.
func runWindow(ctx context.Context, g *globals, std streams, options session.Options, opened func(*window)) error {
	if err := findDisplay(std.args); err != nil {
		return err
	}
	log := options.Log
	one, raised := takeDirectory(ctx, g, log)
	if raised {
		say(std.err, alreadyOpen)
		return nil
	}
	defer one.Close()
	log.Info("the window starts", "version", version, "demo", g.Demo, "safe", g.safe)
	store, damage := openSettings(g, log)
	keepSmall()
	settleDesktop()
	app.SetMetadata(metadata())
	a := app.NewWithID(appID)
	a.SetIcon(metadata().Icon)
	w := &window{ctx: ctx, g: g, log: log, app: a, settings: store, damage: damage, begun: std.started}
	var err error
	if w.window, err = newWindow(a, std.args); err != nil {
		return err
	}
	if g.diagnostics != nil && g.diagnostics.Crashed() {
		w.reports = g.diagnostics.Folder()
	}
	w.window.SetPadded(false)
	w.window.Resize(w.size())
	s, err := session.Open(ctx, options)
	if err != nil {
		return err
	}
	w.living = newLiving(ctx, w)
	w.show(s)
	opened(w)
	if !g.Demo {
		w.living.open(a)
	}
	quitQuietly(a)
	a.Lifecycle().SetOnStarted(func() {
		look.Calm(a)
		onMinimised(w.window, func(minimised bool) { w.ui.SetHidden(minimised) })
		onPointerLeft(w.window, func() { w.ui.PointerLeft() })
		w.living.start()
	})
	a.Lifecycle().SetOnExitedForeground(func() { w.loop.do(func() { w.ui.SetAway(true) }) })
	a.Lifecycle().SetOnEnteredForeground(func() { w.loop.do(func() { w.ui.SetAway(false) }) })
	w.window.SetOnClosed(w.loop.end)
	stop := context.AfterFunc(ctx, func() {
		w.loop.end()
		// Not App.Quit, which also closes windows: Fyne itself listens to signals,
		// and its loop may be over by now.
		fyne.Do(a.Driver().Quit)
	})
	defer stop()
	if err = showWindow(w.window, std.args); err == nil {
		w.place()
		one.Serve(w.raise)
		a.Run()
	}
	w.loop.end()
	w.close()
	log.Info("the window has ended", "error", err)
	return err
}

// openSettings opens the person's settings. A safe start has none, and the demo a
// copy, which is kept nowhere.
func openSettings(g *globals, log *slog.Logger) (store *settings.Store, damage error) {
	if g.safe {
		return settings.InMemory(), nil
	}
	store, damage = settings.Open(g.dataDir())
	if damage != nil {
		log.Warn("starting with the default settings", "error", damage)
	}
	if g.Demo {
		store = store.Detached()
	}
	return store, damage
}

// metadata says what FyneApp.toml says, which Fyne reads only beside the
// executable. That every call from another goroutine goes through fyne.Do is
// declared by the build tag migrated_fynedo instead, so that a build without
// it still checks each call.
func metadata() fyne.AppMetadata {
	return fyne.AppMetadata{
		ID: appID, Name: "Open Interest Tracker", Version: version, Build: 1,
		Icon: fyne.NewStaticResource("icon.png", assets.Icon()),
	}
}

// window is the one window and what it shows at the moment.
type window struct {
	ctx      context.Context
	g        *globals
	log      *slog.Logger
	app      fyne.App
	settings *settings.Store
	damage   error  // why the settings are the default ones; nil: they aren't
	reports  string // a folder with the report of a crash, to be offered once; empty: none
	begun    time.Time
	window   fyne.Window

	living  *living
	session *session.Session
	ui      *ui.UI
	stopUI  func() // ends the pump and waits for it
	loop    loop
	ending  sync.WaitGroup // sessions that were replaced: what they learned is being written
}

func (w *window) size() fyne.Size {
	size := firstSize
	w.settings.Get(func(s *settings.Settings) {
		if s.Width >= 400 && s.Height >= 300 && s.Width < 16_000 && s.Height < 16_000 {
			size = fyne.NewSize(s.Width, s.Height)
		}
	})
	return size
}

// show fills the window from a session.
func (w *window) show(s *session.Session) {
	var lang, theme string
	w.settings.Get(func(s *settings.Settings) { lang, theme = s.Language, s.Theme })
	ctx, cancel := context.WithCancel(w.ctx)
	w.session = s
	options := windowOn(s, s.Watch(false))
	options.App, options.Window, options.Settings = w.app, w.window, w.settings
	options.Dispatch, options.Log, options.OpenDemo = w.loop.do, w.log, w.openDemo
	options.Language, options.Mode, options.Notes = w.g.language(lang), w.g.mode(theme), w.notes
	options.Safe = w.g.safe
	options.About, options.Reports, w.reports = w.g.about(w.describe), w.reports, ""
	options.Play, options.Notifies = sound.Play, func() bool { return desktop.Notifies(ctx) }
	var shown atomic.Pointer[ui.UI] // the outbox words alerts on a goroutine of its own
	options.Outbox = s.OpenOutbox(session.OutboxOptions{Say: func(a []alert.Alert) (title, text string) { return shown.Load().SayAlerts(a) }})
	if !s.Demo() {
		options.Greeting, options.Desktop = w.greeting(), w.living
	}
	w.ui = ui.New(ctx, options)
	shown.Store(w.ui)
	freed := make(chan struct{})
	go func() {
		defer close(freed)
		freeWhenFull(ctx, s, debug.FreeOSMemory)
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.ui.Run(ctx)
	}()
	w.stopUI = func() {
		cancel()
		<-done
		<-freed
	}
}

// greeting is what this start may show once. Settings that were damaged say nothing
// of what the person has seen.
func (w *window) greeting() ui.Greeting {
	if !w.g.greeting || w.damage != nil {
		return ui.Greeting{}
	}
	return ui.Greeting{Version: version, First: w.settings.Fresh(), AskUp: assets.SystemLanguage() == assets.Chinese}
}

// windowOn is the part of a window's options that its session gives.
func windowOn(s *session.Session, signals *watch.Watch) ui.Options {
	scores := s.Scores()
	o := ui.Options{Feed: s, Now: s.Now, Demo: s.Demo(), Signals: signals, Scores: scores, Past: scores}
	if long := s.OpenLong(); long != nil {
		o.Archive = long
	}
	if !s.Demo() {
		o.Reach = s
	}
	if s.Keeps() {
		o.History = func(ctx context.Context) (storage.Store, error) { return s.History(ctx) }
		if job := s.OpenBulk(); job != nil {
			o.MarketImport = job
		}
	}
	return o
}

// notesFor is for how long the window says what became of its settings.
const notesFor = 10 * time.Minute

// notes is what the window says of settings that could not be read, and of a log
// that cannot be written.
func (w *window) notes(words *assets.Words) (notes []string) {
	if w.damage != nil && time.Since(w.begun) <= notesFor {
		args := assets.Args{}
		if damaged := new(settings.Damaged); errors.As(w.damage, &damaged) {
			args["Path"] = damaged.Aside
		}
		notes = append(notes, words.T("status.settings_damaged", args))
	}
	if w.g != nil && w.g.diagnostics != nil && w.g.diagnostics.Trouble() != "" {
		notes = append(notes, words.T("status.log_unwritable"))
	}
	return notes
}

// describe says of the window what a bug report needs.
func (w *window) describe() string {
	var lang, theme string
	w.settings.Get(func(s *settings.Settings) { lang, theme = s.Language, s.Theme })
	canvas, drawn := w.window.Canvas(), "?"
	withGLFW(w.window, func(*glfw.Window) { drawn = platformName() })
	return fmt.Sprintf("window   %.0f × %.0f at scale %.2f, %s\nshows    %q, %q, safe %t\n",
		canvas.Size().Width, canvas.Size().Height, canvas.Scale(), drawn, w.g.language(lang), w.g.mode(theme), w.g.safe)
}

// close ends what the window shows and keeps the settings. It waits for a market
// that was shown before, which may still be writing.
func (w *window) close() {
	w.ui.Close()
	w.stopUI()
	w.session.Close()
	w.save(w.settings)
	w.ending.Wait()
}

func (w *window) save(store *settings.Store) {
	if err := store.Save(); err != nil {
		w.log.Warn("settings are not kept", "error", err)
	}
}

// openDemo replaces what is shown by the simulated market, because the person
// asked for it. The old market ends in the background; the demo begins with the
// person's settings and changes none of them.
func (w *window) openDemo() {
	demo := *w.g
	demo.Demo, demo.RestURL, demo.StreamURL = true, "", ""
	s, err := session.Open(w.ctx, demo.session(w.log))
	if err != nil {
		w.log.Error("the demo market did not open", "error", err)
		return
	}
	old, stopOld, kept := w.session, w.stopUI, w.settings
	w.ui.Close()
	w.ending.Go(func() {
		stopOld()
		old.Close()
		w.save(kept)
	})
	w.settings = kept.Detached()
	w.show(s)
}

// mode is the one asked for, else the one chosen before, else the system's.
func (g *globals) mode(chosen string) look.Mode {
	for _, m := range []string{g.Theme, chosen} {
		if m != "" {
			return look.Mode(m)
		}
	}
	return look.System
}

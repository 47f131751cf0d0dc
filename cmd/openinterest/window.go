package main

import (
	"context"
	"log/slog"
	"runtime/debug"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"openinterest/assets"
	"openinterest/ui"
	"openinterest/ui/look"
	"openinterest/ui/settings"
)

// appID is the program's name to the desktop; a test keeps it equal to FyneApp.toml.
const appID = "io.github.openinterest.tracker"

// firstSize is the window's size at the first start.
var firstSize = fyne.NewSize(1440, 900)

// windowCommand opens the window.
type windowCommand struct{}

// Run is called by kong.
func (windowCommand) Run(ctx context.Context, g *globals, std streams) error {
	if err := findDisplay(); err != nil {
		return err
	}
	log := g.logger(std.err)
	store, err := settings.Open(g.dataDir())
	if err != nil {
		log.Warn("starting with the default settings", "error", err)
	}
	keepSmall()
	app.SetMetadata(metadata())
	a := app.NewWithID(appID)
	a.SetIcon(metadata().Icon)
	w := &window{ctx: ctx, g: g, log: log, app: a, settings: store, window: a.NewWindow("")}
	w.window.SetPadded(false)
	w.window.Resize(w.size())
	s, err := openSession(ctx, g, log)
	if err != nil {
		return err
	}
	w.show(s)
	quitQuietly(a)
	a.Lifecycle().SetOnStarted(func() {
		onMinimised(w.window, func(minimised bool) { w.ui.SetHidden(minimised) })
		onPointerLeft(w.window, func() { w.ui.PointerLeft() })
	})
	w.window.SetOnClosed(w.loop.end)
	stop := context.AfterFunc(ctx, func() {
		w.loop.end()
		// Not App.Quit, which also closes windows: Fyne itself listens to signals,
		// and its loop may be over by now.
		fyne.Do(a.Driver().Quit)
	})
	defer stop()
	if err = showWindow(w.window); err == nil {
		a.Run()
	}
	w.loop.end()
	w.close()
	return err
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
	window   fyne.Window

	session *session
	ui      *ui.UI
	stopUI  func() // ends the pump and waits for it
	loop    loop
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
func (w *window) show(s *session) {
	var lang, theme string
	w.settings.Get(func(s *settings.Settings) { lang, theme = s.Language, s.Theme })
	ctx, cancel := context.WithCancel(w.ctx)
	w.session = s
	s.openLong(w.ctx, w.g, w.log)
	options := ui.Options{
		App: w.app, Window: w.window, Feed: windowFeed{s.feed, s.client, s.long}, Now: s.client.Now, Settings: w.settings,
		Dispatch: w.loop.do, Log: w.log, Archive: s.archive(), History: s.history(),
		Language: w.g.language(lang), Mode: w.g.mode(theme),
		Signals: s.startWatch(w.ctx, w.log, false), Demo: s.demo, OpenDemo: w.openDemo,
	}
	s.score(&options)
	w.ui = ui.New(ctx, options)
	s.done.Go(func() { freeWhenFull(ctx, s.feed, debug.FreeOSMemory) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.ui.Run(ctx)
	}()
	w.stopUI = func() {
		cancel()
		<-done
	}
}

// close ends what the window shows and keeps the settings.
func (w *window) close() {
	w.ui.Close()
	w.stopUI()
	w.session.Close()
	if err := w.settings.Save(); err != nil {
		w.log.Warn("settings are not kept", "error", err)
	}
}

// openDemo replaces what is shown by the simulated market, because the person
// asked for it. The old feed ends in the background.
func (w *window) openDemo() {
	demo := *w.g
	demo.Demo, demo.RestURL, demo.StreamURL = true, "", ""
	s, err := openSession(w.ctx, &demo, w.log)
	if err != nil {
		w.log.Error("the demo market did not open", "error", err)
		return
	}
	old, stopOld := w.session, w.stopUI
	w.ui.Close()
	go func() {
		stopOld()
		old.Close()
	}()
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

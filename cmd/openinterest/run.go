package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"openinterest/assets"
	"openinterest/data/diagnostics"
	"openinterest/data/proxy"
	"openinterest/data/session"
	"openinterest/ui/settings"
)

// streams is where a run writes, when it began and with which arguments.
type streams struct {
	out, err io.Writer
	started  time.Time
	args     []string
	own      bool // this process is the program's alone, so that it may crash and leave a report
}

// commands is the command line: flags that every subcommand shares, and the
// subcommands. Without one, the window opens.
type commands struct {
	globals

	Window      windowCommand      `cmd:"" default:"withargs" help:"Open the window (the default); with --safe, without the settings."`
	Snapshot    snapshotCommand    `cmd:"" help:"Print the whole market once, as CSV or JSON, and exit."`
	Watch       watchCommand       `cmd:"" help:"Print what the window would show, as it changes: one line a contract."`
	Record      recordCommand      `cmd:"" help:"Keep the history filled and deliver alerts without a window, until it is told to stop."`
	Backfill    backfillCommand    `cmd:"" help:"Fetch years of a contract's history from the exchange's public archive."`
	Export      exportCommand      `cmd:"" help:"Write a contract's history, as CSV or Parquet."`
	Events      eventsCommand      `cmd:"" help:"List every signal that fired in a contract's history, with its evidence."`
	Score       scoreCommand       `cmd:"" help:"Print what followed the signals, with intervals."`
	Liquidation liquidationCommand `cmd:"" help:"Compute at which price a position is liquidated."`
	Doctor      doctorCommand      `cmd:"" help:"Check the exchange, the line to it and this computer against what this program expects, for a bug report."`
	Screenshot  screenshotCommand  `cmd:"" help:"Draw the window into a PNG file, without a display."`

	Man  manCommand  `cmd:"" hidden:"" help:"Print the man page."`
	Soak soakCommand `cmd:"" hidden:"" help:"Run the window on a market that fails at random, and hold what it costs against bounds."`
}

type globals struct {
	RestURL    string `name:"rest-url" placeholder:"URL" help:"Ask this address instead of the exchange's REST API."`
	StreamURL  string `name:"stream-url" placeholder:"URL" help:"Connect to this address instead of the exchange's streams (ws:// or wss://)."`
	ArchiveURL string `name:"archive-url" placeholder:"URL" help:"Fetch old history from this address instead of the exchange's public archive."`
	Proxy      string `placeholder:"URL" help:"Reach all of it through this proxy: http://, https:// or socks5://[USER:PASSWORD@]HOST[:PORT], or “direct” for none (default: as chosen in the settings, else the system's)."`
	DataDir    string `name:"data-dir" placeholder:"DIR" type:"path" help:"Keep settings and history here (default: ${data_dir})."`
	Demo       bool   `help:"Show a simulated market; needs no network."`
	Lang       string `enum:"en,zh," default:"" placeholder:"en|zh" help:"Language on screen (default: as chosen before, else the system's)."`
	Theme      string `enum:"dark,light,system," default:"" placeholder:"dark|light|system" help:"Colours on screen (default: as chosen before, else the system's)."`
	LogLevel   string `name:"log-level" enum:"debug,info,warn,error" default:"warn" placeholder:"LEVEL" help:"Log this and worse on standard error: debug, info, warn or error (default: warn)."`

	Version kong.VersionFlag `help:"Print the version and exit."`

	safe                bool                     // the window starts without the settings
	diagnostics         *diagnostics.Diagnostics // nil: the process is not the program's alone
	minimised, greeting bool                     // of windowCommand
}

// Validate refuses what no subcommand could work with. Kong calls it.
func (g *globals) Validate() error {
	if err := checkURL("--rest-url", g.RestURL, "http", "https"); err != nil {
		return err
	}
	if err := checkURL("--stream-url", g.StreamURL, "ws", "wss"); err != nil {
		return err
	}
	if err := checkURL("--archive-url", g.ArchiveURL, "http", "https"); err != nil {
		return err
	}
	if err := proxy.Check(g.Proxy); err != nil {
		return fmt.Errorf("--proxy: %w", err)
	}
	if g.Demo && (g.RestURL != "" || g.StreamURL != "" || g.ArchiveURL != "") {
		return errors.New("--demo shows a simulated market, so it cannot be combined with --rest-url, --stream-url or --archive-url")
	}
	return nil
}

// checkURL refuses an address that cannot be used. It doesn't repeat what was
// typed: there may be a password in it.
func checkURL(flag, raw string, schemes ...string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme):
		return fmt.Errorf("%s: this is not an address that begins with %s://", flag, strings.Join(schemes, ":// or "))
	case u.User != nil:
		return fmt.Errorf("%s: the address holds a user name or a password; market data needs neither", flag)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fmt.Errorf("%s: the address must end with its host or a path", flag)
	}
	return nil
}

// dataDir is where settings and history are kept.
func (g *globals) dataDir() string {
	if g.DataDir != "" {
		return g.DataDir
	}
	return session.DefaultDataDir()
}

// historyDir is where the history of the exchange that the flags name is kept.
func (g *globals) historyDir() string { return g.session(nil).HistoryDir() }

// userAgent is what the program calls itself to whomever it asks.
const userAgent = "openinterest/" + version

// session is the market that the flags name.
func (g *globals) session(log *slog.Logger) session.Options {
	return session.Options{RESTURL: g.RestURL, StreamURL: g.StreamURL, ArchiveURL: g.ArchiveURL,
		Demo: g.Demo, DataDir: g.DataDir, UserAgent: userAgent, Log: log, Proxy: cmp.Or(g.Proxy, settings.Proxy(g.dataDir()))}
}

// logger logs what the flag asks for to w, and that and infos to the log file.
func (g *globals) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(g.LogLevel)) // the flag's enum lets nothing else through
	shown := slog.NewTextHandler(logWriter{w}, &slog.HandlerOptions{Level: level})
	if g.diagnostics == nil {
		return slog.New(shown)
	}
	kept := slog.NewTextHandler(g.diagnostics, &slog.HandlerOptions{Level: min(level, slog.LevelInfo)})
	return slog.New(slog.NewMultiHandler(shown, kept))
}

// language is the one asked for, else the one chosen before, else the system's.
func (g *globals) language(chosen string) assets.Language {
	for _, l := range []string{g.Lang, chosen} {
		if l != "" {
			return assets.Language(l)
		}
	}
	return assets.SystemLanguage()
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// exitCode is 0 for success, 2 for a command line that cannot be understood, 1
// for everything else.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(usageError)):
		return 2
	default:
		return 1
	}
}

// done is what kong's exit hook throws after --help and --version, which print
// and are finished.
type done struct{}

// run runs the program with these arguments until it is finished or ctx ends.
func run(ctx context.Context, args []string, std streams) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(done); !ok {
				panic(r)
			}
			err = nil
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("openinterest"),
		kong.Description("Open interest of every USDT-margined perpetual contract on Binance Futures, live."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(int) { panic(done{}) }),
		kong.Vars{"version": "openinterest " + version, "data_dir": session.DefaultDataDir()},
	)
	if err != nil {
		return fmt.Errorf("setting up the command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return usageError{fmt.Errorf("%w (see openinterest --help)", err)}
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	std.args = args
	if std.own && !parsed.Selected().Hidden {
		c.globals.openDiagnostics(parsed.Selected().Name, std)
	}
	err = parsed.Run(&c.globals, std)
	c.globals.diagnostics.Close() // not deferred: after a panic the report must stay
	return err
}

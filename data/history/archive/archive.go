// Package archive imports years of 5-minute open interest, and of the four ratios
// beside it, from the exchange's public archive into the history on this machine.
//
// The archive has one file a contract and day: a zip with one table, and beside
// it a file with its SHA-256. Import finds out which days there are, skips those
// that the store has, fetches the others a few at a time, the newest first, and
// saves each day whole or not at all; so it may be cancelled, killed and started
// again at any point. A day that fails is reported and costs no other.
//
// Nothing that the archive says is believed: a file is read in memory only, never
// unpacked to disk, within limits on its size packed and unpacked; its checksum,
// the name of its one member, its header, and the symbol and the day of every
// row must be what was asked for, and numbers such as a market can have. What tables
// are known to get wrong (rows missing, twice, blank, zero, off the grid, labelled
// otherwise) is handled by rule, in Defects, and never interpolated. A ratio that is
// blank or odd costs that value and nothing else, and a stamp without contracts may
// have ratios. Redirects are
// followed within the archive's own host. No message shows a password of the address,
// or anything that a terminal would take for more than text.
package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/time/rate"

	"openinterest/data/market"
)

// DefaultURL is the exchange's archive. It lists its files at another address.
const (
	DefaultURL        = "https://data.binance.vision"
	defaultListingURL = "https://s3-ap-northeast-1.amazonaws.com/data.binance.vision"
	metricsPath       = "data/futures/um/daily/metrics/"
)

// Limits on what is fetched. A real file has about 10 kB, its table 40.
const (
	maxChecksum = 4 << 10
	maxZip      = 1 << 20
	maxTable    = 4 << 20
	maxRatio    = 200 // table to zip
	maxRows     = 5_000
	maxListing  = 4 << 20
	maxPages    = 40 // of a listing: 1,000 keys each
)

// Options are how an Archive is reached. The zero value is fine.
type Options struct {
	HTTP      *http.Client     // nil: one with sensible timeouts
	Dial      dialFunc         // how the client of a nil HTTP connects, through a proxy where there is one; nil: straight
	UserAgent string           // "": the program's name
	Log       *slog.Logger     // nil: discarded
	Now       func() time.Time // nil: time.Now
	PerSecond float64          // requests a second; 0: 50
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// Archive is an archive at an address. It is safe for concurrent use.
type Archive struct {
	base, listing string
	opt           Options
	log           *slog.Logger
	pace          *rate.Limiter
}

// New returns the archive at an address, DefaultURL where it is "". An address
// other than the default answers listings itself, at "?list-type=2&prefix=…".
func New(address string, opt Options) (*Archive, error) {
	if address == "" {
		address = DefaultURL
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the archive's address is not of the form https://host/path") // it isn't shown: it may have a password
	}
	if opt.HTTP == nil {
		opt.HTTP = newHTTP(opt.Dial)
	}
	stays := *opt.HTTP
	stays.CheckRedirect = staysAtHome
	opt.HTTP = &stays
	if opt.UserAgent == "" {
		opt.UserAgent = "OpenInterestTracker"
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.PerSecond <= 0 {
		opt.PerSecond = 50
	}
	a := &Archive{base: strings.TrimRight(address, "/"), opt: opt, log: opt.Log, pace: rate.NewLimiter(rate.Limit(opt.PerSecond), 10)}
	a.listing = a.base
	if a.base == DefaultURL {
		a.listing = defaultListingURL
	}
	return a, nil
}

func newHTTP(dial dialFunc) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	if dial != nil {
		t.DialContext = dial
	}
	t.MaxIdleConnsPerHost = maxParallel
	t.ResponseHeaderTimeout = 20 * time.Second
	t.DisableCompression = true // the files are zips; and what isn't unpacked on the way is no bomb
	return &http.Client{Transport: t, Timeout: 60 * time.Second}
}

// fileOf is the name of a day's file, without its ending.
func fileOf(symbol string, day time.Time) string {
	return symbol + "-metrics-" + day.Format(time.DateOnly)
}

// addressOf is where a day's zip lies. Symbols may be Chinese.
func (a *Archive) addressOf(symbol string, day time.Time) string {
	s := url.PathEscape(symbol)
	return a.base + "/" + metricsPath + s + "/" + fileOf(s, day) + ".zip"
}

var errNoSymbol = errors.New("is no symbol")

// checkSymbol refuses what cannot be a symbol before it becomes part of an address.
func checkSymbol(symbol string) error {
	if !market.UsableSymbol(symbol) {
		return fmt.Errorf("%q %w", symbol, errNoSymbol)
	}
	return nil
}

// Kind is the small set of ways in which the archive fails a day.
type Kind string

// The kinds of failure.
const (
	NotPublished Kind = "not_published" // the archive has no such file, perhaps not yet
	Offline      Kind = "offline"       // no connection could be made, or it broke, or took too long
	Refused      Kind = "refused"       // the archive does not answer here (4xx)
	Busy         Kind = "busy"          // it asked to wait, or has a fault of its own (429, 5xx)
	BadFile      Kind = "bad_file"      // what it served is not the file that was asked for
)

// Problem is a failure of the archive.
type Problem struct {
	Kind Kind
	What string // what was being attempted
	Err  error
}

// Error says what was attempted, what kind of failure it was, and the details.
// What the archive wrote may be part of them: it is shown as text, and not at
// length.
func (p *Problem) Error() string {
	s := p.What + ": " + string(p.Kind)
	if p.Err != nil {
		s += ": " + p.Err.Error()
	}
	return printable(s)
}

// printable is text that does nothing to a terminal.
func printable(s string) string {
	const most = 500
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Unwrap returns the details.
func (p *Problem) Unwrap() error { return p.Err }

// KindOf returns the kind of the archive's failure in err's chain, "" for none.
func KindOf(err error) Kind {
	var p *Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return ""
}

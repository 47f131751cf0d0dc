package session

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"openinterest/data/binance"
)

// Options say which market a session runs on, and where it keeps what it
// learns. The zero value is the exchange itself, with the person's own data
// directory.
type Options struct {
	// Other addresses than the exchange's own; empty: its own.
	RESTURL, StreamURL, ArchiveURL string

	// Proxy is the address of the proxy through which all of it is reached;
	// empty: the system's; proxy.Direct: none.
	Proxy string

	// Demo runs a simulated exchange instead, of which nothing is kept.
	Demo bool

	// DataDir is a directory that the person named; empty: DefaultDataDir.
	DataDir string

	// Fresh begins without the last known table: what the session shows is what
	// it was told in this run. Stamps that are kept count all the same, since
	// they say of themselves when they were.
	Fresh bool

	// The machine's clocks, for who has them run otherwise: see the fields of
	// binance.Options. Nil: the machine's own.
	Now     func() time.Time
	Elapsed func() time.Duration

	// Room is why the disk takes nothing more, for who has it be full: see
	// history.Options. Nil: the disk itself tells.
	Room func() error

	UserAgent string       // what the program calls itself to the exchange
	Log       *slog.Logger // required
}

// DefaultDataDir is where settings and history lie when nobody named a
// directory.
func DefaultDataDir() string { return filepath.Join(xdg.DataHome, "openinterest") }

// HistoryDir is the folder of the history of the exchange that the options
// name. In the person's own data directory each exchange has a folder, so that
// what one served never stands in for what another would have: "history" for
// the real one, "history-" and a number made of its address for any other. A
// directory that the person named is theirs to keep apart, and always has
// "history": so what was recorded with one set of flags is found with another.
func (o Options) HistoryDir() string {
	if o.DataDir != "" {
		return filepath.Join(o.DataDir, "history")
	}
	name, address := "history", strings.TrimRight(o.RESTURL, "/")
	if address != "" && address != binance.DefaultRESTURL {
		name += fmt.Sprintf("-%x", sha256.Sum256([]byte(address)))[:9]
	}
	return filepath.Join(DefaultDataDir(), name)
}

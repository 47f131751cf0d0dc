package market

import "time"

// Host is one of those that this program asks.
type Host string

// The hosts.
const (
	HostREST    Host = "rest"
	HostStream  Host = "stream"
	HostArchive Host = "archive"
)

// Hosts are all of them.
var Hosts = []Host{HostREST, HostStream, HostArchive}

// Reached is what came of trying to reach a host.
type Reached struct {
	Host    Host
	Took    time.Duration
	Problem *Problem // nil: it answered
}

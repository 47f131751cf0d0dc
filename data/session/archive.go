package session

import (
	"openinterest/data/history/archive"
	"openinterest/data/proxy"
)

// OpenArchive returns the exchange's archive, or the one at the address that
// the options name, reached by their proxy.
// The command that imports years of a contract calls it; a session opens its
// own for charts.
func OpenArchive(o Options) (*archive.Archive, error) { return openArchive(o, proxy.New(o.Proxy)) }

func openArchive(o Options, way *proxy.Dialer) (*archive.Archive, error) {
	return archive.New(o.ArchiveURL, archive.Options{UserAgent: o.UserAgent, Log: o.Log, Dial: way.DialContext})
}

// archive opens the archive of the session's market. That of the demo, which
// nobody else asks, may be asked faster.
func (s *Session) openArchive() (*archive.Archive, error) {
	if s.server == nil {
		return openArchive(s.options, s.way)
	}
	return archive.New(s.server.ArchiveURL(), archive.Options{UserAgent: s.options.UserAgent, Log: s.log, PerSecond: 1000})
}

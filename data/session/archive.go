package session

import (
	"openinterest/data/history/archive"
	"openinterest/data/proxy"
)

func openArchive(o Options, way *proxy.Dialer) (*archive.Archive, error) {
	return archive.New(o.ArchiveURL, archive.Options{UserAgent: o.UserAgent, Log: o.Log, Dial: way.DialContext})
}

// openArchive opens the archive of the session's market. That of the demo, which
// nobody else asks, may be asked faster.
func (s *Session) openArchive() (*archive.Archive, error) {
	if s.server == nil {
		return openArchive(s.options, s.way)
	}
	return archive.New(s.server.ArchiveURL(), archive.Options{UserAgent: s.options.UserAgent, Log: s.log, PerSecond: 1000})
}

package session

import (
	"log/slog"

	"openinterest/data/history/archive"
)

// OpenArchive returns the exchange's archive, or the one at another address.
// The command that imports years of a contract calls it; a session opens its
// own for charts.
func OpenArchive(address, userAgent string, log *slog.Logger) (*archive.Archive, error) {
	return archive.New(address, archive.Options{UserAgent: userAgent, Log: log})
}

// archive opens the archive of the session's market. That of the demo, which
// nobody else asks, may be asked faster.
func (s *Session) openArchive() (*archive.Archive, error) {
	if s.server == nil {
		return OpenArchive(s.options.ArchiveURL, s.options.UserAgent, s.log)
	}
	return archive.New(s.server.ArchiveURL(), archive.Options{UserAgent: s.options.UserAgent, Log: s.log, PerSecond: 1000})
}

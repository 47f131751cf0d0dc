package main

import (
	"log/slog"

	"openinterest/data/history/archive"
)

// openArchive returns the exchange's archive, or the one at another address.
// ours: it is the demo's, which nobody else asks.
func openArchive(address string, ours bool, log *slog.Logger) (*archive.Archive, error) {
	options := archive.Options{UserAgent: "openinterest/" + version, Log: log}
	if ours {
		options.PerSecond = 1000
	}
	return archive.New(address, options)
}

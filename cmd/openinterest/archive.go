package main

import (
	"log/slog"

	"openinterest/data/history/archive"
)

// openArchive returns the exchange's archive, or the one at another address.
func openArchive(g *globals, address string, log *slog.Logger) (*archive.Archive, error) {
	options := archive.Options{UserAgent: "openinterest/" + version, Log: log}
	if g.Demo { // on this machine, where nobody need be spared
		options.PerSecond = 1000
	}
	return archive.New(address, options)
}

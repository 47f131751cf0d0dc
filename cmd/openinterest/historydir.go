package main

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"

	"openinterest/data/binance"
)

// historyDir is where the history of the exchange that the flags name is kept.
// In the user's own data directory each exchange has a folder, so that what one
// served never stands in for what another would have: "history" for the real
// one, "history-" and a number made of its address for any other. A directory
// named by --data-dir is whoever named it's to keep apart, and always has
// "history": so what was recorded with one set of flags is found with another.
func (g *globals) historyDir() string {
	name := "history"
	address := strings.TrimRight(g.RestURL, "/")
	if g.DataDir == "" && address != "" && address != binance.DefaultRESTURL {
		name += fmt.Sprintf("-%x", sha256.Sum256([]byte(address)))[:9]
	}
	return filepath.Join(g.dataDir(), name)
}

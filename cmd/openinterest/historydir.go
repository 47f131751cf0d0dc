package main

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
)

// historyDir is where the history of the exchange that the flags name is kept.
// Each exchange has a folder of its own, so that what one served never stands in
// for what another would have: "history" for the real one, "history-" and a
// number made of its address for any other.
func (g *globals) historyDir() string {
	name := "history"
	if address := strings.TrimRight(g.RestURL, "/"); address != "" {
		name += fmt.Sprintf("-%x", sha256.Sum256([]byte(address)))[:9]
	}
	return filepath.Join(g.dataDir(), name)
}

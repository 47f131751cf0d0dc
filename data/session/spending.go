package session

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"openinterest/data/binance"
	"openinterest/data/quota"
)

// The exchange counts the requests of an address over five minutes and never
// says what it counted. So each process writes down what it spent, in a small
// file beside the history, and reads what others wrote: those that run beside
// it, and those that ended shortly before it began.
const (
	spendingPattern = "requests-*"
	spendingEvery   = 2 * time.Second
	spendingSpan    = 5*time.Minute + 5*time.Second // after which a file tells nothing any more
)

// spending shares what one client spends with the other processes.
type spending struct {
	dir, file string
	client    *binance.Client
	log       *slog.Logger
	written   string
	failing   bool        // to write
	alone     atomic.Bool // what others wrote was spent elsewhere
}

// otherMarket takes what others spent for another exchange's affair.
func (s *spending) otherMarket() {
	s.alone.Store(true)
	s.client.Quota().SetOthers(s.client.Now(), nil)
}

// spent is how much was spent in each second (Unix time) of the exchange's
// clock, for one bucket; spendingFile, for each bucket, is what a file holds.
type (
	spent        map[int64]int
	spendingFile map[string]spent
)

func newSpending(dir string, client *binance.Client, log *slog.Logger) *spending {
	name := fmt.Sprintf("requests-%d-%x.json", os.Getpid(), time.Now().UnixNano())
	return &spending{dir: dir, file: filepath.Join(dir, name), client: client, log: log}
}

// run shares until ctx ends, and one last time then.
func (s *spending) run(ctx context.Context) {
	again := time.NewTicker(spendingEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			s.write()
			return
		case <-again.C:
			s.write()
			s.read(time.Now())
		}
	}
}

// write writes down what this process spent, where that is news. A disk that
// cannot be written to costs nothing but the news.
func (s *spending) write() {
	own := spendingFile{}
	for bucket, times := range s.client.Quota().Spending(s.client.Now()) {
		if len(times) > 0 {
			own[bucket] = bySecond(times)
		}
	}
	text, err := json.Marshal(own)
	if err != nil || string(text) == s.written || len(own) == 0 && s.written == "" {
		return
	}
	err = os.MkdirAll(s.dir, 0o700)
	if err == nil {
		err = os.WriteFile(s.file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(s.file+".new", s.file)
	}
	if err != nil {
		if !s.failing { // it is tried again every two seconds, and what cannot be written is said elsewhere
			s.log.Debug("what was asked is not written down", "error", err)
		}
		s.failing = true
		return
	}
	s.written, s.failing = string(text), false
}

// read tells the client what others spent, and clears away files that tell
// nothing any more.
func (s *spending) read(now time.Time) {
	files, _ := filepath.Glob(filepath.Join(s.dir, spendingPattern)) // the pattern is well formed
	others := quota.Spending{}
	for _, file := range files {
		if file == s.file {
			continue
		}
		if info, err := os.Stat(file); err == nil && now.Sub(info.ModTime()) > spendingSpan {
			_ = os.Remove(file) // or another process does
			continue
		}
		if !strings.HasSuffix(file, ".json") {
			continue // half written
		}
		text, err := os.ReadFile(file)
		var theirs spendingFile
		if err != nil || json.Unmarshal(text, &theirs) != nil {
			continue
		}
		for bucket, spent := range theirs {
			others[bucket] = spent.appendTo(others[bucket])
		}
	}
	if !s.alone.Load() {
		s.client.Quota().SetOthers(s.client.Now(), others)
	}
}

// bySecond counts times by the second in which they ended: rather late than early.
func bySecond(times []time.Time) spent {
	by := spent{}
	for _, t := range times {
		by[t.Unix()+1]++
	}
	return by
}

// mostSpent is more than any bucket holds: a file that says more is not ours.
const mostSpent = 2000

func (s spent) appendTo(times []time.Time) []time.Time {
	for second, n := range s {
		for range min(n, mostSpent-len(times)) {
			times = append(times, time.Unix(second, 0))
		}
	}
	return times
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"openinterest/data/feed"
	"openinterest/data/market"
	"openinterest/data/session"
)

// recordCommand keeps the history filled without a window.
type recordCommand struct {
	Quiet bool `help:"Log warnings and errors only."`
}

// reportEvery is how often the log says how it goes.
const reportEvery = 10 * time.Minute

// Run is called by kong. It goes on until it is told to stop.
func (c *recordCommand) Run(ctx context.Context, g *globals, std streams) error {
	if err := g.refuseDemo(); err != nil {
		return err
	}
	talking := *g
	if talking.LogLevel == "warn" && !c.Quiet {
		talking.LogLevel = "info"
	}
	log := talking.logger(std.err)
	s, err := session.Open(ctx, g.session(log))
	if err != nil {
		return err
	}
	s.Attend(feed.Attention{Hidden: true}) // nobody looks: rows once a minute, the rest for history
	raiseAlerts(s, s.Watch(false), g, log)
	log.Info("recording", "into", g.historyDir())
	watchRecording(ctx, s, log)
	log.Info("stopping: writing what is left")
	s.Close()
	if p := s.Storage(); p != nil && !p.Kind.Note() {
		return fmt.Errorf("the history could not be kept: %w", p)
	}
	log.Info("stopped")
	return nil
}

// watchRecording says in the log how it goes, until ctx ends.
func watchRecording(ctx context.Context, s *session.Session, log *slog.Logger) {
	report := time.NewTicker(reportEvery)
	defer report.Stop()
	state, full := market.FeedState(""), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-report.C:
			snap := s.Snapshot()
			log.Info("going on", "state", snap.Status.State, "contracts", snap.Status.Total, "live", snap.Status.Ready,
				"history_requests", snap.Status.Budget.HistoryUsed)
		case <-s.Updates():
			status := s.Snapshot().Status
			if status.State != state {
				state = status.State
				log.Info("the feed is "+string(state), "contracts", status.Total, "problem", status.Problem)
			}
			if status.Filled() && !full {
				full = true
				log.Info("every contract is live", "contracts", status.Ready, "without_an_answer", status.Unanswered)
			}
		}
	}
}

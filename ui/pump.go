package ui

import (
	"context"
	"time"

	"openinterest/data/market"
	"openinterest/data/watch"
	"openinterest/ui/settings"
	"openinterest/ui/statusbar"
)

// hop is what one visit to the UI's goroutine brings along.
type hop struct {
	snapshot *market.Snapshot
	board    *watch.Board // nil: there is none yet
	bar      statusbar.Model
}

// How long the window waits for news before it shows what it has once more. The
// feed publishes every second, and every five to a hidden window, so that this
// is for a feed that fell silent. A second sharp would paint the whole window
// twice as often: each time between two snapshots, for nothing.
const (
	silence       = 1250 * time.Millisecond
	silenceHidden = 6 * time.Second
)

// Run hands the feed's snapshots to the panes until ctx ends. Where none comes
// it does so without a new one, because ages grow and a silent feed must be seen
// to be silent. Once a second it saves the settings that changed.
func (u *UI) Run(ctx context.Context) {
	full := false
	var signals <-chan struct{} // nil: never ready
	if u.o.Signals != nil {
		signals = u.o.Signals.Updates()
	}
	follow(ctx, u.o.Feed.Updates(), signals, u.hidden.Load, u.saveSettings, func() {
		s := u.o.Feed.Snapshot()
		if !full && isFull(s) {
			full = true
			u.o.Log.Debug("table full", "contracts", s.Status.Total)
		}
		u.hand(s, u.o.Now())
	})
}

// follow calls show whenever there is news, or none came for a while, and save
// once a second, until ctx ends.
func follow(ctx context.Context, snapshots, boards <-chan struct{}, hidden func() bool, save, show func()) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	silent := time.NewTimer(silence)
	defer silent.Stop()
	for {
		select {
		case <-snapshots:
		case <-boards:
		case <-silent.C:
		case <-second.C:
			save()
			continue
		case <-ctx.Done():
			return
		}
		show()
		if hidden() {
			silent.Reset(silenceHidden)
		} else {
			silent.Reset(silence)
		}
	}
}

// isFull reports whether every contract has live open interest and history, or
// has no answer.
func isFull(s *market.Snapshot) bool {
	return s != nil && s.Status.Filled()
}

// hand gives a snapshot to the panes: to the table at once, which prepares its
// rows on this goroutine, to the others in one hop. A hop that has not run yet
// takes the newest along. While nobody can see the window, only the rules of
// alerts are told.
func (u *UI) hand(s *market.Snapshot, now time.Time) {
	p := u.current.Load()
	if s != nil && !u.hidden.Load() {
		p.table.Update(s, u.board(), now)
	}
	r := statusbar.Read(s, now, u.o.Demo)
	r.Safe = u.o.Safe
	if u.o.Notes != nil {
		r.Notes = u.o.Notes(p.words)
	}
	r.Notes = append(r.Notes, u.undelivered(p.words)...)
	h := &hop{snapshot: s, board: u.board(), bar: statusbar.NewModel(r, p.words)}
	if u.newest.Swap(h) == nil {
		u.o.Dispatch(u.take)
	}
}

// saveSettings saves what changed. A disk that cannot be written is tried again
// each time, and logged once.
func (u *UI) saveSettings() {
	err := u.o.Settings.Save()
	if err != nil && !u.unsaved {
		u.o.Log.Warn("settings are not kept", "error", err)
	}
	u.unsaved = err != nil
}

// board is what the market shows now, nil where nobody watches.
func (u *UI) board() *watch.Board {
	if u.o.Signals == nil {
		return nil
	}
	return u.o.Signals.Board()
}

// take shows the newest hop.
func (u *UI) take() {
	h := u.newest.Swap(nil)
	if h == nil || u.ctx.Err() != nil {
		return
	}
	u.snapshot, u.signs = h.snapshot, h.board
	if u.hidden.Load() {
		if h.snapshot != nil {
			u.observe(h.snapshot)
		}
		return
	}
	u.greet()
	u.panes.bar.SetModel(h.bar)
	u.panes.table.SetReason(reason(h.bar))
	if h.snapshot == nil {
		return
	}
	if u.kept != nil {
		u.kept.Watch(h.snapshot.Status.Storage)
	}
	if u.calculator != nil {
		u.calculator.Update()
	}
	u.panes.history.SetSnapshot(h.snapshot)
	u.panes.compare.SetSnapshot(h.snapshot)
	u.panes.market.SetSnapshot(h.snapshot, h.board)
	u.panes.funding.setSnapshot(h.snapshot)
	u.panes.showLive(h.snapshot, h.board)
	u.observe(h.snapshot)
	if u.wantsRatios() != u.asksRatios { // a rule of alerts came, or went
		u.attend()
	}
	u.followFetching()
	u.followFilling()
}

// reason is why nothing comes from the exchange; "" while it answers, or has
// only just been asked.
func reason(bar statusbar.Model) string {
	if bar.Tone == statusbar.Bad || bar.Tone == statusbar.Warn {
		return bar.Sentence
	}
	return ""
}

// save keeps the state of a pane that changed.
func (u *UI) save(pane string, state any) {
	u.o.Settings.Update(func(s *settings.Settings) { s.SetPane(pane, state) })
}

package session

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/sim"
	"openinterest/data/watch"
)

// Watch starts the live signals; they end with the session. hurry: somebody
// waits until every contract has been judged. It is called once, if at all.
func (s *Session) Watch(hurry bool) *watch.Watch {
	o := watch.Options{Market: s.feed, Now: s.client.Now, Logger: s.log, Hurry: hurry}
	switch {
	case s.server != nil:
		o.Past = simulatedPast{s.server, s.client.Now}
	case s.store != nil:
		o.Past, o.Log = s.store, eventLog{s.store, s.client.Now}
		o.Standing, o.Heard = liveStanding{s}, s.feed.Liquidations
		o.Turns = func() int { return int(s.store.turns.Load()) }
	}
	w := watch.New(o)
	s.done.Go(func() { w.Run(s.ctx) })
	return w
}

// liveStanding is who stood where, as far as it is kept or was seen in this run.
// Nothing is asked of the exchange for it.
type liveStanding struct{ session *Session }

// Ratios implements watch.Standing.
func (l liveStanding) Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error) {
	return l.session.store.Ratios(ctx, symbol, from, to)
}

// Liquidations implements watch.Standing.
func (l liveStanding) Liquidations(ctx context.Context, symbol string, from, to int64) ([]market.Liquidation, []market.Span, error) {
	return l.session.Liquidations(ctx, symbol, from, to)
}

// simulatedPast is what the demo knows of its market: a quarter of a year, at
// once. A real history takes hours to fetch, and the demo shows what it is for.
type simulatedPast struct {
	server *sim.Server
	now    func() time.Time
}

const simulatedDays = 92

func (p simulatedPast) oldest(from int64) int64 {
	return max(from, p.now().AddDate(0, 0, -simulatedDays).UnixMilli())
}

// Series implements watch.Past.
func (p simulatedPast) Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error) {
	return p.server.Series(ctx, symbol, p.oldest(from), to)
}

// Funding implements watch.Past.
func (p simulatedPast) Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error) {
	return p.server.Funding(ctx, symbol, p.oldest(from), to)
}

// Funding returns the payments of a contract that are kept, with from ≤ time ≤ to
// (Unix ms), the oldest first; of the simulated market, those of a quarter of a year.
// A session that keeps nothing has none.
func (s *Session) Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error) {
	switch {
	case s.server != nil:
		return simulatedPast{s.server, s.client.Now}.Funding(ctx, symbol, from, to)
	case s.store != nil:
		return s.store.Funding(ctx, symbol, from, to)
	}
	return nil, nil
}

// eventLog keeps live events in the history. Of several processes that watch
// the same market, the one that writes the history logs what it sees.
type eventLog struct {
	store *storeAdapter
	now   func() time.Time
}

// Append implements watch.Log.
func (l eventLog) Append(ctx context.Context, events []signal.Event, seen time.Time) error {
	rows := make([]history.Event, len(events))
	for i, e := range events {
		evidence, err := json.Marshal(e.Evidence)
		if err != nil {
			return fmt.Errorf("logging %s of %s: %w", e.Kind, e.Symbol, err)
		}
		rows[i] = history.Event{Time: e.Time.UnixMilli(), Symbol: e.Symbol, Kind: string(e.Kind), Version: e.DefinitionVersion, Seen: seen, Evidence: evidence}
	}
	return l.store.use(ctx, "logging signals", func(store *history.Store) error {
		if !store.Writes() {
			return nil
		}
		if err := beginLog(ctx, store, events[0].Time); err != nil { // this process took over from one that wrote
			return err
		}
		_, err := store.AppendEvents(ctx, rows)
		return err
	})
}

// Since implements watch.Log.
func (l eventLog) Since(ctx context.Context, from time.Time) (events []signal.Event, err error) {
	err = l.store.use(ctx, "reading the log of signals", func(store *history.Store) error {
		if err := beginLog(ctx, store, l.now()); err != nil {
			return err
		}
		rows, err := store.Events(ctx, "", from.UnixMilli(), math.MaxInt64)
		events = loggedEvents(rows)
		return err
	})
	return events, err
}

// beginLog notes when live events began to be told, once.
func beginLog(ctx context.Context, store *history.Store, now time.Time) error {
	since, err := store.Setting(ctx, liveSinceSetting)
	if err != nil || since != "" || !store.Writes() {
		return err
	}
	return store.SetSetting(ctx, liveSinceSetting, now.UTC().Format(time.RFC3339))
}

// loggedEvents are events of this version's definitions, read back. One whose
// evidence cannot be read counts without it: that it was told is what matters.
func loggedEvents(rows []history.Event) []signal.Event {
	var events []signal.Event
	for _, r := range rows {
		e := signal.Event{Time: time.UnixMilli(r.Time).UTC(), Symbol: r.Symbol, Kind: signal.EventKind(r.Kind), DefinitionVersion: r.Version}
		if !e.Kind.Valid() || !signal.SameDefinition(r.Version) {
			continue
		}
		if err := json.Unmarshal(r.Evidence, &e.Evidence); err != nil {
			e.Evidence = signal.Evidence{}
		}
		events = append(events, e)
	}
	return events
}

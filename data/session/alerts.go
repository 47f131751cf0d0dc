package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"time"

	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/data/history"
	"openinterest/data/watch"
)

// Wishes are what the person wants to be told of, and how it leaves the program.
type Wishes struct {
	Rules    []alert.Rule
	Circle   alert.Circle
	Delivery deliver.Settings
	Digest   time.Duration // see alert.Digest
}

// OutboxOptions are what an Outbox is made from. All are required but OnChange.
type OutboxOptions struct {
	Say      func([]alert.Alert) (title, text string) // words a message; called from any goroutine
	OnChange func()                                   // State may say something else now; called from any goroutine
}

// Outbox takes alerts out of the program, each once for a data directory: of several
// processes that raise the same rules there, the one that writes the history takes an
// alert down and delivers it. The others hold theirs back for a while. If the one that
// writes ends, whoever takes over delivers what was not taken down by then.
type Outbox struct {
	o         OutboxOptions
	session   *Session
	deliverer *deliver.Deliverer
	wake      chan struct{} // one slot

	mu      sync.Mutex
	pending []alert.Alert
	digest  alert.Digest
}

const (
	// heldFor is for how long a process that does not write holds alerts back: the one
	// that writes is known to be there or not within seconds.
	heldFor = alert.FreshFor

	outboxEvery = time.Second
)

// OpenOutbox starts an outbox, which ends with the session. It is called once, if at
// all. The demo's delivers nothing: what is simulated is nobody's news.
func (s *Session) OpenOutbox(o OutboxOptions) *Outbox {
	b := &Outbox{o: o, session: s, wake: make(chan struct{}, 1)}
	// Messages are rare, so no connection waits for the next one.
	out := &http.Transport{DialContext: s.way.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	b.deliverer = deliver.New(deliver.Options{Log: s.log, UserAgent: s.options.UserAgent, Transport: out, OnChange: o.OnChange})
	if s.store != nil {
		s.done.Go(func() { b.deliverer.Run(s.ctx) })
		s.done.Go(func() { b.run(s.ctx) })
	}
	return b
}

// Set says where alerts go, and how many at once are summed up.
func (b *Outbox) Set(s deliver.Settings, digest time.Duration) {
	b.deliverer.Set(s)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.digest.Every = digest
}

// State says what became of what was to be delivered.
func (b *Outbox) State() deliver.State { return b.deliverer.State() }

// Delivers reports whether it is this process that delivers, since it writes the
// history.
func (b *Outbox) Delivers() bool { return b.session.store != nil && b.session.store.writes() }

// Raise takes alerts that were just raised, and never waits.
func (b *Outbox) Raise(alerts []alert.Alert) {
	if b.session.store == nil || len(alerts) == 0 {
		return
	}
	b.mu.Lock()
	b.pending = append(b.pending, alerts...)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default: // it is told already
	}
}

// Try sends a message by these settings once, and waits for what comes of it.
func (b *Outbox) Try(ctx context.Context, s deliver.Settings, title, text string) (hook, command error) {
	return b.deliverer.Try(ctx, s, deliver.Message{Title: title, Text: text, Time: b.session.Now(), Alerts: []alert.Alert{}})
}

// Told returns the alerts that were told on this data directory since a time, the
// newest first, at most limit. What cannot be read is left out.
func (b *Outbox) Told(ctx context.Context, since time.Time, limit int) ([]alert.Alert, error) {
	if b.session.store == nil {
		return nil, nil
	}
	var told []alert.Alert
	err := b.session.store.use(ctx, "reading the alerts", func(store *history.Store) error {
		rows, err := store.Alerts(ctx, since.UnixMilli(), limit)
		told = nil
		for _, r := range rows {
			var a alert.Alert
			if json.Unmarshal(r.Data, &a) == nil {
				told = append(told, a)
			}
		}
		return err
	})
	return told, err
}

// run delivers until ctx ends.
func (b *Outbox) run(ctx context.Context) {
	again := time.NewTicker(outboxEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			b.flush(context.WithoutCancel(ctx))
			return
		case <-again.C: // the history may have become ours to write, or what was held back is due
		case <-b.wake:
		}
		b.deliver(ctx)
	}
}

// deliver takes down what is pending where this process writes, and hands what is new
// to the deliverer.
func (b *Outbox) deliver(ctx context.Context) {
	b.mu.Lock()
	pending := b.pending
	b.pending = nil
	b.mu.Unlock()
	var fresh, later []alert.Alert
	now := b.session.Now()
	for _, a := range pending {
		switch isNew, writes, err := b.takeDown(ctx, a); {
		case err != nil: // it is told rather than lost
			b.session.log.Warn("an alert is told, but not kept", "error", err)
			fresh = append(fresh, a)
		case !writes && now.Sub(a.Time) < heldFor:
			later = append(later, a)
		case isNew:
			fresh = append(fresh, a)
		}
	}
	b.mu.Lock()
	b.pending = append(later, b.pending...)
	messages := b.digest.Add(now, fresh)
	b.mu.Unlock()
	for _, alerts := range messages {
		title, text := b.o.Say(alerts)
		b.deliverer.Deliver(deliver.Message{Title: title, Text: text, Time: now, Alerts: alerts})
	}
	for _, a := range fresh {
		b.session.log.Info("alert", "symbol", a.Symbol, "rule", a.Rule.ID, "quiet", a.Quiet)
	}
}

// partingTakes is for how long the end of the program waits for what is still to be told.
const partingTakes = 3 * time.Second

// flush tells what the digest holds back when the program ends: it is taken down, so
// that nobody else would.
func (b *Outbox) flush(ctx context.Context) {
	b.mu.Lock()
	held := b.digest.Flush()
	b.mu.Unlock()
	if len(held) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, partingTakes)
	defer cancel()
	title, text := b.o.Say(held)
	hook, command := b.deliverer.Try(ctx, b.deliverer.Settings(), deliver.Message{Title: title, Text: text, Time: b.session.Now(), Alerts: held})
	if err := errors.Join(hook, command); err != nil {
		b.session.log.Warn("the last alerts were not delivered", "alerts", len(held), "error", err)
	}
}

// takeDown keeps an alert. It reports whether it is new, and whether this process
// writes the history at all.
func (b *Outbox) takeDown(ctx context.Context, a alert.Alert) (isNew, writes bool, err error) {
	data, err := json.Marshal(a)
	if err != nil {
		return false, true, fmt.Errorf("writing the alert on %s: %w", a.Symbol, err)
	}
	err = b.session.store.use(ctx, "taking down an alert", func(store *history.Store) (err error) {
		if writes = store.Writes(); !writes {
			return nil
		}
		isNew, err = store.AppendAlert(ctx, history.Alert{Time: a.Time.UnixMilli(), Key: a.Key(), Data: data}, a.Within())
		return err
	})
	return isNew, writes, err
}

// RaiseAlerts holds the market against the person's rules, once a second, and has the
// outbox deliver what they raise, until the session ends: for who shows no window. The
// wishes are asked for each time, so that rules changed in a window count at once.
func (s *Session) RaiseAlerts(signals *watch.Watch, out *Outbox, wishes func() Wishes) {
	s.done.Go(func() {
		engine := alert.NewEngine(nil, alert.Memory{})
		var now Wishes
		every := time.NewTicker(outboxEvery)
		defer every.Stop()
		for {
			select {
			case <-s.ctx.Done():
				return
			case <-every.C:
			}
			if w := wishes(); !reflect.DeepEqual(w, now) {
				now = w
				engine.SetRules(w.Rules)
				out.Set(w.Delivery, w.Digest)
			}
			snapshot, board := s.Snapshot(), signals.Board()
			if snapshot == nil {
				continue
			}
			raised, _ := engine.Observe(alert.Input{Now: s.Now(), Local: time.Local, Snapshot: snapshot, Events: board.LiveEvents(), Circle: now.Circle,
				Shows: board.Holds, Beyond: board.BeyondIn(snapshot)})
			out.Raise(raised)
		}
	})
}

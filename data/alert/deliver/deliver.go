// Package deliver takes alerts out of the program: it posts them to a webhook, and
// runs a command that the person wrote, with the evidence in its environment.
//
//	alerts ──► Message ──► Deliverer ─┬─► queue ──► webhook   (tried again, less and less often)
//	                                  └─► queue ──► command   (tried once)
//
// Deliver never waits: a webhook that is dead, or a command that hangs, costs nobody
// else anything. What became of them is told by State, in words by whoever shows it.
// The address of a webhook may hold a token, so that no log and no error has more of it
// than its host.
package deliver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"openinterest/data/alert"
)

// Settings are where alerts go. The zero value is nowhere. They are kept as JSON, in
// the person's own settings.
type Settings struct {
	Hook    Hook   `json:"hook,omitzero"`
	Command string `json:"command,omitempty"` // words, of which the first is the program; empty: none
}

// Check returns what is wrong with the settings, a *Failure, or nil.
func (s Settings) Check() error {
	if _, err := s.Hook.address(); err != nil && s.Hook.URL != "" {
		return err
	}
	if s.Command == "" {
		return nil
	}
	_, err := Words(s.Command)
	return err
}

// Message is what is told at once: one alert, or several in a digest.
type Message struct {
	Title  string        `json:"title"`
	Text   string        `json:"text"`
	Time   time.Time     `json:"time"`
	Alerts []alert.Alert `json:"alerts"`
}

// Options are what a Deliverer is made from. The zero value is good but for Log.
type Options struct {
	Log       *slog.Logger
	Settings  Settings
	UserAgent string
	Transport http.RoundTripper // how the webhook is reached; nil: by the proxies of the environment
	OnChange  func()            // State may say something else now; called from any goroutine

	First    time.Duration // how long the first wait for a dead webhook is; zero: 2 s
	Patience time.Duration // for how long one request, or a command, may take; zero: 10 s and 30 s
}

const (
	firstWait    = 2 * time.Second
	longestWait  = 5 * time.Minute
	hookTakes    = 10 * time.Second
	commandTakes = 30 * time.Second

	mostWaiting = 100       // messages; older ones give way
	worthFor    = time.Hour // older messages are not sent any more
)

// Deliverer delivers messages. Its methods may be called from any goroutine.
type Deliverer struct {
	o      Options
	client *http.Client

	mu       sync.Mutex
	settings Settings
	lines    [2]*line
}

// The lines of a Deliverer.
const (
	hookLine = iota
	commandLine
)

// New returns a Deliverer; Run has it work.
func New(o Options) *Deliverer {
	if o.First <= 0 {
		o.First = firstWait
	}
	d := &Deliverer{o: o, settings: o.Settings, client: &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token stays where the person sent it
	}}
	for i := range d.lines {
		d.lines[i] = &line{wake: make(chan struct{}, 1)}
	}
	return d
}

// Run delivers until ctx ends, and returns when nothing of it runs any more.
func (d *Deliverer) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { d.work(ctx, hookLine) })
	both.Go(func() { d.work(ctx, commandLine) })
	both.Wait()
	if s := d.State(); d.o.Log != nil && s.Hook.Waiting+s.Command.Waiting > 0 {
		d.o.Log.Warn("alerts were not delivered before the end", "webhook", s.Hook.Waiting, "command", s.Command.Waiting)
	}
}

// Set takes other settings. What waits goes where they say, at once.
func (d *Deliverer) Set(s Settings) {
	d.mu.Lock()
	changed := d.settings != s
	d.settings = s
	d.mu.Unlock()
	if !changed {
		return
	}
	for _, l := range d.lines {
		l.mu.Lock()
		l.state.Failure, l.state.Next = nil, time.Time{}
		l.mu.Unlock()
		l.rouse()
	}
}

// Settings are where alerts go now.
func (d *Deliverer) Settings() Settings {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings
}

// Deliver takes a message, and never waits.
func (d *Deliverer) Deliver(m Message) {
	s := d.Settings()
	if s.Hook.URL != "" {
		d.lines[hookLine].put(m)
	}
	if s.Command != "" {
		d.lines[commandLine].put(m)
	}
}

// State is what became of what was to be delivered.
type State struct{ Hook, Command Line }

// Line is what became of one way out.
type Line struct {
	Waiting   int       // messages that are still to go
	Lost      int       // that will never go: there were too many, or they got too old, or were refused
	Delivered time.Time // the last one that went; zero: none did
	Failure   *Failure  // of the last attempt; nil: it succeeded, or there was none
	Next      time.Time // when it is tried again; zero: not by itself
}

// State returns what became of them.
func (d *Deliverer) State() State {
	return State{d.lines[hookLine].now(), d.lines[commandLine].now()}
}

// Try sends a message by these settings once and waits for what comes of it: for who
// wants to know whether they are right. The errors are *Failures.
func (d *Deliverer) Try(ctx context.Context, s Settings, m Message) (hook, command error) {
	if s.Hook.URL != "" {
		hook = d.post(ctx, s.Hook, m)
	}
	if s.Command != "" {
		command = d.run(ctx, s.Command, m)
	}
	return hook, command
}

// line is a queue of messages and what became of them.
type line struct {
	wake chan struct{} // one slot

	mu    sync.Mutex
	queue []Message
	state Line
}

func (l *line) put(m Message) {
	l.mu.Lock()
	l.queue = append(l.queue, m)
	if over := len(l.queue) - mostWaiting; over > 0 {
		l.queue = l.queue[over:]
		l.state.Lost += over
	}
	l.mu.Unlock()
	l.rouse()
}

func (l *line) rouse() {
	select {
	case l.wake <- struct{}{}:
	default: // it is told already
	}
}

func (l *line) now() Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.state
	s.Waiting = len(l.queue)
	return s
}

// next is the oldest message that is worth being sent; those before are lost.
func (l *line) next(now time.Time) (Message, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) > 0 && now.Sub(l.queue[0].Time) > worthFor {
		l.queue = l.queue[1:]
		l.state.Lost++
	}
	if len(l.queue) == 0 {
		return Message{}, false
	}
	m := l.queue[0]
	l.queue = l.queue[1:]
	return m, true
}

// done takes down what became of a message. One that is to be tried again goes back to
// the front of the queue, unless the queue is full by now.
func (l *line) done(m Message, err error, again bool, next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Failure, l.state.Next = nil, time.Time{}
	if err == nil {
		l.state.Delivered = time.Now()
		return
	}
	failed := new(Failure)
	if !errors.As(err, &failed) {
		failed = &Failure{Kind: Unreached}
	}
	l.state.Failure = failed
	if !again || len(l.queue) >= mostWaiting {
		l.state.Lost++
		return
	}
	l.queue, l.state.Next = append([]Message{m}, l.queue...), next
}

// work delivers by one line until ctx ends.
func (d *Deliverer) work(ctx context.Context, which int) {
	l := d.lines[which]
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = d.o.First, longestWait
	for {
		m, any := l.next(time.Now())
		pause := time.Duration(0)
		if any {
			if pause = d.send(ctx, which, m, waits); pause == 0 && ctx.Err() == nil {
				continue
			}
		}
		if !d.rest(ctx, l, pause) {
			return
		}
	}
}

// rest waits for the time to try again, or where pause is zero for news; false: ctx
// ended. News of a message does not end the wait for a dead webhook, other settings do.
func (d *Deliverer) rest(ctx context.Context, l *line, pause time.Duration) bool {
	before := d.Settings()
	var wait <-chan time.Time // nil: never ready
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		wait = timer.C
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-wait:
			return true
		case <-l.wake:
			if wait == nil || d.Settings() != before {
				return true
			}
		}
	}
}

// send delivers a message, and returns how long to wait until it is tried again; zero
// where it went, or will not.
func (d *Deliverer) send(ctx context.Context, which int, m Message, waits *backoff.ExponentialBackOff) (pause time.Duration) {
	s, l := d.Settings(), d.lines[which]
	hook, command := Settings{Hook: s.Hook}, Settings{Command: s.Command}
	var err error
	if which == hookLine {
		err, _ = d.Try(ctx, hook, m)
	} else {
		_, err = d.Try(ctx, command, m)
	}
	if ctx.Err() != nil {
		return 0
	}
	failed := new(Failure)
	again := errors.As(err, &failed) && which == hookLine && failed.passes()
	if again {
		pause = max(waits.NextBackOff(), failed.After)
	} else {
		waits.Reset()
	}
	l.done(m, err, again, time.Now().Add(pause))
	if err != nil && d.o.Log != nil {
		d.o.Log.Warn("an alert was not delivered", "error", err, "tried_again", again)
	}
	if d.o.OnChange != nil {
		d.o.OnChange()
	}
	return pause
}

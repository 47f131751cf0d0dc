package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"openinterest/data/market"
	"openinterest/data/sim"
	"openinterest/ui/columns"
)

// soakCommand runs the real window for a day of the market in a few minutes,
// while everything goes wrong that can, and holds what it cost against bounds.
// “go run ./cmd/dev soak” gives it a display.
//
// A market that ran faster than the program's own clocks would look to the
// program like a machine that sleeps without end. So the market's time passes in
// steps: every few seconds the clocks of the exchange and of this machine, as
// the session sees them, skip five minutes, as after a sleep. In between the
// exchange fails at random for some seconds, then is well until the market is
// live again, and a person uses the window all the time, but for a few rests in
// which it is measured (soakrest.go).
type soakCommand struct {
	For       time.Duration `default:"10m" help:"Run for so long."`
	Market    time.Duration `default:"24h" help:"So much of the market's time passes meanwhile."`
	Seed      uint64        `help:"Of all that is random (default: another one each time)."`
	Contracts int           `default:"60" help:"So many are in the market."`
	Profiles  string        `help:"Keep heap profiles of the moments that are compared in this folder."`
}

const (
	soakStep    = 5 * time.Minute  // of the market's time
	soakLasts   = 6 * time.Second  // lasts a fault at most; a sixth of a soak that is short
	soakRecover = 10 * time.Second // within which the market is live again after a fault
	soakLate    = time.Minute      // that a soak may take longer, until the market is well and the window at rest
	soakList    = 20 * time.Minute // of the market's time, within which a contract listed again is seen: two lists
	soakLook    = 100 * time.Millisecond
	soakWatch   = 5 * time.Millisecond
)

// Validate refuses what leaves no time. Kong calls it.
func (c *soakCommand) Validate() error {
	if c.For < 10*time.Second || c.Market < soakStep {
		return errors.New("--for and --market: this is too short")
	}
	return nil
}

// Run is called by kong.
func (c *soakCommand) Run(ctx context.Context, g *globals, std streams) error {
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	folder, err := os.MkdirTemp("", "openinterest-soak-")
	if err != nil {
		return fmt.Errorf("making a folder for the soak: %w", err)
	}
	defer os.RemoveAll(folder)
	clock := newSkippingClock()
	server, err := sim.Start(context.WithoutCancel(ctx), sim.Options{Contracts: c.Contracts, Now: clock.now, Seed: c.Seed, EnforceBudgets: true})
	if err != nil {
		return err
	}
	defer server.Close()
	own := *g
	own.Demo, own.DataDir = false, folder
	own.RestURL, own.StreamURL, own.ArchiveURL = server.RESTURL(), server.StreamURL(), server.ArchiveURL()
	options := own.session(own.logger(std.err))
	options.Now, options.Elapsed = clock.now, clock.elapsed

	ctx, end := context.WithCancel(ctx)
	defer end()
	random := func(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(c.Seed, stream)) }
	s := &soak{
		c: c, clock: clock, server: server, meter: newHeldMeter(), random: random(1),
		source: &soakFaults{random: random(2), server: server, folder: options.HistoryDir()},
		rest:   resting{folder: c.Profiles},
	}
	done := make(chan struct{})
	err = runWindow(ctx, &own, std, options, func(w *window) {
		w.loop.around = s.meter.around
		s.w, s.user = w, &user{random: random(3), w: w}
		s.rest.first = w.settings.Detached()
		go func() {
			defer close(done)
			defer end() // closes the window
			s.run(ctx)
		}()
	})
	if s.w == nil {
		return err
	}
	end()
	<-done
	if err != nil {
		return err // such as that there is no window to be had
	}
	return s.report(std.out)
}

// soak is a soak at work. All of it but the meter and the user belongs to run.
type soak struct {
	c      *soakCommand
	clock  *skippingClock
	server *sim.Server
	meter  *heldMeter
	random *rand.Rand
	source *soakFaults
	w      *window
	user   *user
	began  time.Time

	steps  int // that were done
	owed   int // steps that wait until the market has recovered
	rest   resting
	looks  int // at the market …
	live   int // … of which it was live
	faults map[string]int

	now         soakFault // what goes wrong; its end is set while it does
	end         func()
	turns       time.Time // when what goes wrong ends, or the next begins
	wellSince   time.Time // the last fault ended
	recovering  bool      // from what was last
	relisted    string    // the contract that was last listed again; "": none
	relistedAt  time.Time // by the market's time
	slowestList time.Duration
	slowest     time.Duration
	slowestOf   string
	wrong       []string // what was out of bounds
	finished    bool
	final       string // what was missing at the end
}

// run makes time pass, things go wrong and the window be used, until the time is
// over or ctx ends.
func (s *soak) run(ctx context.Context) {
	s.faults, s.began = map[string]int{}, time.Now()
	s.recovering, s.wellSince, s.slowestOf = true, s.began, "the start"
	steps := int(s.c.Market / soakStep)
	s.rest.plan(s.began, s.c.For)
	step := time.NewTicker(max(s.rest.between/time.Duration(steps), soakLook))
	look, watch := time.NewTicker(soakLook), time.NewTicker(soakWatch)
	over := time.NewTimer(s.c.For + soakLate)
	for _, t := range []*time.Ticker{step, look, watch} {
		defer t.Stop()
	}
	defer over.Stop()
	defer func() {
		if s.end != nil {
			s.end()
		}
	}()
	for {
		select {
		case <-step.C:
			s.owed = max(0, min(s.owed+1, steps-s.steps))
			s.step()
		case <-look.C:
			s.look()
			switch {
			case s.resting():
			case s.rest.over():
				if s.missing() == "" || time.Since(s.began) > s.c.For+soakRecover {
					s.finish()
					return
				}
			default:
				s.w.loop.do(func() { s.meter.called(s.user.act()) })
			}
		case <-watch.C:
			s.meter.watch()
		case <-over.C:
			s.wrong = append(s.wrong, "the window did not come to rest")
			s.finish()
			return
		case <-ctx.Done():
			return
		}
	}
}

// finish takes down how the market is at the end.
func (s *soak) finish() {
	s.finished = true
	if s.final = s.missing(); s.final != "" {
		s.wrong = append(s.wrong, "at the end: "+s.final)
	}
}

// step has the market's time pass by what is owed. While the market recovers it
// waits: whether every row is fresh could not be told from how quick the machine
// is to ask for them all between two steps. And while the window is at rest.
func (s *soak) step() {
	if s.recovering && !s.unlisted(time.Now()) || s.rest.on() {
		return
	}
	s.clock.skip(time.Duration(s.owed) * soakStep)
	s.steps, s.owed = s.steps+s.owed, 0
}

// look follows the market, and begins and ends what goes wrong.
func (s *soak) look() {
	now, snap := time.Now(), s.w.session.Snapshot()
	s.looks++
	if snap != nil && snap.Status.State == market.Live {
		s.live++
	}
	switch {
	case s.end != nil:
		if now.After(s.turns) {
			s.over(now)
		}
	case s.unlisted(now):
	case s.recovering:
		missing := s.missing()
		took := now.Sub(s.wellSince)
		if missing == "" || took > soakRecover {
			s.recovered(took, missing)
			s.turns = now.Add(time.Second + time.Duration(s.random.Int64N(int64(3*time.Second))))
		}
	case s.rest.on():
	case now.After(s.turns) && now.Add(2*s.lasts()).Before(s.rest.next()):
		s.begin(now)
	}
}

// over ends what goes wrong. A refusal, and a minute whose weight others have
// spent, are over only when the time has passed that the program is to wait; so it
// passes.
func (s *soak) over(now time.Time) {
	s.end()
	if s.now.waits {
		s.server.Pardon()
		s.owed = max(s.owed, 1)
		s.step()
	}
	s.end, s.recovering, s.wellSince = nil, true, now
	s.relisted, s.relistedAt = s.now.lists, s.w.session.Now()
}

// unlisted reports whether the program has yet to learn that a contract is listed
// again. It does by asking for the list, every ten minutes of the market's; they
// pass as usual until it has, and recovering begins then. It may also learn of the
// end only now, and lose the contract once more.
func (s *soak) unlisted(now time.Time) bool {
	snap := s.w.session.Snapshot()
	if s.relisted == "" || snap != nil && snap.Quote(s.relisted) != nil {
		return false
	}
	took := s.w.session.Now().Sub(s.relistedAt)
	s.slowestList, s.wellSince = max(s.slowestList, took), now
	if took > soakList {
		s.wrong = append(s.wrong, fmt.Sprintf("%s after %s is listed again it is missing", took.Round(time.Second), s.relisted))
		s.relisted = ""
	}
	return s.relisted != ""
}

// lasts is for how long something goes wrong at most.
func (s *soak) lasts() time.Duration { return min(soakLasts, s.c.For/6) }

// begin lets something go wrong.
func (s *soak) begin(now time.Time) {
	s.now = s.source.next()
	end, err := s.now.begin()
	if err != nil {
		s.wrong = append(s.wrong, err.Error())
		return
	}
	s.w.log.Info("soak: begins", "fault", s.now.name)
	s.end, s.turns = end, now.Add(time.Second+time.Duration(s.random.Int64N(int64(s.lasts()-time.Second))))
	kind, _, _ := strings.Cut(s.now.name, " ")
	s.faults[kind]++
}

// recovered takes down how long the market took to be live again.
func (s *soak) recovered(took time.Duration, missing string) {
	s.recovering = false
	after := s.now.name
	if after == "" {
		after = "the start"
	}
	s.w.log.Info("soak: well again", "after", after, "took", took, "missing", missing)
	if missing != "" {
		s.wrong = append(s.wrong, fmt.Sprintf("%s after %s: %s", took.Round(soakLook), after, missing))
	}
	if took > s.slowest {
		s.slowest, s.slowestOf = took, after
	}
}

// missing is what keeps the market from being all well; "": it is.
func (s *soak) missing() string {
	snap := s.w.session.Snapshot()
	if snap == nil {
		return "no market"
	}
	var rows []string
	now := s.w.session.Now()
	for _, symbol := range s.server.Symbols() {
		q := snap.Quote(symbol)
		if q == nil {
			rows = append(rows, symbol+" is missing")
		} else if age, ok := q.Age(now); !ok || age > columns.StaleAfter {
			rows = append(rows, fmt.Sprintf("%s is %s old", symbol, age.Round(time.Second)))
		}
	}
	if snap.Status.State == market.Live && len(rows) == 0 {
		return ""
	}
	said := fmt.Sprintf("%s (%v), %d rows are not fresh", snap.Status.State, snap.Status.Problem, len(rows))
	if len(rows) > 0 {
		said += ", such as: " + rows[0]
	}
	return said
}

// report prints what was measured, and fails if that is out of bounds.
func (s *soak) report(out io.Writer) error {
	first, last := s.rest.moments()
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	line := func(what, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", what, fmt.Sprintf(format, args...)) }
	line("seed", "%d", s.c.Seed)
	line("market time", "%s in %d steps, %s long", time.Duration(s.steps)*soakStep, s.steps, time.Since(s.began).Round(time.Second))
	total, kinds := 0, []string{}
	for kind, n := range s.faults {
		total += n
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(kinds)
	line("faults", "%d: %s", total, strings.Join(kinds, ", "))
	line("live", "%.0f %% of the time; again after a fault within %s (%s)", 100*float64(s.live)/float64(max(s.looks, 1)), s.slowest.Round(soakLook), s.slowestOf)
	if s.slowestList > 0 {
		line("listed again", "and seen within %s of the market's time", s.slowestList.Round(time.Second))
	}
	s.rest.lines(line)
	line("the UI's goroutine", "held %d times, 99 %% of them ≤ %s", s.meter.total, s.meter.percentile(0.99))
	line("  the longest", "%s", s.meter.longest)
	line("  the busiest", "%s", s.meter.busiest)
	line("panics", "none")
	switch {
	case !s.finished:
		line("at the end", "interrupted")
	case s.final == "":
		line("at the end", "live, all %d rows fresh", len(s.server.Symbols()))
	default:
		line("at the end", "%s", s.final)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.meter.slow)) {
		fmt.Fprintf(out, "\nlonger than %s: %s\n%s\n", heldLimit, s.meter.slow[name], s.meter.stacks[name])
	}
	if wrong := append(s.wrong, s.outOfBounds(first, last)...); len(wrong) > 0 {
		return errors.New("the soak is out of bounds:\n  " + strings.Join(wrong, "\n  "))
	}
	return nil
}

// Of a soak's bounds: by how much a figure may be more at the last rest than at
// the first.
const (
	soakMemory = 1.1

	// The exchange is in this process too, and at rest a connection to it more or
	// less is open: two handles, and two goroutines at either end.
	soakConnections = 2
	soakHandles     = 2 * soakConnections
	soakGoroutines  = 4 * soakConnections
)

// outOfBounds are sentences about what grew, and what held the UI's goroutine.
func (s *soak) outOfBounds(first, last sample) (wrong []string) {
	grew := func(what string, from, to, most int64) {
		if to > most {
			wrong = append(wrong, fmt.Sprintf("%s grew from %d to %d", what, from, to))
		}
	}
	grew("resident memory in MB", first.memory/1e6, last.memory/1e6, int64(soakMemory*float64(first.memory)/1e6))
	grew("goroutines", int64(first.goroutines), int64(last.goroutines), int64(first.goroutines+soakGoroutines))
	grew("handles", int64(first.handles), int64(last.handles), int64(first.handles+soakHandles))
	if worst := s.meter.worst(); worst.cost() > heldLimit {
		wrong = append(wrong, "the UI's goroutine was held for "+worst.String())
	}
	return wrong
}

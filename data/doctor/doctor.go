// Package doctor holds the exchange against what this program expects of it, and
// says line by line what it found: the clock, each route's answer field by field,
// the limits, the stream, the archive, the proxy, the disk and the display.
//
//	session.OpenProbe ──► Run ──► []Check ──► openinterest doctor
//
// It asks by the same functions, the same quota and the same proxy as everybody
// else, and looks at what they had to read ([binance.Inspection]). What is
// expected is written down beside what decodes it: [binance.Expectation],
// [archive.Columns].
//
// The report is made to be pasted into a bug report, so it is in English whatever
// the language on screen, and has nothing private in it: no user name, no folder,
// no address of this computer, of a proxy, or of an exchange that the person named
// (see scrub).
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"openinterest/data/binance"
	"openinterest/data/history/archive"
	"openinterest/data/market"
)

// Check is one line of the report.
type Check struct {
	Check    string `json:"check"` // what was looked at; the same name in each report
	OK       bool   `json:"ok"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// Options are what the doctor looks at. All but Private are required.
type Options struct {
	Client  *binance.Client
	Archive *archive.Archive
	Program string        // the program and what it runs on, in a few words
	Way     string        // by which proxy the exchange is reached, without its address
	DataDir string        // need not be there yet
	Stream  time.Duration // for how long the stream is listened to
	Private []string      // texts that the report must not have: addresses, names, folders

	// Display looks for a display, and says what it found. An error is one that
	// should work and doesn't; having none is fine for all commands but the window.
	Display func(context.Context) (found string, err error)
}

// Run looks at everything, which takes a little longer than the stream is listened
// to. It ends early with ctx, and the report then lacks what was not looked at.
func Run(ctx context.Context, o Options) []Check {
	d := &doctor{o: o}
	d.add("program", true, "–", o.Program)
	d.add("proxy", true, "–", o.Way)
	for _, look := range []func(context.Context){d.routes, d.clock, d.weights, d.stream, d.archive, d.disk, d.display} {
		if ctx.Err() == nil {
			look(ctx)
		}
	}
	return d.checks
}

// Failed counts the checks that are not as expected.
func Failed(checks []Check) int {
	n := 0
	for _, c := range checks {
		if !c.OK {
			n++
		}
	}
	return n
}

// Write writes the report as text: what is as expected on a line, what is not on
// one that begins with FAIL and has both.
func Write(w io.Writer, checks []Check) error {
	var b strings.Builder
	for _, c := range checks {
		switch {
		case !c.OK:
			fmt.Fprintf(&b, "FAIL  %s: expected %s; found %s\n", c.Check, c.Expected, c.Found)
		default:
			fmt.Fprintf(&b, "ok    %s: %s\n", c.Check, c.Found)
		}
	}
	fmt.Fprintf(&b, "%d checks, %d failed\n", len(checks), Failed(checks))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	return nil
}

// doctor is one run.
type doctor struct {
	o         Options
	checks    []Check
	contracts []market.Contract  // as the exchange lists them; empty: it didn't
	exchange  binance.Inspection // of the list of contracts
	costs     []cost
}

// add adds a line. What it says of the outside is scrubbed.
func (d *doctor) add(check string, ok bool, expected, found string) {
	d.checks = append(d.checks, Check{Check: check, OK: ok, Expected: expected, Found: d.scrub(found)})
}

// why is what failed, in a few words: its kind, and the details.
func why(err error) string {
	p := market.ProblemOf(err)
	if p == nil {
		return err.Error()
	}
	said := strings.ReplaceAll(string(p.Kind), "_", " ")
	if p.Kind == market.QuotaSpent {
		return "not asked, since this program has spent its share of the limit"
	}
	if p.Err != nil {
		said += " (" + p.Err.Error() + ")"
	}
	return said
}

// longestWait bounds the wait for room in the quota.
const longestWait = 65 * time.Second

// asked asks, and where this program's share of the limit is spent, waits for room
// and asks again, once.
func (d *doctor) asked(ctx context.Context, ask func(context.Context) error) error {
	err := ask(ctx)
	p := market.ProblemOf(err)
	if p == nil || p.Kind != market.QuotaSpent {
		return err
	}
	wait := p.Until.Sub(d.o.Client.Now())
	if wait > longestWait {
		return err
	}
	timer := time.NewTimer(max(wait, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ask(ctx)
	case <-ctx.Done():
		return errors.Join(err, ctx.Err())
	}
}

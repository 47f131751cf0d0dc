package binance

import (
	"context"
	"errors"
	"time"

	"openinterest/data/market"
)

// Inspection is what came over the line in answer to one request, before it was
// tidied and decoded: for package doctor, which asks by the same functions as
// everybody, and looks at what they had to read.
type Inspection struct {
	Status int    // of HTTP; 0: there was no answer
	Body   []byte // nil where it was a refusal, or not read to its end
	Took   time.Duration

	Used   int       // X-MBX-USED-WEIGHT-1M; negative when absent
	Date   time.Time // of its header; zero when absent
	Wall   time.Time // this machine's clock when the answer came, half its way back taken off
	Server time.Time // that the body names; zero when absent
	Lost   int       // rows that were no rows
}

type inspectionKey struct{}

// WithInspection returns a context for one request, of which the inspection then
// tells.
func WithInspection(ctx context.Context, i *Inspection) context.Context {
	return context.WithValue(ctx, inspectionKey{}, i)
}

func inspectionOf(ctx context.Context) *Inspection {
	i, _ := ctx.Value(inspectionKey{}).(*Inspection)
	return i
}

// note takes over what is known of an answer. It is called once the answer was read.
func (i *Inspection) note(a *answer) {
	i.Status, i.Body, i.Used, i.Date, i.Server, i.Lost = a.status, a.raw, a.used, a.date, a.server, a.lost
	if a.status != 0 {
		i.Took = a.received.elapsed - a.sent.elapsed
		i.Wall = a.received.wall.Add(-i.Took / 2)
	}
}

// WeightLimit is the weight a minute that this program takes the exchange to allow.
const WeightLimit = maxWeight

// Tolerance is by how much two clocks may differ and still agree.
const Tolerance = tolerance

// MarkSilence is after how long without a usable message the stream of mark
// prices counts as broken.
const MarkSilence = markSilence

// MarkEvent is the kind of the events of mark prices.
const MarkEvent = markKind

// Fresh is by how much the time of a streamed row may differ from now.
const Fresh = fresh

// Listen connects to the stream of mark prices, calls opened once that is done,
// and hands over each message as it came, until read returns false, ctx ends, or
// no message comes for MarkSilence. It shares nothing with StreamMarkPrices, so
// that both may run. It returns nil where read ended it.
func (c *Client) Listen(ctx context.Context, opened func(), read func(message []byte) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := markStream
	s.opened = opened
	err := c.follow(ctx, s, func(message []byte) bool {
		if !read(message) {
			cancel(errHeard)
		}
		return true
	})
	if errors.Is(context.Cause(ctx), errHeard) {
		return nil
	}
	return err
}

var errHeard = errors.New("enough was heard")

// ReachREST asks for the least that can be asked: the open interest of one contract.
func (c *Client) ReachREST(ctx context.Context) error {
	_, err := c.OpenInterest(ctx, market.ProbeSymbol)
	return err
}

// ReachStream connects to the stream of mark prices and waits for its first message.
func (c *Client) ReachStream(ctx context.Context) error {
	return c.Listen(ctx, func() {}, func([]byte) bool { return false })
}

package session

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/quota"
	"openinterest/data/recorder"
)

// Payments fetches the funding payments of the past, for who imports years without a
// market that runs. It asks the exchange within the same limits as the processes
// beside it, and notes how far back it came as the recorder does, so that neither
// asks again for what the other has.
type Payments struct{ probe *Probe }

// HasPayments reports whether the options name the exchange whose archive they name:
// what one exchange paid says nothing about the contracts of another.
func (o Options) HasPayments() bool { return o.ArchiveURL == "" || o.RESTURL != "" }

// OpenPayments opens the exchange that the options name. It ends with ctx or by
// Close, which has to be called.
func OpenPayments(ctx context.Context, o Options) (*Payments, error) {
	p, err := OpenProbe(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Payments{p}, nil
}

// Close ends it.
func (p *Payments) Close() { p.probe.Close() }

// PaymentsRequest is what to fetch of a contract.
type PaymentsRequest struct {
	Quote *market.Quote // of the contract; its terms and its listing may be unknown
	From  time.Time     // the first day that is imported; zero: back to the listing
	Again bool          // those that are kept, too

	// Patience is for how long a page is asked for again while the exchange cannot be
	// reached; zero: a few times.
	Patience time.Duration
}

// before is how much earlier than the first day funding is fetched: crowding is told
// by 30 days of it.
const before = 31 * 24 * time.Hour

// Fetch fetches the payments of a contract that are not kept, the newest first, and
// keeps them. It returns how many those were. Of its errors, a *market.Problem is
// the exchange's or our own limit's; what was kept until then stays.
func (p *Payments) Fetch(ctx context.Context, store *history.Store, r PaymentsRequest) (fetched int, err error) {
	symbol := r.Quote.Contract.Symbol
	begin, hours := r.Quote.Contract.Listed, r.Quote.Funding.IntervalHours
	if !r.From.IsZero() && r.From.Add(-before).After(begin) {
		begin = r.From.Add(-before)
	}
	paid, err := notedPayments(ctx, store, symbol, p.probe.Client.Now())
	if err != nil {
		return 0, err
	}
	if r.Again {
		paid = recorder.Paid{}
	}
	page := func(s recorder.Span) error {
		points, err := p.ask(ctx, symbol, s, r.Patience)
		if err != nil {
			return err
		}
		paid = paid.With(s, points)
		fetched += len(points)
		return keepPayments(ctx, store, symbol, points, paid, p.probe.Client.Now())
	}
	for missing := !p.caughtUp(paid, hours); missing; {
		s := paid.Newer(p.probe.Client.Now())
		missing = s.To != 0
		if err := page(s); err != nil {
			return fetched, err
		}
	}
	for s, ok := paid.Older(begin, hours); ok; s, ok = paid.Older(begin, hours) {
		if err := page(s); err != nil {
			return fetched, err
		}
	}
	return fetched, nil
}

// caughtUp reports whether no payment took place since the last that is known.
func (p *Payments) caughtUp(paid recorder.Paid, hours int) bool {
	if hours <= 0 {
		hours = market.DefaultFundingTerms().IntervalHours
	}
	next := time.UnixMilli(paid.To).Add(time.Duration(hours) * time.Hour)
	return paid.From != 0 && p.probe.Client.Now().Before(next)
}

// notedPayments is the stretch of a contract's payments that was asked for before.
func notedPayments(ctx context.Context, store *history.Store, symbol string, now time.Time) (recorder.Paid, error) {
	notes, err := store.Setting(ctx, notesSetting)
	return recorder.PaidIn([]byte(notes), symbol, now), err
}

// keepPayments keeps payments, and then how far they reach.
func keepPayments(ctx context.Context, store *history.Store, symbol string, points []market.FundingPoint, paid recorder.Paid, now time.Time) error {
	if err := store.SaveFunding(ctx, symbol, points); err != nil {
		return err
	}
	notes, err := store.Setting(ctx, notesSetting)
	if err != nil {
		return err
	}
	return store.SetSetting(ctx, notesSetting, string(recorder.NotePaid([]byte(notes), symbol, paid, now)))
}

// How often and how patiently a page is asked for.
const (
	paymentTries  = 4
	paymentPause  = time.Second // grows each time
	paymentPauses = 30 * time.Second
	paymentWindow = 1000 // payments that one answer has at most
)

// ask asks for a page, when the limits leave room for it, and again where no
// connection could be made or the exchange has a fault. A refusal is not asked again.
func (p *Payments) ask(ctx context.Context, symbol string, s recorder.Span, patience time.Duration) ([]market.FundingPoint, error) {
	to := time.Time{}
	if s.To != 0 {
		to = time.UnixMilli(s.To)
	}
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = paymentPause, paymentPauses
	most := backoff.WithMaxTries(paymentTries)
	if patience > 0 {
		most = backoff.WithMaxElapsedTime(patience)
	}
	return backoff.Retry(ctx, func() ([]market.FundingPoint, error) {
		ctx, err := p.permit(ctx)
		if err != nil {
			return nil, backoff.Permanent(err)
		}
		points, err := p.probe.Client.FundingHistory(ctx, symbol, time.UnixMilli(s.From), to, paymentWindow)
		switch market.KindOf(err) {
		case "", market.Unreachable, market.TimedOut, market.ExchangeDown:
			return points, err
		}
		return nil, backoff.Permanent(err)
	}, backoff.WithBackOff(pause), most)
}

// permit waits until the limits leave room for one request, and returns a context
// that carries the leave for it. A route that rests, because it was refused, is not
// waited for: the request says so.
func (p *Payments) permit(ctx context.Context) (context.Context, error) {
	client := p.probe.Client
	for {
		permit, verdict := client.Quota().Take(client.Now(), market.RouteFunding, 0)
		if permit != nil {
			return quota.WithPermit(ctx, permit), nil
		}
		if verdict.Pause != nil {
			return ctx, nil
		}
		again := time.NewTimer(max(verdict.Again.Sub(client.Now()), time.Millisecond))
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return nil, fmt.Errorf("waiting for the limit on funding: %w", ctx.Err())
		}
	}
}

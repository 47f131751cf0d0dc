package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"openinterest/assets"
	"openinterest/data/history/archive"
	"openinterest/data/history/bulk"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui/format"
)

// tableTimeout is how long a market is waited for where no table is kept.
const tableTimeout = 90 * time.Second

// many imports many contracts: it looks up what there is, says what that takes, and
// fetches days and funding beside each other.
func (b *backfill) many(ctx context.Context) error {
	quotes, err := b.contracts(ctx)
	if err != nil {
		return err
	}
	symbols := make([]string, len(quotes))
	for i, q := range quotes {
		symbols[i] = q.Contract.Symbol
	}
	c := b.command
	show := newMarketMeter(b.std.err, b.words)
	defer show.close()
	plan, err := b.archive.PlanMarket(ctx, b.store, archive.MarketRequest{Symbols: symbols, From: c.From.Time, To: c.To.Time, Again: c.Again, Ratios: c.Ratios},
		func(done int) { show.looking(done, len(symbols)) })
	show.close()
	if err == nil {
		err = b.tellPlan(ctx, plan)
	}
	switch {
	case ctx.Err() != nil:
		return errors.New(b.words.T("cli.backfill_interrupted_early"))
	case errors.Is(err, errNoRoom):
		return err
	case err != nil:
		return historyError(b.words, err)
	}
	paid := b.fundingBeside(ctx, quotes)
	result, err := b.archive.ImportMarket(ctx, plan, show.progress)
	if err != nil {
		paid.stop()
	}
	paid.wait(show.funding)
	show.close()
	return cmp.Or(b.reportMany(ctx, plan, result, err), paid.tell(b.std))
}

// contracts are those to be imported, the ones with the most open interest first.
func (b *backfill) contracts(ctx context.Context) ([]*market.Quote, error) {
	known, snap, err := session.Known(ctx, b.options, b.store, tableTimeout)
	switch {
	case ctx.Err() != nil:
		return nil, errors.New(b.words.T("cli.backfill_interrupted_early"))
	case err != nil:
		return nil, historyError(b.words, err)
	case len(known) == 0:
		return nil, nothingError(b.words, snap)
	}
	by := map[string]*market.Quote{}
	for _, q := range known {
		by[q.Contract.Symbol] = q
	}
	symbols := session.ByOpenInterest(known)
	if n := int(b.command.Top); n > 0 {
		symbols = symbols[:min(n, len(symbols))]
	}
	quotes := make([]*market.Quote, len(symbols))
	for i, s := range symbols {
		quotes[i] = by[s]
	}
	return quotes, nil
}

// noRoom is the refusal to fill a disk.
type noRoom struct{ error }

// Is makes every such refusal errNoRoom.
func (noRoom) Is(target error) bool { return target == errNoRoom }

var errNoRoom = errors.New("no room on the disk")

// tellPlan says what is going to be fetched and what that takes, and refuses what
// the disk has no room for.
func (b *backfill) tellPlan(ctx context.Context, plan *archive.Plan) error {
	room, err := bulk.RoomFor(ctx, b.store, plan.Days)
	if err != nil {
		return err
	}
	args := assets.Args{"Contracts": plan.Contracts, "Days": format.Count(plan.Days), "Skipped": format.Count(plan.Skipped),
		"Need": format.Bytes(room.Need), "Free": "", "Failed": len(plan.Failures)}
	if room.Free >= 0 {
		args["Free"] = format.Bytes(room.Free)
	}
	if !room.Fits() {
		return noRoom{errors.New(b.words.T("cli.backfill_no_room", args))}
	}
	if plan.Days > 0 {
		say(b.std.err, b.words.T("cli.backfill_plan", args))
	}
	return nil
}

// reportMany says what became of an import of many contracts.
func (b *backfill) reportMany(ctx context.Context, plan *archive.Plan, r archive.MarketResult, err error) error {
	w := b.words
	args := assets.Args{"Contracts": plan.Symbols, "Days": format.Count(r.Done), "Stamps": format.Count(r.Points), "Skipped": format.Count(r.Skipped),
		"Unpublished": r.Unpublished, "Failed": r.Failed, "Total": format.Count(r.Total), "FailedContracts": len(r.Failures)}
	for _, f := range r.Failures {
		if f.Days == 0 {
			say(b.std.err, fmt.Sprintf("%s: %s (%v)", f.Symbol, format.HistoryProblem(w, f.Err), f.Err))
			continue
		}
		day := assets.Args{"Symbol": f.Symbol, "Days": f.Days, "First": f.First.Format(time.DateOnly), "Sentence": format.HistoryProblem(w, f.Err)}
		say(b.std.err, fmt.Sprintf("%s (%v)", w.T("cli.backfill_many_failure", day), f.Err))
	}
	switch {
	case ctx.Err() != nil:
		return errors.New(w.T("cli.backfill_many_interrupted", args))
	case err != nil:
		return historyError(w, err)
	case r.Total+r.Skipped == 0 && len(r.Failures) == 0:
		return errors.New(w.T("cli.backfill_many_nothing"))
	}
	if _, err := fmt.Fprintln(b.std.out, w.T("cli.backfill_many_done", args)); err != nil {
		return fmt.Errorf("printing what was imported: %w", err)
	}
	if len(r.Failures) > 0 {
		return errors.New(w.T("cli.backfill_many_failed", args))
	}
	return nil
}

// fundingRun fetches funding beside the days. What it says is kept until the end, so
// that it does not get into the middle of a bar.
type fundingRun struct {
	cancel   context.CancelFunc
	ended    chan struct{}
	out, err bytes.Buffer
	failure  error

	mu          sync.Mutex
	done, total int
}

func (b *backfill) fundingBeside(ctx context.Context, quotes []*market.Quote) *fundingRun {
	run := &fundingRun{ended: make(chan struct{}), total: len(quotes)}
	ctx, run.cancel = context.WithCancel(ctx)
	go func() {
		defer close(run.ended)
		run.failure = b.funding(ctx, streams{out: &run.out, err: &run.err}, quotes, func(done int) {
			run.mu.Lock()
			defer run.mu.Unlock()
			run.done = done
		})
	}()
	return run
}

// stop ends it early: the archive cannot be reached any more, or nothing can be kept.
func (r *fundingRun) stop() { r.cancel() }

// wait waits for its end, and tells of how many contracts it has come once a second.
func (r *fundingRun) wait(tell func(done, total int)) {
	defer r.cancel()
	again := time.NewTicker(time.Second)
	defer again.Stop()
	for {
		select {
		case <-r.ended:
			return
		case <-again.C:
			r.mu.Lock()
			done := r.done
			r.mu.Unlock()
			tell(done, r.total)
		}
	}
}

// tell prints what it had to say, and returns what ended it.
func (r *fundingRun) tell(std streams) error {
	_, errs := r.err.WriteTo(std.err)
	_, err := r.out.WriteTo(std.out)
	return cmp.Or(r.failure, err, errs)
}

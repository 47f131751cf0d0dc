package main

import (
	"context"
	"errors"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui/format"
)

// fundingPatience is for how long funding is asked for again while the exchange
// cannot be reached, in an import of many contracts: it takes hours anyway.
const fundingPatience = 10 * time.Minute

// funding fetches the funding payments of contracts, in order, and says how many
// those were; progress is told of how many contracts. What fails costs funding only,
// and is said on standard error: a refusal that of all contracts, anything else that
// of one. The error is that of a history that keeps nothing, or of ctx.
func (b *backfill) funding(ctx context.Context, std streams, quotes []*market.Quote, progress func(done int)) error {
	if !b.options.HasPayments() {
		say(std.err, b.words.T("cli.backfill_no_exchange"))
		return nil
	}
	from, err := session.OpenPayments(ctx, b.options)
	if err != nil {
		return err
	}
	defer from.Close()
	request := session.PaymentsRequest{From: b.command.From.Time, Again: b.command.Again}
	if len(quotes) > 1 {
		request.Patience = fundingPatience
	}
	fetched, contracts := 0, 0
	for i, q := range quotes {
		request.Quote = q
		n, err := from.Fetch(ctx, b.store, request)
		fetched += n
		progress(i + 1)
		if err == nil {
			contracts++
			continue
		}
		symbol, p := q.Contract.Symbol, market.ProblemOf(err)
		switch {
		case ctx.Err() != nil:
			return errors.New(b.words.T("cli.backfill_funding_interrupted", assets.Args{"Payments": fetched}))
		case p == nil:
			return historyError(b.words, err)
		}
		say(std.err, b.words.T("cli.backfill_funding_failed", assets.Args{"Symbol": symbol, "Why": format.Problem(b.words, p, symbol)}))
		if p.Kind.Global() { // nobody else is answered now
			break
		}
	}
	say(std.out, b.words.T("cli.backfill_funding_done", assets.Args{"Payments": fetched, "Contracts": contracts, "Symbol": quotes[0].Contract.Symbol, "One": len(quotes) == 1}))
	return nil
}

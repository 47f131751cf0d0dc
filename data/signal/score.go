package signal

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
)

// Subject is one contract to score.
type Subject struct {
	Input *Input
	Live  []Event // seen live, in order of time; nil when there are none

	// LiveSince is when live events began to be told. Events on stamps from then
	// on count as live only, so that none is counted on both cards. Zero: never.
	LiveSince time.Time
}

// Cards are the two scorecards of the same contracts.
type Cards struct {
	History Scorecard  `json:"history"`
	Live    *Scorecard `json:"live,omitempty"` // nil when nothing was watched live
}

// Failure is a contract that could not be loaded; the others are scored without it.
type Failure struct {
	Symbol string `json:"symbol"`
	Err    error  `json:"-"`
	Text   string `json:"error"`
}

// Report is what Score finds.
type Report struct {
	Pooled    Cards     `json:"pooled"`
	Contracts []Cards   `json:"contracts"` // in the order given
	Failed    []Failure `json:"failed,omitempty"`
}

// Score scores contracts, each by itself and pooled. Contracts are loaded one
// after the other and walked on all processors; progress, which may be nil, is
// called after each, from one goroutine at a time. A contract that fails to
// load is reported and left out. The error is the context's.
func Score(ctx context.Context, subjects iter.Seq2[Subject, error], progress func(done int)) (*Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result)
	go work(ctx, subjects, results)

	report, pools := &Report{}, [2]*pool{newPool(FromHistory), newPool(SeenLive)}
	waiting, next, done := map[int]result{}, 0, 0
	var failure error
	for r := range results { // to the end, so that nobody is left sending
		done++
		if progress != nil {
			progress(done)
		}
		waiting[r.index] = r
		for r, ok := waiting[next]; ok; r, ok = waiting[next] { // in the order given: sums come out the same each time
			delete(waiting, next)
			next++
			switch {
			case r.err == nil:
				report.add(r, pools)
			case ctx.Err() == nil:
				report.Failed = append(report.Failed, Failure{r.symbol, r.err, r.err.Error()})
			default:
				failure = r.err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("scoring signals: %w", cmp.Or(failure, err))
	}
	report.Pooled.History = pools[0].card()
	if pools[1].contracts > 0 {
		live := pools[1].card()
		report.Pooled.Live = &live
	}
	return report, nil
}

// add takes in one contract. Score calls it in the order in which contracts were given.
func (r *Report) add(x result, pools [2]*pool) {
	pools[0].add(x.tallies[0])
	cards := Cards{History: x.tallies[0].card()}
	if x.tallies[1] != nil {
		pools[1].add(x.tallies[1])
		live := x.tallies[1].card()
		cards.Live = &live
	}
	r.Contracts = append(r.Contracts, cards)
}

// result is one contract's share of a report.
type result struct {
	index   int
	symbol  string
	tallies [2]*tally // history, live
	err     error
}

// work loads subjects and has them tallied, until all are or ctx ends; then it
// closes results.
func work(ctx context.Context, subjects iter.Seq2[Subject, error], results chan<- result) {
	defer close(results)
	var busy sync.WaitGroup
	defer busy.Wait()
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	index := 0
	for s, err := range subjects {
		if ctx.Err() != nil {
			return
		}
		r := result{index: index, err: err}
		index++
		if s.Input != nil {
			r.symbol = s.Input.Symbol
		}
		if err != nil || s.Input == nil {
			r.err = cmp.Or(err, fmt.Errorf("no input given"))
			results <- r
			continue
		}
		free <- struct{}{}
		busy.Go(func() {
			defer func() { <-free }()
			r.tallies, r.err = tallySubject(ctx, s)
			results <- r
		})
	}
}

// tallySubject walks along a contract's history, and divides its events into those
// computed on history and those seen live. It runs on a goroutine of work.
func tallySubject(ctx context.Context, s Subject) (tallies [2]*tally, err error) {
	h := &history{bare: true}
	if err := h.walk(ctx, s.Input, new(Workspace), nil); err != nil {
		return tallies, err
	}
	o := newOutcomes(h.grid)
	past := &tally{symbol: s.Input.Symbol, origin: FromHistory, o: o, since: h.defined, fired: h.fired}
	tallies[0] = past
	if s.LiveSince.IsZero() && len(s.Live) == 0 {
		return tallies, nil
	}
	past.until = s.LiveSince.UnixMilli()
	if s.LiveSince.IsZero() {
		past.until = s.Live[0].Time.UnixMilli()
	}
	live := &tally{symbol: s.Input.Symbol, origin: SeenLive, o: o}
	for _, e := range s.Live {
		if k := e.Kind.index(); k >= 0 && SameDefinition(e.DefinitionVersion) {
			live.fired[k] = append(live.fired[k], market.FloorStamp(e.Time.UnixMilli()))
		}
	}
	for k := range eventKinds {
		cut, _ := slices.BinarySearch(past.fired[k], past.until)
		past.fired[k] = past.fired[k][:cut]
		slices.Sort(live.fired[k])
		if h.defined[k] != 0 {
			live.since[k] = max(h.defined[k], past.until)
		}
	}
	tallies[1] = live
	return tallies, nil
}

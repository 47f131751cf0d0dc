package format

import (
	"strings"

	"openinterest/assets"
	"openinterest/data/market"
)

// Problem is the sentence for what went wrong with the exchange, one a person
// can act on; the details are for the log. symbol names the contract concerned,
// empty where all are. It is empty for no problem.
func Problem(w *assets.Words, p *market.Problem, symbol string) string {
	if p == nil {
		return ""
	}
	if p.Route != market.EveryRoute {
		return part(w, p) + w.T("problem.stop")
	}
	if s := w.T("problem."+string(p.Kind), problemArgs(w, p, symbol)); s != "" {
		return s
	}
	return w.T("problem."+string(market.BadAnswer), problemArgs(w, p, symbol))
}

// part is what fails with the one route of a problem, without a full stop, so
// that it can be said what does not.
func part(w *assets.Words, p *market.Problem) string {
	args := problemArgs(w, p, "")
	if s := w.T("problem.part_"+string(p.Kind), args); s != "" {
		return s
	}
	return w.T("problem.part_"+string(market.BadAnswer), args)
}

// problemArgs are what the sentences of problems may name. A time counts as
// told only where there is one.
func problemArgs(w *assets.Words, p *market.Problem, symbol string) assets.Args {
	args := assets.Args{
		"Others": p.Own < p.Used/2, // mostly others, or the run before this one
		"Symbol": symbol, "Until": "", "Told": p.Told && !p.Until.IsZero(), "Code": p.Code,
		"Used": ExactTo(float64(p.Used), 0), "Allowed": "", "Route": w.T("problem.route_" + string(p.Route)),
	}
	if p.Allowed > 0 {
		args["Allowed"] = ExactTo(float64(p.Allowed), 0)
	}
	if !p.Until.IsZero() {
		args["Until"] = Clock(p.Until)
		if p.Kind == market.BannedUntil { // up to three days
			args["Until"] = DateTime(p.Until)
		}
	}
	return args
}

// Trouble is one thing that is wrong while the program runs, in words.
type Trouble struct {
	Sentence string
	Why      string // what else is known of it, in one or more sentences; may be empty
}

// String is all that is said of it.
func (t Trouble) String() string {
	if t.Why == "" {
		return t.Sentence
	}
	return t.Sentence + "\n" + t.Why
}

// StatusProblem says all that is wrong with the feed in one line of plain text,
// the weightiest first. It is empty while nothing is. Quotes are as for Troubles.
func StatusProblem(w *assets.Words, st market.Status, quotes []*market.Quote) string {
	var all []string
	for _, t := range Troubles(w, st, quotes) {
		all = append(all, strings.ReplaceAll(t.String(), "\n", gap(w)))
	}
	return strings.Join(all, gap(w))
}

// gap stands between two sentences; Chinese has none.
func gap(w *assets.Words) string {
	if w.Lang() == assets.Chinese {
		return ""
	}
	return " "
}

// Troubles lists what is wrong with the feed, the weightiest first. Among
// quotes it finds the contracts without an answer, to name them; nil does.
func Troubles(w *assets.Words, st market.Status, quotes []*market.Quote) []Trouble {
	var all []Trouble
	add := func(sentence, why string) {
		if sentence != "" {
			all = append(all, Trouble{sentence, why})
		}
	}
	add(whole(w, st), "")
	lost := st.Storage != nil && !st.Storage.Kind.Note()
	if lost {
		add(storage(w, st.Storage), "")
	}
	for _, p := range st.Partial {
		if p.Route != market.EveryRoute {
			add(partly(w, st, p), "")
		}
	}
	if st.State == market.Live && !st.StreamLive && !fails(st, market.RouteStream) {
		add(partly(w, st, &market.Problem{Kind: market.Unreachable, Route: market.RouteStream}), "")
	}
	if st.Unanswered > 0 {
		add(w.T("status.unanswered", assets.Args{"N": st.Unanswered}), unanswered(w, st, quotes))
	}
	if st.Storage != nil && !lost {
		add(storage(w, st.Storage), "")
	}
	return all
}

// whole is why the feed is not live, when it is tried again, and since when
// nothing came.
func whole(w *assets.Words, st market.Status) string {
	if st.State == market.Live || st.State == market.Loading && st.Problem == nil {
		return ""
	}
	var sentences []string
	named := false
	if st.Problem != nil {
		p := *st.Problem
		if p.Route == market.RouteOpenInterest { // it is what the table is for: without it, nothing is live
			p.Route = market.EveryRoute
		}
		switch p.Kind {
		case market.QuotaSpent, market.LimitedUntil, market.BannedUntil: // their sentences name the time
			if p.Until.IsZero() {
				p.Until, p.Told = st.Until, false
			}
			named = true
		}
		sentences = append(sentences, Problem(w, &p, ""))
	}
	if !named && !st.Until.IsZero() {
		sentences = append(sentences, w.T("status.next_try", assets.Args{"Time": Clock(st.Until)}))
	}
	if !named && !st.LastGood.IsZero() && st.State != market.Loading {
		sentences = append(sentences, w.T("status.last_good", assets.Args{"Time": Clock(st.LastGood)}))
	}
	return strings.Join(sentences, gap(w))
}

// partly says which route fails, and what that leaves: everything else, where
// nothing else fails, and prices that are asked for, where they are pushed no more.
func partly(w *assets.Words, st market.Status, p *market.Problem) string {
	sentence := part(w, p)
	alone := st.State == market.Live && len(st.Partial) <= 1 && st.Unanswered == 0
	switch {
	case p.Route == market.RouteStream:
		if isDown(p.Kind) {
			sentence = w.T("problem.stream_down", problemArgs(w, p, ""))
		}
		if st.State == market.Live && !fails(st, market.RouteMarkPrices) {
			sentence += w.T("problem.rest_asked")
		}
	case p.Route == market.RouteLiquidations && isDown(p.Kind):
		sentence = w.T("problem.liquidations_down", problemArgs(w, p, ""))
	}
	if p.Route != market.RouteStream && alone && st.StreamLive {
		sentence += w.T("problem.rest_live")
	}
	return sentence + w.T("problem.stop")
}

// isDown reports whether a stream that fails like this is just not there: nobody
// refuses it.
func isDown(k market.ProblemKind) bool {
	switch k {
	case market.Unreachable, market.TimedOut, market.BadAnswer, market.ExchangeDown:
		return true
	}
	return false
}

// fails reports whether a route is among those that fail by themselves.
func fails(st market.Status, r market.Route) bool {
	for _, p := range st.Partial {
		if p.Route == r {
			return true
		}
	}
	return false
}

// unanswered is why contracts have no answer: by name where quotes tell, else
// a sentence for each kind of problem.
func unanswered(w *assets.Words, st market.Status, quotes []*market.Quote) string {
	const most = 5
	var lines []string
	for _, q := range quotes {
		if q.Problem == nil || !q.OpenInterest.Received.IsZero() && q.History != nil {
			continue
		}
		if len(lines) == most {
			lines = append(lines, "…")
			break
		}
		symbol := q.Contract.Symbol
		lines = append(lines, w.T("status.of_contract", assets.Args{"Symbol": symbol, "Sentence": Problem(w, q.Problem, symbol)}))
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n")
	}
	said := map[market.ProblemKind]bool{}
	for _, p := range st.Partial {
		if p.Route == market.EveryRoute && !said[p.Kind] {
			said[p.Kind] = true
			lines = append(lines, Problem(w, p, ""))
		}
	}
	return strings.Join(lines, "\n")
}

func storage(w *assets.Words, p *market.StorageProblem) string {
	return w.T("history.store_"+string(p.Kind), assets.Args{"Path": p.What})
}

// Symbols names the first of some contracts and counts the rest.
func Symbols(w *assets.Words, symbols []string, shown int) string {
	if len(symbols) <= shown {
		return strings.Join(symbols, w.T("status.comma"))
	}
	return w.T("status.and_more", assets.Args{"Symbols": strings.Join(symbols[:shown], w.T("status.comma")), "Count": len(symbols) - shown})
}

package market

import (
	"errors"
	"fmt"
	"time"
)

// ProblemKind is the small set of ways in which asking the exchange fails. The
// screen has a sentence for each; the log has the details.
type ProblemKind string

// The kinds of problem.
const (
	Unreachable     ProblemKind = "unreachable"      // no connection could be made, or it broke
	TimedOut        ProblemKind = "timed_out"        // connected, but no answer in time
	BadCertificate  ProblemKind = "bad_certificate"  // the other end could not prove that it is the exchange: a wrong clock, or somebody in between
	QuotaSpent      ProblemKind = "quota_spent"      // this program has spent its own share of the exchange's limit, and did not ask
	QuotaShared     ProblemKind = "quota_shared"     // others behind the address leave this program less than it needs for every row
	LimitedUntil    ProblemKind = "limited_until"    // 429: too many requests from this address
	BannedUntil     ProblemKind = "banned_until"     // 418: the address is banned
	RefusedFirewall ProblemKind = "refused_firewall" // 403: a firewall refused the request
	RefusedLocation ProblemKind = "refused_location" // 451: the exchange does not serve this location
	UnknownSymbol   ProblemKind = "unknown_symbol"   // the exchange does not know the contract
	BadAnswer       ProblemKind = "bad_answer"       // answered, but not with what was asked
	ExchangeDown    ProblemKind = "exchange_down"    // 5xx: the exchange has a fault or is in maintenance

	ProxyUnreachable ProblemKind = "proxy_unreachable" // no connection to the proxy itself
	ProxyLogin       ProblemKind = "proxy_login"       // the proxy wants a user name and a password, or others
	ProxyRefused     ProblemKind = "proxy_refused"     // the proxy does not connect to the exchange, or its address is none
)

// Global reports whether the problem concerns every request, not one contract.
func (k ProblemKind) Global() bool {
	switch k {
	case UnknownSymbol, BadAnswer:
		return false
	}
	return true
}

// Route is a kind of question to the exchange that may fail by itself, by the
// name under which the screen speaks of it.
type Route string

// The routes.
const (
	EveryRoute        Route = "" // the exchange as a whole, or one contract
	RouteContracts    Route = "contracts"
	RouteOpenInterest Route = "open_interest"
	RouteHistory      Route = "history" // open interest of the past, in the bucket of /futures/data
	RouteTickers      Route = "tickers" // sums of 24 h
	RouteMarkPrices   Route = "mark_prices"
	RouteFunding      Route = "funding"      // terms, and payments of the past
	RouteKlines       Route = "klines"       // candles of the price
	RouteStream       Route = "stream"       // mark prices, pushed
	RouteRatios       Route = "ratios"       // long/short and taker ratios
	RouteLiquidations Route = "liquidations" // those that the exchange shows, pushed
)

// Problem is an error in the exchange's dealings with this program.
type Problem struct {
	Kind  ProblemKind
	Route Route     // the only route that fails, while the others answer; EveryRoute: no such
	Until time.Time // when asking again makes sense, on the exchange's clock; zero: soon
	Told  bool      // the exchange named Until; otherwise it is this program's own choice
	Code  int       // HTTP status; 0: there was none

	// Of QuotaSpent: what is used of this program's share, the share, and how
	// much of what is used it spent itself since its start. The rest was spent by
	// others behind the address, its own run before this one among them.
	// Of QuotaShared, Used is what is left of Allowed, a minute.
	Used, Allowed, Own int

	What string // what was being attempted: "open interest of BTCUSDT"
	Err  error  // the details, for the log; may be nil
}

// Error says what was attempted, what kind of failure it was, and the details.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%s: %s", p.What, p.Kind)
	if !p.Until.IsZero() {
		s += " until " + p.Until.UTC().Format(time.RFC3339)
	}
	if p.Err != nil {
		s += ": " + p.Err.Error()
	}
	return s
}

// Unwrap returns the details.
func (p *Problem) Unwrap() error { return p.Err }

// ProblemOf finds the Problem in err's chain, nil when there is none.
func ProblemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// ByProxy reports whether a proxy was in the way, so that the exchange was not reached.
func (k ProblemKind) ByProxy() bool {
	switch k {
	case ProxyUnreachable, ProxyLogin, ProxyRefused:
		return true
	}
	return false
}

// KindOf returns the kind that an error in err's chain has by itself, as those
// of a proxy do; "" for none.
func KindOf(err error) ProblemKind {
	var known interface{ ProblemKind() ProblemKind }
	if errors.As(err, &known) {
		return known.ProblemKind()
	}
	return ""
}

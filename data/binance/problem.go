package binance

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/adshao/go-binance/v2/common"
	"github.com/gorilla/websocket"

	"openinterest/data/market"
)

// Codes of the exchange, from "Error Codes" in its futures documentation.
const (
	codeUnknown          = -1000
	codeDisconnected     = -1001
	codeTooManyRequests  = -1003
	codeUnexpected       = -1006
	codeTimeout          = -1007
	codeOverloaded       = -1008
	codeShuttingDown     = -1016
	codeBadSymbol        = -1121
	codeBadSymbolStatus  = -1122
	codeSymbolNotTrading = -4108 // being delivered, settled, closed, or not yet open
)

// problem turns a failed request into a *market.Problem. Only an asker that
// gave up keeps its own error, wrapped.
func (c *Client) problem(ctx context.Context, what string, a *answer, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	p := &market.Problem{What: what, Err: err}
	switch {
	case a.refusal != nil || a.status >= http.StatusBadRequest:
		p.Kind, p.Until = refusal(a, c.Now(), saidIn(err))
		p.Err = fmt.Errorf("HTTP %d: %w", a.status, err)
	default:
		p.Kind = failure(err, a.status != 0)
	}
	return p
}

// saidIn is what the exchange said in its refusal, or the page that somebody
// sent in its place, of which the error keeps but the beginning.
func saidIn(err error) string {
	var e *common.APIError
	if !errors.As(err, &e) {
		return ""
	}
	said := e.Message + string(e.Response)
	if e.Response != nil {
		e.Response = []byte(excerpt(e.Response))
	}
	return said
}

// refusal classifies an answer that is an error, by its HTTP status and the
// exchange's code, whichever says more.
func refusal(a *answer, now time.Time, message string) (market.ProblemKind, time.Time) {
	code := int64(0)
	if a.refusal != nil {
		code = a.refusal.Code
	}
	ban, banned := bannedUntil(message, now)
	switch {
	case a.status == http.StatusUnavailableForLegalReasons || namesLocation(message):
		return market.RefusedLocation, now.Add(locationWait)
	case a.status == http.StatusTeapot || banned:
		if header, ok := retryAfter(a.retryAfter, now, longestBan); ok && header.After(ban) {
			ban, banned = header, true
		}
		if !banned {
			ban = now.Add(shortestBan)
		}
		return market.BannedUntil, ban
	case a.status == http.StatusTooManyRequests || code == codeTooManyRequests:
		return market.LimitedUntil, orElse(a, now, longestLimit, nextMinute(now))
	case a.status == http.StatusForbidden:
		return market.RefusedFirewall, orElse(a, now, longestLimit, now.Add(firewallWait))
	case a.status == http.StatusProxyAuthRequired, a.status == http.StatusNetworkAuthenticationRequired:
		return market.Unreachable, time.Time{} // somebody on the way wants a password
	case a.status == http.StatusRequestTimeout:
		return market.TimedOut, time.Time{}
	}
	switch code {
	case codeBadSymbol, codeBadSymbolStatus, codeSymbolNotTrading:
		return market.UnknownSymbol, time.Time{}
	case codeUnknown, codeDisconnected, codeUnexpected, codeTimeout, codeOverloaded, codeShuttingDown:
		return market.ExchangeDown, orElse(a, now, longestOutage, time.Time{})
	}
	if a.status >= http.StatusInternalServerError {
		return market.ExchangeDown, orElse(a, now, longestOutage, time.Time{})
	}
	return market.BadAnswer, time.Time{}
}

// namesLocation recognises the refusals of a location that come with another
// status than 451: the exchange's own, and that of the network in front of it.
func namesLocation(message string) bool {
	return strings.Contains(message, "restricted location") || strings.Contains(message, "block access from your country")
}

func orElse(a *answer, now time.Time, longest time.Duration, otherwise time.Time) time.Time {
	if at, ok := retryAfter(a.retryAfter, now, longest); ok {
		return at
	}
	return otherwise
}

// failure classifies an error that is no refusal. answered tells whether the
// headers of an answer had come.
func failure(err error, answered bool) market.ProblemKind {
	var dial *net.OpError
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &dial) && dial.Op == "dial", errors.As(err, &dns):
		return market.Unreachable // also when connecting took too long
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return market.TimedOut
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return market.Unreachable
	case answered, isBadAnswer(err):
		return market.BadAnswer
	}
	return market.Unreachable
}

// isBadAnswer recognises bytes that came but make no HTTP answer.
func isBadAnswer(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, websocket.ErrReadLimit) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) ||
		errors.As(err, &corrupt) || strings.Contains(err.Error(), "malformed HTTP")
}

// gateProblem is the problem of a request that the gate did not let go.
func gateProblem(what string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", what, err)
	}
	if p := market.ProblemOf(err); p != nil {
		return &market.Problem{Kind: p.Kind, Until: p.Until, What: what, Err: fmt.Errorf("not sent, because of %w", p)}
	}
	return &market.Problem{Kind: market.TimedOut, What: what, Err: fmt.Errorf("not sent: the request budget left no room: %w", err)}
}

// plainAddress takes the address out of the errors of net/http, which repeat
// in full what was asked.
func plainAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

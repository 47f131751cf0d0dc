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
		at := c.timeOf(a)
		kind, until := refusal(a, at, saidIn(err))
		if off := c.Now().Sub(at); off != 0 && !until.until.IsZero() { // the same wait, on the clock that everybody else reads
			until = wait{until: until.until.Add(off)}
		}
		p.Kind, p.Until, p.Told, p.Code = kind, until.until, !until.until.IsZero(), a.status
		p.Err = fmt.Errorf("HTTP %d: %w", a.status, err)
		a.absolute = until.absolute
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
// exchange's code, whichever says more, and reads until when it says to wait.
func refusal(a *answer, now time.Time, message string) (market.ProblemKind, wait) {
	code := int64(0)
	if a.refusal != nil {
		code = a.refusal.Code
	}
	ban := bannedUntil(message, now)
	switch {
	case a.status == http.StatusUnavailableForLegalReasons || namesLocation(message) && (a.status == http.StatusForbidden || a.refusal != nil && a.status < http.StatusInternalServerError):
		return market.RefusedLocation, retryAfter(a.retryAfter, now, longestLimit)
	case a.status == http.StatusTeapot || !ban.until.IsZero():
		if header := retryAfter(a.retryAfter, now, longestBan); header.until.After(ban.until) {
			return market.BannedUntil, header
		}
		return market.BannedUntil, ban
	case a.status == http.StatusTooManyRequests || code == codeTooManyRequests:
		return market.LimitedUntil, retryAfter(a.retryAfter, now, longestLimit)
	case a.status == http.StatusForbidden:
		return market.RefusedFirewall, retryAfter(a.retryAfter, now, longestLimit)
	case a.status == http.StatusProxyAuthRequired, a.status == http.StatusNetworkAuthenticationRequired:
		return market.Unreachable, wait{} // somebody on the way wants a password
	case a.status == http.StatusRequestTimeout:
		return market.TimedOut, wait{}
	}
	switch code {
	case codeBadSymbol, codeBadSymbolStatus, codeSymbolNotTrading:
		return market.UnknownSymbol, wait{}
	case codeUnknown, codeDisconnected, codeUnexpected, codeTimeout, codeOverloaded, codeShuttingDown:
		return market.ExchangeDown, retryAfter(a.retryAfter, now, longestOutage)
	}
	if a.status >= http.StatusInternalServerError {
		return market.ExchangeDown, retryAfter(a.retryAfter, now, longestOutage)
	}
	return market.BadAnswer, wait{}
}

// namesLocation recognises the refusals of a location that come with another
// status than 451: the exchange's own, in its kind of error, and that of the
// network in front of it, with 403. On any other page the same words mean nothing.
func namesLocation(message string) bool {
	return strings.Contains(message, "restricted location") || strings.Contains(message, "block access from your country")
}

// failure classifies an error that is no refusal. answered tells whether the
// headers of an answer had come.
func failure(err error, answered bool) market.ProblemKind {
	var dial *net.OpError
	var dns *net.DNSError
	var network net.Error
	switch {
	case market.KindOf(err) != "":
		return market.KindOf(err)
	case isCertificate(err):
		return market.BadCertificate
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

// plainAddress takes the address out of the errors of net/http, which repeat
// in full what was asked.
func plainAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

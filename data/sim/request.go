package sim

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const loginPath = "/login"

// request is one request on its way through faults and budgets to an answer.
type request struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	path   string
	query  url.Values
	symbol string
}

func (x *request) now() time.Time { return x.s.options.Now() }

func (x *request) take(kinds func(FaultKind) bool) *active {
	return x.s.faults.take(x.now(), x.path, x.symbol, kinds)
}

func (x *request) archive() bool { return strings.HasPrefix(x.path, archivePath) }

// wait lets the latency pass, and delays; false when the client gave up.
func (x *request) wait() bool {
	wait := x.s.options.Latency
	if f := x.take(beforeAnswer); f != nil && f.Kind == Hang {
		select {
		case <-f.done:
		case <-x.r.Context().Done():
			return false
		}
	} else if f != nil {
		wait += f.Wait
	}
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.r.Context().Done():
		return false
	}
}

// refused charges the request and answers those over budget.
func (x *request) refused() bool {
	if x.archive() {
		return false
	}
	now := x.now()
	x.s.ledger.othersSpend(now, x.s.faults.othersSpent(now))
	v := x.s.ledger.charge(now, x.path, weight(x.path, x.query))
	x.w.Header().Set("X-Mbx-Used-Weight-1m", strconv.Itoa(x.s.ledger.weightUsed(now)))
	if v.status == http.StatusOK {
		return false
	}
	x.limit(v.status, v.until)
	return true
}

// limit answers 429 or 418.
func (x *request) limit(status int, until time.Time) {
	wait := int((until.Sub(x.now()) + time.Second - 1) / time.Second)
	x.w.Header().Set("Retry-After", strconv.Itoa(max(1, wait)))
	x.s.send(x.w, limitAnswer(status, until))
}

func limitAnswer(status int, until time.Time) answer {
	if status == http.StatusTeapot {
		return refuse(status, -1003, fmt.Sprintf("Way too many requests; IP banned until %d. Please use the websocket for live updates to avoid bans.", millis(until)))
	}
	return refuse(status, -1003, fmt.Sprintf("Too many requests; current limit of IP is %d requests per minute. Please use the websocket for live updates to avoid polling the API.", WeightLimit))
}

// broken answers with an odd status, or breaks the connection.
func (x *request) broken() bool {
	f := x.take(inTransport)
	if f == nil {
		return false
	}
	switch f.Kind {
	case Reset:
		if conn, _, err := http.NewResponseController(x.w).Hijack(); err == nil {
			reset(conn)
		}
	case Redirect:
		x.s.stats.answered(http.StatusFound)
		http.Redirect(x.w, x.r, loginPath, http.StatusFound)
	case Status:
		x.odd(f)
	}
	return true
}

// odd answers with the status of a fault.
func (x *request) odd(f *active) {
	until := x.now().Add(f.RetryAfter)
	if f.RetryAfter > 0 {
		x.w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	if f.Code == http.StatusTooManyRequests || f.Code == http.StatusTeapot {
		x.s.ledger.tell(f.Code, until)
	}
	a := answer{f.Code, []byte(f.Body)}
	if f.Body != "" {
		x.w.Header().Set("Content-Type", cmp.Or(f.ContentType, "text/html"))
		x.s.send(x.w, a)
		return
	}
	switch f.Code {
	case http.StatusTooManyRequests, http.StatusTeapot:
		a = limitAnswer(f.Code, until)
	case http.StatusUnavailableForLegalReasons:
		a = refuse(f.Code, 0, "Service unavailable from a restricted location according to 'b. Eligibility' in https://www.binance.com/en/terms. Please contact customer service if you believe you received this message in error.")
	case http.StatusForbidden:
		x.w.Header().Set("Content-Type", "text/html")
		a.body = []byte("<html><head><title>403 Forbidden</title></head><body>The request could not be satisfied.</body></html>")
	default:
		a = refuse(f.Code, -1000, "An unknown error occurred while processing the request.")
	}
	x.s.send(x.w, a)
}

// date sets the Date header to another time, where a fault says so.
func (x *request) date() {
	if f := x.take(inHeader); f != nil {
		x.w.Header().Set("Date", x.now().Add(f.Shift).UTC().Format(http.TimeFormat))
	}
}

// answer answers, with a body that may be odd.
func (x *request) answer() {
	f := x.take(inBody)
	var a answer
	if x.archive() {
		a = x.s.archive(x, f)
	} else {
		v := x.s.views.Get().(*view)
		q := question{path: x.path, query: x.query, now: millis(x.now()), u: x.s.market.Load(), view: v}
		a = x.s.respond(&q)
		x.s.views.Put(v)
		if f != nil && f.Kind != Truncate && f.Kind != ChunkCut {
			a.body = f.mutate(a.body)
			if f.Kind == HTML {
				x.w.Header().Set("Content-Type", "text/html")
			}
		}
	}
	if f != nil && (f.Kind == Truncate || f.Kind == ChunkCut) {
		x.cut(a, f.Kind == ChunkCut)
		return
	}
	x.s.send(x.w, a)
}

// cut sends half the body and ends the connection.
func (x *request) cut(a answer, chunked bool) {
	x.s.stats.answered(a.status)
	half := a.body[:len(a.body)/2]
	conn, rw, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n", a.status, http.StatusText(a.status))
	if chunked {
		fmt.Fprintf(rw, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(half), half)
	} else {
		fmt.Fprintf(rw, "Content-Length: %d\r\n\r\n%s", len(a.body), half)
	}
	_ = rw.Flush()
}

// hangUp ends a connection without an answer.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// reset closes a connection so that the other side sees it reset.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// How often and how patiently a request is made again.
const (
	tries      = 4
	firstPause = 500 * time.Millisecond
	mostPause  = 20 * time.Second
)

// served is an answer of the archive.
type served struct {
	body []byte
	etag string
}

// get fetches an address, at most so many bytes, and again after a pause where
// that may help. Its errors are Problems, or the context's.
func (a *Archive) get(ctx context.Context, address string, most int64) (served, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = firstPause, mostPause
	got, err := backoff.Retry(ctx, func() (served, error) { return a.once(ctx, address, most) },
		backoff.WithBackOff(pause), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(2*time.Minute))
	if err == nil {
		return got, nil
	}
	if ctx.Err() != nil {
		return served{}, ctx.Err()
	}
	var p *Problem
	if !errors.As(err, &p) { // asked to wait for longer than there were tries
		err = &Problem{Kind: Busy, What: "fetching " + shown(address), Err: err}
	}
	return served{}, err
}

func (a *Archive) once(ctx context.Context, address string, most int64) (served, error) {
	if err := a.pace.Wait(ctx); err != nil {
		return served{}, backoff.Permanent(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return served{}, backoff.Permanent(err)
	}
	request.Header.Set("User-Agent", a.opt.UserAgent)
	fail := func(kind Kind, err error) error {
		return &Problem{Kind: kind, What: "fetching " + shown(address), Err: err}
	}
	answer, err := a.opt.HTTP.Do(request)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) { // it repeats the address
			err = at.Err
		}
		if errors.Is(err, errAway) {
			return served{}, backoff.Permanent(fail(Refused, err))
		}
		return served{}, fail(Offline, err)
	}
	defer answer.Body.Close()
	if kind := kindOfStatus(answer.StatusCode); kind != "" {
		err := fail(kind, fmt.Errorf("%d %s", answer.StatusCode, http.StatusText(answer.StatusCode)))
		if kind != Busy {
			return served{}, backoff.Permanent(err)
		}
		return served{}, waitAsTold(answer, err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case err != nil:
		return served{}, fail(Offline, err)
	case int64(len(body)) > most:
		return served{}, backoff.Permanent(fail(BadFile, fmt.Errorf("more than %d bytes", most)))
	}
	return served{body: body, etag: etagOf(answer.Header.Get("ETag"))}, nil
}

// etagOf is an ETag that may be kept; "" for one that is no such thing. It is
// compared with that in the list.
func etagOf(text string) string {
	const most = 100
	text = strings.Trim(text, `"`)
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(text) > most || strings.ContainsFunc(text, odd) {
		return ""
	}
	return text
}

// shown is an address as it may be logged: without a name and a password.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address"
	}
	u.User = nil
	return u.String()
}

// errAway says that the archive points elsewhere.
var errAway = errors.New("it points to where it isn't followed")

// staysAtHome lets a client follow redirects within the host that it asked, and
// never from https to http: what is fetched is checked against a sum that comes
// from the same place.
func staysAtHome(next *http.Request, before []*http.Request) error {
	const most = 5
	last := before[len(before)-1].URL
	switch {
	case next.URL.Hostname() != last.Hostname(), last.Scheme == "https" && next.URL.Scheme != "https":
		return errAway
	case last.Scheme == next.URL.Scheme && next.URL.Port() != last.Port():
		return errAway
	case len(before) >= most:
		return fmt.Errorf("%w: it points on and on", errAway)
	}
	return nil
}

func kindOfStatus(status int) Kind {
	switch {
	case status == http.StatusOK:
		return ""
	case status == http.StatusNotFound:
		return NotPublished
	case status == http.StatusTooManyRequests || status >= 500:
		return Busy
	}
	return Refused
}

// waitAsTold makes the next try wait for as long as the answer says, if it
// says, up to a limit.
func waitAsTold(answer *http.Response, err error) error {
	seconds, parseErr := strconv.Atoi(answer.Header.Get("Retry-After"))
	if parseErr != nil || seconds <= 0 {
		return err
	}
	const most = int(mostPause / time.Second)
	return errors.Join(err, backoff.RetryAfter(min(seconds, most)))
}

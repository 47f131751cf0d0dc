package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
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
		err = &Problem{Kind: Busy, What: "fetching " + address, Err: err}
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
	fail := func(kind Kind, err error) error { return &Problem{Kind: kind, What: "fetching " + address, Err: err} }
	answer, err := a.opt.HTTP.Do(request)
	if err != nil {
		return served{}, fail(Offline, err)
	}
	defer answer.Body.Close()
	if kind := kindOfStatus(answer.StatusCode); kind != "" {
		err := fail(kind, errors.New(answer.Status))
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
	return served{body: body, etag: strings.Trim(answer.Header.Get("ETag"), `"`)}, nil
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

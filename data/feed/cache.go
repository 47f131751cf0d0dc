package feed

import (
	"context"
	"time"
)

// maxKept is how many answers a cache keeps.
const maxKept = 128

// cache keeps answers that charts ask for, each under a key, and who waits for
// one that is on its way: a question is asked once, however many ask it.
type cache[K comparable, V any] map[K]*cached[V]

// cached is an answer had, or being asked for.
type cached[V any] struct {
	value   V
	had     bool
	expires time.Time
	callers []chan<- result[V] // waiting for the answer on its way
	flying  bool
}

type result[V any] struct {
	value V
	err   error
}

// askEngine sends a call to the engine and waits for its answer. It ends early with the
// caller's context, and with the feed.
func askEngine[C, V any](ctx context.Context, f *Feed, calls chan<- C, call C, answers <-chan result[V]) (value V, err error) {
	select {
	case calls <- call:
	case <-f.ended:
		return value, ErrEnded
	case <-ctx.Done():
		return value, ctx.Err()
	}
	select {
	case a := <-answers:
		return a.value, a.err
	case <-f.ended:
		return value, ErrEnded
	case <-ctx.Done():
		return value, ctx.Err()
	}
}

// call serves a caller from what is kept, joins it to the request on its way,
// or reports that one must be sent.
func (c cache[K, V]) call(key K, caller chan<- result[V], wall time.Time) (send bool) {
	h := c[key]
	switch {
	case h == nil:
		h = &cached[V]{}
		c[key] = h
	case !h.flying && h.had && wall.Before(h.expires):
		caller <- result[V]{value: h.value}
		return false
	}
	h.callers = append(h.callers, caller)
	send = !h.flying
	h.flying = true
	return send
}

// refused serves a caller while nothing is asked: with what was had, which is
// better than nothing, or with why. It reports whether the caller was served:
// one joins a request that is on its way nevertheless.
func (c cache[K, V]) refused(key K, caller chan<- result[V], why error) bool {
	h := c[key]
	switch {
	case h != nil && h.had:
		caller <- result[V]{value: h.value}
	case h == nil:
		caller <- result[V]{err: why}
	default:
		return false
	}
	return true
}

// answered hands an answer to everybody who waits for it, and keeps a good one
// until it expires.
func (c cache[K, V]) answered(key K, value V, err error, expires time.Time) {
	h := c[key]
	if h == nil {
		return
	}
	for _, caller := range h.callers {
		caller <- result[V]{value: value, err: err}
	}
	h.callers, h.flying = nil, false
	if err != nil {
		delete(c, key)
		return
	}
	h.value, h.had, h.expires = value, true, expires
	c.shrink()
}

// shrink drops what expires the soonest where too much is kept.
func (c cache[K, V]) shrink() {
	for len(c) > maxKept {
		var victim K
		var soonest *cached[V]
		for k, h := range c {
			if !h.flying && (soonest == nil || h.expires.Before(soonest.expires)) {
				victim, soonest = k, h
			}
		}
		if soonest == nil {
			return
		}
		delete(c, victim)
	}
}

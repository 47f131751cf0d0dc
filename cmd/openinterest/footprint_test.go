package main

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
)

type newestSnapshot struct {
	atomic.Pointer[market.Snapshot]
}

func (n *newestSnapshot) Snapshot() *market.Snapshot { return n.Load() }

func (n *newestSnapshot) ready(ready, total int) {
	n.Store(market.NewSnapshot(market.Snapshot{Status: market.Status{Ready: ready, Total: total}}))
}

func TestMemoryIsFreedOnceTheTableIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feed newestSnapshot
		var freed atomic.Int32
		var ended atomic.Bool
		go func() {
			freeWhenFull(t.Context(), &feed, func() { freed.Add(1) })
			ended.Store(true)
		}()
		after := func(ready, total int) int32 {
			feed.ready(ready, total)
			time.Sleep(1100 * time.Millisecond)
			synctest.Wait()
			return freed.Load()
		}
		time.Sleep(3 * time.Second) // no snapshot yet
		if n := after(0, 0) + after(0, 517) + after(516, 517); n != 0 {
			t.Errorf("freed %d times before the table was full", n)
		}
		if n := after(517, 517); n != 1 || !ended.Load() {
			t.Errorf("freed %d times when the table was full; done: %v", n, ended.Load())
		}
	})
}

func TestFreeingMemoryEndsWithTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			freeWhenFull(ctx, &newestSnapshot{}, func() { t.Error("freed") })
		}()
		cancel()
		<-done
	})
}

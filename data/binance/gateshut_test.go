package binance

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
)

func limited(d time.Duration) outcome {
	return outcome{used: -1, answered: true, problem: &market.Problem{Kind: market.LimitedUntil, Until: time.Now().Add(d)}}
}

func TestGateShutsWhenRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		spendAll(t, g, light, 1919)
		last := enter(t, g, light)
		queued := waiting(t.Context(), g, light)
		synctest.Wait()
		last.leave(limited(30 * time.Second))
		if _, err, gone := queued(); !gone || market.ProblemOf(err) == nil {
			t.Fatalf("who waited got %v, %v; want to fail at once", err, gone)
		}
		_, err := g.enter(t.Context(), light)
		if p := market.ProblemOf(err); p == nil || p.Kind != market.LimitedUntil {
			t.Fatalf("who came got %v", err)
		}
		if until := g.budget().BlockedUntil; !until.Equal(time.Now().Add(30 * time.Second)) {
			t.Errorf("blocked until %s", until)
		}
		time.Sleep(30*time.Second - time.Millisecond)
		if _, err := g.enter(t.Context(), light); err == nil {
			t.Error("let go before the time given")
		}
	})
}

func TestGateSendsOneProbeFirst(t *testing.T) {
	for name, test := range map[string]struct {
		probe    outcome
		let, err bool // what becomes of the others
	}{
		"answered":        {outcome{used: -1, answered: true}, true, false},
		"answered badly":  {outcome{used: -1, answered: true, problem: &market.Problem{Kind: market.BadAnswer}}, true, false},
		"still refused":   {outcome{used: -1, answered: true, problem: &market.Problem{Kind: market.BannedUntil}}, false, true},
		"not answered":    {outcome{used: -1, problem: &market.Problem{Kind: market.Unreachable}}, false, true},
		"asker had gone":  {outcome{used: -1}, false, false},
		"others are sent": {outcome{used: 5, answered: true}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := testGate()
				enter(t, g, light).leave(limited(10 * time.Second))
				time.Sleep(11 * time.Second)
				probe := enter(t, g, light)
				ctx, cancel := context.WithCancel(t.Context())
				var others []func() (*pass, error, bool)
				for range 30 {
					others = append(others, waiting(ctx, g, light))
				}
				for _, o := range others {
					if _, _, gone := o(); gone {
						t.Fatal("another was let go beside the probe")
					}
				}
				probe.leave(test.probe)
				let, failed := 0, 0
				for _, o := range others {
					if p, err, gone := o(); gone && p != nil {
						let++
					} else if gone && err != nil {
						failed++
					}
				}
				wantLet, wantFailed := 0, 0
				switch {
				case test.let:
					wantLet = 30
				case test.err:
					wantFailed = 30
				default:
					wantLet = 1 // the next is the probe
				}
				if let != wantLet || failed != wantFailed {
					t.Errorf("%d let go and %d failed, want %d and %d", let, failed, wantLet, wantFailed)
				}
				cancel()
				synctest.Wait()
			})
		})
	}
}

// Answers to requests sent before the gate was shut say nothing about now.
func TestGateStaysShutForStragglers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		a, b, c := enter(t, g, light), enter(t, g, light), enter(t, g, light)
		a.leave(limited(time.Minute))
		b.leave(outcome{used: 1, answered: true})
		c.leave(limited(time.Second))
		if until := g.budget().BlockedUntil; !until.Equal(time.Now().Add(time.Minute)) {
			t.Errorf("blocked until %s, want a minute from now", until)
		}
	})
}

func TestReopenEndsOnlyWaitsOfOurOwn(t *testing.T) {
	for kind, opens := range map[market.ProblemKind]bool{
		market.RefusedLocation: true, market.RefusedFirewall: true,
		market.LimitedUntil: false, market.BannedUntil: false,
	} {
		synctest.Test(t, func(t *testing.T) {
			g := testGate()
			problem := &market.Problem{Kind: kind, Until: time.Now().Add(10 * time.Minute)}
			enter(t, g, light).leave(outcome{used: -1, answered: true, problem: problem})
			g.reopen()
			_, err := g.enter(t.Context(), light)
			if got := err == nil; got != opens {
				t.Errorf("%s: asking after reopening: %v", kind, err)
			}
		})
	}
}

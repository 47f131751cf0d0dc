package paint

import (
	"context"
	"testing"
)

// While one is drawn, the newest of several requests is kept and the rest forgotten.
func TestTheNewestWins(t *testing.T) {
	began, goOn := make(chan int), make(chan struct{})
	hops := make(chan func(), 10)
	var shown []int
	p := New(t.Context(), func(j int) (int, bool) {
		began <- j
		<-goOn
		return 10 * j, j != 4
	}, func(f func()) { hops <- f }, func(d int) { shown = append(shown, d) })
	p.Request(1)
	<-began
	p.Request(2)
	p.Request(3)
	goOn <- struct{}{}
	if j := <-began; j != 3 {
		t.Fatalf("after the first, %d is drawn", j)
	}
	goOn <- struct{}{}
	(<-hops)()
	for p.Busy() {
		(<-hops)()
	}
	if len(shown) == 0 || shown[len(shown)-1] != 30 {
		t.Errorf("shown is %v", shown)
	}
	p.Request(4) // can't be drawn: nothing is shown, and the painter isn't busy for ever
	<-began
	goOn <- struct{}{}
	(<-hops)()
	if p.Busy() || shown[len(shown)-1] != 30 {
		t.Errorf("busy: %t, shown is %v", p.Busy(), shown)
	}
}

func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	drawn := 0
	p := New(ctx, func(int) (int, bool) { drawn++; return 0, true }, func(f func()) { f() }, func(int) {})
	cancel()
	p.Request(1) // does not wait
}

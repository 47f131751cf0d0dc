package charts

import (
	"sync"
	"testing"
)

// Two panes draw at once from the first frame on; the race detector sees
// whether they share anything unguarded, go-chart's font included.
func TestTheFirstChartsAreDrawnAtOnce(t *testing.T) {
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := Draw(Request{Width: 300, Height: 200, From: 0, To: 1000}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

package table

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
)

// Wide windows use their width: columns come by themselves, the line of 24 hours
// first, and go again.
func TestWideWindowsShowMoreColumns(t *testing.T) {
	for width, want := range map[float32][]columns.ID{
		1240: nil, 1440: {columns.Trend, columns.OIPositions24h},
		2560: {columns.Trend, columns.OIPositions24h, columns.OIZ24h, columns.OIChange7d, columns.PriceChange1h, columns.OIShare, columns.PriceChange4h, columns.NextFunding, columns.OIChange5m, columns.OIChange15m},
	} {
		r := full(t, setup{size: fyne.NewSize(width, 400)})
		for i := range r.columns {
			c := &r.columns[i]
			wanted := c.Default
			for _, id := range want {
				wanted = wanted || c.ID == id
			}
			if r.grid.has(c.ID) != wanted {
				t.Errorf("at %v, %s is shown: %t", width, c.ID, !wanted)
			}
		}
		if r.grid.width > width || r.grid.width < 0.9*width {
			t.Errorf("at %v the columns are %v wide", width, r.grid.width)
		}
	}
}

// What a person hides stays hidden, however much room there is; what is shown by
// itself is on the list as shown.
func TestSpareColumnsCanBeHidden(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1440, 400)})
	for i := range r.columns {
		if c := &r.columns[i]; c.ID == columns.Trend {
			r.setVisible(c, false)
		}
	}
	if r.grid.has(columns.Trend) || !r.grid.has(columns.OIPositions24h) {
		t.Errorf("after hiding the line: %t, positions %t", r.grid.has(columns.Trend), r.grid.has(columns.OIPositions24h))
	}
	again := full(t, setup{size: fyne.NewSize(1440, 400), state: r.State()})
	if again.grid.has(columns.Trend) {
		t.Error("after a restart the line is back")
	}
}

// A column made wider by hand leaves those beside it where they are.
func TestSpareColumnsStayWhenOneIsMadeWider(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1440, 400)})
	before := r.shownColumns()
	r.drag(r.edgeOf(columns.Price), 12)
	if got := r.shownColumns(); !slices.Equal(got, before) {
		t.Errorf("after a drag the columns are %v", got)
	}
}

func TestTheLongestSymbolFits(t *testing.T) {
	for _, width := range []float32{700, 1100, 1440, 2560} {
		r := start(t, setup{size: fyne.NewSize(width, 400)})
		q := *columnstest.Snapshot().Quotes[0]
		q.Contract.Symbol = "BROCCOLI714USDT"
		r.Update(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q}}), nil, columnstest.Now)
		r.drain()
		if c := r.cell(q.Contract.Symbol, columns.Symbol); c.text != q.Contract.Symbol {
			t.Errorf("at %v: %q", width, c.text)
		} else if width >= 1440 && c.size != 13 {
			t.Errorf("at %v it is written in size %v", width, c.size)
		}
	}
}

// The line is painted when its stamp closes, not when a number beside it changes.
func TestTheLineIsPaintedOnceAStamp(t *testing.T) {
	r := full(t, setup{})
	s := columnstest.Snapshot()
	r.Update(s, nil, columnstest.Now)
	r.drain()
	paint := func() int {
		for _, slot := range r.body.slots {
			slot.paint(1440, int(r.rowHeight))
		}
		return len(r.body.sparks.masks)
	}
	before := paint()
	if before == 0 {
		t.Fatal("no lines are painted")
	}
	r.Update(nudged(s, 1.01), nil, columnstest.Now.Add(time.Second))
	r.drain()
	if after := paint(); after != before {
		t.Errorf("%d lines, %d after other prices", before, after)
	}
}

// While the pointer is on the rows they hold still, and the header says so.
func TestTheHeaderSaysThatSortingRests(t *testing.T) {
	r := full(t, setup{})
	rests := func() bool { return r.header.rests[0].Visible() && !r.header.arrow.Visible() }
	if rests() {
		t.Error("sorting rests though the pointer is nowhere")
	}
	r.moveOver("SOLUSDT", columns.Price)
	if !rests() {
		t.Error("nothing says that sorting rests")
	}
	r.leave()
	if rests() || !r.header.arrow.Visible() {
		t.Error("sorting still rests after the pointer left")
	}
}

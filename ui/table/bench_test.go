package table

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
)

// nudged returns the market with every price and amount a little different.
func nudged(s *market.Snapshot, by float64) *market.Snapshot {
	quotes := make([]*market.Quote, len(s.Quotes))
	for i, old := range s.Quotes {
		q := *old
		q.Mark.Price *= by
		q.OpenInterest.Contracts *= by
		q.Ticker.PriceChangePct *= by
		q.Ticker.QuoteVolume *= by
		quotes[i] = &q
	}
	return market.NewSnapshot(market.Snapshot{Quotes: quotes})
}

// BenchmarkRefresh is one refresh on the UI's goroutine: of as many rows, 34 are
// on screen, with other numbers in nearly all of their cells each time, and two
// filters are set.
func BenchmarkRefresh(b *testing.B) {
	for _, n := range []int{517, 1500} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			r := start(b, setup{size: fyne.NewSize(1440, toolbarHeight+flowLine+look.HeaderHeight+34*look.RowHeight)})
			r.setConditions([]columns.Condition{columns.AtLeast(columns.OIUSD, 0), columns.AtLeast(columns.Volume24h, 0)})
			large := columnstest.Large(n)
			r.Update(large, nil, columnstest.Now)
			r.drain()
			if first, last := r.body.window(); last-first < 34 || len(r.shown) < n-20 {
				b.Fatalf("%d rows are on screen, of %d", last-first, len(r.shown))
			}
			var frames []*frame
			for _, by := range []float64{1.01, 1.07} {
				rows := &columns.Maker{}
				list := rows.Rows(nudged(large, by), nil, columnstest.Now)
				q := r.query.Load()
				frames = append(frames, &frame{rows: list, index: rows.Index(), query: q, shown: columns.Arrange(list, r.columns, q), counts: columns.Counts(list), longest: r.longest})
			}
			for i := 0; b.Loop(); i++ {
				r.pending.Store(frames[i%2])
				r.take()
			}
		})
	}
}

// BenchmarkScroll is one step of the wheel.
func BenchmarkScroll(b *testing.B) {
	r := start(b, setup{size: fyne.NewSize(1440, 36+26+34*look.RowHeight)})
	r.Update(columnstest.Large(517), nil, columnstest.Now)
	r.drain()
	for i := 0; b.Loop(); i++ {
		r.scroll.ScrollToOffset(fyne.NewPos(0, float32(i%400)*r.rowHeight))
		r.scrolled()
	}
}

// BenchmarkPaintRows is what the toolkit asks for after such a refresh, with
// the next frame: the pictures of all rows on screen.
func BenchmarkPaintRows(b *testing.B) {
	r := start(b, setup{size: fyne.NewSize(1440, 36+26+34*look.RowHeight)})
	r.Update(columnstest.Large(517), nil, columnstest.Now)
	r.drain()
	for b.Loop() {
		for _, s := range r.body.slots {
			s.paint(1440, int(r.rowHeight))
		}
	}
}

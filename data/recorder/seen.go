package recorder

import (
	"context"
	"time"

	"openinterest/data/market"
)

// seen is what waits to be written of ratios, liquidations, and the spans in which
// somebody listened to those. The writer's lock guards it.
type seen struct {
	ratios       []ratios
	ratioRows    int // in ratios
	liquidations []market.Liquidation
	listened     []market.Span
}

// ratios are those of one contract to be kept.
type ratios struct {
	symbol string
	rows   []market.Ratios
}

// touching is how far apart two spans may be and be one, in ms: the end of the one
// that was written and the beginning of the next are the same moment.
const touching = 1

// KeepRatios takes ratios that the exchange answered.
func (r *Recorder) KeepRatios(symbol string, rows []market.Ratios) {
	if r == nil || len(rows) == 0 {
		return
	}
	w := r.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.ratios = append(w.seen.ratios, ratios{symbol, rows})
	w.seen.ratioRows += len(rows)
	w.shrink()
}

// KeepLiquidations takes liquidations that were seen and spans in which the feed
// listened, since it was last called. The feed calls it twice a second.
func (r *Recorder) KeepLiquidations(liquidations []market.Liquidation, listened []market.Span) {
	if r == nil || len(liquidations)+len(listened) == 0 {
		return
	}
	w := r.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.liquidations = append(w.seen.liquidations, liquidations...)
	w.seen.listened = market.JoinSpans(append(w.seen.listened, listened...), touching)
	w.shrink()
}

// Shift moves the spans that wait to be written along with the exchange's clock,
// which turned out to have been wrong by that much.
func (r *Recorder) Shift(by time.Duration) {
	if r == nil {
		return
	}
	w := r.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.seen.listened {
		w.seen.listened[i].From += by.Milliseconds()
		w.seen.listened[i].To += by.Milliseconds()
	}
}

// shrink lets the oldest go where more than so many rows wait.
func (s *seen) shrink(most int) {
	for s.ratioRows > most && len(s.ratios) > 1 {
		s.ratioRows -= len(s.ratios[0].rows)
		s.ratios = s.ratios[1:]
	}
	if over := len(s.liquidations) - most; over > 0 {
		s.liquidations = s.liquidations[over:]
	}
}

// flushSeen writes ratios, liquidations and spans.
func (w *writer) flushSeen(ctx context.Context, wrote bool) (bool, error) {
	for {
		w.mu.Lock()
		if len(w.seen.ratios) == 0 {
			w.mu.Unlock()
			break
		}
		r := w.seen.ratios[0]
		w.seen.ratios = w.seen.ratios[1:]
		w.seen.ratioRows -= len(r.rows)
		w.mu.Unlock()
		if err := w.store.KeepRatios(ctx, r.symbol, r.rows); err != nil {
			w.mu.Lock()
			w.seen.ratios = append([]ratios{r}, w.seen.ratios...)
			w.seen.ratioRows += len(r.rows)
			w.shrink()
			w.mu.Unlock()
			return wrote, err
		}
		wrote = true
	}
	w.mu.Lock()
	liquidations, listened := w.seen.liquidations, w.seen.listened
	w.seen.liquidations, w.seen.listened = nil, nil
	w.mu.Unlock()
	if len(liquidations)+len(listened) == 0 {
		return wrote, nil
	}
	if err := w.store.KeepLiquidations(ctx, liquidations, listened); err != nil {
		w.mu.Lock()
		w.seen.liquidations = append(liquidations, w.seen.liquidations...)
		w.seen.listened = market.JoinSpans(append(listened, w.seen.listened...), touching)
		w.shrink()
		w.mu.Unlock()
		return wrote, err
	}
	return true, nil
}

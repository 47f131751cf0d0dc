package watch

import "openinterest/data/market"

// Fingerprint tells whether a market has other signals than one before, without
// computing them: it changes with every closed stamp and every board, not with the
// live values in between.
type Fingerprint struct {
	contracts, stamps int
	newest            int64 // the newest stamps of all contracts, summed up
	board             *Board
}

// FingerprintOf is that of a snapshot and a board, which may be nil.
func FingerprintOf(s *market.Snapshot, b *Board) Fingerprint {
	f := Fingerprint{contracts: len(s.Quotes), board: b}
	for _, q := range s.Quotes {
		f.stamps += q.History.Len()
		if p, ok := q.History.Last(); ok {
			f.newest += p.Time / market.StepMillis
		}
	}
	return f
}

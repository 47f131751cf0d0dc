package chartpane

import "slices"

// starts are the instants since which a comparison in percent counts. Lines are
// comparable from the first moment on that all of them have, so they begin
// there. A contract listed late would cut the others too short: where it begins
// after the middle of what they have, it counts since its own beginning, and its
// name says so wherever it stands.
type starts struct {
	earliest int64            // the first moment that any of them has
	common   int64            // the first that all have but those with an own start
	by       string           // the contract that begins there, if it is why that is later; empty: none
	own      map[string]int64 // of contracts that begin too late
}

// since is the instant since which a contract's line counts.
func (s starts) since(symbol string) int64 {
	if at, ok := s.own[symbol]; ok {
		return at
	}
	return s.common
}

// compared are the tracks of a comparison, by symbol.
type compared struct {
	symbols []string
	tracks  []*track
}

// startsOf finds the starts of a comparison of tracks that end at to.
func startsOf(c compared, to int64) starts {
	s := starts{earliest: to, own: map[string]int64{}}
	for _, t := range c.tracks {
		if at, ok := t.first(); ok {
			s.earliest = min(s.earliest, at)
		}
	}
	latest := s.earliest + (to-s.earliest)/2
	s.common = s.earliest
	for { // a stamp that one of them lacks is no start for any
		next, by, agreed := s.common, "", true
		for i, t := range c.tracks {
			symbol := c.symbols[i]
			if _, late := s.own[symbol]; late {
				continue
			}
			at, ok := t.from(s.common).first()
			switch {
			case !ok:
				continue // nothing of it is shown
			case at > latest:
				s.own[symbol], _ = t.first()
				agreed = false // the others may start earlier without it
			case at > next:
				next, by = at, symbol
			}
		}
		switch {
		case !agreed:
			s.common, s.by = s.earliest, ""
			continue
		case next == s.common:
			return s
		}
		s.common, s.by = next, ""
		if at, _ := c.tracks[slices.Index(c.symbols, by)].first(); at == next {
			s.by = by
		}
	}
}

// isCut reports whether lines begin visibly later than they could, in a chart of
// a length in ms.
func (s starts) isCut(length int64) bool { return s.common-s.earliest > length/50 }

// tracks are those of the symbols that have a series.
func (c *Compare) tracks(from int64) compared {
	var all compared
	for _, s := range c.symbols {
		if ld := c.loader.loads[s]; ld != nil && ld.series != nil { // nothing but a live point says nothing
			all.symbols = append(all.symbols, s)
			all.tracks = append(all.tracks, ld.track(c.snapshot.Quote(s), from))
		}
	}
	return all
}

// complete reports whether all that is compared has come, so that where a line
// begins is where the contract does.
func (c *Compare) complete() bool {
	return !slices.ContainsFunc(c.symbols, func(s string) bool {
		ld := c.loader.loads[s]
		return ld == nil || ld.awaited() || ld.series != nil && ld.of != c.axis.Needs()
	})
}

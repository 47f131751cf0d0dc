package chartpane

import (
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// A part of a plot without a line says why, as far as that is known: the loader,
// the archive, the contract's listing and what the exchange keeps tell. A part
// too narrow to be seen as blank says nothing.

// visibleShare is the part of a span from which on a blank is seen as one.
const visibleShare = 30

// blanks are the parts before the first and after the last point of all tracks.
func (p *pane) blanks(tracks []*track) []charts.Blank {
	from, to := p.axis.Span()
	first, last, ok := reach(tracks)
	if !ok || first > to {
		return nil
	}
	var all []charts.Blank
	add := func(from, to int64, text string) {
		if to-from > p.axis.Length()/visibleShare {
			all = append(all, charts.Blank{From: from, To: to, Text: text})
		}
	}
	if listed, known := p.listed(); known && listed > from && first > from && listed < first+dayMillis {
		day := min(listed, first)
		add(from, day, p.o.Words.T("span.not_listed", assets.Args{"Time": p.short(day)}))
		from = day
	}
	add(from, first, p.whyBefore(first))
	add(last, min(to, p.axis.millis()), p.o.Words.T("span.nothing_since", assets.Args{"Time": p.short(last)}))
	return all
}

// whyEmpty says why there is nothing at all in the span, though there is
// something elsewhere; empty: that is not so, or not yet known.
func (p *pane) whyEmpty(tracks []*track) string {
	from, to := p.axis.Span()
	first, last, ok := reach(tracks)
	listed, known := p.listed()
	switch {
	case !ok:
		return ""
	case first > to && known && listed < first+dayMillis && to < listed+dayMillis:
		return p.o.Words.T("span.not_listed", assets.Args{"Time": p.short(min(listed, first))})
	case first > to:
		return p.whyBefore(first)
	case last < from:
		return p.o.Words.T("span.nothing_since", assets.Args{"Time": p.short(last)})
	}
	return ""
}

// short is an instant as a blank has room for it; the zone is said below.
func (p *pane) short(ms int64) string { return format.StampOf(ms, p.now()) }

const dayMillis = int64(24 * time.Hour / time.Millisecond)

// reach is from the first to the last point of all tracks.
func reach(tracks []*track) (first, last int64, ok bool) {
	for _, t := range tracks {
		if at, has := t.first(); has {
			if !ok || at < first {
				first = at
			}
			last, ok = max(last, t.end()), true
		}
	}
	return first, last, ok
}

// listed is the first day of trading of any contract shown, if that is known of all.
func (p *pane) listed() (first int64, known bool) {
	first = never
	for symbol := range p.loader.loads {
		q := p.snapshot.Quote(symbol)
		if q == nil || q.Contract.Listed.IsZero() {
			return 0, false
		}
		first = min(first, q.Contract.Listed.UnixMilli())
	}
	return first, first != never
}

// whyBefore says why there is nothing before the first point.
func (p *pane) whyBefore(first int64) string {
	w, args := p.o.Words, assets.Args{"Time": p.short(first), "Days": int(time.Duration(market.Range30d).Hours() / 24)}
	long := p.axis.Needs() > market.Range30d
	switch {
	case p.loader.any((*load).awaited):
		return w.T("span.loading", args)
	case p.fetch.now.active():
		return w.T("span.fetching", args)
	case p.fetch.now.state != "" || p.loader.any(func(ld *load) bool { return ld.err != nil }):
		return w.T("span.see_below", args)
	case p.o.Archive == nil && first < p.axis.millis()-int64(29)*dayMillis:
		return w.T("span.keeps", args)
	case long && p.o.Archive != nil:
		return w.T("span.archive_begins", args)
	}
	return w.T("span.nothing_before", args)
}

// gapReasons say of the holes inside the lines why they are there: what the
// exchange still keeps, it has; of what is older, the archive and what this
// program recorded are all there is.
type gapReasons struct {
	kept   int64 // the exchange has what is newer
	newer  string
	older  string
	length int64 // of the span shown
}

func (p *pane) gapReasons() gapReasons {
	w := p.o.Words
	g := gapReasons{kept: p.axis.millis() - time.Duration(market.Range30d).Milliseconds(), length: p.axis.Length(),
		newer: w.T("span.gap"), older: w.T("span.not_recorded")}
	if p.fetch.now.active() {
		g.older = w.T("history.coming")
	}
	return g
}

// hole is a step longer than a line bridges.
type hole struct{ from, to int64 }

// holesOf are those of a line.
func holesOf(times []int64, gap int64) (holes []hole) {
	for i := 1; gap > 0 && i < len(times); i++ {
		if times[i]-times[i-1] > gap {
			holes = append(holes, hole{times[i-1], times[i]})
		}
	}
	return holes
}

// common are the holes that two lines have both.
func common(a, b []hole) (both []hole) {
	for i, k := 0, 0; i < len(a) && k < len(b); {
		if from, to := max(a[i].from, b[k].from), min(a[i].to, b[k].to); from < to {
			both = append(both, hole{from, to})
		}
		if a[i].to < b[k].to {
			i++
		} else {
			k++
		}
	}
	return both
}

// blanks are the holes that are in a span and wide enough to be seen.
func (g gapReasons) blanks(holes []hole, from, to int64) (all []charts.Blank) {
	for _, h := range holes {
		if h.to < from || h.from > to || g.length == 0 || h.to-h.from < g.length/visibleShare {
			continue
		}
		text := g.newer
		if h.from < g.kept {
			text = g.older
		}
		all = append(all, charts.Blank{From: h.from, To: h.to, Text: text})
	}
	return all
}

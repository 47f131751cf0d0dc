package recorder

import (
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

// venue is an exchange's payments of one contract.
type venue struct {
	paid        []market.FundingPoint
	newestFirst bool // of more than fit, the newest are served; else the oldest
	asked       int
}

// venueOf pays from a time on, every so many hours; the interval changes as the
// exchange changes it.
func venueOf(from, to time.Time, hours func(at time.Time) int) *venue {
	v := &venue{}
	for at := from; at.Before(to); at = at.Add(time.Duration(hours(at)) * time.Hour) {
		v.paid = append(v.paid, market.FundingPoint{Time: at.UnixMilli() + int64(len(v.paid)%7), Rate: 1e-4})
	}
	return v
}

func (v *venue) answer(s Span) []market.FundingPoint {
	v.asked++
	var list []market.FundingPoint
	for _, f := range v.paid {
		if f.Time >= s.From && (s.To == 0 || f.Time <= s.To) {
			list = append(list, f)
		}
	}
	if n := len(list); n > maxPayments && v.newestFirst {
		list = list[n-maxPayments:]
	}
	return list[:min(len(list), maxPayments)]
}

// fetch asks as the recorder does, and returns the times that were served.
func (v *venue) fetch(t *testing.T, p *Paid, listed time.Time, hours int) map[int64]bool {
	t.Helper()
	had := map[int64]bool{}
	take := func(s Span) {
		points := v.answer(s)
		for _, f := range points {
			had[f.Time] = true
		}
		*p = p.With(s, points)
	}
	take(p.Newer(noon))
	for s, ok := p.Older(listed, hours); ok; s, ok = p.Older(listed, hours) {
		if take(s); v.asked > 100 {
			t.Fatalf("it does not end: at %v", time.UnixMilli(p.From))
		}
	}
	return had
}

// Whichever end of a full answer the exchange serves, and however often it changed
// the interval, every payment back to the listing is had, within few requests.
func TestEveryPaymentBackToTheListingIsAskedFor(t *testing.T) {
	listed := noon.AddDate(-3, 0, 0).Truncate(24 * time.Hour)
	changing := func(at time.Time) int {
		switch age := at.Sub(listed); {
		case age < 300*24*time.Hour:
			return 8
		case age < 500*24*time.Hour:
			return 1
		case age < 800*24*time.Hour:
			return 4
		}
		return 8
	}
	for name, c := range map[string]struct {
		hours func(time.Time) int
		now   int
		most  int // requests
	}{
		"each 8 hours": {func(time.Time) int { return 8 }, 8, 5},
		"each hour":    {func(time.Time) int { return 1 }, 1, 28},
		"changing":     {changing, 8, 40},
		"not known":    {changing, 0, 40},
	} {
		for _, newestFirst := range []bool{true, false} {
			for _, known := range []time.Time{listed, {}} {
				v := venueOf(listed, noon, c.hours)
				v.newestFirst = newestFirst
				var p Paid
				had := v.fetch(t, &p, known, c.now)
				if len(had) != len(v.paid) || v.asked > c.most+2 {
					t.Errorf("%s, newest first %t, listing known %t: %d of %d payments, %d requests", name, newestFirst, !known.IsZero(), len(had), len(v.paid), v.asked)
				}
				if p.To != v.paid[len(v.paid)-1].Time {
					t.Errorf("%s: the newest is %v", name, time.UnixMilli(p.To))
				}
				asked := v.asked
				if _, ok := p.Older(known, c.now); ok || v.asked != asked {
					t.Errorf("%s: it goes on", name)
				}
			}
		}
	}
}

// A program that was off for a year asks for what it missed, in order, without a hole.
func TestWhatWasMissedIsAskedForWithoutAHole(t *testing.T) {
	v := venueOf(noon.AddDate(-1, 0, 0), noon, func(time.Time) int { return 1 })
	p := Paid{From: v.paid[0].Time, To: v.paid[0].Time}
	for range 12 {
		s := p.Newer(noon)
		p = p.With(s, v.answer(s))
	}
	if p.To != v.paid[len(v.paid)-1].Time || v.asked != 12 {
		t.Errorf("it has payments up to %v", time.UnixMilli(p.To))
	}
}

// How far back payments are complete outlives the program, and what a damaged
// note says of it is not believed.
func TestPaidIsNoted(t *testing.T) {
	p := Paid{From: noon.AddDate(-2, 0, 0).UnixMilli(), To: noon.UnixMilli()}
	notes := NotePaid([]byte(`{"Late":400,"Contracts":{"B":{"Funding":7}}}`), "A", p, noon)
	if got := PaidIn(notes, "A", noon); got != p {
		t.Errorf("%+v, want %+v", got, p)
	}
	if n := readNotes(notes, noon); n.Late != 400 || n.Contracts["B"].Funding != 7 {
		t.Errorf("other notes are lost: %s", notes)
	}
	for _, odd := range []string{`{"Contracts":{"A":{"Funding":-5,"Paid":1}}}`, `{"Contracts":{"A":{"Funding":1,"Paid":9223372036854775807}}}`, `{"Contracts":{"A":{"Funding":9223372036854775807}}}`, `[`} {
		if got := PaidIn([]byte(odd), "A", noon); got != (Paid{}) {
			t.Errorf("%s: %+v", odd, got)
		}
	}
}

// The payments of years come after those that are due, a page of one contract at a
// time, and are not asked for again in the next run.
func TestThePastOfFundingWaitsForThePresent(t *testing.T) {
	quotes := []*market.Quote{{Contract: market.Contract{Symbol: "A", Listed: noon.AddDate(-1, 0, 0)}}, {Contract: market.Contract{Symbol: "B", Listed: noon.AddDate(-1, 0, 0)}}}
	r := New(Options{Store: struct{ Store }{}})
	for _, q := range quotes {
		r.contract(q.Contract.Symbol).payments.known = true
	}
	ask := func() []Request { return r.duePayments(slices.Values(quotes), noon) }
	first := ask()
	if len(first) != 2 || first[0].Span.To != 0 || len(ask()) != 0 {
		t.Fatalf("at first: %v", first)
	}
	v := venueOf(quotes[0].Contract.Listed, noon, func(time.Time) int { return 8 })
	r.Funding(first[0], v.answer(first[0].Span), noon)
	if early := ask(); len(early) != 0 {
		t.Fatalf("while another is asked: %v", early)
	}
	r.Funding(first[1], v.answer(first[1].Span), noon)
	for range 4 {
		past := ask()
		if len(past) == 0 {
			break
		}
		if len(past) != 1 || len(ask()) != 0 {
			t.Fatalf("then: %v", past)
		}
		r.Funding(past[0], v.answer(past[0].Span), noon)
	}
	if v.asked != 6 { // 30 days, 330 days, and the rest of the year
		t.Errorf("%d requests", v.asked)
	}
	again := New(Options{Store: struct{ Store }{}})
	again.notes = readNotes(r.notes.encode(), noon)
	for _, q := range quotes {
		again.lookedUp(finding{symbol: q.Contract.Symbol, paid: v.paid[len(v.paid)-1].Time}, again.contract(q.Contract.Symbol), noon)
	}
	if asks := again.duePayments(slices.Values(quotes), noon); len(asks) != 0 {
		t.Errorf("in the next run: %v", asks)
	}
}

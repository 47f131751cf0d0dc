package recorder

import (
	"testing"
	"time"

	"openinterest/data/market"
)

// Every stamp that is missing is asked for once, with few requests, the newest
// first, and none asks for more than the exchange answers.
func TestGapsAreCoveredByFewRequests(t *testing.T) {
	from := noon.UnixMilli()
	for name, c := range map[string]struct {
		gaps     []Span
		requests int
	}{
		"one stamp":       {[]Span{{from, from}}, 1},
		"30 days":         {[]Span{{from, from + 8639*step}}, 18},
		"scattered a day": {[]Span{{from, from}, {from + 100*step, from + 110*step}, {from + 287*step, from + 287*step}}, 1},
		"two, far apart":  {[]Span{{from, from + 4*step}, {from + 5000*step, from + 5001*step}}, 2},
		"across a window": {[]Span{{from, from + 400*step}, {from + 450*step, from + 700*step}}, 2},
	} {
		requests := gapRequests("A", c.gaps)
		if len(requests) != c.requests {
			t.Errorf("%s: %d requests, want %d", name, len(requests), c.requests)
		}
		asked := map[int64]int{}
		for i, r := range requests {
			if stamps := int((r.Span.To-r.Span.From)/step) + 1; r.Limit != stamps || stamps > maxStamps {
				t.Errorf("%s: %d stamps with a limit of %d", name, stamps, r.Limit)
			}
			if i > 0 && r.Span.To >= requests[i-1].Span.From {
				t.Errorf("%s: %v comes after %v", name, r.Span, requests[i-1].Span)
			}
			for at := r.Span.From; at <= r.Span.To; at += step {
				asked[at]++
			}
		}
		for _, g := range c.gaps {
			for at := g.From; at <= g.To; at += step {
				if asked[at] != 1 {
					t.Fatalf("%s: a stamp is asked for %d times", name, asked[at])
				}
			}
		}
	}
}

// Of a new contract nothing is asked from before it was listed, of none what may
// still come late, or what the exchange is about to drop.
func TestThePastOfAContract(t *testing.T) {
	all := pastOf(market.Contract{}, noon)
	if age := noon.Sub(time.UnixMilli(all.From)); age > 719*time.Hour || age < 719*time.Hour-5*time.Minute {
		t.Errorf("it begins %v ago", age)
	}
	if age := noon.Sub(time.UnixMilli(all.To)); age != 2*time.Hour {
		t.Errorf("it ends %v ago", age)
	}
	if s := pastOf(market.Contract{Listed: noon.Add(-5*time.Hour + time.Minute)}, noon); s.From != noon.Add(-5*time.Hour).UnixMilli()+step || s.To != all.To {
		t.Errorf("listed five hours ago: %v", s)
	}
	if s := pastOf(market.Contract{Listed: noon.Add(-time.Minute)}, noon); s.From <= s.To {
		t.Errorf("just listed: %v", s)
	}
}

// A payment is asked for once it took place, at the interval that holds now.
func TestPaymentsAreDueAsTheyTakePlace(t *testing.T) {
	paid := Paid{From: noon.Add(-time.Hour).UnixMilli(), To: noon.UnixMilli()}
	every := func(hours int) market.FundingTerms { return market.FundingTerms{IntervalHours: hours} }
	for name, c := range map[string]struct {
		p     payments
		terms market.FundingTerms
		after time.Duration
		due   bool
	}{
		"not looked up":       {payments{}, every(8), 0, false},
		"none known":          {payments{known: true}, every(8), 0, true},
		"being asked for":     {payments{known: true, asking: true}, every(8), 0, false},
		"nothing came of it":  {payments{known: true, notBefore: noon.Add(time.Minute)}, every(8), 0, false},
		"just paid":           {payments{known: true, paid: paid}, every(8), time.Hour, false},
		"just taking place":   {payments{known: true, paid: paid}, every(8), 8 * time.Hour, false},
		"took place":          {payments{known: true, paid: paid}, every(8), 8*time.Hour + 2*time.Minute, true},
		"more often since":    {payments{known: true, paid: paid}, every(1), time.Hour + 2*time.Minute, true},
		"unknown interval":    {payments{known: true, paid: paid}, every(0), 7 * time.Hour, false},
		"unknown, took place": {payments{known: true, paid: paid}, every(0), 9 * time.Hour, true},
	} {
		if got := (&c.p).due(c.terms, noon.Add(c.after)); got != c.due {
			t.Errorf("%s: due %t", name, got)
		}
	}
}

package chartpane

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// termed is a snapshot with terms of funding.
func termed() *market.Snapshot {
	s := snapshot(clock)
	for _, q := range s.Quotes {
		q.Mark.FundingRate, q.Mark.NextFunding = 0.00012, time.Date(2025, 6, 17, 16, 0, 0, 0, time.UTC)
		q.Funding = market.FundingTerms{IntervalHours: 8, Cap: 0.003, Floor: -0.003}
	}
	return s
}

func shownFunding(o Options, s *stage, state FundingState) *Funding {
	f := NewFunding(o, state)
	f.SetSnapshot(termed())
	for f.Busy() {
		(<-s.queue)()
	}
	return f
}

// fundingIn is a Funding in a window.
func fundingIn(t *testing.T, state FundingState, prepare func(*source)) (*Funding, *stage) {
	t.Helper()
	o, s, src := begin(t, assets.English, look.Dark)
	prepare(src)
	f := NewFunding(o, state)
	w := window(t, f, 900, 500)
	w.Canvas().Capture()
	f.SetSnapshot(termed())
	s.until(t, func() bool { return !f.Busy() && f.chart.picture != nil })
	return f, s
}

// texts are the values of the read-out at an instant.
func (f *Funding) texts(at time.Time) map[string]string {
	f.axis.Point(at.UnixMilli())
	texts := map[string]string{}
	for i := range f.chart.cross.rows {
		if r := &f.chart.cross.rows[i]; r.name.Visible() {
			texts[r.name.Text] = r.value.Text
		}
	}
	return texts
}

// What a long has paid is the sum of the rates since the left edge; a short got it.
func TestTheCostOfAPosition(t *testing.T) {
	payments := paid(60)
	f, s := fundingIn(t, FundingState{Range: "7d"}, func(src *source) { src.paid = payments })
	from, _ := f.axis.Span()
	at, want := time.Date(2025, 6, 16, 9, 0, 0, 0, time.UTC), 0.0
	for _, p := range payments {
		if p.Time > from && p.Time <= at.UnixMilli() {
			want += p.Rate
		}
	}
	texts := f.texts(at)
	word, usd := "paid", want*10_000
	if want < 0 {
		word, usd = "received", -usd
	}
	if got := texts["Cost of a long"]; !strings.HasPrefix(got, word) || !strings.HasSuffix(got, "$"+strconv.FormatFloat(usd, 'f', 2, 64)+" per $10,000") {
		t.Errorf("a long reads %q, want %s %.2f", got, word, usd)
	}
	if got := texts["Rate"]; !strings.Contains(got, "% / 8h") || !strings.Contains(got, "a year") {
		t.Errorf("the rate reads %q", got)
	}
	tapWord(t, f.units, "short")
	s.until(t, func() bool { return !f.Busy() })
	other := map[string]string{"paid": "received", "received": "paid"}[word]
	if got := f.texts(at)["Cost of a short"]; !strings.HasPrefix(got, other) {
		t.Errorf("a short reads %q, a long %q", got, texts["Cost of a long"])
	}
	if f.State().Side != SideShort {
		t.Errorf("the state is %+v", f.State())
	}
}

// Cap and floor are drawn where rates come near them, or where somebody asks.
func TestCapAndFloor(t *testing.T) {
	drawn := func(f *Funding) (keys string) {
		for _, l := range f.chart.shown.Request.Lines[1:] {
			keys += l.Key + " "
		}
		return keys
	}
	f, s := fundingIn(t, FundingState{Range: "7d"}, func(src *source) { src.paid = paid(60) })
	if got := drawn(f); got != "" {
		t.Errorf("rates are a thirtieth of the cap, and %q are drawn", got)
	}
	if !strings.Contains(f.terms.sentence, "cap +0.3000 %, floor −0.3000 %") {
		t.Errorf("the terms say %q", f.terms.sentence)
	}
	f.check.SetChecked(true)
	s.until(t, func() bool { return !f.Busy() })
	if got := drawn(f); got != "cap floor " || !f.State().Limits {
		t.Errorf("asked for, %q are drawn", got)
	}
	f, _ = fundingIn(t, FundingState{Range: "7d"}, func(src *source) {
		src.paid = paid(60)
		src.paid[55].Rate = 0.0009
	})
	if got := drawn(f); got != "cap floor " {
		t.Errorf("a rate comes near the cap, and %q are drawn", got)
	}
}

// Rates in a year are each payment's own, and so are the limits drawn with them.
func TestRatesInAYear(t *testing.T) {
	f, s := fundingIn(t, FundingState{Range: "7d", Limits: true}, func(src *source) { src.paid = paid(60) })
	read := f.texts(time.Date(2025, 6, 16, 9, 0, 0, 0, time.UTC))["Rate"]
	per := f.chart.shown.Request.Lines
	f.annual.SetChecked(true)
	s.until(t, func() bool { return !f.Busy() })
	year := f.chart.shown.Request.Lines
	for i, x := range year[0].Values[:len(year[0].Values)-1] {
		if math.Abs(x-3*365*per[0].Values[i]) > 1e-9 {
			t.Fatalf("payment %d of %v %% comes to %v %% a year", i, per[0].Values[i], x)
		}
	}
	if cap, was := year[1].Values[0], per[1].Values[0]; math.Abs(cap-3*365*was) > 1e-9 || !f.State().Yearly {
		t.Errorf("a cap of %v %% comes to %v %% a year, %+v", was, cap, f.State())
	}
	if now := f.texts(time.Date(2025, 6, 16, 9, 0, 0, 0, time.UTC))["Rate"]; now != read {
		t.Errorf("the same payment reads %q and %q", read, now)
	}
}

// Payments that are missing are said to be, and left out of the cost.
func TestAHoleInThePayments(t *testing.T) {
	f, _ := fundingIn(t, FundingState{Range: "30d"}, func(src *source) { src.paid = append(paid(80)[:40], paid(80)[50:]...) })
	holed := false
	for _, b := range f.chart.shown.Request.Blanks {
		holed = holed || b.Text == "not kept" && b.To-b.From == 10*8*hourMillis
	}
	if said := strings.Join(f.notes.said, " "); !holed || !strings.Contains(said, "are not known") {
		t.Errorf("blanks %+v, notes %q", f.chart.shown.Request.Blanks, said)
	}
	f, _ = fundingIn(t, FundingState{Range: "7d"}, func(src *source) { // the newest was due four hours ago
		src.paid = paid(80)[:79]
	})
	if said := strings.Join(f.notes.said, " "); !strings.Contains(said, "are not known") {
		t.Errorf("the newest payment lacks for hours, and the notes say %q", said)
	}
	f.rows.times, f.rows.ends, f.rows.next = []int64{0, 16 * hourMillis}, []int64{8 * hourMillis, 24 * hourMillis}, 24*hourMillis
	if h := f.rows.holes(0, 24*hourMillis, 16*hourMillis+60_000); len(h) != 0 {
		t.Errorf("a payment that was due a minute ago is taken for missing: %v", h)
	}
	f, _ = fundingIn(t, FundingState{Range: "1y"}, func(src *source) { src.paid = paid(900) })
	if l := f.chart.shown.Request.Lines[0]; l.Form != charts.Curve {
		t.Errorf("a year of payments has form %v: sums in bars cannot be held against a cap", l.Form)
	}
}

func TestFundingAsAFile(t *testing.T) {
	f, _ := fundingIn(t, FundingState{Range: "7d"}, func(src *source) { src.paid = paid(60) })
	var file bytes.Buffer
	if err := f.Export().Write(&file); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&file).ReadAll()
	if err != nil || len(lines) != 22 || strings.Join(lines[0], ",") != "time,funding_pct,funding_interval_hours,funding_apr_pct,cost_long_pct" {
		t.Fatalf("%d lines, %v: %v", len(lines), lines[0], err)
	}
	sum := 0.0
	for _, l := range lines[1:] {
		rate, _ := strconv.ParseFloat(l[1], 64)
		apr, _ := strconv.ParseFloat(l[3], 64)
		cost, _ := strconv.ParseFloat(l[4], 64)
		sum += rate
		if l[2] != "8" || math.Abs(apr-rate*3*365) > 1e-9 || math.Abs(cost-sum) > 1e-9 {
			t.Errorf("%v, want a sum of %v", l, sum)
		}
	}
}

// The crosshair goes to payments and reads their rates, not to the moment before one: there the cost would be
// read without the payment whose rate stands beside it.
func TestTheCrosshairGoesToPayments(t *testing.T) {
	payments := paid(60)
	for i := range payments {
		payments[i].Time = payments[i].Time / hourMillis * hourMillis
	}
	f, _ := fundingIn(t, FundingState{Range: "7d"}, func(src *source) { src.paid = payments })
	for _, p := range payments[len(payments)-6 : len(payments)-1] {
		for _, aside := range []time.Duration{-20 * time.Minute, 20 * time.Minute} {
			at := time.UnixMilli(p.Time).UTC()
			f.texts(at.Add(aside))
			if got, want := f.chart.cross.time.Text, at.Format("2006-01-02 15:04")+" UTC"; got != want {
				t.Errorf("%s from the payment of %s: %q", aside, want, got)
			}
			if got, want := f.chart.cross.rows[0].value.Text, fundingRate(100*p.Rate)+" / 8h"; !strings.HasPrefix(got, want) {
				t.Errorf("at the payment of %s the rate reads %q, want %q", at, got, want)
			}
		}
	}
}

package columns

import (
	"math"
	"strconv"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// tips writes the tooltips of cells: exact values, where they come from and
// when they came.
type tips struct {
	words   *assets.Words
	explain *explain.Words
}

func (t *tips) say(key string, args ...assets.Args) string {
	return t.words.T("column.tip."+key, args...)
}

func (t *tips) name(id ID) string { return t.words.T("column." + string(id) + ".name") }

// content starts a tooltip about one property of a row, with what went wrong
// with the row, if anything did, at its end.
func (t *tips) content(r *Row, property string, facts ...tip.Fact) tip.Content {
	c := tip.Content{Title: r.Symbol + " · " + property}
	for _, f := range facts {
		if f.Value != "" {
			c.Facts = append(c.Facts, f)
		}
	}
	if len(c.Facts) == 0 {
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.say("not_yet")})
	}
	return t.withProblem(r, c)
}

// unclear says of a number that is computed from stamps, or from open interest
// and price, why it is unknown while those are in different units.
func (t *tips) unclear(r *Row, c tip.Content) tip.Content {
	if r.Quote.UnitUnclear() {
		c.Paragraphs = append([]tip.Paragraph{{Text: t.say("unit_unclear"), Warning: true}}, c.Paragraphs...)
	}
	return c
}

// withProblem adds why the row's last request failed, and when the next is made; or
// that the row is old.
func (t *tips) withProblem(r *Row, c tip.Content) tip.Content {
	p := r.Quote.Problem
	if p == nil {
		if r.Stale() {
			c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.say("stale"), Warning: true})
		}
		return c
	}
	c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Heading: t.say("problem"), Text: format.Problem(t.words, p, r.Symbol), Warning: true})
	if !r.Quote.NextTry.IsZero() {
		next := t.say("next_try", assets.Args{"Time": format.Clock(r.Quote.NextTry)})
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: next, Warning: true})
	}
	return c
}

// fact is a line of a tooltip; one without a value is left out.
func (t *tips) fact(label, value string) tip.Fact {
	if value == format.Unknown {
		value = ""
	}
	return tip.Fact{Label: t.say(label), Value: value}
}

// factAt is a line about a number that came at a moment: another number of another
// moment stands beside it.
func (t *tips) factAt(r *Row, label, value string, at time.Time) tip.Fact {
	f := t.fact(label, value)
	f.Label = t.say("at", assets.Args{"Label": f.Label, "Time": clockOf(r, at)})
	return f
}

// amount writes a number with its unit; empty when unknown.
func (t *tips) amount(x float64, unit string) string {
	if !market.Known(x) {
		return ""
	}
	return format.Exact(x) + " " + unit
}

func (t *tips) usd(x float64) string {
	if !market.Known(x) {
		return ""
	}
	decimals := 0
	if math.Abs(x) < 10_000 {
		decimals = 2
	}
	return t.say("usd", assets.Args{"Value": format.ExactTo(x, decimals)})
}

func (t *tips) price(r *Row) tip.Content {
	return t.content(r, t.name(Price),
		t.factAt(r, "mark_price", t.amount(r.Quote.Price(), "USDT"), r.Quote.Mark.Received),
		t.factAt(r, "last_price", t.amount(lastPrice(r.Quote), "USDT"), r.Quote.Ticker.Received))
}

// priceChangeReceived is when the change of price that the row shows was received: it
// is the ticker's, and computed from the mark price until that is there.
func priceChangeReceived(q *market.Quote) time.Time {
	if q.Ticker.Received.IsZero() {
		return q.Mark.Received
	}
	return q.Ticker.Received
}

func lastPrice(q *market.Quote) float64 {
	if q.Ticker.Received.IsZero() {
		return market.Unknown
	}
	return q.Ticker.LastPrice
}

func (t *tips) priceChange(r *Row) tip.Content {
	facts := []tip.Fact{}
	add := func(w market.Window, percent float64, at time.Time) {
		if market.Known(percent) {
			facts = append(facts, tip.Fact{Label: t.say("price_change", assets.Args{"Window": w.String(), "Time": clockOf(r, at)}), Value: format.PercentUnit(percent)})
		}
	}
	add(market.Window1h, r.Quote.PriceChange(market.Window1h), r.Quote.Mark.Received)
	add(market.Window4h, r.Quote.PriceChange(market.Window4h), r.Quote.Mark.Received)
	add(market.Window24h, r.Quote.PriceChange24h(), priceChangeReceived(r.Quote))
	closed := signal.ReadPriceOpenInterest(r.Quote.History, market.Window24h)
	facts = append(facts, t.changeFact("change_closed_24h", stampOf(r, closed.Stamp), closed.PricePct),
		t.factAt(r, "last_price", t.amount(lastPrice(r.Quote), "USDT"), r.Quote.Ticker.Received))
	return t.unclear(r, t.content(r, t.name(PriceChange24h), facts...))
}

func (t *tips) openInterestUSD(r *Row) tip.Content {
	return t.unclear(r, t.content(r, t.name(OIUSD),
		t.fact("worth", t.usd(r.Quote.OpenInterestUSD())),
		t.factAt(r, "open_interest", t.amount(r.Quote.Contracts(), r.Quote.Contract.BaseAsset), r.Quote.OpenInterest.Received),
		t.factAt(r, "mark_price", t.amount(r.Quote.Price(), "USDT"), r.Quote.Mark.Received)))
}

func (t *tips) contracts(r *Row) tip.Content {
	return t.content(r, t.name(OIContracts),
		t.fact("open_interest", t.amount(r.Quote.Contracts(), r.Quote.Contract.BaseAsset)),
		t.fact("changed", format.DateTime(r.Quote.OpenInterest.Changed)),
		t.fact("received", format.DateTime(r.Quote.OpenInterest.Received)))
}

// openInterestChangeTip tells the live change of the row with what it is computed
// from, and beside it the change at the closed stamp, which signals go by.
func (t *tips) openInterestChangeTip(r *Row, w market.Window) tip.Content {
	q := r.Quote
	property := t.name(ID("oi_change_" + w.String()))
	if q.OpenInterest.Received.IsZero() || q.History.Len() == 0 {
		return t.content(r, property)
	}
	received := clockOf(r, q.OpenInterest.Received)
	now := tip.Fact{Label: t.say("contracts_now", assets.Args{"Time": received}), Value: t.amount(q.Contracts(), q.Contract.BaseAsset)}
	stamp := market.FloorStamp(q.OpenInterest.Received.UnixMilli() - w.Millis())
	then, ok := q.History.At(stamp)
	if !ok {
		c := t.content(r, property, now)
		c.Paragraphs = append([]tip.Paragraph{{Text: t.whyNoStamp(q, stamp)}}, c.Paragraphs...)
		return c
	}
	if q.UnitUnclear() {
		return t.unclear(r, t.content(r, property, now))
	}
	changes := q.UnitChanges(time.UnixMilli(stamp))
	contractsThen := then.Contracts
	if factor := market.UnitFactor(changes, stamp); factor != 1 {
		contractsThen = round(contractsThen*factor, q.Contract.QuantityPrecision)
	}
	difference := round(q.Contracts()-contractsThen, q.Contract.QuantityPrecision)
	sign := ""
	if difference > 0 {
		sign = "+"
	}
	closed := signal.ReadPriceOpenInterest(q.History, w)
	c := t.content(r, property,
		t.changeFact("change_live", received, q.OpenInterestChange(w)),
		t.changeFact("change_closed", stampOf(r, closed.Stamp), closed.OpenInterestPct),
		t.fact("difference", sign+t.amount(difference, q.Contract.BaseAsset)), now,
		tip.Fact{Label: t.say("contracts_then", assets.Args{"Time": format.Stamp(stamp)}), Value: t.amount(contractsThen, q.Contract.BaseAsset)})
	for _, u := range changes {
		unit := signal.UnitChange{Time: time.UnixMilli(u.Time), Factor: signal.Number(u.Factor)}
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.explain.Unit(&unit), Warning: true})
	}
	return c
}

// changeFact is a line with a change in percent and of when it is; without a
// value it is left out.
func (t *tips) changeFact(label, at string, pct float64) tip.Fact {
	if !market.Known(pct) {
		return tip.Fact{}
	}
	return tip.Fact{Label: t.say(label, assets.Args{"Time": at}), Value: format.PercentUnit(pct)}
}

// whyNoStamp says why the stamp that a change is measured from is not there: the
// exchange publishes late, or it has a hole.
func (t *tips) whyNoStamp(q *market.Quote, stamp int64) string {
	args := assets.Args{"Time": format.Stamp(stamp)}
	if last, ok := q.History.Last(); ok && last.Time < stamp {
		args["Newest"] = format.Stamp(last.Time)
		return t.say("stamp_late", args)
	}
	return t.say("stamp_missing", args)
}

// round takes the noise of binary fractions out of a difference.
func round(x float64, decimals int) float64 {
	scale := math.Pow10(max(0, min(12, decimals)))
	return math.Round(x*scale) / scale
}

func (t *tips) funding(r *Row) tip.Content {
	q := r.Quote
	interval := ""
	if q.Funding.IntervalHours > 0 {
		interval = t.say("hours", assets.Args{"Hours": strconv.Itoa(q.Funding.IntervalHours)})
	}
	yearly := format.Unknown
	if apr := q.FundingAPR(); market.Known(apr) {
		yearly = format.APR(apr) + " %"
	}
	limits := ""
	if market.Known(q.Funding.Cap) && market.Known(q.Funding.Floor) {
		limits = exactPercent(q.Funding.Cap) + ", " + exactPercent(q.Funding.Floor)
	}
	c := t.content(r, t.name(Funding),
		t.fact("rate", exactPercent(q.FundingRate())),
		t.fact("interval", interval),
		t.fact("apr", yearly),
		t.fact("next_funding", format.DateTime(q.Mark.NextFunding)),
		t.fact("cap", limits))
	if interval == "" {
		c.Paragraphs = append([]tip.Paragraph{{Text: t.say("interval_unknown")}}, c.Paragraphs...)
	}
	return c
}

// exactPercent writes a fraction as a percentage with all its digits.
func exactPercent(fraction float64) string {
	if !market.Known(fraction) {
		return ""
	}
	return format.Exact(round(fraction*100, 10)) + " %"
}

func (t *tips) volume(r *Row) tip.Content {
	return t.unclear(r, t.content(r, t.name(OIVolume),
		t.factAt(r, "volume", t.usd(r.Quote.Volume24h()), r.Quote.Ticker.Received),
		t.factAt(r, "worth", t.usd(r.Quote.OpenInterestUSD()), r.Quote.OpenInterest.Received),
		t.fact("ratio", format.Ratio(r.Quote.OpenInterestToVolume()))))
}

// share tells the market's open interest, and of how many contracts it is known.
func (t *tips) share(r *Row) tip.Content {
	total := r.beyond.Totals
	share := r.Quote.OpenInterestShare(r.beyond)
	if !market.Known(share) {
		return t.content(r, t.name(OIShare))
	}
	return t.content(r, t.name(OIShare),
		t.fact("share", format.Exact(round(share, 4))+" %"),
		t.factAt(r, "worth", t.usd(r.Quote.OpenInterestUSD()), r.Quote.OpenInterest.Received),
		tip.Fact{Label: t.say("market", assets.Args{"Known": total.Known, "All": total.All}), Value: t.usd(total.USD)})
}

// trend tells where the line has its highest and lowest place.
func (t *tips) trend(r *Row) tip.Content {
	if r.spark == nil {
		return t.content(r, t.name(Trend))
	}
	s, asset := r.spark, r.Quote.Contract.BaseAsset
	at := func(label string, p market.Point) tip.Fact {
		return tip.Fact{Label: t.say(label, assets.Args{"Time": stampClock(p.Time)}), Value: t.amount(round(p.Contracts, r.Quote.Contract.QuantityPrecision), asset)}
	}
	return t.content(r, t.name(Trend),
		tip.Fact{Label: t.say("trend_change"), Value: format.PercentUnit(s.Change)},
		at("trend_last", s.last()), at("trend_high", s.high), at("trend_low", s.low), at("trend_first", s.first()))
}

// week tells what the change over seven days is measured from.
func (t *tips) week(r *Row) tip.Content {
	q := r.Quote
	then, ok := q.WeekAgo(r.beyond)
	if !ok {
		c := t.content(r, t.name(OIChange7d))
		c.Paragraphs = append([]tip.Paragraph{{Text: t.say("week_missing")}}, c.Paragraphs...)
		return c
	}
	return t.content(r, t.name(OIChange7d),
		t.changeFact("change_live", clockOf(r, q.OpenInterest.Received), q.OpenInterestChange7d(r.beyond)),
		tip.Fact{Label: t.say("contracts_now", assets.Args{"Time": clockOf(r, q.OpenInterest.Received)}), Value: t.amount(q.Contracts(), q.Contract.BaseAsset)},
		tip.Fact{Label: t.say("contracts_then", assets.Args{"Time": format.Stamp(then.Time)}), Value: t.amount(round(then.Contracts, q.Contract.QuantityPrecision), q.Contract.BaseAsset)})
}

// positions tells the two parts of the change in USD.
func (t *tips) positions(r *Row) tip.Content {
	q := r.Quote
	opened, price := q.PositionsUSD(market.Window24h), q.PriceEffectUSD(market.Window24h)
	return t.content(r, t.name(OIPositions24h),
		t.fact("part_positions", t.usd(opened)),
		t.fact("part_price", t.usd(price)),
		t.fact("part_both", t.usd(opened+price)),
		t.fact("received", format.Clock(q.OpenInterest.Received)))
}

// zOfChange tells the change that the z is of, at the closed stamp.
func (t *tips) zOfChange(r *Row) tip.Content {
	c := t.content(r, t.name(OIZ24h),
		t.changeFact("change_closed", stampOf(r, r.Reading.Stamp), r.Reading.OpenInterestPct),
		t.fact("z", format.ExactTo(r.beyond.Z24h, 2)))
	if !market.Known(r.beyond.Z24h) {
		c.Paragraphs = append([]tip.Paragraph{{Text: t.say("z_missing")}}, c.Paragraphs...)
	}
	return c
}

func (t *tips) symbol(r *Row) tip.Content {
	kind := t.say("perpetual")
	if r.Quote.Contract.Type == market.TradFiPerpetual {
		kind = t.say("tradfi")
	}
	listed := ""
	if l := r.Quote.Contract.Listed; !l.IsZero() {
		listed = format.Day(l)
	}
	c := tip.Content{Title: r.Symbol}
	for _, f := range []tip.Fact{t.fact("type", kind), t.fact("base", r.Quote.Contract.BaseAsset), t.fact("listed", listed)} {
		if f.Value != "" {
			c.Facts = append(c.Facts, f)
		}
	}
	return t.withProblem(r, c)
}

func (t *tips) age(r *Row) tip.Content {
	age := ""
	if r.AgeKnown {
		age = format.Age(t.words.Lang(), r.Age)
	}
	return t.content(r, t.name(Age),
		t.fact("age", age),
		t.fact("received", format.DateTime(r.Quote.OpenInterest.Received)),
		t.fact("changed", format.DateTime(r.Quote.OpenInterest.Changed)))
}

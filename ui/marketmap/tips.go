package marketmap

import (
	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

type tipContent = tip.Content

// tipKey is what the pointer is on while a contract's tooltip is shown.
type tipKey struct{ symbol string }

// tip is a contract's numbers: of the time that the picture shows, and what it
// costs now.
func (p *Pane) tip(symbol string) tip.Content {
	d := p.view.d
	if d == nil {
		return tip.Content{}
	}
	i := d.index(symbol)
	if i < 0 {
		return tip.Content{}
	}
	c, w := d.contract(i), p.w
	r := &c.reading
	content := tip.Content{Title: symbol + " · " + w.T("signal."+string(kindName(r.Kind))+".name")}
	add := func(label, value string) {
		if value != format.Unknown {
			content.Facts = append(content.Facts, tip.Fact{Label: label, Value: value})
		}
	}
	span := assets.Args{"Window": d.reads.window.String()}
	add(w.T("map.price_axis", span), format.PercentUnit(r.PricePct))
	add(w.T("map.oi_axis", span), format.PercentUnit(r.OpenInterestPct))
	add(w.T("column.oi_usd.name"), format.Compact(w.Lang(), c.size))
	if d.reads.at == 0 {
		p.tipNow(symbol, add)
	}
	if r.Stamp != 0 {
		content.Paragraphs = append(content.Paragraphs, tip.Paragraph{Text: w.T("map.tip_stamp", assets.Args{"Time": format.Stamp(r.Stamp)}), Quiet: true})
	}
	if d.reads.plain() {
		content.Paragraphs = append(content.Paragraphs, tip.Paragraph{Text: w.T("map.tip_plain"), Quiet: true})
	}
	content.Footer = w.T("map.tip_gestures")
	return content
}

// tipNow adds what is known of a contract beyond its history.
func (p *Pane) tipNow(symbol string, add func(label, value string)) {
	q := p.snapshot.Quote(symbol)
	if q == nil {
		return
	}
	name := func(id market.NumberID) string { return p.w.T("column." + string(id) + ".name") }
	add(name(market.NumberPrice), format.Price(q.Price(), q.Contract.PricePrecision))
	add(name(market.NumberFunding), format.FundingRate(q.FundingRate(), q.Funding.IntervalHours))
	add(name(market.NumberVolume24h), format.Compact(p.w.Lang(), q.Volume24h()))
}

// kindName is the key of a reading's words.
func kindName(k signal.Kind) signal.Kind {
	if k == signal.Unknown {
		return "unknown"
	}
	return k
}

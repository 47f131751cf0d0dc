package chartpane

import (
	"slices"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/tabs"
)

// What a comparison is of, as it is kept in a state; the zero value is open interest.
const (
	MetricOpenInterest = ""
	MetricPrice        = "price"
	MetricFunding      = "funding"
)

// The units of a comparison besides those of every chart.
const (
	UnitZ     = "z"     // standard deviations from the mean of the span shown
	UnitShare = "share" // percent of the sum of what is ticked, in USD
	UnitRate  = "rate"  // of funding: percent in eight hours
)

// metrics in the order they are offered, and in which units each can be had. The
// first is shown unless another is chosen.
var metrics = []string{MetricOpenInterest, MetricPrice, MetricFunding}

var unitsOfMetric = map[string][]string{
	MetricOpenInterest: {UnitPercent, UnitUSD, UnitContracts, UnitZ, UnitShare},
	MetricPrice:        {UnitPercent, UnitUSD, UnitZ},
	MetricFunding:      {UnitRate, UnitZ},
}

// metricWords are what a metric is called.
var metricWords = map[string]string{
	MetricOpenInterest: "chart.open_interest", MetricPrice: "compare.price", MetricFunding: "compare.funding",
}

// fundingGap breaks a line of funding where a payment is missing.
const fundingGap = (2*fundingBasis + 1) * 3600 * 1000

// openMetrics takes metric and units from a state, and makes a strip of units for
// each metric; that of the open interest is the pane's own.
func (c *Compare) openMetrics(s CompareState) {
	if unitsOfMetric[s.Metric] == nil {
		s.Metric = MetricOpenInterest
	}
	c.metric, c.unitOf = s.Metric, map[string]string{MetricOpenInterest: c.unit}
	c.strips = map[string]*tabs.Strip{MetricOpenInterest: c.units}
	for _, m := range metrics[1:] {
		units := unitsOfMetric[m]
		if c.unitOf[m] = s.Others[m]; !slices.Contains(units, s.Others[m]) {
			c.unitOf[m] = units[0]
		}
		names := make([]string, len(units))
		for i, u := range units {
			names[i] = c.o.Words.T("chart." + u)
		}
		strip := tabs.New(names, slices.Index(units, c.unitOf[m]))
		strip.OnChange = func(i int) { c.unit = units[i]; c.chosen() }
		c.strips[m] = strip
	}
	c.unit = c.unitOf[c.metric]
}

// compareBy changes what is compared.
func (c *Compare) compareBy(metric string) {
	c.metric = metric
	c.unit = c.unitOf[metric]
	c.chosen()
	c.content.Refresh()
}

// values are those of a track in the unit chosen; percent, z and shares are computed of them.
func (c *Compare) values() quantity {
	switch {
	case c.metric == MetricPrice:
		return priceOf
	case c.unit == UnitUSD || c.unit == UnitShare:
		return usdOf
	}
	return contractsOf
}

// derivation is how lines are computed from each other or from their span; nil: they show what they hold.
func (c *Compare) derivation() derivation {
	switch c.unit {
	case UnitZ:
		return zScores
	case UnitShare:
		return shares
	}
	return nil
}

// base is what a track's percent count from.
func (c *Compare) base(t *track) float64 {
	if c.metric != MetricPrice {
		return t.base()
	}
	for _, points := range [][]market.Point{t.body, t.tail} {
		for i := range points {
			if market.Known(points[i].Price) {
				return points[i].Price
			}
		}
	}
	return market.Unknown
}

// valueAxis describes the value axis.
func (c *Compare) valueAxis(begin starts, lines int) charts.ValueAxis {
	w := c.o.Words
	switch c.unit {
	case UnitPercent:
		return charts.ValueAxis{Unit: w.T("chart.percent_axis", assets.Args{"Time": format.Stamp(begin.common)}), Format: axisPercent}
	case UnitZ:
		return charts.ValueAxis{Unit: w.T("compare.z_axis"), Format: func(v, step float64) string { return format.Signed(v, decimalsOf(step)) }}
	case UnitShare:
		return charts.ValueAxis{Unit: w.T("compare.share_axis", assets.Args{"Count": lines}),
			Format: func(v, step float64) string { return format.ExactTo(v, decimalsOf(step)) + " %" }}
	case UnitRate:
		return charts.ValueAxis{Unit: w.T("compare.rate_axis", assets.Args{"Hours": fundingBasis}), Format: axisPercent}
	}
	axis := charts.ValueAxis{Unit: w.T("chart." + c.unit), Format: axisNumber(w.Lang()), Log: !c.linear}
	if c.metric == MetricPrice {
		axis.Unit = w.T("chart.price_axis")
	}
	return axis
}

// format writes the read-out's values.
func (c *Compare) format(q *market.Quote) func(float64) string {
	w := c.o.Words
	switch {
	case c.unit == UnitZ:
		return func(x float64) string { return format.Signed(x, 2) }
	case c.unit == UnitShare:
		return func(x float64) string { return format.ExactTo(x, 2) + " %" }
	case c.unit == UnitRate:
		return func(x float64) string { return format.Signed(x, 4) + " %" }
	case c.unit == UnitUSD && c.metric == MetricPrice:
		return func(x float64) string { return format.Price(x, pricePrecision(q)) }
	case c.unit == UnitUSD:
		return unitFormat(func(x float64) string { return format.Compact(w.Lang(), x) }, w.T("chart.usd"))
	case c.unit == UnitContracts:
		return contractsRead(w.Lang(), q)
	}
	return format.PercentUnit
}

// funding is the line of a contract's payments, and of what is paid next.
func (c *Compare) funding(symbol string, q *market.Quote) charts.Line {
	points, _ := c.paid.of(symbol)
	line := charts.Line{Gap: fundingGap}
	line.Times, line.Values = fundingCurve(points, q)
	return line
}

// metricNotes say what the metric and the unit lack.
func (c *Compare) metricNotes(all compared, from, to int64) (notes []note) {
	w := c.o.Words
	if c.metric == MetricFunding {
		var without []string
		for _, s := range c.symbols {
			if points, came := c.paid.of(s); came && len(points) == 0 {
				without = append(without, s)
			}
		}
		if len(without) > 0 {
			notes = append(notes, remark(w.T("compare.no_payments", assets.Args{"Symbols": format.Symbols(w, without, 2)})))
		}
	}
	if c.unit == UnitShare && c.complete() {
		begins, latest := starts{earliest: to}, from
		for i, t := range all.tracks {
			if at, ok := t.first(); ok {
				begins.earliest = min(begins.earliest, at)
				if at > latest {
					latest, begins.by = at, all.symbols[i]
				}
			}
		}
		if begins.common = latest; begins.isCut(to - from) {
			notes = append(notes, remark(w.T("chart.common_start", assets.Args{"Time": format.Stamp(latest), "Symbol": begins.by})))
		}
	}
	return notes
}

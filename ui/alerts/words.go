package alerts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/explain"
	"openinterest/ui/format"
)

// column is a column's name as a person reads it in a sentence.
func (s *Sayer) column(c alert.Column) string { return s.w.T("column." + string(c) + ".name") }

// Condition says what a rule tells of: "Spike, 1 h", "Funding, yearly rises to 50 %",
// "Liquid, on entering: OI (USD) ≥ 50 M and 24h % ≥ 5". Nothing is left out of it.
func (s *Sayer) Condition(r *alert.Rule) string {
	text := s.trigger(r)
	if len(r.Where) > 0 {
		word := "alert.rule_where"
		if r.Signal == "" && r.Column == "" {
			word = "alert.rule_joined"
		}
		text = s.w.T(word, assets.Args{"Rule": text, "Where": s.where(r.Where)})
	}
	if r.Name != "" {
		text = s.w.T("alert.rule_named", assets.Args{"Name": r.Name, "Rule": text})
	}
	return text
}

// trigger is what a rule tells of, without its conditions.
func (s *Sayer) trigger(r *alert.Rule) string {
	switch {
	case r.Signal != "":
		return s.signal(r.Signal)
	case r.Column != "":
		return s.w.T("alert.rule_"+string(r.Direction), assets.Args{"Column": s.column(r.Column), "Bound": s.Value(r.Column, r.Bound, nil)})
	}
	return s.w.T("alert.on_" + change(r.On))
}

// change is how the words name which way a contract goes.
func change(c alert.Change) string {
	if c == alert.Enters {
		return "enter"
	}
	return string(c)
}

// signal is the name of a kind of events.
func (s *Sayer) signal(k signal.EventKind) string {
	if k == alert.AnySignal {
		return s.w.T("alert.any_signal")
	}
	return s.explain.Plain(k)
}

// where writes conditions as they stand on the table's chips.
func (s *Sayer) where(where []alert.Condition) string {
	parts := make([]string, len(where))
	for i, c := range where {
		shown := columns.Condition{Column: columns.ID(c.Column), Min: c.Min, Max: c.Max, Is: c.Is}
		parts[i] = shown.Text(s.w, s.explain)
	}
	return strings.Join(parts, s.w.T("alert.rule_and"))
}

// Terms says for what contracts a rule is, and what keeps it silent.
func (s *Sayer) Terms(r *alert.Rule) string {
	parts := []string{s.w.T("alert.scope_" + string(r.Scope))}
	switch r.Scope {
	case alert.ScopeOne:
		parts[0] = r.Symbol
	case alert.ScopeList:
		parts[0] = r.List
	}
	if r.CooldownMinutes > 0 {
		parts = append(parts, s.w.T("alert.cooldown_is", assets.Args{"Time": s.Minutes(r.CooldownMinutes)}))
	}
	if q := r.Quiet; q != nil {
		parts = append(parts, s.w.T("alert.quiet_is", assets.Args{"From": timeOfDay(q.From), "To": timeOfDay(q.To), "Zone": s.Zone(q.Local)}))
	}
	return strings.Join(parts, s.w.T("alert.and"))
}

// notKept names what of a rule has no past that is kept.
func (s *Sayer) notKept(r *alert.Rule) string {
	var names []string
	if r.Column != "" && !r.Column.HasHistory() {
		names = append(names, s.column(r.Column))
	}
	_, without := r.Judged()
	for _, c := range without {
		names = append(names, s.w.T("column."+string(c)))
	}
	return strings.Join(names, s.w.T("table.or"))
}

// Zone names the time zone of quiet hours.
func (s *Sayer) Zone(local bool) string {
	if local {
		return s.w.T("alert.local")
	}
	return "UTC"
}

// Minutes writes a cooldown.
func (s *Sayer) Minutes(n int) string {
	if n%60 == 0 {
		return s.w.T("alert.hours", assets.Args{"N": n / 60})
	}
	return s.w.T("alert.minutes", assets.Args{"N": n})
}

func timeOfDay(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// Value writes a number of a column. The contract, nil where none is meant, has
// its decimals.
func (s *Sayer) Value(c alert.Column, x float64, of *market.Contract) string {
	lang := s.w.Lang()
	if !market.Known(x) {
		return format.Unknown
	}
	switch {
	case c == alert.Price && of != nil && of.PricePrecision > 0:
		return format.Price(x, of.PricePrecision) + " USDT"
	case c == alert.Price:
		return format.Exact(x) + " USDT"
	case c == alert.Funding:
		return format.ExactTo(x, 4) + " %"
	case c == alert.FundingAPR:
		return format.APR(x) + " %"
	case c == alert.Basis:
		return format.Signed(x, 3) + " %"
	case c == alert.OIShare:
		return format.Ratio(x) + " %"
	case c.Unit() == market.UnitZ:
		return format.Signed(x, 1)
	case c.Unit() == market.UnitPercent:
		return format.PercentUnit(x)
	case c.Unit() == market.UnitUSD:
		return format.Compact(lang, x) + " USD"
	case c.Unit() == market.UnitContracts && of != nil:
		return format.Contracts(lang, x, of.QuantityPrecision)
	case c.Unit() == market.UnitContracts:
		return format.Compact(lang, x)
	case c.Unit() == market.UnitSeconds:
		return format.Age(lang, time.Duration(x*float64(time.Second)))
	}
	return format.Ratio(x)
}

// Title is an alert in a few words. It has what the rule asks for, threshold included:
// where there is too little room, something else is to be cut.
func (s *Sayer) Title(a *alert.Alert) string {
	switch {
	case a.Event != nil:
		return a.Symbol + s.w.T("table.colon") + s.explain.Name(a.Event.Kind)
	case a.Rule.Column != "":
		return a.Symbol + s.w.T("table.colon") + s.trigger(&a.Rule)
	}
	name := a.Rule.Name
	if name == "" {
		name = s.where(a.Rule.Where)
	}
	word := "alert.entered"
	if a.Left {
		word = "alert.left"
	}
	return a.Symbol + s.w.T("table.colon") + s.w.T(word, assets.Args{"What": name})
}

// ShortTitle is Title for little room: columns are called as their headings.
func (s *Sayer) ShortTitle(a *alert.Alert) string {
	r := &a.Rule
	if a.Event != nil || r.Column == "" {
		return s.Title(a)
	}
	return a.Symbol + s.w.T("table.colon") + s.w.T("alert.rule_"+string(r.Direction),
		assets.Args{"Column": s.w.T("column." + string(r.Column)), "Bound": s.Value(r.Column, r.Bound, nil)})
}

// Text is an alert's evidence.
func (s *Sayer) Text(a *alert.Alert) string {
	saw := s.readings(a)
	if e := a.Event; e != nil {
		text := s.w.T("alert.event", assets.Args{"Why": s.moves(e), "Time": format.Minute(e.Time)})
		return strings.Join(append([]string{text}, saw...), s.w.T("alert.and"))
	}
	if a.Rule.Column == "" {
		return strings.Join(saw, s.w.T("alert.and"))
	}
	args := assets.Args{"Value": s.Value(a.Rule.Column, a.Value, &a.Contract), "Before": s.Value(a.Rule.Column, a.Before, &a.Contract),
		"Bound": s.Value(a.Rule.Column, a.Rule.Bound, &a.Contract)}
	return strings.Join(append([]string{s.w.T("alert.crossed_"+string(a.Rule.Direction), args)}, saw...), s.w.T("alert.and"))
}

// readings are what the conditions of the rule saw, one by one.
func (s *Sayer) readings(a *alert.Alert) (saw []string) {
	for _, r := range a.Readings {
		switch {
		case r.Column != alert.SignalColumn:
			saw = append(saw, s.w.T("column."+string(r.Column))+" "+s.bare(r.Column, r.Value, &a.Contract))
		case r.Signal != "":
			saw = append(saw, columns.SignalName(s.w, s.explain, r.Signal))
		}
	}
	return saw
}

// bare is a number beside its column's heading, which has the unit already.
func (s *Sayer) bare(c alert.Column, x float64, of *market.Contract) string {
	text, heading := s.Value(c, x, of), s.w.T("column."+string(c))
	for _, unit := range []string{"USD", "%"} {
		if strings.Contains(heading, unit) {
			text = strings.TrimSpace(strings.TrimSuffix(text, unit))
		}
	}
	return text
}

// Message words alerts that are told at once, in one message.
func (s *Sayer) Message(told []alert.Alert) (title, text string) {
	if len(told) == 1 {
		return s.Title(&told[0]), s.Text(&told[0])
	}
	return s.More(told)
}

// moves tells what price and open interest did; crowding is about levels.
func (s *Sayer) moves(e *signal.Event) string {
	x := &e.Evidence
	if f := x.Funding; f != nil && f.APR.Known() {
		return s.w.T("alert.crowded", assets.Args{"APR": format.APR(float64(f.APR)) + " %",
			"Rank": rank(f.APRPercentile), "OIRank": rank(f.OpenInterestPercentile)})
	}
	if r := x.Ratio; r != nil {
		return s.w.T("alert.ratio", assets.Args{"Value": format.Ratio(float64(r.Value)), "Low": format.Ratio(float64(r.Low)), "High": format.Ratio(float64(r.High))})
	}
	if seen := x.Liquidations; seen != nil && e.Kind.OnTrial() && len(x.Thresholds) > 0 {
		usd, _ := s.explain.Liquidated(e.Kind, seen)
		return s.w.T("alert.liquidated_"+explain.Side(e.Kind), assets.Args{"USD": format.Compact(s.w.Lang(), usd), "Share": percent(x.Thresholds[0].Value)})
	}
	window := x.Window
	if d := x.Divergence; d != nil {
		return s.w.T("alert.since", assets.Args{"OI": percent(x.OpenInterest.Pct), "Price": percent(x.Price.Pct), "Time": format.Stamp(d.Time.UnixMilli())})
	}
	return s.w.T("alert.moved", assets.Args{"OI": percent(x.OpenInterest.Pct), "OIZ": z(x.OpenInterest.Z),
		"Price": percent(x.Price.Pct), "PriceZ": z(x.Price.Z), "Window": window})
}

func percent(x signal.Number) string { return format.PercentUnit(float64(x)) }

func z(x signal.Number) string {
	if !x.Known() {
		return format.Unknown
	}
	return format.Signed(float64(x), 1)
}

func rank(x signal.Number) string {
	if !x.Known() {
		return format.Unknown
	}
	return strconv.Itoa(int(math.Round(float64(x)))) + " %"
}

// listedMost is how many alerts of a digest are named.
const listedMost = 8

// More sums up alerts that would be too many notifications.
func (s *Sayer) More(rest []alert.Alert) (title, body string) {
	var lines []string
	for i := range rest {
		if i == listedMost {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, s.Title(&rest[i]))
	}
	return s.w.T("alert.more", assets.Args{"N": len(rest)}), strings.Join(lines, "\n")
}

// parseBound reads a threshold as a person types it.
func parseBound(text string) float64 { return format.Parse(text) }

// writeBound is a threshold as parseBound reads it back.
func writeBound(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// together names several alerts in one line.
func (s *Sayer) together(all []alert.Alert) string {
	var names []string
	for i := range all {
		if i == listedMost {
			names = append(names, "…")
			break
		}
		names = append(names, s.Title(&all[i]))
	}
	return s.w.T("alert.several", assets.Args{"N": len(all)}) + s.w.T("table.colon") + strings.Join(names, s.w.T("alert.and"))
}

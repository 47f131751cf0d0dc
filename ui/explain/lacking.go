package explain

import (
	"math"
	"strconv"
	"strings"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
)

// Short says how much history there is and how much it takes, where there is
// too little: "Not enough history yet (3 of 7 days): …". Empty where there is
// enough.
func (w *Words) Short(missing []signal.Shortage) string {
	for _, m := range missing {
		if !m.Need.Known() {
			continue
		}
		have := strconv.FormatFloat(math.Floor(float64(m.Have)*10)/10, 'f', -1, 64)
		return w.say("short_"+m.What, assets.Args{"Have": have, "Need": bound(m.Need)})
	}
	return ""
}

// Unit says that the contract was redenominated lately, and what became of the
// older numbers; empty where it was not.
func (w *Words) Unit(c *signal.UnitChange) string {
	if c == nil {
		return ""
	}
	args := assets.Args{"Time": format.Stamp(c.Time.UnixMilli())}
	if !c.Factor.Known() {
		return w.say("unit_unknown", args)
	}
	args["Ratio"] = "1 : " + bound(c.Factor)
	if c.Factor < 1 {
		args["Ratio"] = bound(1/c.Factor) + " : 1"
	}
	return w.say("unit_changed", args)
}

// Thin says why a contract is shown greyed; empty where it is not.
func (w *Words) Thin(e *signal.Eligibility) string {
	if !e.Thin {
		return ""
	}
	var why []string
	for _, issue := range e.Issues {
		switch issue {
		case signal.ThinOpenInterest:
			why = append(why, w.say("thin_oi", assets.Args{"Value": format.Compact(w.words.Lang(), float64(e.MedianUSD))}))
		case signal.ThinVolume:
			why = append(why, w.say("thin_volume", assets.Args{"Value": format.Compact(w.words.Lang(), float64(e.Volume))}))
		}
	}
	return w.say("thin", assets.Args{"Why": strings.Join(why, w.words.T("guide.comma"))})
}

// Blocked says what keeps a contract's signals from being told; empty: nothing.
func (w *Words) Blocked(e *signal.Eligibility) string {
	for _, issue := range e.Issues {
		switch issue {
		case signal.NotTrading, signal.TooNew, signal.StaleData:
			return w.say("blocked_" + string(issue))
		case signal.DataGap:
			if e.Gap != nil {
				return w.say("blocked_data_gap", assets.Args{"From": format.Stamp(e.Gap.From.UnixMilli()), "To": format.Stamp(e.Gap.To.UnixMilli())})
			}
		}
	}
	return ""
}

package format

import (
	"openinterest/assets"
	"openinterest/data/market"
)

// Problem is the sentence for what went wrong with the exchange, one a person
// can act on; the details are for the log. symbol names the contract concerned,
// empty where all are. It is empty for no problem.
func Problem(w *assets.Words, p *market.Problem, symbol string) string {
	if p == nil {
		return ""
	}
	args := assets.Args{"Symbol": symbol, "Until": ""}
	if !p.Until.IsZero() {
		args["Until"] = Clock(p.Until)
		if p.Kind == market.BannedUntil { // up to three days
			args["Until"] = DateTime(p.Until)
		}
	}
	if s := w.T("problem."+string(p.Kind), args); s != "" {
		return s
	}
	return w.T("problem."+string(market.BadAnswer), args)
}

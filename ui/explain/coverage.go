package explain

import (
	"math"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

// Coverage says on how many contracts a kind could be evaluated, and what the
// others need; empty where it was evaluated on all of them. Whoever tells how
// many contracts show a kind says this beside it.
func (w *Words) Coverage(b *watch.Board, k signal.EventKind) string {
	if b == nil || b.Total == 0 {
		return w.say("coverage_none")
	}
	if b.Evaluated(k) >= b.Total {
		return ""
	}
	return w.say("coverage", assets.Args{"Evaluated": b.Evaluated(k), "Total": b.Total, "Lacking": len(b.Lacking(k)), "Days": Days(k)})
}

// None says that no contract shows a kind now, or that none does of those on
// which it could be evaluated.
func (w *Words) None(b *watch.Board, k signal.EventKind) string {
	args := assets.Args{"Signal": w.Plain(k)}
	if coverage := w.Coverage(b, k); coverage != "" {
		return w.join([]string{w.words.T("guide.live_none_known", args), coverage})
	}
	return w.words.T("guide.live_none", args)
}

// CoverageOfReadings says how many contracts have a reading over 24 hours; empty
// where all have one.
func (w *Words) CoverageOfReadings(read, total int) string {
	if read >= total {
		return ""
	}
	return w.say("coverage_readings", assets.Args{"Evaluated": read, "Total": total})
}

// Days is how many days of history a kind needs.
func Days(k signal.EventKind) int { return int(math.Ceil(k.Needs().Hours() / 24)) }

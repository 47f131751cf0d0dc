package columns

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// signalTones tone a reading. Its mark says the same without colour: filled is
// strong, hollow is weakening, up and down are what the price did.
var signalTones = map[signal.Kind]Tone{
	signal.StrongBullish: Up, signal.WeakeningRally: Up, signal.StrongBearish: Down, signal.WeakeningSelloff: Down,
	signal.Neutral: Muted, signal.Unknown: Faint,
}

// signalCells word every reading once.
type signalCells struct{ short, tight map[signal.Kind]string }

func newSignalCells(w *assets.Words) signalCells {
	c := signalCells{short: map[signal.Kind]string{signal.Unknown: format.Unknown}, tight: map[signal.Kind]string{signal.Unknown: format.Unknown}}
	for _, k := range append(signal.ReadingKinds(), signal.Neutral) {
		c.short[k] = w.T("signal." + string(k) + ".short")
		c.tight[k] = w.T("signal." + string(k) + ".tight")
	}
	return c
}

// cell is a reading with the marks of what else the contract shows. A
// pronounced reading has its own mark twice; a thin contract is greyed.
func (s signalCells) cell(r *Row) Cell {
	k := r.Reading.Kind
	before := explain.Mark(signal.ReadingEvent(k, market.Window24h))
	if r.Reading.Pronounced {
		before += before
	}
	if before != "" {
		before += " "
	}
	after := strings.Join(r.marks(), "")
	if after != "" {
		after = " " + after
	}
	c := Cell{Text: before + s.short[k] + after, Tone: signalTones[k]}
	if after != "" || r.Reading.Pronounced {
		c.Tight = before + s.tight[k] + after
	}
	if r.Sign.Thin() && (c.Tone == Up || c.Tone == Down) {
		c.Tone = Muted
	}
	return c
}

// marked lists the kinds beyond the readings that the contract shows now.
func (r *Row) marked() []signal.EventKind {
	return slices.DeleteFunc(slices.Clone(r.Sign.Showing()), func(k signal.EventKind) bool { return k.Reading() != signal.Unknown })
}

// marks are the signs of those kinds, each once.
func (r *Row) marks() []string {
	var marks []string
	for _, k := range r.marked() {
		if m := explain.Mark(k); !slices.Contains(marks, m) {
			marks = append(marks, m)
		}
	}
	return marks
}

// signalKey orders by reading; of the same, those with marks and the pronounced
// ones come first.
func signalKey(r *Row, _ *Query) float64 {
	i := slices.Index(append(signal.ReadingKinds(), signal.Neutral), r.Reading.Kind)
	if i < 0 {
		return market.Unknown
	}
	key := float64(i) - 0.1*float64(len(r.marks()))
	if r.Reading.Pronounced {
		key -= 0.05
	}
	return key
}

// exactSignal names everything that the contract shows.
func exactSignal(r *Row) string {
	names := []string{string(r.Reading.Kind)}
	for _, k := range r.marked() {
		names = append(names, string(k))
	}
	return strings.TrimSpace(strings.Join(names, " "))
}

// GuideSection is the section of the guide that says more about a reading.
func GuideSection(k signal.Kind) string {
	switch k {
	case signal.StrongBullish, signal.WeakeningRally, signal.StrongBearish, signal.WeakeningSelloff:
		return string(k)
	case signal.Neutral:
		return "counts"
	}
	return "matrix"
}

// GuideSection is the section of the guide that says more about what the row
// shows: the rarest of it, which is what a mark stands for.
func (r *Row) GuideSection() string {
	if marked := r.marked(); len(marked) > 0 {
		return explain.Section(marked[0])
	}
	return GuideSection(r.Reading.Kind)
}

// Moment is when the newest event of the last day fired, Unix ms; 0: none did.
func (r *Row) Moment() int64 {
	if r.Sign != nil {
		for _, e := range slices.Backward(r.Sign.Events) {
			if !e.Kind.OnTrial() {
				return e.Time.UnixMilli()
			}
		}
	}
	return 0
}

// signal tells what is shown and from what: both changes, in words and numbers,
// how rare they are, the time of the data, what the reading means and what not,
// and what else fires.
func (t *tips) signal(r *Row) tip.Content {
	s := r.Reading
	key := "signal." + string(s.Kind)
	if s.Kind == signal.Unknown {
		key = "signal.unknown"
	}
	say := func(k string, args ...assets.Args) string { return t.words.T("signal.tip."+k, args...) }
	c := tip.Content{Title: r.Symbol + " · " + t.words.T(key+".name")}
	if s.Pronounced {
		c.Title += " · " + t.words.T("evidence.pronounced")
	}
	add := func(p tip.Paragraph) {
		if p.Text != "" {
			c.Paragraphs = append(c.Paragraphs, p)
		}
	}
	kind := signal.ReadingEvent(s.Kind, market.Window24h)
	add(tip.Paragraph{Text: t.short("price", s.PricePct, s)})
	add(tip.Paragraph{Text: t.short("oi", s.OpenInterestPct, s)})
	c.Facts = append(t.closedAndLive(r), t.details(r, kind)...)
	for _, k := range r.marked() {
		x := r.Sign.Evidence(k)
		add(tip.Paragraph{Heading: t.explain.Name(k) + " · " + stampClock(r.Sign.Stamp(k)), Text: t.explain.Why(k, &x)})
		add(tip.Paragraph{Text: t.explain.Scored(k, r.Symbol), Quiet: true})
	}
	add(tip.Paragraph{Heading: say("means"), Text: t.words.T(key + ".means")})
	if len(r.marked()) == 0 {
		add(tip.Paragraph{Heading: say("not"), Text: t.words.T(key + ".not")})
	}
	if kind != "" {
		add(tip.Paragraph{Text: t.explain.Scored(kind, r.Symbol), Quiet: true})
	}
	add(tip.Paragraph{Text: t.today(r), Heading: t.words.T("evidence.today")})
	t.caveats(r, add)
	c.Footer = t.explain.More(r.GuideSection())
	if at := r.Moment(); at != 0 {
		c.Footer += " · " + t.words.T("evidence.chart", assets.Args{"Time": format.Stamp(at)})
	}
	return t.withProblem(r, c)
}

// closedAndLive puts the changes that the signal is computed from, of the closed
// stamp, beside those that the row shows, which are live: they differ by what
// happened since. None where there is no stamp.
func (t *tips) closedAndLive(r *Row) []tip.Fact {
	s, q := r.Reading, r.Quote
	if s.Stamp == 0 {
		return nil
	}
	live := func(pct float64, at time.Time) string {
		if !market.Known(pct) {
			return format.Unknown
		}
		return t.words.T("signal.tip.live", assets.Args{"Value": format.PercentUnit(pct), "Time": bareClockOf(r, at)})
	}
	oi := t.explain.Moved("oi", s.Window.String(), signal.Number(s.OpenInterestPct), signal.Number(s.ZOpenInterest))
	oi.Beside = live(q.OpenInterestChange(s.Window), q.OpenInterest.Received)
	price := t.explain.Moved("price", s.Window.String(), signal.Number(s.PricePct), signal.Number(s.ZPrice))
	price.Beside = live(q.PriceChange24h(), priceChangeReceived(q))
	return []tip.Fact{{Label: t.words.T("signal.tip.change"), Value: t.words.T("signal.tip.closed", assets.Args{"Time": stampOf(r, s.Stamp)}), Beside: t.words.T("signal.tip.row", assets.Args{"Zone": format.ZoneName(time.UnixMilli(s.Stamp))})}, oi, price}
}

// dated is the age from which a time of day alone would be taken for today's.
const dated = 12 * time.Hour

// clockOf writes when something was received: the time of day, with the date where the
// row is not of that day.
func clockOf(r *Row, at time.Time) string {
	if r.made.Sub(at) >= dated {
		return format.DateTime(at)
	}
	return format.Clock(at)
}

// bareClockOf is the same where there is little room and the zone is said beside it.
func bareClockOf(r *Row, at time.Time) string {
	if r.made.Sub(at) >= dated && !at.IsZero() {
		return format.StampOf(at.UnixMilli(), r.made)
	}
	return format.BareClock(at)
}

// stampOf writes a closed stamp beside what is live.
func stampOf(r *Row, stamp int64) string {
	if r.made.Sub(time.UnixMilli(stamp)) >= dated {
		return format.Stamp(stamp)
	}
	return stampClock(stamp)
}

// stampClock is the time of day of a stamp: "12:05 UTC".
func stampClock(stamp int64) string { return format.Minute(time.UnixMilli(stamp)) }

// details lists how rare both moves are, and what price and positions did to
// the open interest in USD.
func (t *tips) details(r *Row, kind signal.EventKind) []tip.Fact {
	if r.Sign == nil {
		return nil
	}
	if kind == "" {
		kind = signal.StrongBullish24h // the numbers are the same for all four
	}
	x := r.Sign.Evidence(kind)
	facts := t.explain.Details(&x)
	for i := range facts {
		facts[i].Detail = true
	}
	return facts
}

// caveats say what keeps the signals from being told, or from being trusted.
func (t *tips) caveats(r *Row, add func(tip.Paragraph)) {
	if r.Sign == nil {
		if r.Reading.Kind != signal.Unknown {
			add(tip.Paragraph{Text: t.words.T("signal.tip.no_z"), Quiet: true})
		}
		return
	}
	e := &r.Sign.Evaluation.Eligibility
	add(tip.Paragraph{Text: t.explain.Blocked(e), Warning: true})
	add(tip.Paragraph{Text: t.explain.Thin(e), Warning: true})
	x := r.Sign.Evidence(signal.StrongBullish24h)
	add(tip.Paragraph{Text: t.explain.Unit(x.UnitChange), Warning: true})
	add(tip.Paragraph{Text: t.explain.Short(x.Missing), Quiet: true})
	if short := t.explain.Short(x.Missing); short == "" {
		x = r.Sign.Evidence(signal.CrowdedLongs)
		add(tip.Paragraph{Text: t.explain.Short(x.Missing), Quiet: true})
	}
}

// firedShown is how many events a tooltip lists.
const firedShown = 4

// today lists the newest events of the last day.
func (t *tips) today(r *Row) string {
	if r.Sign == nil {
		return ""
	}
	var lines []string
	for _, e := range slices.Backward(r.Sign.Events) {
		if e.Kind.OnTrial() {
			continue
		}
		if len(lines) == firedShown {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, t.explain.Fired(e.Kind, e.Time, r.made))
	}
	return strings.Join(lines, "\n")
}

// short says of price or open interest that it is unknown or moved too little to
// count. A move that counts is told by the figures.
func (t *tips) short(what string, percent float64, s signal.Reading) string {
	way := "_flat"
	switch {
	case !market.Known(percent):
		way = "_unknown"
	case math.Abs(percent) >= s.ThresholdPct:
		return ""
	}
	return t.words.T("signal.tip."+what+way, assets.Args{
		"Window": s.Window.String(), "Time": stampClock(s.Stamp), "Change": format.PercentUnit(percent), "Threshold": strconv.FormatFloat(s.ThresholdPct, 'f', -1, 64) + " %",
	})
}

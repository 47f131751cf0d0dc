// Package explain says in plain words what a signal is, why it fired and what
// it was computed from: for the tooltips of the table, the markers on the charts,
// and wherever else an event is told. Nothing here knows a widget.
package explain

import (
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// Words tells signals in one language.
type Words struct {
	words    *assets.Words
	sections map[string]string // the guide's titles by id

	// Score returns the scorecard's line about a kind: of one contract, or of
	// all where symbol is empty. It may be nil, and the line empty.
	Score func(k signal.EventKind, symbol string) string
}

// New returns words of a language.
func New(w *assets.Words) *Words {
	titles := map[string]string{}
	for _, s := range assets.Guide(w.Lang()) {
		titles[s.ID] = strings.TrimSpace(s.Title)
	}
	return &Words{words: w, sections: titles}
}

func (w *Words) say(key string, args ...assets.Args) string {
	return w.words.T("evidence."+key, args...)
}

// Event tells an event of the past whole: what fired, when, why, what it means
// and what not. live: it was seen as it happened.
func (w *Words) Event(e signal.Event, live bool) tip.Content {
	x := &e.Evidence
	c := tip.Content{Title: e.Symbol + " · " + w.Name(e.Kind), Facts: w.Facts(x)}
	if x.Pronounced {
		c.Title += " · " + w.say("pronounced")
	}
	add := func(p tip.Paragraph) {
		if p.Text != "" {
			c.Paragraphs = append(c.Paragraphs, p)
		}
	}
	add(tip.Paragraph{Text: w.Why(e.Kind, x)})
	means, not := w.means(e.Kind)
	if e.Kind == signal.Flush1h {
		means += " " + w.side(x)
	}
	add(tip.Paragraph{Heading: w.words.T("signal.tip.means"), Text: means})
	add(tip.Paragraph{Heading: w.words.T("signal.tip.not"), Text: not})
	add(tip.Paragraph{Text: w.Unit(x.UnitChange), Warning: true})
	add(tip.Paragraph{Text: w.Thin(&x.Eligibility), Warning: true})
	add(tip.Paragraph{Text: w.Scored(e.Kind, e.Symbol), Quiet: true})
	origin := "computed"
	if live {
		origin = "live"
	}
	add(tip.Paragraph{Text: w.say(origin, assets.Args{"Time": format.Stamp(e.Time.UnixMilli())}), Quiet: true})
	c.Footer = w.More(Section(e.Kind))
	return c
}

// Scored is the scorecard's line, empty where there is none.
func (w *Words) Scored(k signal.EventKind, symbol string) string {
	if w.Score == nil {
		return ""
	}
	return w.Score(k, symbol)
}

// Fired says in a line what fired when: "⚡ Spike, 1 h — 07:35 UTC, 3 h ago".
func (w *Words) Fired(k signal.EventKind, at, now time.Time) string {
	return w.say("fired", assets.Args{
		"Name": w.Name(k), "Time": format.Minute(at), "Age": format.Age(w.words.Lang(), max(0, now.Sub(at)).Truncate(time.Minute)),
	})
}

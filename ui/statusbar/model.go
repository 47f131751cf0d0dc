package statusbar

import (
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// Tone is how good the news is. Each tone has a colour and, for those who do
// not tell the colours apart, each state has a symbol of its own shape.
type Tone int

// The tones, from the calmest.
const (
	Neutral Tone = iota // nothing known yet
	Good
	Busy // on the way to good
	Warn // good again by itself, at a time that is known
	Bad
)

// The symbols of the states: full, half, empty, warning.
const (
	symbolLive       = "●"
	symbolFilling    = "◐"
	symbolConnecting = "○"
	symbolTrouble    = "▲"
)

// noticeLife is for how long a listing or delisting is worth a line.
const noticeLife = 10 * time.Minute

// Reading is everything the bar tells of, at one moment.
type Reading struct {
	Status  market.Status
	Quotes  []*market.Quote // of all contracts, to name those without an answer; may be nil
	Oldest  time.Duration   // age of the oldest open interest among the contracts that have one; negative: none has
	Notices []market.Notice // the newest last
	Now     time.Time       // on the exchange's clock
	Demo    bool            // the market is simulated
	Safe    bool            // the program was started without the settings

	// Notes are sentences about this program itself, in the window's language,
	// such as that its settings were damaged. They are shown after what is
	// wrong with the feed, and hide nothing.
	Notes []string
}

// Read takes from a snapshot what the bar tells of; a nil snapshot is a feed
// that has not spoken yet.
func Read(s *market.Snapshot, now time.Time, demo bool) Reading {
	r := Reading{Oldest: -1, Now: now, Demo: demo, Status: market.Status{State: market.Loading}}
	if s == nil {
		return r
	}
	r.Status, r.Notices, r.Quotes = s.Status, s.Notices, s.Quotes
	for _, q := range s.Quotes {
		if age, ok := q.Age(now); ok && age > r.Oldest {
			r.Oldest = age
		}
	}
	return r
}

// Model is what the bar shows, word for word. Empty strings are not shown.
type Model struct {
	Symbol string // one of ● ◐ ○ ▲
	Tone   Tone
	State  string // "Live"

	Sentence string // the weightiest of what is wrong
	More     string // how much else is: "+2"
	Tip      string // all of it, a line for each, with what else is known

	Count    string  // "312 / 517"
	Progress float64 // 0…1 while the table fills, else negative
	Oldest   string
	Weight   string
	Notice   string // listings and delistings of the last minutes
	Clock    string // "12:04:09 UTC"
	Demo     string // the badge: a simulated market, a start without settings

	Retry    bool // offer to ask again now
	OpenDemo bool // offer the demo market: nothing was ever received
}

// NewModel says a reading in words. It is a pure function.
func NewModel(r Reading, w *assets.Words) Model {
	m := Model{Progress: -1, Clock: format.Clock(r.Now)}
	var badges []string
	if r.Demo {
		badges = append(badges, w.T("app.demo"))
	}
	if r.Safe {
		badges = append(badges, w.T("status.safe"))
	}
	m.Demo = strings.Join(badges, w.T("status.between_notices"))
	m.state(r, w)
	m.troubles(r, w)
	m.figures(r, w)
	m.Notice = notice(r, w)
	return m
}

// state fills in symbol, tone, word, progress and what is offered.
func (m *Model) state(r Reading, w *assets.Words) {
	st := r.Status
	switch st.State {
	case market.Live:
		m.Symbol, m.Tone, m.State = symbolLive, Good, w.T("status.live")
	case market.Refused, market.Offline, market.Stale:
		word, tone := troubleWord(st)
		m.Symbol, m.Tone, m.State = symbolTrouble, tone, w.T(word)
		m.Retry = tone == Bad && word != "status.banned" // what is waited for is not to be asked for earlier
		m.OpenDemo = tone == Bad && st.LastGood.IsZero() && !r.Demo
	default:
		m.Symbol, m.Tone, m.State = symbolConnecting, Neutral, w.T("status.connecting")
		if st.Total > 0 {
			m.Symbol, m.Tone, m.State = symbolFilling, Busy, w.T("status.loading")
			m.Progress = min(1, float64(max(0, st.Ready+st.Unanswered))/float64(st.Total))
		}
		if st.Problem != nil {
			m.Tone = Warn
		}
	}
}

// troubleWord names the state of a feed that is not live, and how bad that is:
// waiting for a moment that is known ends by itself.
func troubleWord(st market.Status) (word string, tone Tone) {
	if p := st.Problem; p != nil {
		switch p.Kind {
		case market.QuotaSpent, market.LimitedUntil:
			return "status.waiting", Warn
		case market.BannedUntil:
			return "status.banned", Bad
		case market.RefusedFirewall, market.RefusedLocation:
			return "status.refused", Bad
		case market.ExchangeDown:
			return "status.exchange_down", Bad
		}
	}
	switch st.State {
	case market.Refused:
		return "status.refused", Bad
	case market.Stale:
		return "status.stale", Bad
	}
	return "status.offline", Bad
}

// troubles fills in what is wrong: the weightiest on the bar, all in its tooltip.
func (m *Model) troubles(r Reading, w *assets.Words) {
	all := format.Troubles(w, r.Status, r.Quotes)
	for _, note := range r.Notes {
		all = append(all, format.Trouble{Sentence: note})
	}
	if len(all) == 0 {
		if r.Status.State == market.Loading && r.Status.Total == 0 {
			m.Sentence = w.T("status.connecting_why")
			m.Tip = m.Sentence
		}
		return
	}
	m.Sentence = all[0].Sentence
	if more := len(all) - 1; more > 0 {
		m.More = "+" + integer(more)
	}
	lines := make([]string, 0, len(all))
	for _, t := range all {
		lines = append(lines, t.String())
	}
	m.Tip = strings.Join(lines, "\n")
}

func (m *Model) figures(r Reading, w *assets.Words) {
	st := r.Status
	if st.Total > 0 {
		m.Count = w.T("status.count", assets.Args{"Ready": integer(st.Ready), "Total": integer(st.Total)})
	}
	if r.Oldest >= 0 {
		m.Oldest = w.T("status.oldest", assets.Args{"Age": format.Age(w.Lang(), r.Oldest)})
	}
	if st.Budget.Allowed > 0 {
		m.Weight = w.T("status.weight", assets.Args{
			"Used": integer(st.Budget.Used), "Allowed": integer(st.Budget.Allowed)})
	}
}

func integer(n int) string { return format.ExactTo(float64(n), 0) }

// notice sums up the listings and delistings of the last minutes, the kind of
// the newest one first.
func notice(r Reading, w *assets.Words) string {
	symbols := map[market.NoticeKind][]string{}
	var kinds []market.NoticeKind
	for i := len(r.Notices) - 1; i >= 0; i-- {
		n := r.Notices[i]
		if r.Now.Sub(n.Time) > noticeLife {
			continue
		}
		if symbols[n.Kind] == nil {
			kinds = append(kinds, n.Kind)
		}
		symbols[n.Kind] = append(symbols[n.Kind], n.Symbol)
	}
	var parts []string
	for _, k := range kinds {
		if s := w.T("status."+string(k), assets.Args{"Symbols": format.Symbols(w, symbols[k], 3)}); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, w.T("status.between_notices"))
}

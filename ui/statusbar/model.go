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
	symbolHydrating  = "◐"
	symbolConnecting = "○"
	symbolTrouble    = "▲"
)

// noticeLife is for how long a listing or delisting is worth a line.
const noticeLife = 10 * time.Minute

// Reading is everything the bar tells of, at one moment.
type Reading struct {
	Status  market.Status
	Oldest  time.Duration   // age of the oldest open interest among the contracts that have one; negative: none has
	Notices []market.Notice // the newest last
	Now     time.Time       // on the exchange's clock
	Demo    bool            // the market is simulated
}

// Read takes from a snapshot what the bar tells of; a nil snapshot is a feed
// that has not spoken yet.
func Read(s *market.Snapshot, now time.Time, demo bool) Reading {
	r := Reading{Oldest: -1, Now: now, Demo: demo, Status: market.Status{State: market.Loading}}
	if s == nil {
		return r
	}
	r.Status, r.Notices = s.Status, s.Notices
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

	Sentence string // why it is not live, or what partly fails

	Count    string  // "312 / 517"
	Progress float64 // 0…1 while hydrating, else negative
	Oldest   string
	Weight   string
	Notice   string // listings and delistings of the last minutes
	Clock    string // "12:04:09 UTC"
	Demo     string // the badge

	Retry    bool // offer to ask again now
	OpenDemo bool // offer the demo market: nothing was ever received
}

// NewModel says a reading in words. It is a pure function.
func NewModel(r Reading, w *assets.Words) Model {
	m := Model{Progress: -1, Clock: format.Clock(r.Now)}
	if r.Demo {
		m.Demo = w.T("app.demo")
	}
	m.state(r, w)
	m.figures(r, w)
	m.Notice = notice(r, w)
	return m
}

// state fills in symbol, word, sentence and offers.
func (m *Model) state(r Reading, w *assets.Words) {
	st := r.Status
	switch st.State {
	case market.Live:
		m.live(r, w)
	case market.Refused:
		if told := st.Problem != nil && (st.Problem.Kind == market.LimitedUntil || st.Problem.Kind == market.BannedUntil); !told {
			m.down(r, w)
			return
		}
		m.Symbol, m.Tone, m.State = symbolTrouble, Warn, w.T("status.waiting")
		m.Sentence = waitSentence(st, w)
	case market.Offline, market.Stale:
		m.down(r, w)
	default:
		m.Symbol, m.Tone, m.State = symbolConnecting, Neutral, w.T("status.connecting")
		m.Sentence = w.T("status.connecting_why")
	}
}

func (m *Model) down(r Reading, w *assets.Words) {
	m.Symbol, m.Tone, m.State = symbolTrouble, Bad, w.T(downWord(r.Status.Problem))
	m.Sentence = downSentence(r, w)
	m.Retry = true
	m.OpenDemo = r.Status.LastGood.IsZero() && !r.Demo
}

func (m *Model) live(r Reading, w *assets.Words) {
	st := r.Status
	m.Symbol, m.Tone, m.State = symbolLive, Good, w.T("status.live")
	if st.Total > 0 && st.Ready < st.Total {
		m.Symbol, m.Tone, m.State = symbolHydrating, Busy, w.T("status.hydrating")
		m.Progress = float64(max(0, st.Ready)) / float64(st.Total)
	}
	switch {
	case len(st.Partial) > 0:
		m.Sentence = format.Problem(w, st.Partial[0], "")
	case st.Storage != nil:
		m.Sentence = w.T("history.store_"+string(st.Storage.Kind), assets.Args{"Path": st.Storage.What})
	case !st.StreamLive && m.Progress < 0:
		m.Sentence = w.T("status.stream_down")
	}
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

// waitSentence says what is waited for, and until when.
func waitSentence(st market.Status, w *assets.Words) string {
	until := st.Until
	if until.IsZero() && st.Problem != nil {
		until = st.Problem.Until
	}
	if until.IsZero() {
		return format.Problem(w, st.Problem, "")
	}
	key := "status.wait_exchange"
	if st.Problem != nil && st.Problem.Kind == market.BannedUntil {
		key = "status.wait_ban"
	}
	return w.T(key, assets.Args{"Time": format.Clock(until)})
}

// downWord names what is down: the line to the exchange, the exchange, or our welcome there.
func downWord(p *market.Problem) string {
	if p == nil {
		return "status.offline"
	}
	switch p.Kind {
	case market.RefusedFirewall, market.RefusedLocation, market.BannedUntil, market.LimitedUntil:
		return "status.refused"
	case market.ExchangeDown, market.BadAnswer:
		return "status.exchange_down"
	}
	return "status.offline"
}

// downSentence is the reason, when it is tried again, and since when nothing came.
func downSentence(r Reading, w *assets.Words) string {
	var parts []string
	if s := format.Problem(w, r.Status.Problem, ""); s != "" {
		parts = append(parts, s)
	}
	if until := r.Status.Until; until.After(r.Now) {
		parts = append(parts, w.T("status.next_try", assets.Args{"Time": format.Clock(until)}))
	}
	if good := r.Status.LastGood; !good.IsZero() {
		parts = append(parts, w.T("status.last_good", assets.Args{"Time": format.Clock(good)}))
	}
	return strings.Join(parts, w.T("status.between"))
}

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
		if s := w.T("status."+string(k), assets.Args{"Symbols": shortList(symbols[k], w)}); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, w.T("status.between_notices"))
}

// shortList names up to three symbols and counts the rest.
func shortList(symbols []string, w *assets.Words) string {
	const shown = 3
	if len(symbols) <= shown {
		return strings.Join(symbols, w.T("status.comma"))
	}
	return w.T("status.and_more", assets.Args{
		"Symbols": strings.Join(symbols[:shown], w.T("status.comma")), "Count": len(symbols) - shown})
}

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"openinterest/assets"
	"openinterest/data/history/archive"
	"openinterest/ui/format"
)

// meter shows how far an import is: a bar on a terminal, else a line for each
// tenth.
type meter struct {
	w      io.Writer
	words  *assets.Words
	symbol string
	bar    *progressbar.ProgressBar // nil: lines
	total  int
	tenth  int // said last
}

func newMeter(w io.Writer, words *assets.Words, symbol string) *meter {
	m := &meter{w: w, words: words, symbol: symbol, tenth: -1}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		m.bar = progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(symbol),
			progressbar.OptionShowCount(), progressbar.OptionFullWidth(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	return m
}

// progress is called by the import, never twice at once.
func (m *meter) progress(p archive.Progress) {
	done := p.Done + p.Failed + p.Unpublished
	if p.Total == 0 {
		return
	}
	if m.bar != nil {
		if m.total != p.Total {
			m.total = p.Total
			m.bar.ChangeMax(p.Total)
		}
		_ = m.bar.Set(done) // a terminal that is gone costs the bar only
		return
	}
	if tenth := done * 10 / p.Total; tenth != m.tenth {
		m.tenth = tenth
		fmt.Fprintln(m.w, m.words.T("cli.backfill_progress", assets.Args{"Symbol": m.symbol, "Done": done, "Total": p.Total}))
	}
}

func (m *meter) close() {
	if m.bar != nil {
		_ = m.bar.Clear()
	}
}

// marketMeter shows how far an import of many contracts is: one bar on a terminal,
// else a line each minute and at each tenth.
type marketMeter struct {
	w      io.Writer
	words  *assets.Words
	bar    *progressbar.ProgressBar // nil: lines
	isTerm bool
	tenth  int       // said last
	said   time.Time // when
	stage  string    // of what: its key in the words
}

// lineEvery is how often a line is printed at least, where there is no terminal.
const lineEvery = time.Minute

func newMarketMeter(w io.Writer, words *assets.Words) *marketMeter {
	f, ok := w.(*os.File)
	return &marketMeter{w: w, words: words, isTerm: ok && term.IsTerminal(int(f.Fd()))}
}

// looking tells how many contracts were looked up. It is never called twice at once,
// nor are the others.
func (m *marketMeter) looking(done, total int) {
	m.show("cli.backfill_looking", done, total, assets.Args{"Done": done, "Total": total})
}

// progress tells how many days were fetched, and how long the rest takes, if that is
// known.
func (m *marketMeter) progress(p archive.MarketProgress) {
	done, left := p.Done+p.Failed+p.Unpublished, ""
	if p.LeftIsKnown && done < p.Total {
		left = format.Age(m.words.Lang(), p.Left.Round(time.Second))
	}
	m.show("cli.backfill_market", done, p.Total, assets.Args{"Done": format.Count(done), "Total": format.Count(p.Total), "Left": left,
		"Finished": p.Finished, "Contracts": p.Contracts, "Symbol": p.Symbol, "Size": format.Bytes(p.Bytes)})
}

// funding tells of how many contracts the funding was fetched, once all days are.
func (m *marketMeter) funding(done, total int) {
	m.show("cli.backfill_funding", done, total, assets.Args{"Done": done, "Total": total})
}

func (m *marketMeter) show(stage string, done, total int, args assets.Args) {
	if total == 0 {
		return
	}
	if m.isTerm {
		if m.bar == nil || m.stage != stage {
			m.close()
			m.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(m.w), progressbar.OptionFullWidth(),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish())
			m.stage = stage
		}
		m.bar.Describe(m.words.T(stage, args))
		_ = m.bar.Set(done) // a terminal that is gone costs the bar only
		return
	}
	tenth, now := done*10/total, time.Now()
	if m.stage == stage && tenth == m.tenth && now.Sub(m.said) < lineEvery {
		return
	}
	m.stage, m.tenth, m.said = stage, tenth, now
	fmt.Fprintln(m.w, m.words.T(stage, args))
}

func (m *marketMeter) close() {
	if m.bar != nil {
		_ = m.bar.Clear()
		m.bar = nil
	}
}

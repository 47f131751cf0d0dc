package feed

import (
	"testing"
	"testing/synctest"
	"time"
)

// An answer that came by a wrong clock is read by the corrected one, whether it
// is in the table, waits there for the list of contracts, or is on its way.
func TestAnswersMoveWithTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const by = -5 * time.Hour
		ex := newFakeExchange(3)
		ask := func(k kind, symbol string) answer {
			return fetch(t.Context(), ex, &flight{request: request{kind: k, symbol: symbol}})
		}
		late := ask(askOpenInterest, ex.symbols[0])
		table := newTable()
		table.setTickers(ask(askTickers, "").tickers)
		table.setMarks(ask(askMarks, "").marks)
		ex.set(func() { ex.offset, ex.corrections = ex.offset+by, by })
		late.received(ex.Now())
		table.shift(ex.Corrected())
		for what, at := range map[string]time.Time{
			"open interest": late.openInterest.Received, "ticker in the table": table.tickers[0].Received, "mark price in the table": table.marks[0].Received,
		} {
			if age := ex.Now().Sub(at); age < 0 || age > time.Minute {
				t.Errorf("%s is %s old", what, age)
			}
		}
	})
}

// A price that the stream delivered after the clock was corrected, and before
// the engine looked at it, came by the corrected clock already; one delivered
// before that did not. Both are as old as they are.
func TestStreamedPricesMoveWithTheClockOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const by = -7 * time.Hour
		ex := newFakeExchange(3)
		e := newEngine(t.Context(), New(Options{Exchange: ex}))
		list, err := ex.Contracts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		e.table.setContracts(list, nil, e.now().wall)
		e.stream.deliver(ex.marks(3)[:1])
		time.Sleep(2 * time.Second)
		ex.set(func() { ex.offset, ex.corrections = ex.offset+by, by })
		e.stream.deliver(ex.marks(3)[1:])
		e.stream.take(e.now(), e.table)
		for i, want := range []time.Duration{2 * time.Second, 0, 0} {
			if age := ex.Now().Sub(e.table.symbols[ex.symbols[i]].quote.Mark.Received); age != want {
				t.Errorf("price %d is %s old, want %s", i, age, want)
			}
		}
	})
}

package feed

import (
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
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
		tickers, marks, interest := ask(askTickers, ""), ask(askMarks, ""), ask(askOpenInterest, ex.symbols[0])
		table := newTable()
		table.setTickers(ask(askTickers, "").tickers)
		table.setMarks(ask(askMarks, "").marks)
		ex.set(func() { ex.offset, ex.corrections = ex.offset+by, by })
		corrected := ex.Corrected()
		for _, a := range []*answer{&tickers, &marks, &interest} {
			a.shift(corrected - a.corrected)
		}
		table.shift(corrected)
		came := map[string]time.Time{
			"ticker": tickers.tickers[0].Received, "mark price": marks.marks[0].Received, "open interest": interest.openInterest.Received,
			"ticker in the table": table.tickers[0].Received, "mark price in the table": table.marks[0].Received,
		}
		late := ask(askMarks, "")
		late.shift(corrected - late.corrected)
		came["mark price by the right clock"] = late.marks[0].Received
		for what, at := range came {
			if age := ex.Now().Sub(at); age < 0 || age > time.Minute {
				t.Errorf("%s is %s old", what, age)
			}
		}
		if none := (market.OpenInterest{}); !tickers.openInterest.Received.Equal(none.Received) {
			t.Error("what never came has a time")
		}
	})
}

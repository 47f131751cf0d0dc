package history

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

// marketOf is a snapshot of contracts, of which those named last have no answer.
func marketOf(at time.Time, contracts []market.Contract, silent ...string) *market.Snapshot {
	s := market.Snapshot{Time: at}
	for i, c := range contracts {
		q := &market.Quote{Contract: c, OpenInterest: market.OpenInterest{Contracts: market.Unknown}}
		if !slices.Contains(silent, c.Symbol) {
			q.OpenInterest = market.OpenInterest{Contracts: float64(i + 1), Changed: at, Received: at}
		}
		s.Quotes = append(s.Quotes, q)
	}
	return market.NewSnapshot(s)
}

func contractsNamed(from, n int) (list []market.Contract) {
	for i := from; i < from+n; i++ {
		list = append(list, market.Contract{Symbol: fmt.Sprintf("S%03dUSDT", i), BaseAsset: fmt.Sprintf("S%03d", i), Type: market.Perpetual})
	}
	return list
}

func loadTable(t *testing.T, s *Store) *Table {
	t.Helper()
	table, err := s.LoadTable(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The list of contracts outlives the program, also those that never answer, so
// that the next start doesn't take them for new.
func TestTheListOfContractsComesBack(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := openStore(t, dir)
	if got := loadTable(t, s); got.Contracts != nil || !got.Listed.IsZero() {
		t.Errorf("of a new history: %+v", got)
	}
	list := contractsNamed(0, 5)
	shuffled := slices.Clone(list)
	slices.Reverse(shuffled)
	if err := s.SaveContracts(t.Context(), shuffled, at); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveContracts(t.Context(), nil, at.Add(time.Hour)); err != nil { // no exchange has none
		t.Fatal(err)
	}
	s.Close()
	got := loadTable(t, openStore(t, dir))
	if !slices.Equal(got.Contracts, list) || !got.Listed.Equal(at) {
		t.Errorf("%v of %v", got.Contracts, got.Listed)
	}
}

// A table of three contracts takes nothing from a memory of five hundred; only
// the list of contracts does, when one has left it.
func TestAShortTableTakesNothingFromALongOne(t *testing.T) {
	for _, listKnown := range []bool{true, false} {
		s := openStore(t, t.TempDir())
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		all := contractsNamed(0, 500)
		if listKnown {
			if err := s.SaveContracts(t.Context(), all, at); err != nil {
				t.Fatal(err)
			}
		}
		for _, snapshot := range []*market.Snapshot{marketOf(at, all), marketOf(at.Add(time.Hour), all[:3])} {
			if err := s.SaveTable(t.Context(), snapshot); err != nil {
				t.Fatal(err)
			}
		}
		got := loadTable(t, s)
		if len(got.Quotes) != 500 || !got.Saved.Equal(at.Add(time.Hour)) {
			t.Fatalf("list known %v: %d quotes of %v", listKnown, len(got.Quotes), got.Saved)
		}
		for i, q := range got.Quotes {
			want := at
			if i < 3 {
				want = at.Add(time.Hour)
			}
			if q.Contract != all[i] || !q.OpenInterest.Received.Equal(want) {
				t.Fatalf("list known %v: quote %d is %+v", listKnown, i, q)
			}
		}
		if err := s.SaveContracts(t.Context(), all[:499], at); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveTable(t.Context(), marketOf(at, all[:3])); err != nil {
			t.Fatal(err)
		}
		if got := loadTable(t, s); len(got.Quotes) != 499 {
			t.Errorf("list known %v: after one was delisted, %d quotes", listKnown, len(got.Quotes))
		}
	}
}

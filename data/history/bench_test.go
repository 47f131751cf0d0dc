package history

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"openinterest/data/market"
)

// invent makes a contract's stamps as the exchange values them: half of them at
// a tick price, half at eight decimals, wandering as a recorded market does.
// Sizes and prices differ between contracts by orders of magnitude.
func invent(number, from, n int) []Stamp {
	r := rand.New(rand.NewPCG(uint64(number), 1))
	places := r.IntN(4)
	contracts := math.Exp(r.Float64()*8 + 9)
	tick := 1 + r.IntN(5)
	price := math.Exp(r.Float64()*8) / pow10[tick] * 100
	out := make([]Stamp, n)
	for i := range out {
		contracts *= math.Exp(r.NormFloat64() * 0.0015)
		price *= math.Exp(r.NormFloat64() * 0.0015)
		decimals := tick
		if r.IntN(2) == 0 {
			decimals = 8
		}
		s := Stamp{Time: stampOf(day0, 0) + int64(from+i)*market.StepMillis, Source: API}
		q, p := int64(math.Round(contracts*pow10[places]))+1, int64(math.Round(price*pow10[decimals]))+1
		s.Contracts = float64(q) / pow10[places]
		s.USD, _ = product(q, p, places+decimals)
		s.Price = s.USD / s.Contracts
		out[i] = s
	}
	return out
}

func symbolOf(number int) string { return fmt.Sprintf("S%03dUSDT", number) }

func fileSize(t testing.TB, s *Store) int64 {
	t.Helper()
	if _, err := s.writeDB.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

const contractsOfMarket = 517

// BenchmarkWriteStamp517 saves one stamp of the whole market; folding the
// journal now and then is part of it.
func BenchmarkWriteStamp517(b *testing.B) {
	s := openStore(b, b.TempDir())
	var rows [][]Row
	for number := range contractsOfMarket {
		for i, stamp := range invent(number, 0, 128) {
			if number == 0 {
				rows = append(rows, nil)
			}
			rows[i] = append(rows[i], rowsOf(symbolOf(number), []Stamp{stamp})...)
		}
	}
	i := 0
	for b.Loop() {
		shifted := rows[i%len(rows)]
		for k := range shifted {
			shifted[k].Point.Time += int64(i/len(rows)) * int64(len(rows)) * market.StepMillis
		}
		save(b, s, shifted)
		i++
	}
}

func yearOf(b *testing.B, s *Store) {
	save(b, s, rowsOf("BTCUSDT", invent(1, 0, 365*dayStamps)))
}

// BenchmarkReadYear reads a year of one contract, the journal beside it full.
func BenchmarkReadYear(b *testing.B) {
	s := openStore(b, b.TempDir())
	yearOf(b, s)
	fillJournal(b, s)
	for b.Loop() {
		got, err := s.Series(b.Context(), "BTCUSDT", 0, math.MaxInt64)
		if err != nil || got.Len() != 365*dayStamps {
			b.Fatal(got.Len(), err)
		}
	}
}

func fillJournal(b *testing.B, s *Store) {
	for i := range 15 {
		var rows []Row
		for number := range contractsOfMarket {
			rows = append(rows, rowsOf(symbolOf(number), []Stamp{stamp(364*dayStamps+i, 1000, API)})...)
		}
		save(b, s, rows)
	}
}

// BenchmarkRecent reads the last 500 stamps of 517 contracts: a warm start.
func BenchmarkRecent(b *testing.B) {
	s := openStore(b, b.TempDir())
	for number := range contractsOfMarket {
		save(b, s, rowsOf(symbolOf(number), invent(number, 0, 600)))
	}
	b.ReportAllocs()
	for b.Loop() {
		got, err := s.Recent(b.Context(), 500)
		if err != nil || len(got) != contractsOfMarket || got[symbolOf(7)].Len() != 500 {
			b.Fatal(len(got), err)
		}
	}
}

// BenchmarkOpenCold opens a store with a year of a contract and loads its table.
func BenchmarkOpenCold(b *testing.B) {
	dir := b.TempDir()
	s := openStore(b, dir)
	yearOf(b, s)
	s.Close()
	for b.Loop() {
		s, err := Open(b.Context(), dir, Options{})
		if err == nil {
			_, err = s.LoadTable(b.Context(), 500)
		}
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkSize tells what a point takes on disk, the database's own pages
// included, when the market is written as it comes: stamp after stamp.
func BenchmarkSize(b *testing.B) {
	const days, many = 10, 100
	for b.Loop() {
		s := openStore(b, b.TempDir())
		live(b, s, days, many)
		b.ReportMetric(float64(fileSize(b, s))/float64(days*dayStamps*many), "B/point")
		s.Close()
	}
}

func live(b *testing.B, s *Store, days, many int) {
	invented := make([][]Stamp, many)
	for number := range invented {
		invented[number] = invent(number, 0, days*dayStamps)
	}
	for i := range days * dayStamps {
		rows := make([]Row, 0, many)
		for number, stamps := range invented {
			rows = append(rows, rowsOf(symbolOf(number), stamps[i:i+1])...)
		}
		save(b, s, rows)
	}
	err := s.write(b.Context(), func(tx *sql.Tx) error { return s.fold(b.Context(), tx) })
	if err != nil {
		b.Fatal(err)
	}
}

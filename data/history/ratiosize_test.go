package history

import (
	"fmt"
	"math"
	"testing"
	"time"

	"openinterest/data/market"
)

// yearOfRatios keeps a year of a contract's ratios, as the archive's days come,
// and returns how many bytes a value takes on disk.
func yearOfRatios(t testing.TB, s *Store, rows []market.Ratios) float64 {
	before := fileSize(t, s)
	for i := range 365 {
		d := ArchiveDay{Symbol: "X", Day: dayTime(i), State: Imported, HasRatios: true, Ratios: rows[i*dayStamps : (i+1)*dayStamps]}
		if _, err := s.SaveArchiveDay(t.Context(), d, nil); err != nil {
			t.Fatal(err)
		}
	}
	return float64(fileSize(t, s)-before) / float64(len(rows)*market.RatioCount)
}

// A year of ratios takes at most 3 bytes a value on disk at six decimals, and less
// at the four of the exchange's API.
func TestAYearOfRatiosIsSmall(t *testing.T) {
	for decimals, most := range map[int]float64{4: 2, 6: 3} {
		t.Run(fmt.Sprint(decimals, " decimals"), func(t *testing.T) {
			s := openStore(t, t.TempDir())
			rows := inventRatios(1, 0, 365*dayStamps, decimals)
			perValue := yearOfRatios(t, s, rows)
			start := time.Now()
			got, err := s.Ratios(t.Context(), "X", 0, math.MaxInt64)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.2f bytes a value; read in %v", perValue, time.Since(start))
			sameRatios(t, got, rows)
			if perValue > most {
				t.Errorf("%.2f bytes a value", perValue)
			}
		})
	}
}

// BenchmarkReadYearOfRatios reads a year of one contract's four ratios.
func BenchmarkReadYearOfRatios(b *testing.B) {
	s := openStore(b, b.TempDir())
	b.ReportMetric(yearOfRatios(b, s, inventRatios(1, 0, 365*dayStamps, 6)), "B/value")
	for b.Loop() {
		if got, err := s.Ratios(b.Context(), "X", 0, math.MaxInt64); err != nil || len(got) != 365*dayStamps {
			b.Fatal(len(got), err)
		}
	}
}

// BenchmarkSaveRatios saves one stamp's ratios of a contract in a day that is
// half full.
func BenchmarkSaveRatios(b *testing.B) {
	s := openStore(b, b.TempDir())
	rows := inventRatios(1, 0, dayStamps, 4)
	saveRatios(b, s, "X", rows[:dayStamps/2], API)
	for i := 0; b.Loop(); i++ {
		rows[dayStamps/2].Values[0] = float64(i%1000) / 100
		saveRatios(b, s, "X", rows[dayStamps/2:dayStamps/2+1], API)
	}
}

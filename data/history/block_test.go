package history

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"openinterest/data/market"
	"openinterest/data/recorded"
)

// recordedStamps are the recorded stamps of a symbol as the archive served
// them, and their values in USD as text.
func recordedStamps(t testing.TB, symbol string) []Stamp {
	t.Helper()
	var stamps []Stamp
	for _, row := range recorded.Rows(t, symbol+"_oi_5m.csv") {
		at, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		contracts, usd := recorded.Number(t, row[1]), recorded.Number(t, row[2])
		stamps = append(stamps, Stamp{Time: market.FloorStamp(at), Contracts: contracts, USD: usd, Price: usd / contracts, Source: Archive})
	}
	return stamps
}

func days(stamps []Stamp) [][]Stamp {
	var out [][]Stamp
	for i, s := range stamps {
		if i == 0 || dayOf(s.Time) != dayOf(stamps[i-1].Time) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

func sameStamp(a, b Stamp) bool {
	same := func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y }
	return a.Time == b.Time && a.Source == b.Source && same(a.Contracts, b.Contracts) && same(a.Price, b.Price) && same(a.USD, b.USD)
}

func roundTrip(t testing.TB, stamps []Stamp) int {
	t.Helper()
	data, err := encodeBlock(stamps)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeBlock(nil, dayOf(stamps[0].Time), data)
	if err != nil {
		t.Fatalf("decoding %d bytes of %d stamps: %v", len(data), len(stamps), err)
	}
	if len(got) != len(stamps) {
		t.Fatalf("%d stamps came back of %d", len(got), len(stamps))
	}
	for i := range got {
		if !sameStamp(got[i], stamps[i]) {
			t.Fatalf("stamp %d: %+v came back as %+v", i, stamps[i], got[i])
		}
	}
	return len(data)
}

func TestBlocksGiveRecordedMarketsBackToTheLastBit(t *testing.T) {
	for _, symbol := range []string{"BTCUSDT", "SOLUSDT", "DOGEUSDT"} {
		stamps := recordedStamps(t, symbol)
		size := 0
		for _, day := range days(stamps) {
			size += roundTrip(t, day)
		}
		perPoint := float64(size) / float64(len(stamps))
		t.Logf("%s: %.2f bytes a point", symbol, perPoint)
		if perPoint > 6.5 {
			t.Errorf("%s: %.2f bytes a point", symbol, perPoint)
		}
	}
}

func TestRowsOfPointsAloneFindTheValueServed(t *testing.T) {
	for _, symbol := range []string{"BTCUSDT", "SOLUSDT", "DOGEUSDT"} {
		for _, want := range recordedStamps(t, symbol) {
			got, ok := Row{Point: want.Point(), Source: Archive}.stamp()
			if !ok || !sameStamp(got, want) {
				t.Fatalf("%s: %+v was taken for %+v", symbol, want, got)
			}
		}
	}
}

// anyStamps makes a day of stamps of every kind, in a mixture chosen by kind.
func anyStamps(r *rand.Rand) []Stamp {
	day := r.Int64N(lastDay)
	density := []float64{0.002, 0.1, 0.5, 0.99, 1}[r.IntN(5)]
	kinds := 1 + r.IntN(7)
	places, price := r.IntN(mostDecimals+1), math.Exp(r.NormFloat64()*6)
	contracts := math.Exp(r.NormFloat64()*5 + 8)
	var out []Stamp
	for i := range dayStamps {
		if r.Float64() >= density {
			continue
		}
		s := Stamp{Time: stampOf(day, i), Source: Source(1 + r.IntN(3))}
		contracts *= math.Exp(r.NormFloat64() * 0.01)
		price *= math.Exp(r.NormFloat64() * 0.01)
		s.Contracts = math.Max(1, math.Round(contracts*pow10[places])) / pow10[places]
		tick := math.Max(1, math.Round(price*pow10[8])) / pow10[8]
		switch r.IntN(kinds) {
		case 0: // as the exchange values it
			s.USD = s.Contracts * tick
			s.Price = s.USD / s.Contracts
		case 1: // a live sample
			s.Price = tick
			s.USD = s.Contracts * tick
		case 2:
			s.Price, s.USD = market.Unknown, market.Unknown
		case 6: // as a program values it, in floating point
			p := price
			s.USD = s.Contracts * (math.Max(1, math.Round(p*1e4)) / 1e4 * (1 + float64(r.IntN(3)-1)*2e-16))
			s.Price = s.USD / s.Contracts
		case 3: // unrelated numbers
			s.Price, s.USD = price, price*contracts*1.1
		case 4:
			s.Contracts = contracts
			s.Price, s.USD = price, price*contracts
		case 5: // any bits at all
			s.Contracts = positiveBits(r)
			s.Price, s.USD = positiveBits(r), positiveBits(r)
		}
		out = append(out, s)
	}
	return out
}

func positiveBits(r *rand.Rand) float64 {
	for {
		if x := math.Float64frombits(r.Uint64()); usable(x) {
			return x
		}
	}
}

func TestBlocksGiveAnythingBackToTheLastBit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		if stamps := anyStamps(r); len(stamps) > 0 {
			roundTrip(t, stamps)
		}
	}
}

func TestHourlyBlocksAreSmall(t *testing.T) {
	for _, day := range days(recordedStamps(t, "SOLUSDT"))[:5] {
		var hourly []Stamp
		for _, s := range day {
			if s.Time%market.Period1h.Millis() == 0 {
				hourly = append(hourly, s)
			}
		}
		if size := roundTrip(t, hourly); size > 24*9 {
			t.Errorf("%d bytes for %d stamps", size, len(hourly))
		}
	}
}

func TestBlocksAreInOrder(t *testing.T) {
	a := Stamp{Time: stampOf(20_000, 0), Contracts: 1, Price: 1, USD: 1, Source: API}
	b, next := a, a
	b.Time = stampOf(20_000, 1)
	next.Time = stampOf(20_001, 0)
	for _, bad := range [][]Stamp{nil, {b, a}, {a, a}, {a, next}, {{Time: a.Time + 1}}} {
		if _, err := encodeBlock(bad); err == nil {
			t.Errorf("%v was packed", bad)
		}
	}
}

func TestDamagedBlocksAreRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		stamps := anyStamps(r)
		if len(stamps) == 0 {
			continue
		}
		data, err := encodeBlock(stamps)
		if err != nil {
			t.Fatal(err)
		}
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		if _, err := decodeBlock(nil, dayOf(stamps[0].Time), data); err == nil {
			t.Fatal("a block with a bit turned was believed")
		}
	}
}

// Whatever bytes are decoded, no panic, and nothing but sensible stamps.
func FuzzDecodeBlock(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		if stamps := anyStamps(r); len(stamps) > 0 {
			data, err := encodeBlock(stamps)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data[:len(data)-4])
		}
	}
	f.Add([]byte{blockFormat, 12, 0, 24})
	f.Fuzz(func(t *testing.T, body []byte) {
		stamps, err := decodeBody(nil, 20_000, body)
		if err != nil {
			return
		}
		for i, s := range stamps {
			if dayOf(s.Time) != 20_000 || i > 0 && s.Time <= stamps[i-1].Time || !usable(s.Contracts) {
				t.Fatalf("stamp %d: %+v", i, s)
			}
		}
	})
}

// What the exact decimal of a product is, parsing its text tells too.
func FuzzProduct(f *testing.F) {
	f.Add(uint64(89832175), uint64(8977812086232), uint8(11))
	f.Add(uint64(exactInt-1), uint64(exactInt-1), uint8(18))
	f.Fuzz(func(t *testing.T, a, b uint64, e uint8) {
		a, b, e = a%exactInt+1, b%exactInt+1, e%19
		got, ok := product(int64(a), int64(b), int(e))
		if !ok {
			return
		}
		if want := parsedProduct(a, b, int(e)); got != want {
			t.Fatalf("%d × %d / 10^%d = %v, not %v", a, b, e, want, got)
		}
	})
}

func BenchmarkDecodeYear(b *testing.B) {
	stamps := recordedStamps(b, "BTCUSDT")
	var blocks [][]byte
	var numbers []int64
	for _, day := range days(stamps) {
		data, err := encodeBlock(day)
		if err != nil {
			b.Fatal(err)
		}
		blocks, numbers = append(blocks, data), append(numbers, dayOf(day[0].Time))
	}
	size := 0
	for _, data := range blocks {
		size += len(data)
	}
	dst := make([]Stamp, 0, dayStamps)
	for b.Loop() {
		for i := range 365 {
			var err error
			if dst, err = decodeBlock(dst[:0], numbers[i%len(blocks)], blocks[i%len(blocks)]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(size)/float64(len(stamps)), "B/point")
}

func BenchmarkEncodeDay(b *testing.B) {
	day := days(recordedStamps(b, "BTCUSDT"))[1]
	for b.Loop() {
		if _, err := encodeBlock(day); err != nil {
			b.Fatal(err)
		}
	}
}

func parsedProduct(a, b uint64, e int) float64 {
	exact := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
	x, _ := strconv.ParseFloat(exact.String()+"e-"+strconv.Itoa(e), 64)
	return x
}

package archive

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/history"
)

// published are contracts with fewer days each, and each with numbers of its own.
func published(f *fake, days ...int) (symbols []string) {
	for i, n := range days {
		symbol := fmt.Sprintf("C%02dUSDT", i)
		symbols = append(symbols, symbol)
		for d := range n {
			table := strings.ReplaceAll(tableOf(symbol, dayN(d)), ".5000000000000000", fmt.Sprintf(".%d%02d", i+1, d))
			f.put(symbol, dayN(d), table)
		}
	}
	return symbols
}

func openHistory(t *testing.T) *history.Store {
	t.Helper()
	s, err := history.Open(t.Context(), t.TempDir(), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// importMarket plans and imports.
func importMarket(ctx context.Context, t *testing.T, a *Archive, s Store, r MarketRequest, progress func(MarketProgress)) (*Plan, MarketResult, error) {
	t.Helper()
	plan, err := a.PlanMarket(t.Context(), s, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := a.ImportMarket(ctx, plan, progress)
	return plan, result, err
}

// Interrupted at any point and begun again, an import of many contracts has every
// stamp once, as it was served, and fetches no day twice.
func TestAMarketIsImportedExactlyHoweverOftenItIsInterrupted(t *testing.T) {
	f, s := newFake(), openHistory(t)
	days := []int{9, 1, 6, 3, 8, 2, 5}
	symbols := published(f, days...)
	a := f.archive(t, dayN(40))
	total := 34
	for _, after := range []int{1, 7, 12} {
		ctx, cancel := context.WithCancel(t.Context())
		before := 0
		_, result, err := importMarket(ctx, t, a, s, MarketRequest{Symbols: symbols, Parallel: 3}, func(p MarketProgress) {
			if before++; p.Done == after {
				cancel()
			}
		})
		cancel()
		if err == nil || result.Done < after || result.Done == result.Total {
			t.Fatalf("interrupted: %+v, %v", result, err)
		}
		if plan, err := a.PlanMarket(t.Context(), s, MarketRequest{Symbols: symbols}, nil); err != nil || plan.Days != result.Total-result.Done {
			t.Fatalf("then %+v, %v, after %+v", plan, err, result)
		}
	}
	var told []MarketProgress
	plan, result, err := importMarket(t.Context(), t, a, s, MarketRequest{Symbols: symbols}, func(p MarketProgress) { told = append(told, p) })
	if err != nil || len(result.Failures) > 0 || result.Done != plan.Days || result.Skipped+result.Done != total || result.Finished != plan.Contracts {
		t.Fatalf("at last: %+v, %v", result, err)
	}
	if last := told[len(told)-1]; told[0].Done != 0 || told[0].Total != plan.Days || !last.Progress.Finished() {
		t.Errorf("told %+v … %+v", told[0], last)
	}
	for i, symbol := range symbols {
		stamps, err := s.Stamps(t.Context(), symbol, 0, dayN(1000).UnixMilli())
		if err != nil || len(stamps) != days[i]*288 {
			t.Fatalf("%s: %d stamps, %v", symbol, len(stamps), err)
		}
		for n, st := range stamps {
			var want float64
			fmt.Sscanf(fmt.Sprintf("%d.%d%02d", 1000+n%288+1, i+1, n/288), "%g", &want)
			if st.Contracts != want || st.Time != day1.UnixMilli()+int64(n+1)*300_000 {
				t.Fatalf("%s: stamp %d is %+v, want %v", symbol, n, st, want)
			}
		}
	}
	for n, symbol := range symbols {
		for d := range days[n] {
			if asked := f.asked(fileOf(symbol, dayN(d)) + ".zip"); asked > 2+2 { // with its checksum; once more where it was on its way
				t.Errorf("%s: asked for %d times", fileOf(symbol, dayN(d)), asked)
			}
		}
	}
	if plan, _ := a.PlanMarket(t.Context(), s, MarketRequest{Symbols: symbols}, nil); plan.Days != 0 || plan.Skipped != total {
		t.Errorf("it would go on: %+v", plan)
	}
}

// A contract that cannot be looked up, or whose files are damaged, costs itself and
// is named; days of the others come in the order that was asked for.
func TestOneContractsFailureCostsThatContract(t *testing.T) {
	f, s := newFake(), openHistory(t)
	symbols := published(f, 3, 3, 3)
	symbols = append(symbols, "../odd", "NONEUSDT")
	f.putZip("C01USDT", dayN(1), []byte("no zip"))
	a := f.archive(t, dayN(40))
	plan, err := a.PlanMarket(t.Context(), s, MarketRequest{Symbols: symbols, Parallel: 1}, nil)
	if err != nil || plan.Contracts != 3 || plan.Days != 9 || len(plan.Failures) != 1 || plan.Failures[0].Symbol != "../odd" {
		t.Fatalf("%+v, %v", plan, err)
	}
	f.mu.Lock()
	f.requests = nil
	f.mu.Unlock()
	r, err := a.ImportMarket(t.Context(), plan, nil)
	if err != nil || r.Done != 8 || r.Failed != 1 || len(r.Failures) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if bad := r.Failures[1]; bad.Symbol != "C01USDT" || bad.Days != 1 || !bad.First.Equal(dayN(1)) || KindOf(bad.Err) != BadFile {
		t.Errorf("%+v", bad)
	}
	var order []string
	for _, path := range f.requests {
		if name, ok := strings.CutSuffix(path[strings.LastIndex(path, "/")+1:], ".zip"); ok && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	if want := []string{fileOf("C00USDT", dayN(2)), fileOf("C00USDT", dayN(1)), fileOf("C00USDT", dayN(0)), fileOf("C01USDT", dayN(2))}; !slices.Equal(order[:4], want) {
		t.Errorf("fetched in the order %v", order)
	}
}

// A contract that the archive will not list costs itself.
func TestAListThatIsRefusedCostsOneContract(t *testing.T) {
	f, s := newFake(), openHistory(t)
	symbols := published(f, 2, 2, 2)
	a := f.archive(t, dayN(40))
	refuse := 0
	f.answer = func(path string) (int, string) {
		if path == "" {
			if refuse++; refuse == 2 {
				return http.StatusForbidden, ""
			}
		}
		return 0, ""
	}
	plan, err := a.PlanMarket(t.Context(), s, MarketRequest{Symbols: symbols}, nil)
	if err != nil || plan.Days != 4 || len(plan.Failures) != 1 || KindOf(plan.Failures[0].Err) != Refused {
		t.Errorf("%+v, %v", plan, err)
	}
}

// No worker waits for a contract that has one day left: while one file is slow, all
// others are fetched.
func TestTheLineIsNeverIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newFake(), memory{}
		symbols := published(f, 1, 1, 1, 1, 1, 1, 1, 1)
		slow := &slowly{next: f, delay: func(path string) time.Duration {
			if strings.Contains(path, "C00USDT") && strings.HasSuffix(path, ".zip") {
				return time.Minute / 2
			}
			return time.Second
		}}
		a, err := New("http://archive.invalid/archive/", Options{HTTP: &http.Client{Transport: slow}, Now: func() time.Time { return dayN(40) }, PerSecond: 1e6})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, r, err := importMarket(t.Context(), t, a, s, MarketRequest{Symbols: symbols, Parallel: 4}, nil); err != nil || r.Done != 8 {
			t.Fatalf("%+v, %v", r, err)
		}
		if took := time.Since(began); took > 34*time.Second { // the lists, one checksum, and the slow file
			t.Errorf("it took %v", took)
		}
	})
}

// slowly answers after a while.
type slowly struct {
	next  http.RoundTripper
	delay func(path string) time.Duration
	down  func() bool
}

func (s *slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.down != nil && s.down() {
		return nil, fmt.Errorf("no route to host")
	}
	select {
	case <-time.After(s.delay(r.URL.Path)):
		return s.next.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// memory keeps nothing.
type memory struct{}

func (memory) ArchiveDays(context.Context, string, time.Time, time.Time) (map[time.Time]history.ArchiveDay, error) {
	return nil, nil
}

func (memory) SaveArchiveDay(_ context.Context, _ history.ArchiveDay, rows []history.Row) (history.Saved, error) {
	return history.Saved{Stored: len(rows)}, nil
}

// An import of hours outlives a line that is gone for minutes, and tells no remaining
// time then; before it was watched for a while it tells none either.
func TestARemainingTimeIsToldOnceItCanBeKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		symbols := published(f, 40, 40, 40, 40)
		began := time.Now()
		slow := &slowly{next: f, delay: func(string) time.Duration { return 2 * time.Second }}
		slow.down = func() bool {
			d := time.Since(began)
			return d > 60*time.Second && d < 240*time.Second
		}
		a, err := New("http://archive.invalid/archive/", Options{HTTP: &http.Client{Transport: slow}, Now: func() time.Time { return dayN(50).Add(time.Since(began)) }, PerSecond: 1e6})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := a.PlanMarket(t.Context(), memory{}, MarketRequest{Symbols: symbols, Parallel: 4}, nil)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		type moment struct {
			at time.Duration
			MarketProgress
		}
		var told []moment
		r, err := a.ImportMarket(t.Context(), plan, func(p MarketProgress) { told = append(told, moment{time.Since(start), p}) })
		if err != nil || r.Done != 160 {
			t.Fatalf("%+v, %v", r, err)
		}
		knew := 0
		for _, m := range told {
			down := m.at > 135*time.Second && m.at < 225*time.Second // it was gone for longer than the pace is of
			if m.LeftIsKnown && (m.at < paceKnown || down) {
				t.Errorf("after %v: %v left", m.at, m.Left)
			}
			// At four days each four seconds, before the line is gone and long after.
			if steady := m.at > 20*time.Second && m.at < 50*time.Second || m.at > 310*time.Second; steady && m.LeftIsKnown {
				knew++
				want := time.Duration(160-m.Done) * time.Second
				if m.Left < want*7/10-2*time.Second || m.Left > want*15/10+2*time.Second {
					t.Errorf("after %v, %d days done: %v left, want %v", m.at, m.Done, m.Left, want)
				}
			}
		}
		if knew < 20 {
			t.Errorf("it was known %d times", knew)
		}
	})
}

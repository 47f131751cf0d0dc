package ondemand

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/history/archive"
	"openinterest/data/market"
)

// fakeArchive imports a day a second, of as many as are asked for.
type fakeArchive struct {
	mu    sync.Mutex     // guards the rest while imports begin
	begun []string       // symbols and first days
	kept  map[string]int // days that were saved, by symbol
	fails map[int]error  // failures, by day counted from the newest
	whole error          // what ends every import
	last  map[string]context.Context
}

func newFakeArchive() *fakeArchive {
	return &fakeArchive{kept: map[string]int{}, fails: map[int]error{}, last: map[string]context.Context{}}
}

func (a *fakeArchive) Import(ctx context.Context, _ archive.Store, r archive.Request) (archive.Result, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := "the first"
	total := 1000
	if !r.From.IsZero() {
		first = r.From.Format(time.DateOnly)
		total = int(time.Since(r.From) / (24 * time.Hour))
	}
	a.begun = append(a.begun, r.Symbol+" from "+first)
	a.last[r.Symbol] = ctx
	if a.whole != nil {
		return archive.Result{}, fmt.Errorf("importing: %w", a.whole)
	}
	p := archive.Progress{Symbol: r.Symbol, Total: total - a.kept[r.Symbol]}
	r.Progress(p)
	result := archive.Result{}
	for day := range p.Total {
		a.mu.Unlock()
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
		a.mu.Lock()
		if ctx.Err() != nil {
			return result, ctx.Err()
		}
		if err := a.fails[day]; err != nil {
			p.Failed++
			result.Failures = append(result.Failures, archive.Failure{Err: err})
		} else {
			p.Done++
			a.kept[r.Symbol]++
		}
		r.Progress(p)
	}
	return result, nil
}

// fakeStore says whether this process writes.
type fakeStore struct {
	Store
	reads  bool
	losses int
}

func (s *fakeStore) Writes() bool { return !s.reads }

func (s *fakeStore) Losses() int { return s.losses }

// bench runs a test in fake time; wait lets that pass.
func bench(t *testing.T, do func(f *Fetcher, a *fakeArchive, s *fakeStore, wait func(seconds int))) {
	synctest.Test(t, func(t *testing.T) {
		a, s := newFakeArchive(), &fakeStore{}
		f := New(t.Context(), s, a, time.Now)
		defer f.Close()
		do(f, a, s, func(seconds int) {
			<-time.After(time.Duration(seconds)*time.Second + time.Millisecond)
			synctest.Wait()
		})
	})
}

func TestOneJobServesAllWhoLook(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, _ *fakeStore, wait func(int)) {
		for range 5 {
			f.Want("BTCUSDT", market.Range90d)
			wait(10)
		}
		if len(a.begun) != 1 {
			t.Fatalf("imports: %v", a.begun)
		}
		if s := f.Status("BTCUSDT", market.Range90d); s.State != Fetching || s.Days != 90 || s.Done < 49 || s.Done > 51 || s.Saved != s.Done {
			t.Errorf("after 50 seconds it is %+v", s)
		}
		wait(50)
		if s := f.Status("BTCUSDT", market.Range90d); s.State != Complete || s.Done != 90 {
			t.Errorf("at the end it is %+v", s)
		}
		f.Want("BTCUSDT", market.Range90d)
		wait(1)
		if len(a.begun) != 1 {
			t.Errorf("what is complete is asked for again: %v", a.begun)
		}
		wait(5 * 3600)
		f.Want("BTCUSDT", market.Range90d)
		wait(1)
		if len(a.begun) != 2 {
			t.Error("the day that has ended since is not asked for")
		}
	})
}

// Where something that was kept was lost, what was complete isn't any more.
func TestWhatWasLostIsFetchedAgain(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, s *fakeStore, wait func(int)) {
		f.Want("BTCUSDT", market.Range90d)
		wait(100)
		s.losses++
		a.kept["BTCUSDT"] -= 7
		for range 5 {
			f.Want("BTCUSDT", market.Range90d)
			wait(10)
		}
		if got := f.Status("BTCUSDT", market.Range90d); len(a.begun) != 2 || got.State != Complete || got.Done != 7 {
			t.Errorf("imports: %v, %+v", a.begun, got)
		}
	})
}

func TestALongerRangeTakesAShorterOnesPlace(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, _ *fakeStore, wait func(int)) {
		f.Want("BTCUSDT", market.Range90d)
		wait(10)
		f.Want("BTCUSDT", market.RangeAll)
		wait(1)
		if want := []string{"BTCUSDT from 1999-10-03", "BTCUSDT from the first"}; !slices.Equal(a.begun, want) {
			t.Fatalf("imports: %v, want %v", a.begun, want)
		}
		if s := f.Status("BTCUSDT", market.Range90d); s.State != Fetching || s.Days != 990 {
			t.Errorf("90 days are %+v, with all there is being fetched", s)
		}
		if s := f.Status("BTCUSDT", market.RangeAll); s.Saved != 11 {
			t.Errorf("%d days saved, want the ten of the first job and one more", s.Saved)
		}
	})
}

func TestTheContractAskedForLastIsNext(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, _ *fakeStore, wait func(int)) {
		for _, s := range []string{"A", "B", "C", "D"} {
			f.Want(s, market.Range90d)
			wait(1)
		}
		if f.Status("C", market.Range90d).State != Waiting || len(a.begun) != 2 {
			t.Fatalf("imports: %v", a.begun)
		}
		f.Stop("A")
		wait(1)
		if f.Status("D", market.Range90d).State != Fetching || f.Status("C", market.Range90d).State != Waiting {
			t.Errorf("imports: %v", a.begun)
		}
		f.Stop("C")
		wait(200)
		if s := f.Status("C", market.Range90d); s.State != Stopped || len(a.begun) != 3 {
			t.Errorf("C is %+v, imports: %v", s, a.begun)
		}
	})
}

func TestStoppedStaysStoppedUntilResumed(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, _ *fakeStore, wait func(int)) {
		f.Want("A", market.Range90d)
		wait(30)
		f.Stop("A")
		wait(0)
		f.Want("A", market.Range90d)
		wait(30)
		if s := f.Status("A", market.Range90d); s.State != Stopped || s.Done != 30 || s.Days != 90 {
			t.Fatalf("it is %+v", s)
		}
		f.Resume("A", market.Range90d)
		wait(1)
		if s := f.Status("A", market.Range90d); s.State != Fetching || s.Days != 60 {
			t.Errorf("resumed, it is %+v", s)
		}
	})
}

func TestFailuresAreToldAndMayBeTriedAgain(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, _ *fakeStore, wait func(int)) {
		bad := &archive.Problem{Kind: archive.BadFile}
		a.fails[3] = bad
		f.Want("A", market.Range90d)
		wait(95)
		if s := f.Status("A", market.Range90d); s.State != Incomplete || s.Failed != 1 || s.Done != 90 || s.Saved != 89 || !errors.Is(s.Err, bad) {
			t.Fatalf("it is %+v", s)
		}
		a.fails = nil
		f.Resume("A", market.Range90d)
		wait(2)
		if s := f.Status("A", market.Range90d); s.State != Complete || s.Saved != 90 {
			t.Errorf("tried again, it is %+v", s)
		}
		a.whole = &archive.Problem{Kind: archive.Offline}
		f.Want("B", market.Range90d)
		wait(0)
		if s := f.Status("B", market.Range90d); s.State != Failed || archive.KindOf(s.Err) != archive.Offline {
			t.Errorf("offline, it is %+v", s)
		}
	})
}

func TestAReaderFetchesNothingUntilItWrites(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, s *fakeStore, wait func(int)) {
		s.reads = true
		f.Want("A", market.Range90d)
		wait(1)
		if st := f.Status("A", market.Range90d); st.State != ReadOnly || len(a.begun) != 0 {
			t.Fatalf("it is %+v, imports: %v", st, a.begun)
		}
		s.reads = false
		f.Want("A", market.Range90d)
		wait(1)
		if st := f.Status("A", market.Range90d); st.State != Fetching {
			t.Errorf("having taken over, it is %+v", st)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	bench(t, func(f *Fetcher, a *fakeArchive, _ *fakeStore, wait func(int)) {
		for _, s := range []string{"A", "B", "C"} {
			f.Want(s, market.RangeAll)
		}
		wait(5)
		f.Close()
		if len(a.begun) != 2 || a.last["A"].Err() == nil && a.last["C"].Err() == nil {
			t.Errorf("imports: %v", a.begun)
		}
		f.Want("D", market.RangeAll)
		wait(1)
		if len(a.begun) != 2 {
			t.Error("a job began after the end")
		}
	})
}

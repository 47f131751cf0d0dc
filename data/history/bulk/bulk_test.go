package bulk

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/history"
	"openinterest/data/history/archive"
)

// importer is an archive that is as a test says.
type importer struct {
	plan    archive.Plan
	fails   error
	result  archive.MarketResult
	symbols []string
	from    time.Time
}

func (i *importer) PlanMarket(ctx context.Context, _ archive.Store, r archive.MarketRequest, progress func(int)) (*archive.Plan, error) {
	i.symbols, i.from = r.Symbols, r.From
	for n := range r.Symbols {
		select {
		case <-time.After(time.Second):
			progress(n + 1)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	plan := i.plan
	return &plan, i.fails
}

func (i *importer) ImportMarket(ctx context.Context, p *archive.Plan, progress func(archive.MarketProgress)) (archive.MarketResult, error) {
	r := i.result
	for n := range p.Days {
		select {
		case <-time.After(time.Second):
			r.Total, r.Done = p.Days, n+1
			progress(r.MarketProgress)
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
	return r, i.fails
}

// disk is a history of a size.
type disk struct {
	size   int64
	stamps int
	dir    string
}

func (d disk) Path() string         { return d.dir + "/history.db" }
func (d disk) Size() (int64, error) { return d.size, nil }
func (d disk) Coverages(context.Context) ([]history.Coverage, error) {
	return []history.Coverage{{Points: d.stamps}}, nil
}

func job(t *testing.T, i *importer, d disk) *Job {
	j := New(t.Context(), Options{Importer: i, Disk: func(context.Context) (Disk, error) { return d, nil }, Writes: func() bool { return true },
		Symbols: func() []string { return []string{"A", "B", "C", "D"} }})
	t.Cleanup(j.Close)
	return j
}

// after lets time pass, and returns how far the job is.
func after(j *Job, d time.Duration) Status {
	time.Sleep(d)
	synctest.Wait()
	return j.Status()
}

func TestAnImportIsPlannedBegunAndStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &importer{plan: archive.Plan{Contracts: 3, Days: 10, Skipped: 7}}
		j := job(t, i, disk{size: 1e6, stamps: 10, dir: t.TempDir()})
		if j.Begin(); j.Status().State != Idle {
			t.Fatal("it begins without a plan")
		}
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		j.Plan(from)
		if s := after(j, 2500*time.Millisecond); s.State != Looking || s.Looked != 2 || s.Symbols != 4 || !i.from.Equal(from) {
			t.Fatalf("%+v", s)
		}
		j.Plan(time.Time{}) // one at a time
		if s := after(j, 2*time.Second); s.State != Planned || s.Days != 10 || s.Room.Need != 10*288*usualStamp || s.Room.Free <= 0 || !i.from.Equal(from) {
			t.Fatalf("%+v", s)
		}
		j.Begin()
		if s := after(j, 3500*time.Millisecond); s.State != Fetching || s.Progress.Done != 3 {
			t.Fatalf("%+v", s)
		}
		j.Stop()
		if s := after(j, 0); s.State != Stopped || s.Progress.Done != 3 || s.Err != nil {
			t.Fatalf("%+v", s)
		}
		if j.Begin(); j.Status().State != Stopped {
			t.Fatal("an old plan begins again")
		}
		j.Plan(from)
		after(j, 5*time.Second)
		j.Begin()
		if s := after(j, time.Minute); s.State != Complete || s.Progress.Done != 10 {
			t.Fatalf("%+v", s)
		}
	})
}

// What the disk has no room for does not begin, whatever is tapped; what fails is
// told; a process that does not write fetches nothing.
func TestWhyNothingIsImported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		huge := job(t, &importer{plan: archive.Plan{Contracts: 3, Days: 1 << 30}}, disk{dir: t.TempDir()})
		huge.Plan(time.Time{})
		if s := after(huge, time.Minute); s.State != Full {
			t.Errorf("%+v", s)
		}
		if huge.Begin(); huge.Status().State != Full {
			t.Error("it begins though there is no room")
		}
		broken := job(t, &importer{fails: errors.New("no route")}, disk{dir: t.TempDir()})
		broken.Plan(time.Time{})
		if s := after(broken, time.Minute); s.State != Failed || s.Err == nil {
			t.Errorf("%+v", s)
		}
		reads := job(t, &importer{}, disk{dir: t.TempDir()})
		reads.o.Writes = func() bool { return false }
		reads.Plan(time.Time{})
		if s := after(reads, time.Minute); s.State != ReadOnly {
			t.Errorf("%+v", s)
		}
		lame := job(t, &importer{plan: archive.Plan{Days: 2, Contracts: 1}, result: archive.MarketResult{Failures: []archive.ContractFailure{{Symbol: "A"}}}}, disk{dir: t.TempDir()})
		lame.Plan(time.Time{})
		after(lame, time.Minute)
		lame.Begin()
		if s := after(lame, time.Minute); s.State != Incomplete || len(s.Failures) != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// What a stamp takes is measured where the history is large enough to tell.
func TestNeedIsMeasured(t *testing.T) {
	for _, c := range []struct {
		days   int
		size   int64
		stamps int
		want   int64
	}{
		{0, 5e6, 1e6, 0},
		{10, 5e6, 1e6, 10 * 288 * usualStamp},
		{10, 20e6, 1e6, 10 * 288 * 20},
		{10, 900e3, 1000, 10 * 288 * usualStamp},
		{10, 0, 0, 10 * 288 * usualStamp},
	} {
		if got := need(c.days, c.size, c.stamps); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	if (Room{Need: 1e9, Free: 1.2e9}).Fits() || !(Room{Need: 1e9, Free: 2e9}).Fits() || !(Room{Need: 1e9, Free: -1}).Fits() {
		t.Error("what fits is not told")
	}
}

package storage

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"openinterest/data/history/archive"
	"openinterest/data/history/bulk"
)

// market is an import that is as far as a test says.
type marketJob struct {
	status  bulk.Status
	planned []time.Time
	begun   int
	stopped int
}

func (m *marketJob) Plan(from time.Time) {
	m.planned = append(m.planned, from)
	m.status = bulk.Status{State: bulk.Looking, Symbols: 520}
}
func (m *marketJob) Begin()              { m.begun, m.status.State = m.begun+1, bulk.Fetching }
func (m *marketJob) Stop()               { m.stopped, m.status.State = m.stopped+1, bulk.Stopped }
func (m *marketJob) Status() bulk.Status { return m.status }

// A person is told what the import takes before it begins, sees how far it is, and
// may cancel it.
func TestTheWholeMarketIsImportedAfterAQuestion(t *testing.T) {
	job := &marketJob{}
	r := start(t, filled(t, t.TempDir()), func(o *Options) { o.Market = job })
	says := func(part string) {
		t.Helper()
		if text := r.market.said.Text; !strings.Contains(text, part) {
			t.Fatalf("it says %q, want %q", text, part)
		}
	}
	says("years of every contract")
	test.Tap(r.button("Import the whole market's history…"))
	if len(job.planned) != 1 || !job.planned[0].Equal(today.AddDate(0, 0, -365)) {
		t.Fatalf("planned %v", job.planned)
	}
	job.status.Looked = 130
	r.Watch(nil)
	says("130 of 520 contracts")
	if !r.market.bar.Visible() || r.market.bar.Value != 0.25 {
		t.Errorf("the bar shows %v", r.market.bar.Value)
	}
	job.status = bulk.Status{State: bulk.Planned, Symbols: 520, Looked: 520, Contracts: 500, Days: 61_000, Skipped: 12_000, Room: bulk.Room{Need: 160e6, Free: 40e9}}
	r.Watch(nil)
	says("61,000 days of 500 contracts are to be fetched, 12,000 are kept already. They take about 160 MB on the disk, which has 40.0 GB free.")
	r.Watch(nil) // it asks once
	test.Tap(r.button("Import"))
	if job.begun != 1 {
		t.Fatal("it was not begun")
	}
	job.status.Progress = archive.MarketProgress{Progress: archive.Progress{Total: 61_000, Done: 15_250, Symbol: "BTCUSDT"}, Left: 40 * time.Minute, LeftIsKnown: true}
	r.Watch(nil)
	says("15,250 of 61,000 days, about 40m left (BTCUSDT)")
	job.status.Progress.LeftIsKnown = false
	r.Watch(nil)
	says("15,250 of 61,000 days (BTCUSDT)")
	test.Tap(r.button("Cancel"))
	if job.stopped != 1 {
		t.Fatal("it was not stopped")
	}
	r.settle()
	says("Cancelled after 15,250 of 61,000 days")
}

func TestWhatEndsAnImportIsSaid(t *testing.T) {
	job := &marketJob{}
	r := start(t, filled(t, t.TempDir()), func(o *Options) { o.Market = job })
	progress := archive.MarketProgress{Progress: archive.Progress{Total: 100, Done: 90, Failed: 10}}
	offline := &archive.Problem{Kind: archive.Offline, Err: errors.New("no route")}
	for part, s := range map[string]bulk.Status{
		"which has 1.00 GB free, and 500 MB stay free": {State: bulk.Full, Contracts: 2, Days: 5, Room: bulk.Room{Need: 2e9, Free: 1e9}},
		"days fetched: 90": {State: bulk.Complete, Progress: progress},
		"90 of 100 days fetched; 1 contract could not": {State: bulk.Incomplete, Progress: progress, Failures: []archive.ContractFailure{{Symbol: "AUSDT", Days: 10, Err: offline}}},
		"given up after 90 of 100 days":                {State: bulk.Failed, Progress: progress, Err: offline},
		"given up. The archive cannot be reached":      {State: bulk.Failed, Err: offline},
		"Another process":                              {State: bulk.ReadOnly},
	} {
		job.status = s
		r.Watch(nil)
		r.settle()
		if text := r.market.said.Text; !strings.Contains(text, part) {
			t.Errorf("%s: it says %q, want %q", s.State, text, part)
		}
	}
}

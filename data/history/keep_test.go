package history

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

func TestGapsAreNamed(t *testing.T) {
	s := openStore(t, t.TempDir())
	var stamps []Stamp
	for i := range 2 * dayStamps {
		if i != 5 && (i < 100 || i > 110) && (i < dayStamps || i > dayStamps+3) {
			stamps = append(stamps, stamp(i, 10, API))
		}
	}
	save(t, s, rowsOf("X", stamps))
	at := func(i int) int64 { return stamp(i, 1, API).Time }
	gaps, err := s.Gaps(t.Context(), "X", at(0)-2*market.StepMillis, at(2*dayStamps))
	want := []Gap{{at(-2), at(-1)}, {at(5), at(5)}, {at(100), at(110)}, {at(dayStamps), at(dayStamps + 3)}, {at(2 * dayStamps), at(2 * dayStamps)}}
	if err != nil || fmt.Sprint(gaps) != fmt.Sprint(want) {
		t.Errorf("%v, want %v (%v)", gaps, want, err)
	}
	if gaps[2].Stamps() != 11 {
		t.Errorf("%d stamps", gaps[2].Stamps())
	}
	gaps, err = s.Gaps(t.Context(), "NOBODY", at(0)+1, at(3)+1)
	if err != nil || fmt.Sprint(gaps) != fmt.Sprint([]Gap{{at(1), at(3)}}) {
		t.Errorf("of an unknown contract: %v, %v", gaps, err)
	}
}

// history of two contracts over some days up to day0+days.
func twoContracts(t *testing.T, s *Store, days int) time.Time {
	t.Helper()
	var stamps []Stamp
	for i := range days * dayStamps {
		stamps = append(stamps, stamp(i, float64(100+i%7), API))
	}
	save(t, s, rowsOf("FAVUSDT", stamps))
	save(t, s, rowsOf("OTHERUSDT", stamps))
	return time.UnixMilli(stamps[len(stamps)-1].Time).UTC()
}

func TestThinningKeepsFullHoursOfWhatIsOldAndSaysSo(t *testing.T) {
	s := openStore(t, t.TempDir())
	now := twoContracts(t, s, 10)
	policy := Policy{Days: 3, Except: []string{"FAVUSDT", "NOBODY"}}
	plan, err := s.PlanThinning(t.Context(), policy, now)
	if err != nil || plan.Points != 7*(dayStamps-24) || plan.Contracts != 1 {
		t.Fatalf("planned %+v, %v", plan, err)
	}
	if n := len(all(t, s, "OTHERUSDT")); n != 10*dayStamps {
		t.Fatalf("planning took stamps away: %d are left", n)
	}
	done, err := s.Thin(t.Context(), policy, now)
	if err != nil || done.Points != plan.Points || done.Contracts != 1 || !done.Before.Equal(plan.Before) {
		t.Fatalf("done %+v, planned %+v, %v", done, plan, err)
	}
	for _, st := range all(t, s, "OTHERUSDT") {
		if st.Time%market.Period1h.Millis() != 0 && st.Time <= done.Before.UnixMilli() {
			t.Fatalf("%v was kept", time.UnixMilli(st.Time).UTC())
		}
	}
	if got := len(all(t, s, "OTHERUSDT")); got != 7*24+3*dayStamps {
		t.Errorf("%d stamps are left", got)
	}
	if got := len(all(t, s, "FAVUSDT")); got != 10*dayStamps {
		t.Errorf("a favourite was thinned to %d stamps", got)
	}
	log, err := s.Thinnings(t.Context())
	if err != nil || len(log) != 1 || log[0] != done {
		t.Errorf("noted down: %+v, %v", log, err)
	}
	if again, err := s.Thin(t.Context(), policy, now); err != nil || again.Points != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	gaps, err := s.Gaps(t.Context(), "OTHERUSDT", stamp(0, 1, API).Time, now.UnixMilli())
	if err != nil || len(gaps) != 0 {
		t.Errorf("what was thinned is called missing: %v, %v", gaps, err)
	}
	coverage, err := s.Coverages(t.Context())
	if err != nil || len(coverage) != 2 || coverage[0].ThinUntil != 0 || coverage[1].ThinUntil != done.Before.UnixMilli() {
		t.Errorf("%+v, %v", coverage, err)
	}
}

func TestNothingIsThinnedUnasked(t *testing.T) {
	s := openStore(t, t.TempDir())
	now := twoContracts(t, s, 5)
	if done, err := s.Thin(t.Context(), Policy{}, now.AddDate(10, 0, 0)); err != nil || done.Points != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if n := len(all(t, s, "OTHERUSDT")); n != 5*dayStamps {
		t.Errorf("%d stamps are left", n)
	}
}

func TestADeletedContractIsGoneAndItsSpaceGivenBack(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, rowsOf("A", invent(1, 0, 1000*dayStamps)))
	save(t, s, rowsOf("B", invent(2, 0, 3*dayStamps)))
	save(t, s, rowsOf("A", invent(1, 1000*dayStamps, 5))) // in the journal
	before := fileSize(t, s)
	if err := s.DeleteContract(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	if got := all(t, s, "A"); len(got) != 0 {
		t.Errorf("%d stamps are left", len(got))
	}
	if got := all(t, s, "B"); len(got) != 3*dayStamps {
		t.Errorf("another contract has %d stamps left", len(got))
	}
	if after := fileSize(t, s); after > before/4 {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	if err := s.DeleteContract(t.Context(), "NOBODY"); err != nil {
		t.Error(err)
	}
	if size, err := s.Size(); err != nil || size <= 0 {
		t.Errorf("%d bytes, %v", size, err)
	}
}

func TestDaysOfTheArchiveAreWholeAndReplaceable(t *testing.T) {
	s := openStore(t, t.TempDir())
	day := time.UnixMilli(day0 * dayMillis).UTC()
	var rows []Row
	for i := range dayStamps {
		rows = append(rows, rowsOf("X", []Stamp{stamp(i, 5, Archive)})...)
	}
	save(t, s, rowsOf("X", []Stamp{stamp(3, 5, API), stamp(4, 6, API)}))
	d := ArchiveDay{Symbol: "X", Day: day, State: Imported, SHA256: "aa", ETag: "e", Points: dayStamps, Defects: `{"Blank":1}`}
	if _, err := s.SaveArchiveDay(t.Context(), d, rows); err != nil {
		t.Fatal(err)
	}
	d.SHA256 = "bb"
	rows[0].Symbol = "Y" // is not of this day
	saved, err := s.SaveArchiveDay(t.Context(), d, rows)
	if err != nil || saved.Unusable != 1 || saved.Known != dayStamps-1 {
		t.Errorf("%+v, %v", saved, err)
	}
	if got := all(t, s, "X"); len(got) != dayStamps || got[4].Contracts != 5 {
		t.Errorf("%d stamps; the archive did not win: %+v", len(got), got[4])
	}
	known, err := s.ArchiveDays(t.Context(), "X", day.AddDate(0, 0, -1), day)
	if got := known[day]; err != nil || len(known) != 1 || got.SHA256 != "bb" || got.State != Imported || got.Defects != d.Defects || got.At.IsZero() {
		t.Errorf("%+v, %v", known, err)
	}
	if known, err := s.ArchiveDays(t.Context(), "X", day.AddDate(0, 0, 1), day.AddDate(1, 0, 0)); err != nil || len(known) != 0 {
		t.Errorf("%+v, %v", known, err)
	}
}

func TestEventsAreLoggedOnceAndForGood(t *testing.T) {
	s := openStore(t, t.TempDir())
	seen := time.Date(2026, 3, 1, 0, 5, 1, 0, time.UTC)
	e := Event{Time: 1000, Symbol: "X", Kind: "flush_1h", Version: 1, Seen: seen, Evidence: json.RawMessage(`{"z":-3.2}`)}
	later := e
	later.Time, later.Kind = 2000, "spike_1h"
	if n, err := s.AppendEvents(t.Context(), []Event{later, e, e}); err != nil || n != 2 {
		t.Fatalf("%d new, %v", n, err)
	}
	changed := e
	changed.Evidence = json.RawMessage(`{"z":0}`)
	if n, err := s.AppendEvents(t.Context(), []Event{changed}); err != nil || n != 0 {
		t.Errorf("%d new, %v", n, err)
	}
	got, err := s.Events(t.Context(), "", 0, 5000)
	if err != nil || len(got) != 2 || fmt.Sprintf("%+v", got[0]) != fmt.Sprintf("%+v", e) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.Events(t.Context(), "X", 1001, 5000); err != nil || len(got) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, q := range []string{"DELETE FROM event", "UPDATE event SET evidence = '{}'"} {
		if _, err := s.writeDB.ExecContext(context.Background(), q); err == nil {
			t.Errorf("%s was let through", q)
		}
	}
	bad := e
	bad.Time, bad.Evidence = 3000, json.RawMessage("{")
	if _, err := s.AppendEvents(t.Context(), []Event{bad}); err == nil {
		t.Error("evidence that is no JSON was logged")
	}
}

func TestSettingsComeBack(t *testing.T) {
	s := openStore(t, t.TempDir())
	if v, err := s.Setting(t.Context(), "keep"); v != "" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	for _, want := range []string{"all", "30"} {
		if err := s.SetSetting(t.Context(), "keep", want); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Setting(t.Context(), "keep"); v != want || err != nil {
			t.Errorf("%q, %v", v, err)
		}
	}
}

// The midnight between two days is in the files of both. Where one of them has it
// exactly, that counts, whichever is imported first.
func TestAnExactMidnightStays(t *testing.T) {
	midnight := stampOf(day0, dayStamps-1)
	row := func(contracts float64, inexact bool) []Row {
		return []Row{{Symbol: "X", Point: market.Point{Time: midnight, Contracts: contracts, Price: 2}, Source: Archive, Inexact: inexact}}
	}
	for _, exactFirst := range []bool{true, false} {
		s := openStore(t, t.TempDir())
		files := [][]Row{row(5, false), row(7, true)}
		if !exactFirst {
			slices.Reverse(files)
		}
		for i, rows := range files {
			if _, err := s.SaveArchiveDay(t.Context(), ArchiveDay{Symbol: "X", Day: dayTime(i), State: Imported, Points: 1}, rows); err != nil {
				t.Fatal(err)
			}
		}
		if got := all(t, s, "X"); len(got) != 1 || got[0].Contracts != 5 {
			t.Errorf("exact first %v: %+v", exactFirst, got)
		}
	}
}

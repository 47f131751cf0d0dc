package chartpane

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/history/archive"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
	"openinterest/ui/look"
	"openinterest/ui/tabs"
)

// shelf is an archive of which a test says how far it is.
type shelf struct {
	status  map[string]ondemand.Status
	wanted  []string
	stopped []string
	resumed []string
}

func (a *shelf) Want(s string, r market.Range) {
	if name := s + " " + r.String(); !slices.Contains(a.wanted, name) {
		a.wanted = append(a.wanted, name)
	}
}
func (a *shelf) Resume(s string, r market.Range) { a.resumed = append(a.resumed, s+" "+r.String()) }
func (a *shelf) Stop(s string)                   { a.stopped = append(a.stopped, s) }

func (a *shelf) Status(s string, _ market.Range) ondemand.Status { return a.status[s] }

func beginLong(t *testing.T) (Options, *stage, *source, *shelf) {
	o, s, src := begin(t, assets.English, look.Dark)
	a := &shelf{status: map[string]ondemand.Status{}}
	o.Archive = a
	return o, s, src, a
}

func TestLongRangesAreOfferedWithAnArchiveOnly(t *testing.T) {
	o, _, _, _ := beginLong(t)
	names := func(s *tabs.Strip) (names []string) {
		for _, text := range words(s) {
			names = append(names, text.Text)
		}
		return names
	}
	if got := names(NewHistory(o, HistoryState{}).ranges); !slices.Equal(got, []string{"4h", "24h", "3d", "7d", "14d", "30d", "90d", "1y", "All", more}) {
		t.Errorf("with an archive: %v", got)
	}
	o.Archive = nil
	h := NewHistory(o, HistoryState{Range: "1y"})
	if got := names(h.ranges); got[len(got)-2] != "30d" || h.State().Range != "24h" {
		t.Errorf("without: %v, showing %s", got, h.State().Range)
	}
}

// What is kept is shown at once; days are asked for and told of.
func TestALongRangeFillsInWhileOneLooks(t *testing.T) {
	o, s, src, a := beginLong(t)
	h := NewHistory(o, HistoryState{Range: "1y"})
	window(t, h, 640, 330)
	show := func(after time.Duration, status ondemand.Status) {
		a.status["BTCUSDT"] = status
		h.SetSnapshot(snapshot(clock.Add(after)))
		s.until(t, func() bool { return !h.loader.busy() })
	}
	show(0, ondemand.Status{State: ondemand.Fetching})
	if !slices.Equal(a.wanted, []string{"BTCUSDT 1y"}) || h.fetch.text.sentence != "Asking the archive which days it has…" {
		t.Errorf("wanted %v, saying %q", a.wanted, h.fetch.text.sentence)
	}
	if len(lines(h.chart)["oi"].Values) == 0 {
		t.Error("what is kept is not shown")
	}
	show(10*time.Second, ondemand.Status{State: ondemand.Fetching, Days: 365, Done: 60, Saved: 60})
	if h.fetch.text.sentence != "Fetching 60 of 365 days from the archive…" || h.fetch.button.Text != "Cancel" || !h.Busy() {
		t.Errorf("it says %q [%s]", h.fetch.text.sentence, h.fetch.button.Text)
	}
	show(20*time.Second, ondemand.Status{State: ondemand.Complete, Days: 365, Done: 365, Saved: 365})
	if len(h.notes.box.Objects) != 0 || len(src.asked) != 3 || h.Busy() {
		t.Errorf("at the end: %d notes, read %d times", len(h.notes.box.Objects), len(src.asked))
	}
	a.status["BTCUSDT"] = ondemand.Status{State: ondemand.Fetching}
	tapWord(t, h.ranges, "24h")
	if len(h.notes.box.Objects) != 0 {
		t.Error("a short range speaks of the archive")
	}
}

// While days come in, the history is read again as often as its cost allows.
func TestWhatCameIsReadAsOftenAsItsCostAllows(t *testing.T) {
	for _, c := range []struct{ cost, every time.Duration }{
		{time.Millisecond, time.Second}, {300 * time.Millisecond, 6 * time.Second}, {2 * time.Second, 8 * time.Second},
	} {
		o, s, src, a := beginLong(t)
		var read atomic.Int64 // how often a load looked at the clock: when it began, and when it ended
		o.Now = func() time.Time { return clock.Add(time.Duration(read.Add(1)) * c.cost) }
		h := NewHistory(o, HistoryState{Range: "1y"})
		show := func(after time.Duration, saved int) {
			a.status["BTCUSDT"] = ondemand.Status{State: ondemand.Fetching, Days: 365, Done: saved, Saved: saved}
			h.SetSnapshot(snapshot(clock.Add(after)))
			s.until(t, func() bool { return !h.loader.busy() })
		}
		show(0, 0)
		show(c.every-time.Millisecond, 10)
		if len(src.asked) != 1 {
			t.Errorf("what takes %v to read is read again before %v", c.cost, c.every)
		}
		show(c.every, 20)
		show(2*c.every, 20) // nothing came
		if len(src.asked) != 2 {
			t.Errorf("what takes %v to read has been read %d times after %v", c.cost, len(src.asked), c.every)
		}
		show(3*c.every, 30)
		if len(src.asked) != 3 {
			t.Errorf("what takes %v to read is not read again", c.cost)
		}
	}
}

func TestFetchingIsCancelledResumedAndRetried(t *testing.T) {
	o, s, _, a := beginLong(t)
	h := NewHistory(o, HistoryState{Range: "90d"})
	window(t, h, 640, 330)
	for _, c := range []struct {
		status   ondemand.Status
		says     string
		button   string
		stopped  int
		resumed  int
		progress bool
	}{
		{ondemand.Status{State: ondemand.Fetching, Days: 90, Done: 3}, "Fetching 3 of 90 days", "Cancel", 1, 0, true},
		{ondemand.Status{State: ondemand.Stopped, Days: 90, Done: 4}, "Stopped after 4 of 90 days", "Resume", 1, 1, false},
		{ondemand.Status{State: ondemand.Incomplete, Days: 86, Done: 86, Failed: 2, Err: &archive.Problem{Kind: archive.BadFile}}, "2 of 86 days could not be fetched. The archive served a file", "Retry", 1, 2, false},
		{ondemand.Status{State: ondemand.Failed, Err: &archive.Problem{Kind: archive.Offline}}, "The archive cannot be reached", "Retry", 1, 3, false},
		{ondemand.Status{State: ondemand.ReadOnly}, "Another window", "", 1, 3, false},
	} {
		a.status["BTCUSDT"] = c.status
		h.SetSnapshot(snapshot(clock))
		s.until(t, func() bool { return !h.loader.busy() })
		if !strings.Contains(h.fetch.text.sentence, c.says) || h.fetch.button.Text != c.button || len(h.notes.box.Objects) != 1 {
			t.Errorf("%s: it says %q [%s] in %d notes", c.status.State, h.fetch.text.sentence, h.fetch.button.Text, len(h.notes.box.Objects))
		}
		if h.fetch.button.Visible() {
			test.Tap(h.fetch.button)
		}
		if len(a.stopped) != c.stopped || len(a.resumed) != c.resumed || h.fetch.bar.Visible() != c.progress {
			t.Errorf("%s: stopped %v, resumed %v", c.status.State, a.stopped, a.resumed)
		}
	}
}

func TestComparisonSumsUpWhatIsFetched(t *testing.T) {
	o, s, _, a := beginLong(t)
	p := NewCompare(o, CompareState{Range: "1y"})
	window(t, p, 640, 330)
	a.status["BTCUSDT"] = ondemand.Status{State: ondemand.Complete, Days: 100, Done: 100}
	a.status["ETHUSDT"] = ondemand.Status{State: ondemand.Fetching, Days: 200, Done: 50}
	a.status["SOLUSDT"] = ondemand.Status{State: ondemand.Failed, Err: &archive.Problem{Kind: archive.Busy}}
	p.SetTicked([]string{"BTCUSDT", "ETHUSDT", "SOLUSDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.loader.busy() })
	if p.fetch.text.sentence != "Fetching 150 of 300 days of 2 contracts from the archive…" {
		t.Errorf("it says %q", p.fetch.text.sentence)
	}
	test.Tap(p.fetch.button)
	if !slices.Equal(a.stopped, []string{"ETHUSDT"}) {
		t.Errorf("stopped %v", a.stopped)
	}
	a.status["ETHUSDT"] = ondemand.Status{State: ondemand.Complete}
	p.SetSnapshot(snapshot(clock.Add(time.Second)))
	if !strings.Contains(p.fetch.text.sentence, "SOLUSDT: ") || len(p.notes.box.Objects) != 1 {
		t.Errorf("it says %q", p.fetch.text.sentence)
	}
}

func TestExportIsWhatIsShownToTheLastDigit(t *testing.T) {
	o, s, _, _ := beginLong(t)
	var got Export
	o.OnExport = func(e Export) { got = e }
	h := NewHistory(o, HistoryState{Symbol: "SOLUSDT", Range: "7d"})
	window(t, h, 640, 330)
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.loader.busy() })
	o.OnExport(h.Export())
	if got.Name != "SOLUSDT-7d-20250617-1204.csv" {
		t.Errorf("the file is named %s", got.Name)
	}
	rows := exportRows(t, got)
	l, price := lines(h.chart)["oi"], lines(h.chart)["price"]
	if len(rows) != len(l.Times)+1 || strings.Join(rows[0], " ") != "time contracts price oi_usd unit_factor" {
		t.Fatalf("%d rows of %v for %d points", len(rows), rows[0], len(l.Times))
	}
	for i, row := range rows[1:] {
		at, err := time.Parse(time.RFC3339Nano, row[0])
		if err != nil || at.UnixMilli() != l.Times[i] || number(t, row[1]) != l.Values[i] || number(t, row[2]) != price.Values[i] || number(t, row[3]) != l.Values[i]*price.Values[i] {
			t.Fatalf("row %d is %v", i, row)
		}
	}
	p := NewCompare(o, CompareState{})
	window(t, p, 640, 330)
	p.SetTicked([]string{"ETHUSDT", "币安人生USDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.loader.busy() })
	rows = exportRows(t, p.Export())
	if strings.Join(rows[0], " ") != "time symbol contracts price oi_usd unit_factor oi_change_pct since" || rows[1][1] != "ETHUSDT" || rows[len(rows)-1][1] != "币安人生USDT" {
		t.Errorf("the comparison begins %v %v and ends %v", rows[0], rows[1], rows[len(rows)-1])
	}
}

func exportRows(t *testing.T, e Export) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := e.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A year of 5-minute points of ten contracts: what the UI's goroutine does, and
// what the painter does before it draws.
func BenchmarkYearOfTen(b *testing.B) {
	var all [10]*market.Series
	for k := range all {
		points := make([]market.Point, 105_120)
		for i := range points {
			points[i] = market.Point{Time: int64(i+1) * market.StepMillis, Contracts: float64(i%977) + 1, Price: 3}
		}
		all[k] = market.NewSeries("X", market.Period5m, points)
	}
	view := func() View {
		var v View
		for _, series := range all {
			t := newTrack(series, nil, 1)
			v.Request.Lines = append(v.Request.Lines, charts.Line{Gap: t.gap, Base: t.base()})
			v.Curves = append(v.Curves, Curve{track: t, of: contractsOf})
		}
		return v
	}
	b.Run("ui", func(b *testing.B) {
		for b.Loop() {
			view()
		}
	})
	b.Run("painter", func(b *testing.B) {
		v := view()
		for b.Loop() {
			v.built(&curves{})
		}
	})
	b.Run("moved", func(b *testing.B) { // nothing but the span
		v, kept := view(), &curves{}
		for b.Loop() {
			v.built(kept)
		}
	})
}

package chartpane

import (
	"errors"
	"slices"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// reasons are what the blank parts of a chart say, from left to right.
func reasons(c *Chart) (texts []string) {
	for _, b := range c.view.built(&curves{}).Request.Blanks {
		texts = append(texts, b.Text)
	}
	return texts
}

func TestABlankPartSaysWhyItIsBlank(t *testing.T) {
	ago := func(days int) time.Time { return clock.Truncate(time.Hour).AddDate(0, 0, -days) }
	shelfOf := func(s ondemand.Status) *shelf { return &shelf{status: map[string]ondemand.Status{"BTCUSDT": s}} }
	for name, c := range map[string]struct {
		archive *shelf    // nil: there is none
		begins  time.Time // the first point that can be had
		listed  time.Time // as the exchange says; zero: it doesn't
		from    time.Time // of the span asked for
		want    string
	}{
		"beyond what the exchange keeps": {nil, time.Time{}, time.Time{}, ago(60), "Before 05-18 14:00: the exchange keeps 30 days"},
		"listed lately":                  {nil, ago(3), ago(3), ago(7), "Not listed before 06-14 12:00"},
		"nothing known for no reason":    {nil, ago(3), time.Time{}, ago(7), "Nothing is known before 06-14 12:00"},
		"the archive is being asked":     {shelfOf(ondemand.Status{State: ondemand.Fetching, Days: 90}), ago(60), time.Time{}, ago(80), "Before 04-18 12:00: fetching from the archive…"},
		"the archive has no more":        {shelfOf(ondemand.Status{State: ondemand.Complete}), ago(60), time.Time{}, ago(80), "Before 04-18 12:00: the archive has nothing"},
		"the archive cannot be reached":  {shelfOf(ondemand.Status{State: ondemand.Failed, Err: errors.New("offline")}), ago(60), time.Time{}, ago(80), "Before 04-18 12:00: not loaded; the reason is below"},
	} {
		t.Run(name, func(t *testing.T) {
			o, s, src := begin(t, assets.English, look.Dark)
			if c.archive != nil {
				o.Archive = c.archive
			}
			src.listed = map[string]time.Time{"BTCUSDT": c.begins}
			h := NewHistory(o, HistoryState{})
			snap := snapshot(clock)
			snap.Quote("BTCUSDT").Contract.Listed = c.listed // nobody else has it yet
			h.SetSnapshot(snap)
			h.axis.Jump(c.from.UnixMilli(), clock.UnixMilli())
			s.until(t, func() bool { return !h.loader.busy() })
			if got := reasons(h.chart); !slices.Equal(got, []string{c.want}) {
				t.Errorf("says %q, want %q", got, c.want)
			}
		})
	}
}

// A hole that all lines of a chart have is blank; one that another line bridges is not.
func TestAHoleInAllLinesIsBlank(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.gapAt = 15 * time.Hour
	p := NewCompare(o, CompareState{})
	p.SetTicked([]string{"BTCUSDT", "ETHUSDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.loader.busy() })
	blanks := p.chart.view.built(&curves{}).Request.Blanks
	if len(blanks) != 1 || blanks[0].Text != "The exchange has nothing of this time" {
		t.Fatalf("blank are %+v", blanks)
	}
	if length := time.Duration(blanks[0].To-blanks[0].From) * time.Millisecond; length < 4*time.Hour || length > 4*time.Hour+10*time.Minute {
		t.Errorf("a hole of 4 hours is blank for %v", length)
	}
	a, b := []hole{{10, 20}, {30, 50}}, []hole{{15, 35}, {45, 60}}
	if got := common(a, b); !slices.Equal(got, []hole{{15, 20}, {30, 35}, {45, 50}}) {
		t.Errorf("common holes are %v", got)
	}
}

// What the painter draws has them too.
func TestBlankPartsAreDrawn(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.gapAt = 15 * time.Hour
	drawn := make(chan []charts.Blank, 100)
	o.Draw = func(r charts.Request) (*charts.Picture, error) {
		drawn <- r.Blanks
		return charts.Draw(r)
	}
	h := NewHistory(o, HistoryState{})
	w := window(t, h, 640, 330)
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.loader.busy() })
	w.Canvas().Capture()
	s.until(t, func() bool { return !h.Busy() && h.chart.Picture() != nil })
	var last []charts.Blank
	for len(drawn) > 0 {
		last = <-drawn
	}
	if len(last) != 1 {
		t.Errorf("drawn are %v", last)
	}
}

// Where nothing at all can be seen, the chart says why, too.
func TestAnEmptySpanSaysWhyItIsEmpty(t *testing.T) {
	listed := clock.Truncate(time.Hour).AddDate(0, 0, -3)
	d := newDesk(t, HistoryState{}, nil)
	d.source.listed = map[string]time.Time{"BTCUSDT": listed, "ETHUSDT": listed, "SOLUSDT": listed}
	s := snapshot(clock)
	for _, symbol := range []string{"BTCUSDT", "ETHUSDT", "SOLUSDT"} {
		s.Quote(symbol).Contract.Listed = listed // nobody else has it yet
	}
	d.history.SetSnapshot(s)
	d.compare.SetSnapshot(s)
	d.history.axis.Jump(listed.AddDate(0, 0, -9).UnixMilli(), listed.AddDate(0, 0, -5).UnixMilli())
	d.look()
	for name, c := range map[string]*Chart{"history": d.history.chart, "comparison": d.compare.chart} {
		if got := c.shown.Request.Message; got != "Not listed before 06-14 12:00" {
			t.Errorf("the %s says %q", name, got)
		}
	}
}

// What only one of several contracts lacks is no blank part: the others have lines there.
func TestAHoleOfOneLineIsNoBlank(t *testing.T) {
	points := func(times ...int64) *track {
		tr := &track{gap: 15 * 60_000}
		for _, at := range times {
			tr.body = append(tr.body, market.Point{Time: at * 60_000, Contracts: 1, Price: 1})
		}
		return tr
	}
	holed, whole := points(0, 5, 200, 205), points()
	for at := int64(0); at <= 205; at += 5 {
		whole.body = append(whole.body, points(at).body...)
	}
	g := gapReasons{newer: "gap", older: "old", length: 205 * 60_000}
	blanks := func(tracks ...*track) int {
		v := View{Request: charts.Request{From: 0, To: 205 * 60_000}, gaps: g}
		for _, tr := range tracks {
			v.Request.Lines = append(v.Request.Lines, charts.Line{})
			v.Curves = append(v.Curves, Curve{track: tr, of: contractsOf})
		}
		return len(v.built(new(curves)).Request.Blanks)
	}
	if n := blanks(holed, points(0, 5, 200, 205)); n != 1 {
		t.Errorf("%d blanks where no line is", n)
	}
	if n := blanks(holed, whole, points(0, 5, 200, 205)); n != 0 {
		t.Errorf("%d blanks over a line that is whole", n)
	}
}

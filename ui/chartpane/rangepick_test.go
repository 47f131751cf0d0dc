package chartpane

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/data/market"
	"openinterest/ui/format"
)

func TestRangesAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"6h": 6 * time.Hour, " 10 D ": 10 * day, "3w": 21 * day, "1.5 d": 36 * time.Hour, "2y": 730 * day, "90m": 90 * time.Minute,
		"3周": 21 * day, "12 小时": 12 * time.Hour, "45min": 45 * time.Minute,
	} {
		if got, ok := ParseRange(text); !ok || time.Duration(got) != want {
			t.Errorf("%q is %v", text, got)
		}
	}
	for _, text := range []string{"", "h", "6", "6x", "-3d", "0d", "1m", "NaN d", "1e9y", "Infd", "6h 3m", "..h", "99999999999999999999y"} {
		if got, ok := ParseRange(text); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	for _, r := range append(Ranges(true), market.Range(6*time.Hour), market.Range(21*day)) {
		if got, ok := ParseRange(r.String()); !ok || got != r {
			t.Errorf("%s is read as %v", r, got)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	f.Add("3w")
	f.Add("1.5 小时")
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := ParseRange(text); ok && time.Duration(r) < leastRange {
			t.Errorf("%q is %v", text, time.Duration(r))
		}
		parseDate(text)
	})
}

// A date is meant in the zone that the axis is written in, unless it says UTC.
func TestDatesAreOfTheZoneOnScreen(t *testing.T) {
	format.SetZone(time.FixedZone("", 8*3600))
	t.Cleanup(func() { format.SetZone(time.UTC) })
	for text, want := range map[string]string{
		"2025-06-10 08:00":     "2025-06-10 00:00",
		"2025-06-10 08:00 UTC": "2025-06-10 08:00",
		"2025-06-10":           "2025-06-09 16:00",
	} {
		ms, ok := parseDate(text)
		if got := time.UnixMilli(ms).UTC().Format(dateForm); !ok || got != want {
			t.Errorf("%q is %s UTC, not %s", text, got, want)
		}
	}
	d := newDesk(t, HistoryState{}, nil)
	p := typed(t, d, "soon", "", "")
	from, _ := d.history.axis.Span()
	if want := time.UnixMilli(from).UTC().Add(8 * time.Hour).Format(dateForm); p.from.Text != want {
		t.Errorf("the window begins with %q, not %q", p.from.Text, want)
	}
}

// typed opens the window behind "…" and types into it.
func typed(t *testing.T, d *desk, back, from, to string) *rangePick {
	t.Helper()
	tapWord(t, d.history.ranges, words(d.history.ranges)[len(d.history.o.Ranges)].Text)
	p := d.history.picking
	if fyne.CurrentApp().Driver().CanvasForObject(p.back).Focused() != fyne.Focusable(p.back) {
		t.Fatal("one can't type at once")
	}
	test.Type(p.back, back)
	if from+to != "" {
		p.from.SetText(from)
		p.to.SetText(to)
	}
	p.back.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.look()
	return p
}

func TestAnyRangeCanBeTyped(t *testing.T) {
	d := newDesk(t, HistoryState{}, nil)
	if p := typed(t, d, "soon", "", ""); !p.popup.Visible() || p.fault.Text != "“soon” is no range. Write it like 6h, 10d or 3w." {
		t.Errorf("says %q", p.fault.Text)
	}
	d.history.picking.close()
	if p := typed(t, d, "6h", "", ""); p.popup.Visible() {
		t.Error("it stays open")
	}
	if length, ago := d.onHistory().span(); length != 6*time.Hour || ago != 0 || d.history.State().Range != "6h" {
		t.Errorf("6h shows %v that ended %v ago; the state is %+v", length, ago, d.history.State())
	}
	if all := words(d.history.ranges); all[len(all)-1].Text != "6h…" || d.history.ranges.Chosen() != len(all)-1 {
		t.Errorf("the strip says %q", all[len(all)-1].Text)
	}
	again := newDesk(t, d.history.State(), nil)
	if length, _ := again.onHistory().span(); length != 6*time.Hour {
		t.Errorf("after a restart it shows %v", length)
	}
}

func TestTwoDatesCanBePicked(t *testing.T) {
	d := newDesk(t, HistoryState{}, nil)
	for _, c := range []struct{ from, to, says string }{
		{"yesterday", "2025-06-17", "“yesterday” is no date. Write it like 2026-11-20 08:00."},
		{"2025-06-10", "2025-06-32", "“2025-06-32” is no date. Write it like 2026-11-20 08:00."},
		{"2025-06-12 08:00", "2025-06-12 08:00", "The end must come after the beginning."},
		{"2026-06-12", "2026-07-12", "That has not come yet."},
		{"2009-01-03", "2010-01-01", "The exchange opened on 2019-09-08: there is nothing before."},
	} {
		if p := typed(t, d, "", c.from, c.to); p.fault.Text != c.says || !p.popup.Visible() {
			t.Errorf("%s … %s: says %q", c.from, c.to, p.fault.Text)
		}
		d.history.picking.close()
	}
	typed(t, d, "", "2025-06-10 08:00", "2025-06-12")
	r := d.history.chart.view.Request
	const form = "2006-01-02 15:04"
	if from, to := time.UnixMilli(r.From).UTC().Format(form), time.UnixMilli(r.To).UTC().Format(form); from != "2025-06-10 08:00" || to != "2025-06-12 00:00" {
		t.Errorf("shows %s … %s", from, to)
	}
	if asked := d.source.asked[len(d.source.asked)-1]; asked != "SOLUSDT 14d" && asked != "BTCUSDT 14d" && asked != "ETHUSDT 14d" {
		t.Errorf("asked for %s: two weeks reach back far enough", asked)
	}
}

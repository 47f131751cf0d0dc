package format

import (
	"testing"
	"time"

	"openinterest/assets"
)

// in has all times written in a zone until the test ends.
func in(t *testing.T, name string, hours float64) {
	t.Helper()
	SetZone(time.FixedZone(name, int(hours*3600)))
	t.Cleanup(func() { SetZone(time.UTC) })
}

func TestTimesAreInTheZoneChosenAndSaySo(t *testing.T) {
	at := time.Date(2025, 12, 31, 20, 4, 9, 0, time.UTC)
	for _, c := range []struct {
		hours float64
		clock string
		day   string
	}{
		{0, "20:04:09 UTC", "2025-12-31"}, {8, "04:04:09 UTC+8", "2026-01-01"}, {-3.5, "16:34:09 UTC−3:30", "2025-12-31"},
	} {
		in(t, "X", c.hours)
		if got := Clock(at); got != c.clock {
			t.Errorf("%v hours ahead: %q, want %q", c.hours, got, c.clock)
		}
		if got := Day(at); got != c.day {
			t.Errorf("%v hours ahead: the day is %q, want %q", c.hours, got, c.day)
		}
	}
	in(t, "X", 8)
	if got, want := Stamp(at.UnixMilli()), "2026-01-01 04:04 UTC+8"; got != want {
		t.Errorf("a stamp is %q, want %q", got, want)
	}
	if got, want := StampOf(at.UnixMilli(), at.Add(time.Hour)), "01-01 04:04"; got != want {
		t.Errorf("a stamp of this local year is %q, want %q", got, want)
	}
	if got := Clock(time.Time{}); got != Unknown {
		t.Errorf("a time that is not known is %q", got)
	}
}

func TestLargeNumbersAreWrittenAsChosen(t *testing.T) {
	t.Cleanup(func() { SetNumbers(ByLanguage) })
	const x = 5_332_414_402
	for _, c := range []struct {
		way    Numbers
		en, zh string
	}{
		{ByLanguage, "5.33 B", "53.3 亿"}, {Thousands, "5.33 B", "5.33 B"}, {Myriads, "53.3 亿", "53.3 亿"},
		{Plain, "5,332,414,402", "5,332,414,402"}, {"from a newer version", "5.33 B", "53.3 亿"},
	} {
		SetNumbers(c.way)
		if en, zh := Compact(assets.English, x), Compact(assets.Chinese, x); en != c.en || zh != c.zh {
			t.Errorf("%q: %s, %s, want %s, %s", c.way, en, zh, c.en, c.zh)
		}
	}
	SetNumbers(Plain)
	if got := Compact(assets.English, 0.1234); got != "0.123" {
		t.Errorf("a small number is %q", got)
	}
	if size, name := Scale(assets.English, x); size != 1 || name != "" {
		t.Errorf("an axis counts in %v%s", size, name)
	}
}

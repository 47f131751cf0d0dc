package format

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"openinterest/assets"
)

// spanUnits are a language's words for day, hour, minute and second. Chinese has a
// space between a number and a word, as in all its sentences here.
type spanUnits struct{ day, hour, minute, second string }

var spans = map[assets.Language]spanUnits{
	assets.English: {"d", "h", "m", "s"},
	assets.Chinese: {" 天", " 小时", " 分", " 秒"},
}

// Age writes a span of time in its one or two largest units: "3s", "2m",
// "1h 5m". What lies in the future is "0s".
func Age(lang assets.Language, d time.Duration) string {
	u, ok := spans[lang]
	if !ok {
		u = spans[assets.English]
	}
	d = max(0, d)
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return count(d, time.Second) + u.second
	case d < time.Hour:
		return count(d, time.Minute) + u.minute
	case d < day:
		return pair(d, time.Hour, u.hour, time.Minute, u.minute)
	default:
		return pair(d, day, u.day, time.Hour, u.hour)
	}
}

func count(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }

func pair(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	s := count(d, big) + bigName
	if rest := d % big; rest >= small {
		s += " " + count(rest, small) + smallName
	}
	return s
}

// zone is the time zone of every time on screen; nil: UTC.
var zone atomic.Pointer[time.Location]

// SetZone says in which time zone times are written from now on: UTC, or another
// such as time.Local. The window sets it before it builds its panes.
func SetZone(l *time.Location) { zone.Store(l) }

// Zone is the time zone of every time on screen.
func Zone() *time.Location {
	if l := zone.Load(); l != nil {
		return l
	}
	return time.UTC
}

// ZoneName names the zone by what it differs from UTC at a time: "UTC", "UTC+8",
// "UTC−3:30". Names such as CST stand for several zones.
func ZoneName(t time.Time) string {
	_, seconds := t.In(Zone()).Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = minus, -seconds
	}
	hours, minutes := seconds/3600, seconds/60%60
	switch {
	case hours == 0 && minutes == 0:
		return "UTC"
	case minutes == 0:
		return "UTC" + sign + strconv.Itoa(hours)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, hours, minutes)
}

// Clock writes the time of day, and its zone: "12:04:09 UTC".
func Clock(t time.Time) string { return zoned(t, "15:04:05") }

// BareClock writes the time of day where the zone is said beside it: "12:04:09".
func BareClock(t time.Time) string { return stamp(t, "15:04:05") }

// Minute writes the time of day to the minute: "12:05 UTC".
func Minute(t time.Time) string { return zoned(t, "15:04") }

// Day writes a date: "2025-06-17".
func Day(t time.Time) string { return stamp(t, time.DateOnly) }

// DateTime writes date and time: "2025-06-17 12:04:09 UTC".
func DateTime(t time.Time) string { return zoned(t, "2006-01-02 15:04:05") }

// Stamp writes the time of a closed 5-minute stamp, in Unix milliseconds:
// "2025-06-17 12:05 UTC".
func Stamp(ms int64) string {
	if ms == 0 {
		return Unknown
	}
	return zoned(time.UnixMilli(ms), "2006-01-02 15:04")
}

// SpanOf writes from when to when something was, in Unix milliseconds:
// "2025-06-17 12:00 – 12:15 UTC".
func SpanOf(from, to int64) string {
	begin, end := time.UnixMilli(from), time.UnixMilli(to)
	layout := "15:04"
	if end.Sub(begin) >= 24*time.Hour {
		layout = "01-02 15:04"
	}
	return stamp(begin, "2006-01-02 15:04") + " – " + zoned(end, layout)
}

// StampOf writes the time of a stamp where there is little room and the zone is
// said beside it: "06-17 12:05", with the year where that is not the present one.
func StampOf(ms int64, now time.Time) string {
	t := time.UnixMilli(ms)
	if t.In(Zone()).Year() == now.In(Zone()).Year() {
		return stamp(t, "01-02 15:04")
	}
	return stamp(t, "2006-01-02 15:04")
}

func zoned(t time.Time, layout string) string {
	if t.IsZero() {
		return Unknown
	}
	return stamp(t, layout) + " " + ZoneName(t)
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return Unknown
	}
	return t.In(Zone()).Format(layout)
}

package format

import (
	"strconv"
	"time"

	"openinterest/assets"
)

// spanUnits are a language's words for day, hour, minute and second, and what
// stands between two of them.
type spanUnits struct{ day, hour, minute, second, between string }

var spans = map[assets.Language]spanUnits{
	assets.English: {"d", "h", "m", "s", " "},
	assets.Chinese: {"天", "小时", "分", "秒", ""},
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
		return pair(d, time.Hour, u.hour, time.Minute, u.minute, u.between)
	default:
		return pair(d, day, u.day, time.Hour, u.hour, u.between)
	}
}

func count(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }

func pair(d, big time.Duration, bigName string, small time.Duration, smallName, between string) string {
	s := count(d, big) + bigName
	if rest := d % big; rest >= small {
		s += between + count(rest, small) + smallName
	}
	return s
}

// Clock writes the time of day in UTC, and says so: "12:04:09 UTC".
func Clock(t time.Time) string { return stamp(t, "15:04:05 UTC") }

// DateTime writes date and time in UTC: "2025-06-17 12:04:09 UTC".
func DateTime(t time.Time) string { return stamp(t, "2006-01-02 15:04:05 UTC") }

// Stamp writes the time of a closed 5-minute stamp, in Unix milliseconds:
// "2025-06-17 12:05 UTC".
func Stamp(ms int64) string {
	if ms == 0 {
		return Unknown
	}
	return stamp(time.UnixMilli(ms), "2006-01-02 15:04 UTC")
}

// SpanOf writes from when to when something was, in Unix milliseconds:
// "2025-06-17 12:00 – 12:15 UTC".
func SpanOf(from, to int64) string {
	begin, end := time.UnixMilli(from), time.UnixMilli(to)
	layout := "15:04 UTC"
	if end.Sub(begin) >= 24*time.Hour {
		layout = "01-02 15:04 UTC"
	}
	return stamp(begin, "2006-01-02 15:04") + " – " + stamp(end, layout)
}

// StampOf writes the time of a stamp where there is little room and UTC is said
// beside it: "06-17 12:05", with the year where that is not the present one.
func StampOf(ms int64, now time.Time) string {
	t := time.UnixMilli(ms)
	if t.UTC().Year() == now.UTC().Year() {
		return stamp(t, "01-02 15:04")
	}
	return stamp(t, "2006-01-02 15:04")
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return Unknown
	}
	return t.UTC().Format(layout)
}

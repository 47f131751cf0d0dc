package binance

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// How long to wait when the exchange refuses, as far as it does not say, and
// the longest that is believed. Its documentation has bans of 2 minutes to 3 days.
const (
	shortestBan    = 2 * time.Minute
	longestBan     = 72 * time.Hour
	longestLimit   = time.Hour
	firewallWait   = time.Minute
	longestOutage  = 10 * time.Minute
	locationWait   = 10 * time.Minute
	shortestRefuse = time.Second
)

// retryAfter reads a Retry-After header, which has seconds or an HTTP date,
// as a time on the exchange's clock; false when absent, past or senseless.
// Times later than longest from now are cut to it.
func retryAfter(header string, now time.Time, longest time.Duration) (time.Time, bool) {
	header = strings.TrimSpace(header)
	if s, err := strconv.ParseFloat(header, 64); err == nil {
		if !(s > 0) {
			return time.Time{}, false
		}
		seconds := min(math.Ceil(s), longest.Seconds())
		return now.Add(max(shortestRefuse, time.Duration(seconds)*time.Second)), true
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return time.Time{}, false
	}
	return within(at, now, longest)
}

// bannedUntil finds the time in "Way too many requests; IP(…) banned until
// 1659146400000. Please use the websocket …".
func bannedUntil(message string, now time.Time) (time.Time, bool) {
	m := bannedUntilPattern.FindStringSubmatch(message)
	if m == nil {
		return time.Time{}, false
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return within(time.UnixMilli(ms).UTC(), now, longestBan)
}

var bannedUntilPattern = regexp.MustCompile(`(?i)banned\s+until\s+(\d{13})\b`)

func within(at, now time.Time, longest time.Duration) (time.Time, bool) {
	if !at.After(now) {
		return time.Time{}, false
	}
	if latest := now.Add(longest); at.After(latest) {
		at = latest
	}
	return at.UTC(), true
}

// nextMinute is when the exchange's count of weight has surely started anew.
func nextMinute(now time.Time) time.Time {
	return now.Truncate(time.Minute).Add(time.Minute + minuteSlack)
}

package binance

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The longest waits that are believed when the exchange names them. Its
// documentation has bans of 2 minutes to 3 days.
const (
	longestBan     = 72 * time.Hour
	longestLimit   = time.Hour
	longestOutage  = 10 * time.Minute
	shortestRefuse = time.Second
)

// wait is what an answer says of when to ask again.
type wait struct {
	until    time.Time // on the exchange's clock; zero: it said nothing
	absolute bool      // it named a point in time, not how long
}

// retryAfter reads a Retry-After header, which has seconds or an HTTP date;
// nothing where it is absent, past or senseless. Times later than longest from
// now are cut to it.
func retryAfter(header string, now time.Time, longest time.Duration) wait {
	header = strings.TrimSpace(header)
	if s, err := strconv.ParseFloat(header, 64); err == nil {
		if !(s > 0) {
			return wait{}
		}
		seconds := min(math.Ceil(s), longest.Seconds())
		return wait{until: now.Add(max(shortestRefuse, time.Duration(seconds)*time.Second))}
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return wait{}
	}
	return within(at, now, longest)
}

// bannedUntil finds the time in "Way too many requests; IP(…) banned until
// 1659146400000. Please use the websocket …".
func bannedUntil(message string, now time.Time) wait {
	m := bannedUntilPattern.FindStringSubmatch(message)
	if m == nil {
		return wait{}
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return wait{}
	}
	return within(time.UnixMilli(ms).UTC(), now, longestBan)
}

var bannedUntilPattern = regexp.MustCompile(`(?i)banned\s+until\s+(\d{13})\b`)

func within(at, now time.Time, longest time.Duration) wait {
	if !at.After(now) {
		return wait{}
	}
	if latest := now.Add(longest); at.After(latest) {
		at = latest
	}
	return wait{until: at.UTC(), absolute: true}
}

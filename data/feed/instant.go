package feed

import "time"

// instant is now, on both clocks. Patience and pace are measured with elapsed,
// which never jumps; whatever is shown, or compared with what the exchange says
// of times, with wall.
type instant struct {
	elapsed time.Duration // since the feed began
	wall    time.Time     // the exchange's clock, UTC, without a monotonic reading
}

// millis is wall as Unix ms.
func (at instant) millis() int64 { return at.wall.UnixMilli() }

// never is an instant before the feed began: what was asked then is overdue.
const never = -24 * time.Hour

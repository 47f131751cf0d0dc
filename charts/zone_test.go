package charts

import (
	"testing"
	"time"
)

func TestTicksAreRoundOnTheClocksOfTheZone(t *testing.T) {
	kathmandu := time.FixedZone("", 5*3600+45*60)
	from := time.Date(2025, 6, 17, 0, 0, 0, 0, time.UTC).UnixMilli()
	for _, step := range []timeStep{{millis: 5 * minuteMillis}, {millis: hourMillis}, {millis: 4 * hourMillis}, {days: 1}, {months: 1}} {
		ticks := step.ticks(from, from+70*dayMillis, kathmandu)
		if len(ticks) < 2 {
			t.Fatalf("%+v: %d ticks", step, len(ticks))
		}
		for _, ms := range ticks {
			at := time.UnixMilli(ms).In(kathmandu)
			midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, kathmandu)
			if step.millis > 0 && at.Sub(midnight).Milliseconds()%step.millis != 0 || step.millis == 0 && !at.Equal(midnight) {
				t.Errorf("%+v: a tick at %v", step, at)
			}
		}
	}
}

// On the day on which the clocks are changed, ticks stay round, and none comes twice.
func TestTicksWhereTheClocksAreChanged(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this computer has no time zones:", err)
	}
	for _, day := range []time.Time{time.Date(2025, 3, 30, 0, 0, 0, 0, berlin), time.Date(2025, 10, 26, 0, 0, 0, 0, berlin)} {
		ticks := timeStep{millis: 4 * hourMillis}.ticks(day.UnixMilli(), day.Add(50*time.Hour).UnixMilli(), berlin)
		for i, ms := range ticks {
			if hour := time.UnixMilli(ms).In(berlin).Hour(); hour%4 != 0 {
				t.Errorf("a tick at %d o'clock", hour)
			}
			if i > 0 && ms <= ticks[i-1] {
				t.Errorf("tick %d does not follow on the one before", i)
			}
		}
	}
}

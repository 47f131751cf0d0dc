package charts

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wcharczuk/go-chart/v2"
)

// yearOfTen is the frame of the budget: 1800 × 800 pixels, 10 series of 105,120 points.
func yearOfTen() Request {
	req := request(1800, 800, dark(), 365*24*time.Hour)
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("SYMBOL%dUSDT", i))
	}
	req = comparison(req, names, 365*288, fiveMinutes)
	for i := range req.Lines {
		req.Lines[i].Dash = nil
	}
	return req
}

func pane() Request {
	return history(request(560, 260, dark(), 500*fiveMinutes), 500, fiveMinutes)
}

func benchmarkDraw(b *testing.B, req Request) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Draw(req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFrame is held against the budget of 8 ms on two cores.
func BenchmarkFrame(b *testing.B) { benchmarkDraw(b, yearOfTen()) }

// BenchmarkPane is a chart of the usual size in the window.
func BenchmarkPane(b *testing.B) { benchmarkDraw(b, pane()) }

// BenchmarkFrameGoChart draws the frame, thinned as ours, with go-chart's own renderer.
func BenchmarkFrameGoChart(b *testing.B) { benchmarkGoChart(b, yearOfTen()) }

// BenchmarkPaneGoChart draws the pane with go-chart's own renderer.
func BenchmarkPaneGoChart(b *testing.B) { benchmarkGoChart(b, pane()) }

func benchmarkGoChart(b *testing.B, req Request) {
	b.ReportAllocs()
	for b.Loop() {
		if err := renderGoChart(req); err != nil {
			b.Fatal(err)
		}
	}
}

func renderGoChart(req Request) error {
	if err := req.validate(); err != nil {
		return err
	}
	v, err := look(&req)
	if err != nil {
		return err
	}
	f := newFrame(&req, v, everything, place{})
	r, err := chart.PNG(req.Width, req.Height)
	if err != nil {
		return err
	}
	return f.render(r)
}

// BenchmarkReadout is what a crosshair asks for at each move: the time at its
// column and the value of each of ten lines of a year.
func BenchmarkReadout(b *testing.B) {
	p, err := Draw(yearOfTen())
	if err != nil {
		b.Fatal(err)
	}
	x := 100
	b.ReportAllocs()
	for b.Loop() {
		x = 100 + (x+37)%1500
		at := p.Time(float64(x))
		for line := range 10 {
			if _, _, ok := p.Nearest(line, at); !ok && line != 1 && line != 2 && line != 4 { // those have gaps
				b.Fatalf("line %d has no value at column %d", line, x)
			}
		}
	}
}

// panned are the two charts of a window of 2560 × 1440 while one drags: a year
// of one contract and its price, and of nine contracts in percent of what they
// were at the left edge. The lines are a year's; 300 days of it are shown.
func panned() [2]Request {
	const shown = 300 * 24 * time.Hour
	one := history(request(1280, 520, dark(), shown), 365*288, fiveMinutes)
	nine := comparison(request(1280, 520, dark(), shown), symbols[:9], 365*288, fiveMinutes)
	for i := range nine.Lines {
		l := &nine.Lines[i]
		for k, v := range l.Values {
			l.Values[k] = 100 + v
		}
		l.Base = 100
	}
	return [2]Request{one, nine}
}

// BenchmarkPan is one new frame of both charts while one drags, drawn side by
// side as their painters do. It is held against the budget of 16 ms on two cores.
func BenchmarkPan(b *testing.B) {
	charts := panned()
	pixel := (charts[0].To - charts[0].From) / 1200
	step := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		step = (step + 7) % 1000
		var wait sync.WaitGroup
		for _, req := range charts {
			req.From, req.To = req.From-step%200*pixel, req.To-step%200*pixel
			for i := range req.Lines {
				if l := &req.Lines[i]; l.Base != 0 {
					at := max(0, len(l.Values)-300*288-int(step))
					req.Lines[i].Base = l.Values[at]
				}
			}
			wait.Go(func() {
				if _, err := Draw(req); err != nil {
					b.Error(err)
				}
			})
		}
		wait.Wait()
	}
}

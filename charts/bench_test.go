package charts

import (
	"fmt"
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
	f := newFrame(&req, v, everything)
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

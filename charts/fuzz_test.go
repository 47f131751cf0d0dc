package charts

import (
	"encoding/binary"
	"math"
	"testing"
)

// FuzzDraw takes any bytes for times and values: what cannot be drawn is an
// error, and what is drawn can be asked about.
func FuzzDraw(f *testing.F) {
	f.Add(560, 260, 1.0, int64(0), int64(1_000_000), uint8(0), []byte("0123456789abcdef0123456789abcdef"))
	f.Add(-1, 0, 0.0, int64(5), int64(5), uint8(1), []byte{})
	f.Add(220, 120, 3.0, minTime, maxTime, uint8(0xff), make([]byte, 64))
	odd := []byte{}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 5e-324, 0, -0.0} {
		odd = binary.LittleEndian.AppendUint64(odd, uint64(len(odd)*1000))
		odd = binary.LittleEndian.AppendUint64(odd, math.Float64bits(v))
	}
	f.Add(300, 200, 1.5, int64(0), int64(100_000), uint8(3), odd)
	f.Fuzz(func(t *testing.T, w, h int, scale float64, from, to int64, flags uint8, data []byte) {
		if w > 1500 || h > 1500 {
			return // allowed, but slow
		}
		var times []int64
		var values []float64
		for ; len(data) >= 16; data = data[16:] {
			times = append(times, int64(binary.LittleEndian.Uint64(data)))
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data[8:])))
		}
		line := Line{Key: "a", Label: "A", Times: times, Values: values, MarkLast: flags&1 != 0, Fill: flags&2 != 0, Axis: Axis(flags)}
		if flags&4 != 0 {
			line.Dash, line.Width, line.Gap = values, scale, from
		}
		req := Request{
			Width: w, Height: h, Scale: scale, From: from, To: to, Lines: []Line{line, line},
			Left: ValueAxis{Log: flags&8 != 0}, Right: ValueAxis{Log: flags&16 != 0}, EndLabels: flags&32 != 0,
		}
		other := line
		other.Form, other.Period = Form(flags>>6), to-from
		if flags&1 != 0 {
			other.Opens, other.Highs, other.Lows = values, values, values
		}
		req.Below = []Plot{{Title: "B", Share: scale / 4, Lines: []Line{other}, Blanks: []Blank{{From: from, To: to, Text: "why"}}}}
		if flags&2 != 0 {
			req.Lines[1] = other
		}
		for i := range min(len(times), 5) {
			req.Markers = append(req.Markers, Marker{Time: times[i], Value: values[i], Shape: Shape(flags), Axis: Axis(i)})
		}
		p, err := Draw(req)
		if err != nil {
			return
		}
		for x := -10.0; x < float64(w)+10; x += 7 {
			for line := range 3 {
				_, v, _ := p.Nearest(line, p.Time(x))
				p.Row(line, v)
				p.Bucket(line, p.Time(x))
				p.LineAt(x, x, 5)
			}
			p.MarkersAt(x, x)
			p.LabelAt(x, x)
		}
		p.Nearest(0, math.MinInt64)
		p.Nearest(0, math.MaxInt64)
	})
}

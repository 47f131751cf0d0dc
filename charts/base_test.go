package charts

import (
	"image"
	"math"
	"testing"
	"time"

	"openinterest/charts/canvas"
)

// A line with a base looks like one whose values are percent.
func TestABaseShowsPercent(t *testing.T) {
	plain := comparison(request(720, 320, dark(), 24*time.Hour), symbols[:6], 289, fiveMinutes)
	based := plain
	based.Lines = append([]Line(nil), plain.Lines...)
	for i := range based.Lines {
		l := &based.Lines[i]
		l.Base = 17 * float64(i+1)
		values := make([]float64, len(l.Values))
		for k, v := range l.Values {
			values[k] = l.Base * (1 + v/100)
		}
		l.Values = values
	}
	want, err := Draw(plain)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Draw(based)
	if err != nil {
		t.Fatal(err)
	}
	if part := differing(got.Image, want.Image); part > tolerated {
		t.Errorf("%.3f %% of the pixels differ", 100*part)
	}
	at := noon.Add(-90 * time.Minute).UnixMilli()
	for i := range plain.Lines {
		_, a, knownA := want.Nearest(i, at)
		_, b, knownB := got.Nearest(i, at)
		if knownA != knownB || knownA && math.Abs(a-b) > 1e-9 {
			t.Errorf("line %d reads %v, want %v", i, b, a)
		}
	}
}

func TestABaseThatIsNoneShowsNothing(t *testing.T) {
	times, values := constant(289, 100)
	for _, base := range []float64{math.NaN(), -3, math.Inf(1), math.Inf(-1), 1e-200, 1e200} {
		req := one(request(480, 220, dark(), 24*time.Hour), times, values)
		req.Lines[0].Base = base
		p, err := Draw(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, v, ok := p.Nearest(0, noon.UnixMilli()); ok {
			t.Errorf("with a base of %v it reads %v", base, v)
		}
	}
	req := one(request(480, 220, dark(), 24*time.Hour), times, values)
	req.Lines[0].Base, req.Left.Log = 50, true
	if p, err := Draw(req); err != nil {
		t.Fatal(err)
	} else if _, v, ok := p.Nearest(0, noon.UnixMilli()); !ok || v != 100 {
		t.Errorf("twice the base, on a logarithmic axis: reads %v", v)
	}
}

// The read-out names no point that is out of the picture.
func TestNearestIsInTheSpan(t *testing.T) {
	req := history(request(560, 260, dark(), 4*time.Hour), 493, fiveMinutes)
	req.From, req.To = req.From+2*60_000, req.To-3*60*60_000-2*60_000
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	for ms := req.From; ms <= req.To; ms += 30_000 {
		if at, _, ok := p.Nearest(0, ms); !ok || at < req.From || at > req.To || at-ms > 300_000 || ms-at > 300_000 {
			t.Fatalf("nearest to %d is %d (%t), shown are %d … %d", ms, at, ok, req.From, req.To)
		}
	}
}

// A blank is hatched where nothing is known and nowhere else, and says why if there is room.
func TestBlanksAreHatched(t *testing.T) {
	plain := history(request(560, 260, dark(), 40*time.Hour), 240, fiveMinutes)
	before, err := Draw(plain)
	if err != nil {
		t.Fatal(err)
	}
	first := plain.Lines[0].Times[0]
	ink := func(blanks ...Blank) (inside, outside int) {
		req := plain
		req.Blanks = blanks
		p, err := Draw(req)
		if err != nil {
			t.Fatal(err)
		}
		edge := int(math.Round(p.X(first)))
		for y := range req.Height {
			for x := range req.Width {
				if p.Image.RGBAAt(x, y) == before.Image.RGBAAt(x, y) {
					continue
				}
				if x < edge && image.Pt(x, y).In(p.Plot) {
					inside++
				} else {
					outside++
				}
			}
		}
		return inside, outside
	}
	hatched, outside := ink(Blank{From: 0, To: first})
	if hatched == 0 || outside != 0 {
		t.Errorf("%d pixels inside and %d outside are others", hatched, outside)
	}
	if said, out := ink(Blank{From: 0, To: first, Text: "Before 06-14 12:00: the exchange keeps 30 days"}); said == hatched || out != 0 {
		t.Error("the reason is not there")
	}
	if said, _ := ink(Blank{From: 0, To: first, Text: "Pneumonoultramicroscopicsilicovolcanoconiosis is a long word for a narrow place to be written in"}); said != hatched {
		t.Error("a word is written over the edge")
	}
	if a, b := ink(Blank{From: 5, To: 3}, Blank{From: plain.To + 5, To: plain.To + 9}); a+b != 0 {
		t.Errorf("what is not in the span changed %d pixels", a+b)
	}
}

func TestWrapBreaksBetweenWordsAndHanzi(t *testing.T) {
	req := request(560, 260, dark(), time.Hour)
	req.Theme = req.Theme.complete()
	f := &frame{req: &req, font: programFont(t), size: 11}
	for _, c := range []struct {
		text  string
		width float64
		rows  int
	}{
		{"Before 06-14 12:00: the exchange keeps 30 days", 1000, 1}, {"Before 06-14 12:00: the exchange keeps 30 days", 140, 2},
		{"交易所没有这段时间的数据", 60, 3}, {"06-14 12:00 之前：正在从归档获取", 70, 3}, {"", 100, 0}, {"unbreakable", 20, 0}, {"a b c d e f g h", 8, 0},
	} {
		rows, ok := f.wrap(c.text, c.width)
		if ok != (c.rows > 0) || ok && len(rows) != c.rows {
			t.Errorf("%q in %v: %q, want %d rows", c.text, c.width, rows, c.rows)
		}
		for _, row := range rows {
			if f.textWidth(row) > c.width {
				t.Errorf("%q is wider than %v", row, c.width)
			}
		}
	}
}

func TestHatchLiesStill(t *testing.T) {
	all, part := canvas.New(60, 40, dark().Background), canvas.New(60, 40, dark().Background)
	white := dark().complete().Text
	all.Hatch(image.Rect(0, 0, 60, 40), 9, white)
	part.Hatch(image.Rect(13, 7, 90, 90), 9, white)
	n := 0
	for y := 7; y < 40; y++ {
		for x := 13; x < 60; x++ {
			if all.Image().RGBAAt(x, y) != part.Image().RGBAAt(x, y) {
				t.Fatalf("pixel %d, %d differs with where the hatching begins", x, y)
			}
			if all.Image().RGBAAt(x, y) != all.Image().RGBAAt(0, 1) {
				n++
			}
		}
	}
	if n < 47*33/9-47 || n > 47*33/9+47 {
		t.Errorf("%d pixels are hatched", n)
	}
}

// With the room of a picture before, a plot stays where it was, however long its labels are.
func TestRoomKeepsThePlotInItsPlace(t *testing.T) {
	for name, req := range goldens(t) {
		before, err := Draw(req)
		if err != nil {
			t.Fatal(err)
		}
		again := req
		again.Room = before.Room()
		same, err := Draw(again)
		if err != nil {
			t.Fatal(err)
		}
		if same.Plot != before.Plot {
			t.Errorf("%s: with its own room %v the plot is %v, was %v", name, before.Room(), same.Plot, before.Plot)
		}
	}
	wide := history(request(560, 260, dark(), 41*time.Hour), 493, fiveMinutes)
	first, err := Draw(wide)
	if err != nil {
		t.Fatal(err)
	}
	short := scaled(history(request(560, 260, dark(), 41*time.Hour), 493, fiveMinutes), 1e-4)
	short.Room = first.Room()
	second, err := Draw(short)
	if err != nil {
		t.Fatal(err)
	}
	if second.Plot.Min.X != first.Plot.Min.X || second.Plot.Max.X != first.Plot.Max.X {
		t.Errorf("the plot is %v, was %v", second.Plot, first.Plot)
	}
}

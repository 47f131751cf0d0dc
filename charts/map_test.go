package charts

import (
	"image"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
)

// anyMap is a map of random size, dots and scale.
func anyMap(r *rand.Rand) MapRequest {
	req := marketOf(1+r.IntN(300), 120+r.IntN(1500), 80+r.IntN(800), r.IntN(2) == 0)
	req.Scale = 1 + float64(r.IntN(3))/2
	spread := math.Exp(3 * r.NormFloat64())
	for i := range req.Dots {
		d := &req.Dots[i]
		d.X, d.Y = d.X*spread, d.Y*spread
		switch r.IntN(20) {
		case 0:
			d.X = math.NaN()
		case 1:
			d.Size = math.NaN()
		}
		d.Lit = r.IntN(30) == 0
	}
	return req
}

func eachMap(t *testing.T, check func(t *testing.T, req *MapRequest, p *MapPicture, r *rand.Rand)) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		req := anyMap(r)
		p, err := DrawMap(req)
		if err != nil {
			t.Fatal(err)
		}
		check(t, &req, p, r)
	}
}

func TestMapPixelsAndValuesAreInverse(t *testing.T) {
	eachMap(t, func(t *testing.T, req *MapRequest, p *MapPicture, r *rand.Rand) {
		last := math.Inf(-1)
		for x := float64(p.Plot.Min.X); x < float64(p.Plot.Max.X); x += 7.3 {
			v := p.XValue(x)
			if back := p.X(v); math.Abs(back-x) > 1e-6 || v <= last {
				t.Fatalf("root %t: column %v is %v %%, which is column %v; before was %v %%", req.Root, x, v, back, last)
			}
			last = v
		}
		for y := float64(p.Plot.Min.Y); y < float64(p.Plot.Max.Y); y += 5.1 {
			if back := p.Y(p.YValue(y)); math.Abs(back-y) > 1e-6 {
				t.Fatalf("root %t: row %v is row %v", req.Root, y, back)
			}
		}
	})
}

func TestMapDotsAreInsideThePlotAndAreaIsOpenInterest(t *testing.T) {
	eachMap(t, func(t *testing.T, req *MapRequest, p *MapPicture, r *rand.Rand) {
		shown := 0
		for i := range req.Dots {
			if !math.IsNaN(req.Dots[i].X) {
				shown++
			}
		}
		if p.Shown() != shown {
			t.Fatalf("%d dots are shown, of %d that are known", p.Shown(), shown)
		}
		for i := range p.dots {
			d := &p.dots[i]
			if d.x-d.reach < float64(p.Plot.Min.X)-1 || d.x+d.reach > float64(p.Plot.Max.X)+1 ||
				d.y-d.reach < float64(p.Plot.Min.Y)-1 || d.y+d.reach > float64(p.Plot.Max.Y)+1 {
				t.Fatalf("dot %d at %.0f, %.0f reaches %.0f out of %v", d.index, d.x, d.y, d.reach, p.Plot)
			}
			if x := p.X(req.Dots[d.index].X); math.Abs(x-d.x) > 1e-6 {
				t.Fatalf("a dot of column %v is at %v", x, d.x)
			}
			a, b := &req.Dots[p.dots[0].index], &req.Dots[d.index]
			least := p.dots[len(p.dots)-1].radius
			if want := p.dots[0].radius * math.Sqrt(b.Size/a.Size); p.dots[0].radius > least*1.01 && want > least*1.01 && math.Abs(d.radius-want) > 1e-6 {
				t.Fatalf("a dot of radius %v, want %v for its open interest", d.radius, want)
			}
		}
	})
}

func TestMapLabelsDoNotOverlap(t *testing.T) {
	some := 0
	eachMap(t, func(t *testing.T, req *MapRequest, p *MapPicture, r *rand.Rand) {
		some += len(p.labels)
		for i, a := range p.labels {
			if !a.box.In(p.Plot) {
				t.Fatalf("label %v is not inside %v", a, p.Plot)
			}
			for _, b := range p.labels[:i] {
				if a.box.Overlaps(b.box) {
					t.Fatalf("labels %v and %v overlap", a, b)
				}
			}
			for k := range p.dots {
				if d := &p.dots[k]; image.Pt(int(d.x), int(d.y)).In(a.box) && !over(p, req, a.dot) {
					t.Fatalf("label %v lies on the dot at %.0f, %.0f", a, d.x, d.y)
				}
			}
		}
	})
	if some < 350 {
		t.Errorf("only %d labels on forty maps", some)
	}
}

// over reports whether a dot's label may lie on others: that of one that is lit, or
// one of the largest.
func over(p *MapPicture, req *MapRequest, dot int) bool {
	for i := range min(mostNamed, len(p.dots)) {
		if p.dots[i].index == dot {
			return true
		}
	}
	return req.Dots[dot].Lit
}

// The largest and the farthest out have names, whatever else has not.
func TestMapNamesTheLargestAndTheFarthest(t *testing.T) {
	req := marketOf(517, 1100, 600, true)
	far := 0
	for i := range req.Dots {
		if math.Hypot(req.Dots[i].X, req.Dots[i].Y) > math.Hypot(req.Dots[far].X, req.Dots[far].Y) {
			far = i
		}
	}
	p, err := DrawMap(req)
	if err != nil {
		t.Fatal(err)
	}
	for _, dot := range []int{p.dots[0].index, p.dots[mostNamed-1].index, far} {
		if !slices.ContainsFunc(p.labels, func(l placedName) bool { return l.dot == dot }) {
			t.Errorf("dot %d has no name", dot)
		}
	}
}

func TestMapHoverFindsTheNearest(t *testing.T) {
	found := 0
	eachMap(t, func(t *testing.T, req *MapRequest, p *MapPicture, r *rand.Rand) {
		for range 50 {
			x, y := float64(p.Plot.Min.X)+r.Float64()*float64(p.Plot.Dx()), float64(p.Plot.Min.Y)+r.Float64()*float64(p.Plot.Dy())
			want, distance := -1, dotReach*req.Scale
			for i := range p.dots { // each, without an index
				d := &p.dots[i]
				from := max(0, math.Hypot(x-d.x, y-d.y)-d.radius)
				if from < distance || from == distance && want >= 0 && nearer(d, &p.dots[want], x, y) {
					want, distance = i, from
				}
			}
			got, ok := p.At(x, y)
			if ok != (want >= 0) || ok && got != p.dots[want].index {
				t.Fatalf("at %.1f, %.1f is %d (%t), want %d", x, y, got, ok, want)
			}
			if ok {
				found++
			}
		}
	})
	if found < 200 {
		t.Errorf("only %d of the places had a dot: nothing was compared", found)
	}
}

func TestMapLasso(t *testing.T) {
	p, err := DrawMap(marketOf(517, 1100, 600, true))
	if err != nil {
		t.Fatal(err)
	}
	zero, right, top := Point{X: p.X(0), Y: p.Y(0)}, float64(p.Plot.Max.X), float64(p.Plot.Min.Y)
	got := p.Inside([]Point{zero, {X: right, Y: zero.Y}, {X: right, Y: top}, {X: zero.X, Y: top}})
	want := 0
	for i := range p.dots {
		if p.dots[i].x > zero.X && p.dots[i].y < zero.Y {
			want++
		}
	}
	if len(got) != want || want == 0 {
		t.Errorf("%d dots are in the corner, want %d", len(got), want)
	}
	// A triangle of it has fewer; all of those are in the corner too.
	half := p.Inside([]Point{zero, {X: right, Y: zero.Y}, {X: right, Y: top}})
	if len(half) == 0 || len(half) >= len(got) {
		t.Errorf("%d in half of it, %d in all", len(half), len(got))
	}
	for _, dot := range half {
		if !slices.Contains(got, dot) {
			t.Errorf("dot %d is in half of the corner, and not in the corner", dot)
		}
	}
	if p.Inside(nil) != nil {
		t.Error("a lasso without corners has something inside")
	}
}

func TestMapArrowsReachOtherDots(t *testing.T) {
	p, err := DrawMap(marketOf(40, 800, 400, true))
	if err != nil {
		t.Fatal(err)
	}
	dot, ok := p.Next(-1, 1, 0)
	if !ok || dot != p.dots[0].index {
		t.Fatalf("begins at %d, want the largest", dot)
	}
	for range 100 {
		next, ok := p.Next(dot, 1, 0)
		if !ok {
			return
		}
		a, _ := p.Box(dot)
		b, _ := p.Box(next)
		if b.X+b.Width/2 <= a.X+a.Width/2 {
			t.Fatalf("right of %d is %d, which is left of it", dot, next)
		}
		dot = next
	}
	t.Error("right has no end")
}

func TestMapDrawsOddRequests(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, req := range map[string]MapRequest{
		"nothing":     {Width: 300, Height: 200, Message: "Nothing"},
		"unknown":     {Width: 300, Height: 200, Dots: []Dot{{X: nan, Y: 1}, {X: 1, Y: inf}}},
		"tiny":        {Width: 16, Height: 16, Dots: []Dot{{X: 1, Y: 2, Size: 1}}},
		"flat":        {Width: 400, Height: 60, Dots: []Dot{{X: 1, Y: 2, Size: 1}}},
		"huge values": {Width: 300, Height: 200, Root: true, Threshold: 1, Dots: []Dot{{X: 1e12, Y: -100, Size: 1e300}, {Size: -1}}},
		"no change":   {Width: 300, Height: 200, Dots: []Dot{{}, {}}},
	} {
		if p, err := DrawMap(req); err != nil || p.Image.Rect.Dx() != req.Width {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, req := range map[string]MapRequest{
		"too small": {Width: 15, Height: 200}, "scale": {Width: 200, Height: 200, Scale: 9},
		"threshold": {Width: 200, Height: 200, Threshold: nan},
	} {
		if _, err := DrawMap(req); err == nil {
			t.Errorf("%s: it was drawn", name)
		}
	}
}

// anyTree is a treemap of random groups.
func anyTree(r *rand.Rand) TreeRequest {
	req := TreeRequest{Width: 200 + r.IntN(1500), Height: 120 + r.IntN(800), Scale: 1, Theme: dark()}
	for range 1 + r.IntN(5) {
		g := TileGroup{Caption: Caption{Text: "Group", Colour: req.Theme.Axis}}
		for range r.IntN(120) {
			size := math.Exp(16 + 2*r.NormFloat64())
			if r.IntN(15) == 0 {
				size = math.NaN()
			}
			g.Tiles = append(g.Tiles, Tile{Label: "BTC", Size: size, Colour: req.Theme.Axis})
		}
		req.Groups = append(req.Groups, g)
	}
	return req
}

func TestTreeTilesHaveTheirShareAndDoNotOverlap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		req := anyTree(r)
		p, err := DrawTree(req)
		if err != nil {
			t.Fatal(err)
		}
		first := 0
		for _, g := range req.Groups {
			perPixel := 0.0
			for i := range p.tiles {
				a := &p.tiles[i]
				if a.index < first || a.index >= first+len(g.Tiles) {
					continue
				}
				if share := a.w * a.h / a.tile.Size; perPixel == 0 {
					perPixel = share
				} else if math.Abs(share/perPixel-1) > 1e-6 {
					t.Fatalf("tile %d has %v pixels a dollar, another of its group %v", a.index, share, perPixel)
				}
				if !a.pixels().In(p.Plot) {
					t.Fatalf("tile %v is not inside %v", a.pixels(), p.Plot)
				}
				for k := range p.tiles[:i] {
					b := &p.tiles[k]
					if x, y := min(a.x+a.w, b.x+b.w)-max(a.x, b.x), min(a.y+a.h, b.y+b.h)-max(a.y, b.y); x > 1e-6 && y > 1e-6 {
						t.Fatalf("tiles %+v and %+v overlap", a.area, b.area)
					}
				}
				if got, ok := p.At(a.x+a.w/2, a.y+a.h/2); !ok || got != a.index {
					t.Fatalf("in the middle of tile %d is %d", a.index, got)
				}
			}
			first += len(g.Tiles)
		}
	}
}

func TestSquarifyMakesSquares(t *testing.T) {
	sizes := []float64{6, 6, 4, 3, 2, 2, 1} // the example of the paper
	for i, a := range squarify(sizes, area{0, 0, 600, 400}) {
		if ratio := max(a.w/a.h, a.h/a.w); ratio > 3 {
			t.Errorf("area %d is %.0f × %.0f", i, a.w, a.h)
		}
	}
}

func TestMapGoldens(t *testing.T) {
	req := marketOf(517, 1080, 420, true)
	req.Dots[3].Lit, req.Lit = true, legible(paletteHues[0], req.Theme.Background)
	req.Theme.Font = programFont(t)
	p, err := DrawMap(req)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "map-dark.png")
	if *update {
		writePNG(t, file, p.Image)
		return
	}
	if part := differing(p.Image, readPNG(t, file)); part > tolerated {
		failed := filepath.Join("testdata", "failed", "map-dark.png")
		writePNG(t, failed, p.Image)
		t.Errorf("%.3f %% of the pixels differ from %s; see %s", 100*part, file, failed)
	}
}

// What is farthest out lies in a corner, where a quadrant's name would stand on it:
// the name moves aside, and does not where its half has no room.
func TestMapCaptionsLeaveTheFarthestDotsFree(t *testing.T) {
	req := marketOf(60, 900, 500, true)
	for _, corner := range []Point{{X: 30, Y: 30}, {X: -30, Y: 30}, {X: 30, Y: -30}, {X: -30, Y: -30}} {
		req.Dots = append(req.Dots, Dot{Label: "FAR", X: corner.X, Y: corner.Y, Size: 1})
	}
	req.Dots = slices.DeleteFunc(req.Dots, func(d Dot) bool { return d.Label != "FAR" && (math.Abs(d.X) > 4 || math.Abs(d.Y) > 4) })
	if err := req.validate(); err != nil {
		t.Fatal(err)
	}
	f := newMapFrame(&req, false)
	if err := f.render(); err != nil {
		t.Fatal(err)
	}
	plot := f.picture.Plot
	covered := func(box image.Rectangle) bool {
		return slices.ContainsFunc(f.picture.dots, func(d placedDot) bool { return image.Pt(int(d.x), int(d.y)).In(box) })
	}
	for step, box := range map[int]image.Rectangle{
		-6: image.Rect(plot.Max.X-110, plot.Min.Y+3, plot.Max.X-6, plot.Min.Y+24),
		6:  image.Rect(plot.Min.X+6, plot.Max.Y-24, plot.Min.X+110, plot.Max.Y-3),
	} {
		if !covered(box) {
			t.Fatalf("no dot lies in the corner %v", box)
		}
		moved := f.clearOfDots(box, step)
		if covered(moved) || moved.Min.Y != box.Min.Y || !moved.In(plot) {
			t.Errorf("the name at %v moves to %v", box, moved)
		}
	}
	wide := image.Rect(plot.Min.X, plot.Min.Y+3, plot.Max.X-6, plot.Min.Y+24)
	if got := f.clearOfDots(wide, -6); got != wide {
		t.Errorf("a name without room moves to %v", got)
	}
}

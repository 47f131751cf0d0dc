package assets

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"testing"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

var update = flag.Bool("update", false, "draw icon.png anew from icon.svg")

// TestIconIsItsDrawing keeps the shipped picture and its source together.
func TestIconIsItsDrawing(t *testing.T) {
	drawn := drawIcon(t, 512)
	if *update {
		writePNG(t, "icon.png", drawn)
		return
	}
	shipped, err := png.Decode(bytes.NewReader(Icon()))
	if err != nil {
		t.Fatalf("icon.png: %v", err)
	}
	if shipped.Bounds() != drawn.Bounds() {
		t.Fatalf("icon.png is %v, want %v", shipped.Bounds(), drawn.Bounds())
	}
	var off int
	for y := range 512 {
		for x := range 512 {
			r1, g1, b1, a1 := shipped.At(x, y).RGBA()
			r2, g2, b2, a2 := drawn.At(x, y).RGBA()
			if far(r1, r2) || far(g1, g2) || far(b1, b2) || far(a1, a2) {
				off++
			}
		}
	}
	if off > 512 { // edges may be blended differently on another processor
		t.Errorf("icon.png differs from icon.svg in %d pixels; run go test ./assets -run Icon -update", off)
	}
}

func far(a, b uint32) bool { return max(a, b)-min(a, b) > 0x0800 }

func drawIcon(t *testing.T, size int) *image.RGBA {
	t.Helper()
	src, err := os.ReadFile("icon.svg")
	if err != nil {
		t.Fatal(err)
	}
	svg, err := oksvg.ReadIconStream(bytes.NewReader(src), oksvg.StrictErrorMode)
	if err != nil {
		t.Fatalf("icon.svg: %v", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	svg.SetTarget(0, 0, float64(size), float64(size))
	svg.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, img, img.Bounds())), 1)
	return img
}

func writePNG(t *testing.T, name string, img image.Image) {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

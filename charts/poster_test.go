package charts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

func poster(t *testing.T, golden string, scale float64) Poster {
	req := goldens(t)[golden]
	req.Scale = scale
	req.Width, req.Height = int(float64(req.Width)*scale), int(float64(req.Height)*scale)
	return Poster{Request: req, Title: "BTCUSDT & others", Span: "24h: 2025-06-16 12:05 – 2025-06-17 12:05 UTC", Source: "Binance · 2025-06-17 12:04 UTC"}
}

// textsOf are the words of a document that is well formed.
func textsOf(t *testing.T, document []byte) (texts []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(document))
	inside := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("the document is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local == "text"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				texts = append(texts, string(token))
			}
		}
	}
}

func TestAPosterSaysWhatItIsAsPixelsAndAsSVG(t *testing.T) {
	for _, golden := range []string{"history-dark", "comparison-twelve", "markers", "comparison-chinese", "year", "below-dark", "below-candles-light"} {
		p := poster(t, golden, 2)
		img, err := p.Image()
		if err != nil {
			t.Fatal(err)
		}
		r := p.rows()
		if got, want := img.Rect.Dy(), p.Height+r.above+r.below; img.Rect.Dx() != p.Width || got != want {
			t.Errorf("%s: a poster of %v, want %d × %d", golden, img.Rect, p.Width, want)
		}
		chart := mustDraw(t, p.Request).Image
		for _, y := range []int{0, p.Height / 2, p.Height - 1} {
			a, b := chart.PixOffset(0, y), img.PixOffset(0, y+r.above)
			if !bytes.Equal(chart.Pix[a:a+4*p.Width], img.Pix[b:b+4*p.Width]) {
				t.Errorf("%s: row %d differs from the chart's", golden, y)
			}
		}
		var svg, again bytes.Buffer
		if err := errors.Join(p.SVG(&svg), p.SVG(&again)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(svg.Bytes(), again.Bytes()) {
			t.Errorf("%s: two posters of the same differ", golden)
		}
		texts := textsOf(t, svg.Bytes())
		for _, want := range []string{p.Title, p.Span, p.Source} {
			if !slices.Contains(texts, want) {
				t.Errorf("%s: the document does not say %q, but %q", golden, want, texts)
			}
		}
		if got := strings.Count(svg.String(), `stroke-linejoin`); got < len(p.Lines) && golden != "below-candles-light" {
			t.Errorf("%s: %d lines are drawn of %d", golden, got, len(p.Lines))
		}
		if strings.Contains(svg.String(), "NaN") || strings.Contains(svg.String(), "%!") {
			t.Errorf("%s: the document has numbers that are none", golden)
		}
		if dir := os.Getenv("POSTERS"); dir != "" { // to be looked at
			file, err := os.Create(dir + "/" + golden + ".png")
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(png.Encode(file, img), file.Close(), os.WriteFile(dir+"/"+golden+".svg", svg.Bytes(), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

package chartpane

import (
	"testing"

	"openinterest/assets"
)

func TestNumbersOfAxes(t *testing.T) {
	en, zh := axisNumber(assets.English), axisNumber(assets.Chinese)
	for _, c := range []struct{ got, want string }{
		{en(79500, 500), "79.5 K"}, {en(80000, 1000), "80 K"}, {en(1.25e9, 5e7), "1.25 B"}, {en(0, 10), "0"},
		{zh(1.25e9, 5e7), "12.5 亿"}, {zh(79500, 500), "7.95 万"}, {zh(9000, 500), "9,000"},
		{axisPercent(1.5, 0.5), "+1.5 %"}, {axisPercent(-20, 10), "−20 %"}, {axisPercent(0, 10), "0 %"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

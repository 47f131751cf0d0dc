package table

import (
	"testing"

	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
)

// The quick bound of a cell's width is one, and near enough to be of use.
func TestWidthAtMost(t *testing.T) {
	r := full(t, setup{signals: true})
	r.Update(columnstest.Large(200), nil, columnstest.Now)
	r.drain()
	for _, row := range r.rows {
		for _, c := range r.columns {
			if c.Cell == nil {
				continue
			}
			for _, bold := range []bool{false, true} {
				text, font := c.Cell(row).Text, look.Font(bold)
				exact := float32(font.Width(float64(look.TextSize), text))
				if most := widthAtMost(text, look.TextSize, font); most < exact {
					t.Errorf("%q is %v wide, at most %v", text, exact, most)
				}
			}
		}
	}
	if most, exact := widthAtMost("1,234,567.8", 13, look.Font(false)), float32(look.Font(false).Width(13, "1,234,567.8")); most > 1.1*exact {
		t.Errorf("a number of %v is bounded by %v", exact, most)
	}
}

package table

import (
	"slices"

	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// place is a visible column with where it stands.
type place struct {
	column *columns.Column
	x      float32 // of its left edge, in the table's full width
	width  float32
}

// grid is the layout of the visible columns, shared by header and rows: pinned
// ones first. It is made anew when anything about it changes.
type grid struct {
	places   []place
	pinned   float32 // width of the pinned columns together
	width    float32 // of all
	twoLines bool    // some heading needs a second line
}

// wanted is what a grid is made for.
type wanted struct {
	room   float32 // width of the pane
	symbol float32 // width of the longest symbol's text; 0: not known
}

// Where there is room to spare and nobody has set widths, columns grow, but
// not so far that the eye loses the row.
const maxStretch = 1.5

// newGrid lays the visible columns out: as wide as their headings where that fits,
// else as narrow as their numbers allow, and long symbols are written smaller. What
// still does not fit is reached by scrolling sideways. Where there is room to spare, columns that are not shown
// otherwise take it, and then all grow a little.
func newGrid(all []columns.Column, s *State, want wanted) grid {
	spare := spareColumns(all, s, want)
	g := grid{places: places(all, s, spare, want, false)}
	if len(s.Widths) == 0 && total(g.places) > want.room {
		g.places = places(all, s, spare, want, true)
		widenSymbol(g.places, want)
	}
	if len(s.Widths) == 0 {
		stretch(g.places, want.room)
	}
	for i := range g.places {
		p := &g.places[i]
		p.x = g.width
		g.width += p.width
		if p.column.Pinned {
			g.pinned = g.width
		}
		g.twoLines = g.twoLines || !fitsHeading(p.column.Title, textWidth(p.column, p.width))
	}
	return g
}

func places(all []columns.Column, s *State, spare map[columns.ID]bool, want wanted, narrow bool) []place {
	var list []place
	for _, i := range orderedColumns(all, s) {
		c := &all[i]
		if !spare[c.ID] && !isVisible(c, s) {
			continue
		}
		list = append(list, place{column: c, width: widthOf(c, s, want, narrow)})
	}
	return list
}

// longestSymbol is where even the column of symbols stops to grow with them.
const longestSymbol = 260

// widthOf is how wide a column is made: the one of symbols fits the longest.
func widthOf(c *columns.Column, s *State, want wanted, narrow bool) float32 {
	if w, ok := s.Widths[c.ID]; ok {
		return w
	}
	width := choose(narrow, c.Narrow, c.Width)
	if c.ID == columns.Symbol && !narrow {
		width = max(width, want.symbolColumn())
	}
	return width
}

// symbolColumn is the width of a column that the longest symbol fits.
func (w wanted) symbolColumn() float32 { return min(longestSymbol, w.symbol+2*look.CellPad+1) }

// widenSymbol gives what narrow columns leave to that of the symbols, as far as the
// longest needs it.
func widenSymbol(list []place, want wanted) {
	rest := want.room - total(list)
	for i := range list {
		if p := &list[i]; p.column.ID == columns.Symbol && rest > 0 {
			p.width = max(p.width, min(p.width+rest, want.symbolColumn()))
		}
	}
}

// spareColumns are those shown only because there is room for them: the first of
// their ranks that fit together beside what is shown anyway. A column that the
// person has shown or hidden, or given a width, is not among them.
func spareColumns(all []columns.Column, s *State, want wanted) map[columns.ID]bool {
	if len(s.Widths) > 0 {
		return nil
	}
	room := want.room - total(places(all, s, nil, want, false))
	var list []*columns.Column
	for i := range all {
		if _, chosen := s.Visible[all[i].ID]; all[i].Spare > 0 && !chosen {
			list = append(list, &all[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *columns.Column) int { return a.Spare - b.Spare })
	shown := map[columns.ID]bool{}
	for _, c := range list {
		if room -= c.Width; room < 0 {
			break
		}
		shown[c.ID] = true
	}
	return shown
}

func total(list []place) float32 {
	var sum float32
	for _, p := range list {
		sum += p.width
	}
	return sum
}

// stretch shares spare room out among the columns; tick boxes and stars gain
// nothing from it.
func stretch(list []place, room float32) {
	var fixed float32
	for _, p := range list {
		if p.column.Cell == nil {
			fixed += p.width
		}
	}
	sum := total(list)
	if sum >= room || sum == fixed {
		return
	}
	factor := min(maxStretch, (room-fixed)/(sum-fixed))
	for i := range list {
		if p := &list[i]; p.column.Cell != nil {
			p.width = float32(int(p.width * factor)) // whole pixels keep text crisp
		}
	}
}

// leftPad is the room left of a cell's text: none in the narrow columns of
// marks, more where text follows a number that ends at the column before.
func leftPad(c *columns.Column) float32 {
	switch {
	case c.Cell == nil:
		return 0
	case c.Align == columns.Leading && !c.Pinned:
		return 2 * look.CellPad
	}
	return look.CellPad
}

// textWidth is what a column of a width leaves for its text.
func textWidth(c *columns.Column, width float32) float32 {
	if c.Cell == nil {
		return width
	}
	return max(0, width-leftPad(c)-look.CellPad)
}

// headerHeight is that of one line of headings, or two.
func (g *grid) headerHeight() float32 {
	return choose(g.twoLines, tallHeader, look.HeaderHeight)
}

// tallHeader has room for two lines of small text.
const tallHeader float32 = 36

// at returns the index of the column at x, where the part that is not pinned
// is scrolled to the left by offset; −1 where there is none.
func (g *grid) at(x, offset float32) int {
	if x >= g.pinned {
		x += offset
		if x < g.pinned+offset {
			return -1
		}
	}
	for i, p := range g.places {
		if x >= p.x && x < p.x+p.width {
			return i
		}
	}
	return -1
}

// has reports whether a column is shown.
func (g *grid) has(id columns.ID) bool {
	return slices.ContainsFunc(g.places, func(p place) bool { return p.column.ID == id })
}

// left returns where a column's left edge is seen, scrolled by offset.
func (g *grid) left(i int, offset float32) float32 {
	if p := g.places[i]; !p.column.Pinned {
		return p.x - offset
	}
	return g.places[i].x
}

// isVisible reports whether a column is shown however little room there is.
func isVisible(c *columns.Column, s *State) bool {
	if v, ok := s.Visible[c.ID]; ok {
		return v
	}
	return c.Default
}

// orderedColumns returns the indices of all columns in the order chosen:
// pinned ones first, then as s.Order says, where a column that it does not
// name (a newer version's) follows the one it follows by default.
func orderedColumns(all []columns.Column, s *State) []int {
	var pinned, free []int
	for i := range all {
		if all[i].Pinned {
			pinned = append(pinned, i)
			continue
		}
		if !slices.Contains(s.Order, all[i].ID) {
			continue
		}
		free = append(free, i)
	}
	slices.SortFunc(free, func(a, b int) int {
		return slices.Index(s.Order, all[a].ID) - slices.Index(s.Order, all[b].ID)
	})
	previous := -1
	for i := range all {
		if all[i].Pinned {
			continue
		}
		if !slices.Contains(s.Order, all[i].ID) {
			free = slices.Insert(free, slices.Index(free, previous)+1, i)
		}
		previous = i
	}
	return append(pinned, free...)
}

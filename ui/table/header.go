package table

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/columns"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// grabWidth is how near to an edge a drag takes hold of it.
const grabWidth float32 = 5

// header names the columns. A click sorts, a dragged edge resizes, a dragged
// heading moves its column.
type header struct {
	widget.BaseWidget
	table   *Table
	titles  []heading // one a place of the grid
	arrow   *canvas.Text
	rests   [2]*canvas.Rectangle // two bars instead of the arrow, while rows hold still
	back    *canvas.Rectangle    // behind everything
	pinned  *canvas.Rectangle    // behind the pinned titles
	line    *canvas.Rectangle    // below
	focusAt *canvas.Rectangle    // under the heading the keyboard is on
	sheet   *look.Sheet

	place   int // under the pointer; −1: none
	edge    int // whose right edge is under the pointer; −1: none
	focused bool
	focus   int // the heading the keyboard is on

	dragging dragKind
	dragged  columns.ID
	tapEdge  int // the edge clicked last
	tapTime  time.Time
}

// heading is a column's title on one line or two.
type heading [2]*canvas.Text

type dragKind int8

const (
	noDrag dragKind = iota
	resizing
	moving
)

func newHeader(t *Table) *header {
	h := &header{table: t, place: -1, edge: -1, tapEdge: -1, sheet: look.NewSheet()}
	h.back, h.pinned, h.line, h.focusAt = &canvas.Rectangle{}, &canvas.Rectangle{}, &canvas.Rectangle{}, &canvas.Rectangle{}
	h.arrow = canvas.NewText("", look.Current().Accent)
	h.arrow.TextSize = 8
	h.rests = [2]*canvas.Rectangle{{}, {}}
	h.ExtendBaseWidget(h)
	return h
}

// MinSize is low and narrow: the header is as wide as it is made.
func (h *header) MinSize() fyne.Size { return fyne.NewSize(1, look.HeaderHeight) }

// CreateRenderer draws what the header keeps.
func (h *header) CreateRenderer() fyne.WidgetRenderer { return &headerRenderer{h} }

// relayout follows a changed grid.
func (h *header) relayout() {
	h.titles = nil
	var free, fixed []fyne.CanvasObject
	for _, p := range h.table.grid.places {
		var title heading
		for i := range title {
			title[i] = canvas.NewText("", look.Current().Muted)
			title[i].TextSize, title[i].Alignment = look.SmallTextSize, alignment(p.column.Align)
		}
		h.titles = append(h.titles, title)
		if p.column.Pinned {
			fixed = append(fixed, title[0], title[1])
		} else {
			free = append(free, title[0], title[1])
		}
	}
	h.sheet.SetObjects(slices.Concat([]fyne.CanvasObject{h.back}, free, []fyne.CanvasObject{h.pinned}, fixed, []fyne.CanvasObject{h.arrow, h.rests[0], h.rests[1], h.line, h.focusAt}))
	h.focus = min(h.focus, max(0, len(h.titles)-1))
	h.Refresh()
}

// Refresh places and colours everything: the rows may have scrolled sideways,
// the order or the theme changed.
func (h *header) Refresh() {
	p := look.Current()
	g, offset := &h.table.grid, h.table.scroll.Offset.X
	h.back.FillColor, h.pinned.FillColor, h.line.FillColor, h.focusAt.FillColor = p.Raised, p.Raised, p.Border, p.Accent
	h.arrow.Color = p.Accent
	h.arrow.Hide()
	look.SetVisible(false, h.rests[0], h.rests[1])
	for i, at := range g.places {
		h.write(i, at, g.left(i, offset))
	}
	h.layoutBack()
	h.sheet.Refresh()
}

// write puts one column's heading where it is seen.
func (h *header) write(i int, at place, x float32) {
	p, g := look.Current(), &h.table.grid
	sorted := at.column.ID == h.table.state.Sort
	width := textWidth(at.column, at.width)
	lines := wrapHeading(at.column.Title, width)
	height := g.headerHeight() / 2
	y := float32(2)
	if len(lines) == 1 {
		height, y = 2*height, 0
	}
	for n, t := range h.titles[i] {
		// A heading under the pinned ones would shine through beside them.
		t.Hidden = n >= len(lines) || !at.column.Pinned && x+at.width <= g.pinned
		if t.Hidden {
			continue
		}
		t.Text, t.Color = lines[n], choose(sorted, p.Text, p.Muted)
		t.Move(fyne.NewPos(x+leftPad(at.column), y+float32(n)*(height-4)))
		t.Resize(fyne.NewSize(max(0, width), height))
	}
	if sorted {
		h.placeArrow(x, at, lines)
	}
}

func (h *header) layoutBack() {
	size := h.Size()
	h.back.Resize(size)
	h.sheet.Resize(size)
	h.pinned.Resize(fyne.NewSize(h.table.grid.pinned, size.Height))
	h.line.Move(fyne.NewPos(0, size.Height-look.Hairline))
	h.line.Resize(fyne.NewSize(size.Width, look.Hairline))
	h.focusAt.Hidden = !h.focused || h.focus >= len(h.table.grid.places)
	if !h.focusAt.Hidden {
		h.focusAt.Move(fyne.NewPos(h.table.grid.left(h.focus, h.table.scroll.Offset.X), size.Height-3))
		h.focusAt.Resize(fyne.NewSize(h.table.grid.places[h.focus].width, 3))
	}
}

// placeArrow puts the arrow of the order into the heading's padding, where it
// shifts nothing.
func (h *header) placeArrow(x float32, at place, lines []string) {
	h.arrow.Text = choose(h.table.state.Descending, "▼", "▲")
	size := h.arrow.MinSize()
	left := x + at.width - size.Width + 3
	if at.column.Align == columns.Leading {
		left = min(left, x+leftPad(at.column)+headingWidth(lines[0])+3)
	}
	h.arrow.Hidden = !at.column.Pinned && left < h.table.grid.pinned
	h.arrow.Move(fyne.NewPos(left, (h.table.grid.headerHeight()-size.Height)/2-1))
	h.arrow.Resize(size)
	if h.arrow.Visible() && h.table.resting() {
		h.arrow.Hide()
		h.placeRests(left)
	}
}

// placeRests puts two bars, the sign of a pause, where the arrow stands
// otherwise: rows hold still under the pointer, whatever the order would be.
func (h *header) placeRests(left float32) {
	const width, height, apart float32 = 2, 8, 4
	for i, bar := range h.rests {
		bar.FillColor = look.Current().Accent
		bar.Move(fyne.NewPos(left+1+float32(i)*apart, (h.table.grid.headerHeight()-height)/2))
		bar.Resize(fyne.NewSize(width, height))
		bar.Show()
	}
}

func alignment(a columns.Align) fyne.TextAlign {
	switch a {
	case columns.Center:
		return fyne.TextAlignCenter
	case columns.Trailing:
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}

func headingWidth(s string) float32 {
	return fyne.MeasureText(s, look.SmallTextSize, fyne.TextStyle{}).Width
}

func fitsHeading(title string, width float32) bool {
	return headingWidth(title) <= max(width, look.SmallTextSize)+1
}

// wrapHeading cuts a title that is too wide in two: at a space, after a slash,
// or between hanzi. A line that is still too wide ends in an ellipsis.
func wrapHeading(title string, width float32) []string {
	if fitsHeading(title, width) {
		return []string{title}
	}
	cut := strings.IndexAny(title, " /") + 1
	if cut == 0 {
		cut = betweenHanzi(title)
	}
	if cut == 0 {
		return []string{fit(title, width, look.SmallTextSize, look.Font(false))}
	}
	lines := []string{strings.TrimSpace(title[:cut]), title[cut:]}
	for i, line := range lines {
		if !fitsHeading(line, width) {
			lines[i] = fit(line, width, look.SmallTextSize, look.Font(false))
		}
	}
	return lines
}

// betweenHanzi returns where a title of hanzi is halved; 0: it has none.
func betweenHanzi(title string) int {
	cut, half := 0, utf8.RuneCountInString(title)/2
	for i, r := range title {
		if half == 0 && unicode.Is(unicode.Han, r) {
			cut = i
			break
		}
		half = max(0, half-1)
	}
	return cut
}

// hit returns the heading at x, and the one whose right edge is there.
func (h *header) hit(x float32) (place, edge int) {
	g, offset := &h.table.grid, h.table.scroll.Offset.X
	place, edge = g.at(x, offset), -1
	for i, at := range g.places {
		right := g.left(i, offset) + at.width
		if !at.column.Pinned && right < g.pinned || at.column.Cell == nil {
			continue // beneath the pinned columns, or too narrow to resize
		}
		if x > right-grabWidth && x <= right+grabWidth {
			edge = i
		}
	}
	return place, edge
}

// MouseIn follows the pointer.
func (h *header) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved explains the heading under the pointer.
func (h *header) MouseMoved(e *desktop.MouseEvent) {
	h.place, h.edge = h.hit(e.Position.X)
	if h.place < 0 || h.dragging != noDrag {
		h.table.opts.Tips.Leave()
		return
	}
	c := h.table.grid.places[h.place].column
	h.table.opts.Tips.Point(cellKey{column: c.ID}, e.AbsolutePosition, func() tip.Content {
		content := c.Header()
		if c.ID == h.table.state.Sort {
			content.Paragraphs = append(content.Paragraphs, tip.Paragraph{Text: h.table.words.T("table.rests"), Quiet: true})
		}
		content.Paragraphs = append(content.Paragraphs, tip.Paragraph{Text: h.table.words.T("table.header_help"), Quiet: true})
		return content
	})
}

// MouseOut takes the explanation away.
func (h *header) MouseOut() {
	h.place, h.edge = -1, -1
	h.table.opts.Tips.Leave()
}

// Cursor shows where an edge can be dragged.
func (h *header) Cursor() desktop.Cursor {
	if h.edge >= 0 || h.dragging == resizing {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// Tapped sorts; twice on an edge gives the column its own width back.
func (h *header) Tapped(e *fyne.PointEvent) {
	h.table.opts.Tips.Leave()
	place, edge := h.hit(e.Position.X)
	if edge >= 0 {
		now := h.table.opts.Clock.Now()
		if h.tapEdge == edge && now.Sub(h.tapTime) <= doubleClick {
			h.tapEdge = -1
			h.resetWidth(h.table.grid.places[edge].column)
			return
		}
		h.tapEdge, h.tapTime = edge, now
		return
	}
	if place >= 0 {
		h.table.sortBy(h.table.grid.places[place].column)
	}
}

// TappedSecondary filters by the column.
func (h *header) TappedSecondary(e *fyne.PointEvent) {
	h.table.opts.Tips.Leave()
	if place, _ := h.hit(e.Position.X); place >= 0 {
		below := e.AbsolutePosition.AddXY(0, h.Size().Height-e.Position.Y+2)
		h.table.openEditor(-1, h.table.grid.places[place].column.ID, h, below)
	}
}

func (h *header) resetWidth(c *columns.Column) {
	if _, ok := h.table.state.Widths[c.ID]; !ok {
		return
	}
	h.table.state.Widths[c.ID] = c.Width
	h.table.layOut()
	h.table.changed()
}

// Dragged resizes the column whose edge was taken, or moves the one whose
// heading was.
func (h *header) Dragged(e *fyne.DragEvent) {
	if h.dragging == noDrag {
		h.grab(e.Position.X - e.Dragged.DX)
	}
	switch h.dragging {
	case resizing:
		h.resize(e.Dragged.DX)
	case moving:
		h.moveColumn(e.Position.X)
	}
}

func (h *header) grab(x float32) {
	h.table.opts.Tips.Leave()
	place, edge := h.hit(x)
	switch {
	case edge >= 0:
		h.dragging, h.dragged = resizing, h.table.grid.places[edge].column.ID
		h.table.freezeWidths()
	case place >= 0 && !h.table.grid.places[place].column.Pinned:
		h.dragging, h.dragged = moving, h.table.grid.places[place].column.ID
	}
}

// resize changes the dragged column's width by dx.
func (h *header) resize(dx float32) {
	w := h.table.state.Widths[h.dragged] + dx
	h.table.state.Widths[h.dragged] = min(maxColumnWidth, max(minColumnWidth, w))
	h.table.layOut()
}

// moveColumn puts the dragged column where the pointer is.
func (h *header) moveColumn(x float32) {
	over, _ := h.hit(x)
	if over < 0 {
		return
	}
	target := h.table.grid.places[over].column
	if target.ID != h.dragged && !target.Pinned {
		h.table.moveColumn(h.dragged, target.ID)
	}
}

// DragEnd keeps the result.
func (h *header) DragEnd() {
	if h.dragging != noDrag {
		h.dragging = noDrag
		h.table.changed()
	}
}

// FocusGained marks the heading the keyboard is on.
func (h *header) FocusGained() {
	h.focused = true
	h.Refresh()
}

// FocusLost unmarks it.
func (h *header) FocusLost() {
	h.focused = false
	h.Refresh()
}

// TypedRune starts a search on "/".
func (h *header) TypedRune(r rune) { h.table.body.TypedRune(r) }

// TypedKey moves between headings and sorts.
func (h *header) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		h.focus = max(0, h.focus-1)
	case fyne.KeyRight:
		h.focus = min(len(h.titles)-1, h.focus+1)
	case fyne.KeyDown:
		focus(h.table.body)
		return
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if h.focus < len(h.table.grid.places) {
			h.table.sortBy(h.table.grid.places[h.focus].column)
		}
	}
	h.Refresh()
}

type headerRenderer struct{ header *header }

func (r *headerRenderer) Layout(fyne.Size)             { r.header.layoutBack() }
func (r *headerRenderer) MinSize() fyne.Size           { return r.header.MinSize() }
func (r *headerRenderer) Refresh()                     { canvas.Refresh(r.header) }
func (r *headerRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.header.sheet} }
func (r *headerRenderer) Destroy()                     {}

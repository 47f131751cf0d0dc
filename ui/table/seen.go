package table

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/ui/look"
)

// Texts are the words of the rows on screen, each where it stands in the
// window: the rows are pictures, in which nothing else could read them.
func (t *Table) Texts() []*canvas.Text {
	var all []*canvas.Text
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.scroll)
	for _, s := range t.body.slots {
		if s.index < 0 || s.row == nil {
			continue
		}
		y := float32(s.index)*t.rowHeight - t.scroll.Offset.Y
		for i, at := range t.grid.places {
			text := canvas.NewText(s.cells[i].text, s.cells[i].ink)
			text.Resize(fyne.NewSize(textWidth(at.column, at.width), t.rowHeight-look.Hairline))
			text.Move(origin.AddXY(t.grid.left(i, t.scroll.Offset.X)+leftPad(at.column), y))
			all = append(all, text)
		}
	}
	return all
}

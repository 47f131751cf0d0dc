package table

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// setVisible shows or hides a column.
func (t *Table) setVisible(c *columns.Column, on bool) {
	if t.state.Visible == nil {
		t.state.Visible = map[columns.ID]bool{}
	}
	t.state.Visible[c.ID] = on
	if on == c.Default && c.Spare == 0 {
		delete(t.state.Visible, c.ID)
	}
	t.layOut()
	t.changed()
}

// moveColumn puts a column in the place of another, which moves aside. Whoever
// calls it tells when the result is to be kept.
func (t *Table) moveColumn(id, target columns.ID) {
	var order []columns.ID
	for _, i := range orderedColumns(t.columns, &t.state) {
		if !t.columns[i].Pinned {
			order = append(order, t.columns[i].ID)
		}
	}
	from, to := slices.Index(order, id), slices.Index(order, target)
	if from < 0 || to < 0 {
		return
	}
	order = slices.Insert(slices.Delete(order, from, from+1), to, id)
	t.state.Order = order
	t.layOut()
}

// freezeWidths makes the widths now on screen the chosen ones, and the columns that
// are shown for want of others, so that a drag changes only what is dragged.
func (t *Table) freezeWidths() {
	for _, p := range t.grid.places {
		if !isVisible(p.column, &t.state) {
			if t.state.Visible == nil {
				t.state.Visible = map[columns.ID]bool{}
			}
			t.state.Visible[p.column.ID] = true
		}
	}
	if t.state.Widths == nil {
		t.state.Widths = map[columns.ID]float32{}
	}
	for _, p := range t.grid.places {
		if p.column.Cell != nil {
			t.state.Widths[p.column.ID] = p.width
		}
	}
}

// resetColumns brings back the columns as first shown.
func (t *Table) resetColumns() {
	t.state.Arrangement = t.defaultArrangement()
	t.layOut()
	t.changed()
}

// chooser is the pop-up that shows, hides and orders columns.
type chooser struct {
	table *Table
	rows  *fyne.Container
	popUp *widget.PopUp
}

// openChooser shows the chooser below the button that asked for it.
func (t *Table) openChooser(below fyne.CanvasObject) *chooser {
	driver := fyne.CurrentApp().Driver()
	c := &chooser{table: t, rows: container.NewVBox()}
	canvas := driver.CanvasForObject(below)
	if canvas == nil {
		return c
	}
	c.fill()
	reset := look.NewButton(t.words.T("table.columns_reset"), nil, func() {
		t.resetColumns()
		c.fill()
	}, c.close)
	list := container.NewVScroll(c.rows)
	height := min(c.rows.MinSize().Height, canvas.Size().Height-120)
	list.SetMinSize(fyne.NewSize(c.rows.MinSize().Width, height))
	c.popUp = widget.NewPopUp(container.NewBorder(nil, reset, nil, nil, list), canvas)
	corner := driver.AbsolutePositionForObject(below)
	x := corner.X + below.Size().Width - c.popUp.MinSize().Width
	c.popUp.ShowAtPosition(fyne.NewPos(max(0, x), corner.Y+below.Size().Height+2))
	return c
}

// close takes the chooser away.
func (c *chooser) close() { c.popUp.Hide() }

// fill lists the columns in their order: a check box, and buttons to move.
func (c *chooser) fill() {
	t := c.table
	var free []int
	for _, i := range orderedColumns(t.columns, &t.state) {
		if !t.columns[i].Pinned {
			free = append(free, i)
		}
	}
	c.rows.Objects = nil
	for n, i := range free {
		column := &t.columns[i]
		check := look.NewCheck(column.Name, func(on bool) { t.setVisible(column, on) }, c.close)
		check.Checked = t.grid.has(column.ID)
		up, down := c.mover(theme.MoveUpIcon(), column, free, n-1), c.mover(theme.MoveDownIcon(), column, free, n+1)
		c.rows.Add(container.NewBorder(nil, nil, nil, container.NewHBox(up, down), check))
	}
	c.rows.Refresh()
}

// mover is a button that puts a column in the place of the n-th.
func (c *chooser) mover(icon fyne.Resource, column *columns.Column, free []int, n int) *look.Button {
	b := look.NewButton("", icon, nil, c.close)
	if n < 0 || n >= len(free) {
		b.Disable()
		return b
	}
	b.OnTapped = func() {
		c.table.moveColumn(column.ID, c.table.columns[free[n]].ID)
		c.table.changed()
		c.fill()
	}
	return b
}

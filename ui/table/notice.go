package table

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// notice is a line over the lower edge of the rows that says what was done, with a
// way back. It goes by itself.
type notice struct {
	table  *Table
	text   *look.Label
	undo   *widget.Button
	back   *canvas.Rectangle
	object *fyne.Container
	revert func()
	cancel func() // the timer
}

// noticeStays is for how long something can be undone.
const noticeStays = 12 * time.Second

func newNotice(t *Table) *notice {
	n := &notice{table: t, text: look.NewLabel("", false), back: canvas.NewRectangle(nil)}
	n.undo = widget.NewButton(t.words.T("table.undo"), func() {
		revert := n.revert
		n.hide()
		if revert != nil {
			revert()
		}
	})
	shut := widget.NewButton("×", n.hide)
	shut.Importance = widget.LowImportance
	n.back.CornerRadius, n.back.StrokeWidth = 6, 1
	n.object = container.NewStack(n.back, container.NewHBox(n.text, n.undo, shut))
	n.object.Hide()
	return n
}

// show says what was done; revert undoes it, nil: it cannot be.
func (n *notice) show(text string, revert func()) {
	if n.cancel != nil {
		n.cancel()
	}
	p := look.Current()
	n.back.FillColor, n.back.StrokeColor = p.Overlay, p.Border
	n.revert = revert
	n.text.SetText(text)
	look.SetVisible(revert != nil, n.undo)
	n.object.Show()
	n.table.object.Refresh()
	n.cancel = n.table.opts.Clock.After(noticeStays, n.hide)
}

func (n *notice) hide() {
	if n.cancel != nil {
		n.cancel()
		n.cancel = nil
	}
	n.revert = nil
	n.object.Hide()
}

// undoably changes the state and says so; what was kept before comes back when it
// is undone, ticks and favourites excepted, which are not its concern.
func (t *Table) undoably(text string, change func(*State)) {
	t.state.stow()
	before := t.state.clone()
	change(&t.state)
	t.restored()
	t.notice.show(text, func() {
		now := t.state
		t.state = before
		t.state.Favourites, t.state.Ticked = now.Favourites, now.Ticked
		t.restored()
	})
}

// restored shows a state of which anything may have changed.
func (t *Table) restored() {
	t.layOut()
	t.filtered()
	t.header.Refresh()
	t.strip.rebuild()
}

package guide

import (
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/ui/look"
)

func TestTheGuideIsReadByKeyboard(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{})
	type typed = fyne.KeyEvent
	s.entry.TypedKey(&typed{Name: fyne.KeyPageDown})
	if s.scroll.Offset.Y < 300 {
		t.Errorf("a page down ends at %v", s.scroll.Offset.Y)
	}
	s.entry.TypedKey(&typed{Name: fyne.KeyPageUp})
	if s.scroll.Offset.Y != 0 {
		t.Errorf("a page up ends at %v", s.scroll.Offset.Y)
	}
	for range 100 {
		s.entry.TypedKey(&typed{Name: fyne.KeyPageDown})
	}
	if end := s.scroll.Content.MinSize().Height - s.scroll.Size().Height; s.scroll.Offset.Y != end {
		t.Errorf("the last page ends at %v, not %v", s.scroll.Offset.Y, end)
	}
}

func TestTheContentsAreUsedByKeyboard(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{})
	s.ToggleContents()
	rows := s.list.Objects
	last := rows[len(rows)-1].(*row)
	s.window.Canvas().Focus(last)
	if top := last.Position().Y - s.listBox.Offset.Y; top < 0 || top+last.Size().Height > s.listBox.Size().Height {
		t.Error("the row that has the keyboard is out of sight")
	}
	if last.back.FillColor != look.Current().RowSelected {
		t.Error("nothing shows that the keyboard is on the row")
	}
	last.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if s.ListOpen() || s.scroll.Offset.Y == 0 {
		t.Error("Enter does not go where the row leads")
	}
	s.ToggleContents()
	s.list.Objects[0].(*row).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if s.ListOpen() {
		t.Error("Escape does not close the contents")
	}
}

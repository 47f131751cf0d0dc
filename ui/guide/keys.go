package guide

import (
	"fyne.io/fyne/v2"

	"openinterest/ui/look"
)

// turn scrolls the text, or the list that lies over it, by a page or to an end; it
// reports whether the key asks for that. The search box and the links hand their
// keys on to it.
func (p *Pane) turn(k *fyne.KeyEvent) bool {
	s := p.scroll
	if p.ListOpen() {
		s = p.listBox
	}
	page := s.Size().Height * 0.9
	switch k.Name {
	case fyne.KeyPageDown:
		s.Offset.Y += page
	case fyne.KeyPageUp:
		s.Offset.Y -= page
	default:
		return false
	}
	s.Offset.Y = max(0, min(s.Offset.Y, s.Content.MinSize().Height-s.Size().Height))
	s.Refresh()
	p.viewChanged()
	return true
}

// FocusGained marks the row and brings it into view.
func (r *row) FocusGained() { r.focus(true) }

// FocusLost unmarks it.
func (r *row) FocusLost() { r.focus(false) }

func (r *row) focus(on bool) {
	r.focused = on
	r.paint()
	r.back.Refresh()
	r.bar.Refresh()
	if on && r.pane != nil {
		r.pane.reveal(r)
	}
}

// TypedRune does nothing: keys press the row.
func (r *row) TypedRune(rune) {}

// TypedKey goes where the row leads with Space or Enter, and closes the list with
// Escape.
func (r *row) TypedKey(k *fyne.KeyEvent) {
	switch {
	case look.Presses(k):
		r.Tapped(nil)
	case k.Name == fyne.KeyEscape && r.pane != nil:
		r.pane.CloseList()
	case r.pane != nil:
		r.pane.turn(k)
	}
}

// reveal scrolls the list so far that a row of it is seen.
func (p *Pane) reveal(r *row) {
	top, bottom, seen := r.Position().Y, r.Position().Y+r.Size().Height, p.listBox.Size().Height
	switch y := p.listBox.Offset.Y; {
	case top < y:
		p.listBox.Offset.Y = top
	case bottom > y+seen:
		p.listBox.Offset.Y = bottom - seen
	default:
		return
	}
	p.listBox.Refresh()
}

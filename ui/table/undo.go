package table

import "openinterest/ui/look/toast"

// undoably changes views or watchlists, says so in a sentence, and offers the way
// back.
func (t *Table) undoably(sentence string, change func(*State)) {
	t.tellUndo(sentence, t.change(change))
}

// change changes views or watchlists. The function it returns brings back what was
// kept before, ticks and favourites excepted, which are not its concern.
func (t *Table) change(change func(*State)) (revert func()) {
	t.state.stow()
	before := t.state.clone()
	change(&t.state)
	t.restored()
	return func() {
		now := t.state
		t.state = before
		t.state.Favourites, t.state.Ticked = now.Favourites, now.Ticked
		t.restored()
	}
}

// tellUndo says what was done, and offers the way back.
func (t *Table) tellUndo(sentence string, revert func()) {
	t.tell(toast.Toast{Text: sentence, Action: t.words.T("menu.undo"), Do: revert})
}

// refuse says why something was not done.
func (t *Table) refuse(sentence string) { t.tell(toast.Toast{Text: sentence, Warning: true}) }

// restored shows a state of which anything may have changed.
func (t *Table) restored() {
	t.layOut()
	t.filtered()
	t.header.Refresh()
	t.strip.rebuild()
}

package scorecard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"openinterest/ui/look"
)

// leastRows is how many rows the pane makes room for: by lines closer to each other,
// then by folding what is told beside them.
const leastRows = 10

// layOut shares the room out. Where there is enough, everything is shown. Where there
// is less, rows stand closer and the headline folds to one line. Where even that leaves
// fewer than leastRows, all that is told beside the rows folds behind a button.
func (p *Pane) layOut() {
	if !p.headline.Visible() && !p.folded {
		look.SetVisible(false, p.notes)
		return
	}
	p.folded = false
	p.headline.fold(false)
	p.arrangeNotes(p.lift.Text != "", true)
	height := rowHeight
	if p.rowsThatFit(height) < leastRows {
		height = closeRow
		if !p.open {
			p.headline.fold(true)
			p.arrangeNotes(false, true)
			p.folded = p.rowsThatFit(height) < leastRows
		}
	}
	if p.folded {
		p.arrangeNotes(false, false)
	}
	p.showNotesButton(height == closeRow)
	if p.rowHeight != height {
		p.rowHeight = height
		p.list.Refresh()
	}
	p.content.Refresh()
}

// arrangeNotes shows or hides what is told beside the rows.
func (p *Pane) arrangeNotes(lift, others bool) {
	look.SetVisible(lift, p.lift)
	look.SetVisible(others, p.headline)
	look.SetVisible(others && p.noted, p.noteRow)
	look.SetVisible(others || p.asked, p.sentence)
}

// showNotesButton offers what is folded, or folds it again. A warning sign says that
// the note about too short a history is among it.
func (p *Pane) showNotesButton(low bool) {
	text := p.w.T("score.notes") + " ▾"
	if p.folded {
		text = p.w.T("score.notes") + " ▸"
		if p.noted {
			text = "⚠ " + text
		}
	}
	if p.notes.Text != text {
		p.notes.SetText(text)
	}
	look.SetVisible(p.folded || low && p.open, p.notes)
}

// toggleNotes is a click on the button: it unfolds what is told beside the rows, or
// folds it.
func (p *Pane) toggleNotes() {
	p.open, p.asked = p.folded, false
	p.layOut()
}

// rowsThatFit is how many rows of a height would be seen below what is shown now.
func (p *Pane) rowsThatFit(height float32) int {
	const gaps = 6 // between and around what the stacks hold
	rest := p.Size().Height - p.controlRow.MinSize().Height - p.header.MinSize().Height - gaps
	for _, o := range []fyne.CanvasObject{p.headline, p.lift, p.noteRow, p.sentence} {
		if o.Visible() {
			rest -= o.MinSize().Height + 1
		}
	}
	return int((rest + theme.Padding()) / (height + theme.Padding()))
}

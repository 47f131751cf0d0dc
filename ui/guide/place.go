package guide

import (
	"fyne.io/fyne/v2"
)

// margin is the space left and right of the text.
const margin float32 = 14

// inset gives the article its margins within the scroller.
type inset struct{ pane *Pane }

func (l *inset) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, l.pane.article.height+2*margin)
}

func (l *inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(margin, margin/2))
	objects[0].Resize(fyne.NewSize(size.Width-2*margin, l.pane.article.height))
}

// bodyLayout lays the article out for a new width before the scroller asks how
// tall it is, and keeps what is being read where it is.
type bodyLayout struct{ pane *Pane }

func (l *bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(260, 120) }

func (l *bodyLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	p := l.pane
	changed := false
	for _, o := range p.list.Objects {
		o.(*row).setWidth(size.Width)
	}
	if w := size.Width - 2*margin; w > 0 && w != p.article.width {
		p.keepPlace(func() { changed = p.article.setWidth(w) })
	}
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	if changed {
		p.scroll.Refresh()
	}
	p.restore()
	p.viewChanged()
}

// keepPlace runs change, after which the same section is at the top.
func (p *Pane) keepPlace(change func()) {
	at := p.State()
	change()
	p.pending = &at
	p.restore()
}

// restore scrolls to the pending place once the article has a width.
func (p *Pane) restore() {
	if p.pending == nil || p.article.width <= 0 || p.scroll.Size().Height <= 0 {
		return
	}
	at := *p.pending
	p.pending = nil
	y := float32(0)
	if i := p.sectionIndex(at.Section); i >= 0 {
		from, h := p.sectionSpan(i)
		y = from + at.Into*h
	}
	p.scroll.Offset.Y = max(0, min(y, p.article.height+2*margin-p.scroll.Size().Height))
	p.scroll.Refresh()
	p.viewChanged()
}

// sectionSpan is where a section begins in the scrolled content, and how tall it is.
func (p *Pane) sectionSpan(index int) (from, height float32) {
	first := true
	for i := range p.article.laid {
		l := p.article.laid[i]
		if p.article.blocks[i].section != index {
			continue
		}
		if first {
			var before *block
			if i > 0 {
				before = &p.article.blocks[i-1]
			}
			from, first = l.y+spaceAbove(&p.article.blocks[i], before), false
		}
		height = l.y + l.h - from
	}
	return from, height
}

// viewChanged tells the article what is in view.
func (p *Pane) viewChanged() {
	p.article.setView(p.scroll.Offset.Y-margin/2, p.scroll.Size().Height)
}

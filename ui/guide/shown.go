package guide

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/ui/look"
)

// overhang is how far the box behind a word of code reaches out of its block.
const overhang float32 = 4

// shownBlock shows a block: a sheet with all of it, and what can be tapped.
type shownBlock struct {
	key   [2]int // see article.key
	sheet *look.Sheet
	links []*link
	at    []fyne.Position // of each link, within the block
}

// place puts the block at height y, and adds its objects to all.
func (p *shownBlock) place(all []fyne.CanvasObject, y float32) []fyne.CanvasObject {
	p.sheet.Move(fyne.NewPos(-overhang, y))
	all = append(all, p.sheet)
	for i, l := range p.links {
		l.Move(p.at[i].AddXY(0, y))
		all = append(all, l)
	}
	return all
}

// byKey takes the blocks shown away, and returns them by their keys; of
// those that cannot be told apart, their sheets are to spare.
func (a *article) byKey() map[[2]int]*shownBlock {
	all := map[[2]int]*shownBlock{}
	for i, p := range a.shown {
		if p.key[0] == 0 || all[p.key] != nil {
			a.release(i)
			continue
		}
		all[p.key] = p
	}
	clear(a.shown)
	return all
}

// release keeps the sheet of block i for another: what one that is thrown away
// looked like stays in the graphics' memory for a minute.
func (a *article) release(i int) {
	a.spare = append(a.spare, a.shown[i].sheet)
	delete(a.shown, i)
}

func (a *article) releaseAll() {
	for i := range a.shown {
		a.release(i)
	}
}

// make makes what shows block i.
func (a *article) make(i int) *shownBlock {
	l, p := a.laid[i], look.Current()
	made := &shownBlock{key: a.key(i)}
	painted := make([]fyne.CanvasObject, 0, len(l.shapes)+len(l.texts))
	for _, s := range append(l.shapes[:len(l.shapes):len(l.shapes)], a.highlights(i)...) {
		r := canvas.NewRectangle(ink(s.role, p))
		if s.role == codeBox || s.role == liveBox || s.role == highlight {
			r.CornerRadius = 3
		}
		r.Move(fyne.NewPos(overhang+s.x, s.y))
		r.Resize(fyne.NewSize(s.w, s.h))
		painted = append(painted, r)
	}
	for _, t := range l.texts {
		text := canvas.NewText(t.text, ink(t.role, p))
		text.TextSize = t.size
		look.SetFont(text, t.bold)
		w, h := a.measure(t.text, t.size, t.bold)
		text.Move(fyne.NewPos(overhang+t.x, t.y))
		text.Resize(fyne.NewSize(w, h))
		painted = append(painted, text)
		if t.style.link != "" && !a.plainLinks {
			o := newLink(t.style.link, a.onLink)
			o.onKey = a.onKey
			o.Resize(fyne.NewSize(w, h))
			made.links, made.at = append(made.links, o), append(made.at, fyne.NewPos(t.x, t.y))
			line := canvas.NewRectangle(look.WithAlpha(p.Accent, 0.4))
			line.Move(fyne.NewPos(overhang+t.x, t.y+h-underline))
			line.Resize(fyne.NewSize(w, look.Hairline))
			painted = append(painted, line)
		}
	}
	if n := len(a.spare); n > 0 {
		made.sheet, a.spare = a.spare[n-1], a.spare[:n-1]
	} else {
		made.sheet = look.NewSheet()
	}
	made.sheet.Ground = a.ground
	made.sheet.Resize(fyne.NewSize(a.width+2*overhang, l.h))
	made.sheet.SetObjects(painted)
	return made
}

// highlights are the boxes behind what was searched for in block i.
func (a *article) highlights(i int) []placedShape {
	if a.query == "" {
		return nil
	}
	var shapes []placedShape
	for _, m := range find(a.blocks[i].text(), a.query) {
		for _, t := range a.laid[i].texts {
			from, to := max(m[0], t.offset), min(m[1], t.offset+len(t.text))
			if t.offset < 0 || from >= to {
				continue
			}
			x, h := a.measure(t.text[:from-t.offset], t.size, t.bold)
			w, _ := a.measure(t.text[from-t.offset:to-t.offset], t.size, t.bold)
			shapes = append(shapes, placedShape{t.x + x - 1, t.y, w + 2, h, highlight})
		}
	}
	return shapes
}

// ink is the colour of a role.
func ink(r role, p *look.Palette) color.Color {
	switch r {
	case muted:
		return p.Muted
	case linked:
		return p.Accent
	case codeBox:
		return look.WithAlpha(p.Text, 0.08)
	case liveBox:
		return look.WithAlpha(p.Accent, 0.10)
	case quoteBar:
		return look.WithAlpha(p.Accent, 0.75)
	case hairline:
		return p.Hairline
	case rowLine:
		return p.Border
	case highlight:
		return look.WithAlpha(p.Warning, 0.38)
	case body:
		return look.WithAlpha(p.Text, 0.88)
	}
	return p.Text
}

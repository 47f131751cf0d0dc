// Package shortcuts is the sheet of keys and mouse gestures, which "?" opens.
// What it lists is data: whoever adds a gesture to a pane adds a line to Groups
// and its words to assets/locales/*/shortcut.json.
package shortcuts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// Group is a part of the window with its lines. Its title is
// "shortcut.group_<Name>".
type Group struct {
	Name  string
	Lines []Line
}

// Line is one thing that can be done: how is a key as it is written on
// keyboards, or the name of a mouse gesture, "shortcut.by_<name>"; what it does is
// "shortcut.<Does>".
type Line struct {
	How  []How
	Does string
}

// How is a key or a gesture of the mouse.
type How struct{ Key, Mouse string }

func keys(names ...string) (all []How) {
	for _, name := range names {
		all = append(all, How{Key: name})
	}
	return all
}

func mouse(names ...string) (all []How) {
	for _, name := range names {
		all = append(all, How{Mouse: name})
	}
	return all
}

// Groups are the lines of the sheet.
var Groups = []Group{
	{"window", []Line{
		{keys("?"), "sheet"},
		{keys("/", "Ctrl F"), "search"},
		{keys("F1"), "guide"},
		{keys("Ctrl ,"), "settings"},
		{keys("Ctrl L"), "calculator"},
		{keys("Tab", "Shift Tab"), "control"},
		{keys("Esc"), "close"},
	}},
	{"table", []Line{
		{keys("↑", "↓", "PgUp", "PgDn"), "row"},
		{append(keys("Enter"), mouse("double")...), "open"},
		{keys("Space"), "tick"},
		{keys("←", "→"), "cell"},
		{keys("I"), "inform"},
		{append(keys("Menu"), mouse("right")...), "menu"},
		{keys("F1"), "explain"},
		{keys("Ctrl C"), "copy"},
		{mouse("heading"), "sort"},
		{mouse("drag_heading"), "move"},
		{mouse("drag_edge"), "width"},
		{mouse("right_heading"), "filter"},
		{mouse("right_view"), "view"},
	}},
	{"chart", []Line{
		{append(keys("←", "→"), mouse("hover")...), "read"},
		{append(keys("+", "−"), mouse("wheel")...), "zoom"},
		{append(keys("Shift ←", "PgUp"), mouse("drag")...), "pan"},
		{append(keys("M"), mouse("shift_drag")...), "measure"},
		{append(keys("0"), mouse("double")...), "range"},
		{keys("Home", "End"), "ends"},
		{append(keys("Ctrl ↑ ↓"), mouse("border")...), "plots"},
		{keys("Ctrl Shift ↑ ↓"), "plot_border"},
	}},
	{"map", []Line{
		{append(keys("Enter"), mouse("click")...), "open"},
		{append(keys("↑", "↓", "←", "→"), mouse("hover")...), "read"},
		{keys("Space"), "tick"},
		{mouse("drag"), "lasso"},
		{mouse("shift_drag"), "rectangle"},
	}},
}

// Sheet lists all groups, in two columns.
func Sheet(w *assets.Words) fyne.CanvasObject {
	columns := [2]*fyne.Container{container.NewVBox(), container.NewVBox()}
	lines := [2]int{}
	for _, g := range Groups {
		i := 0
		if lines[1] < lines[0] {
			i = 1
		}
		lines[i] += len(g.Lines) + 2
		columns[i].Add(group(w, g))
	}
	return container.NewVScroll(container.NewGridWithColumns(2, columns[0], columns[1]))
}

// group is a title over its lines.
func group(w *assets.Words, g Group) fyne.CanvasObject {
	rows := container.New(rows{})
	for _, l := range g.Lines {
		rows.Add(quiet(how(w, l.How)))
		rows.Add(words(w.T("shortcut." + l.Does)))
	}
	return container.NewVBox(look.NewLabel(w.T("shortcut.group_"+g.Name), true), rows)
}

// how names the ways to do one thing.
func how(w *assets.Words, ways []How) string {
	text := ""
	for _, h := range ways {
		if text != "" {
			text += "  "
		}
		if h.Mouse != "" {
			text += w.T("shortcut.by_" + h.Mouse)
		} else {
			text += h.Key
		}
	}
	return text
}

func quiet(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance, l.Wrapping = widget.LowImportance, fyne.TextWrapWord
	return l
}

func words(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// rows puts pairs below each other, the left one on two fifths of the width.
type rows struct{}

// MinSize is small: texts wrap.
func (r rows) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for i := 0; i+1 < len(objects); i += 2 {
		height += pairHeight(objects[i], objects[i+1])
	}
	return fyne.NewSize(240, height)
}

// Layout places the pairs.
func (r rows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, y := size.Width*2/5, float32(0)
	for i := 0; i+1 < len(objects); i += 2 {
		a, b := objects[i], objects[i+1]
		a.Resize(fyne.NewSize(left, a.MinSize().Height))
		b.Resize(fyne.NewSize(size.Width-left, b.MinSize().Height))
		a.Move(fyne.NewPos(0, y))
		b.Move(fyne.NewPos(left, y))
		y += pairHeight(a, b)
	}
}

// pairHeight is that of the higher of two, closer than Fyne's labels stand.
func pairHeight(a, b fyne.CanvasObject) float32 {
	const closer = 6
	return max(a.MinSize().Height, b.MinSize().Height) - closer
}

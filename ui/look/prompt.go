package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Prompt is a line to type into, in which Enter answers and Escape gives up.
type Prompt struct {
	widget.Entry
	escaped func()
}

// NewPrompt makes one that says what could be typed; hint may be empty.
func NewPrompt(hint string, answered, escaped func()) *Prompt {
	p := &Prompt{escaped: escaped}
	p.PlaceHolder, p.OnSubmitted = hint, func(string) { answered() }
	p.ExtendBaseWidget(p)
	return p
}

// TypedKey adds Escape to an entry's keys.
func (p *Prompt) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		p.escaped()
		return
	}
	p.Entry.TypedKey(k)
}

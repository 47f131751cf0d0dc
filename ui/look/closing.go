package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// What has the keyboard gets Escape first, and the toolkit's boxes and buttons keep it
// to themselves: the pop-up they stand in would stay open. Those here hand it on.

// Check is a box to tick in a pop-up, which Escape closes.
type Check struct {
	widget.Check
	closes func()
}

// NewCheck makes one; closes is called on Escape.
func NewCheck(text string, changed func(on bool), closes func()) *Check {
	c := &Check{closes: closes}
	c.Text, c.OnChanged = text, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey adds Escape to a box's keys.
func (c *Check) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		c.closes()
		return
	}
	c.Check.TypedKey(k)
}

// Button is a button in a pop-up, which Escape closes.
type Button struct {
	widget.Button
	closes func()
}

// NewButton makes one of low importance; closes is called on Escape.
func NewButton(text string, icon fyne.Resource, tapped, closes func()) *Button {
	b := &Button{closes: closes}
	b.Text, b.Icon, b.OnTapped, b.Importance = text, icon, tapped, widget.LowImportance
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey adds Escape to a button's keys.
func (b *Button) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		b.closes()
		return
	}
	b.Button.TypedKey(k)
}

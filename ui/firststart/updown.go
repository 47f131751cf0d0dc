package firststart

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// AskUp asks which colour up has: two buttons below samples of the colours, to be
// put into a dialog. answered is called with the choice.
func AskUp(w *assets.Words, answered func(upRed bool)) fyne.CanvasObject {
	question := widget.NewLabel(w.T("first.up_text"))
	question.Wrapping = fyne.TextWrapWord
	p := look.Current()
	red, green := look.New(look.Light, true), look.New(look.Light, false)
	if p.Dark {
		red, green = look.New(look.Dark, true), look.New(look.Dark, false)
	}
	return container.NewVBox(question, container.New(layout.NewCustomPaddedHBoxLayout(28), layout.NewSpacer(),
		choiceOfUp(red.Palette(0), w.T("settings.red_up"), func() { answered(true) }),
		choiceOfUp(green.Palette(0), w.T("settings.green_up"), func() { answered(false) }),
		layout.NewSpacer(),
	))
}

// choiceOfUp is a sample of up and down in their colours over the button that
// chooses them.
func choiceOfUp(p *look.Palette, label string, tapped func()) fyne.CanvasObject {
	sample := func(text string, ink color.Color) fyne.CanvasObject {
		t := canvas.NewText(text, ink)
		t.TextSize, t.Alignment = 17, fyne.TextAlignCenter
		look.SetFont(t, true)
		return t
	}
	return container.NewVBox(
		container.NewGridWithColumns(2, sample("▲ +2.4 %", p.Up), sample("▼ −1.8 %", p.Down)),
		look.Outlined(widget.NewButton(label, tapped)),
	)
}

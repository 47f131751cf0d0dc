package preferences

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

func TestTextSizesOfAnyFileAreOnOffer(t *testing.T) {
	for kept, want := range map[int]int{0: 100, 80: 80, 84: 80, 125: 130, 150: 150, 7000: 150, -5: 80} {
		if got := SaneTextSize(kept); got != want || !slices.Contains(TextSizes, got) {
			t.Errorf("%d becomes %d, want %d", kept, got, want)
		}
	}
}

// selects lists the form's fields, from top to bottom.
func selects(o fyne.CanvasObject) (all []*widget.Select) {
	switch o := o.(type) {
	case *widget.Select:
		return []*widget.Select{o}
	case *container.Scroll:
		return selects(o.Content)
	case *fyne.Container:
		for _, c := range o.Objects {
			all = append(all, selects(c)...)
		}
	}
	return all
}

func TestEachFieldShowsItsChoiceAndTellsOfAnother(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	first := Choice{Language: assets.English, Mode: look.Dark, TextSize: 100, Markers: true}
	count := len(selects(open(first, nil)))
	if count != 12 {
		t.Fatalf("%d fields", count)
	}
	for i := range count {
		var told []Choice
		s := selects(open(first, func(c Choice) { told = append(told, c) }))[i]
		s.SetSelected(s.Selected) // the same again is no change
		if len(told) != 0 {
			t.Errorf("field %d tells of no change", i)
		}
		s.SetSelectedIndex((s.SelectedIndex() + 1) % len(s.Options))
		if len(told) != 1 || told[0] == first {
			t.Errorf("field %d (%s): told %+v", i, s.Selected, told)
		}
	}
}

func open(c Choice, changed func(Choice)) fyne.CanvasObject {
	return Form(Options{Words: assets.NewWords(assets.English), Choice: c, Tabs: []string{"charts", "alerts"}, OnChange: changed, Storage: widget.NewLabel(""), Desktop: true, HasTray: true})
}

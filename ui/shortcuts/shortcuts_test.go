package shortcuts

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
)

// Keys of the words are put together from data, so a line without words would show
// nothing; no other test sees it.
func TestEveryLineHasItsWords(t *testing.T) {
	for _, lang := range assets.Languages() {
		w := assets.NewWords(lang)
		for _, g := range Groups {
			if w.T("shortcut.group_"+g.Name) == "" {
				t.Errorf("%s: the group %q has no title", lang, g.Name)
			}
			for _, l := range g.Lines {
				if how(w, l.How) == "" || w.T("shortcut."+l.Does) == "" {
					t.Errorf("%s: %s: %q has no words", lang, g.Name, l.Does)
				}
				for _, h := range l.How {
					if h.Mouse != "" && w.T("shortcut.by_"+h.Mouse) == "" {
						t.Errorf("%s: the gesture %q has no name", lang, h.Mouse)
					}
				}
			}
		}
	}
}

func TestTheSheetListsKeysAndGestures(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	w := test.NewTempWindow(t, Sheet(assets.NewWords(assets.English)))
	w.Resize(fyne.NewSize(800, 560))
	var said []string
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Label:
			said = append(said, o.Text)
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(w.Content())
	all := strings.Join(said, "|")
	for _, want := range []string{"/  Ctrl F|Search for a contract", "Enter  Double click|Open the chart", "Menu  Right click|Menu of the row"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not on the sheet: %s", want, all)
		}
	}
}

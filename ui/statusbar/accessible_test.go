package statusbar

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"openinterest/assets"
)

func TestAScreenReaderSaysTheBarsWords(t *testing.T) {
	test.NewTempApp(t)
	b := New(assets.NewWords(assets.English))
	b.SetModel(Model{Symbol: "●", State: "Live", Count: "312 / 517", Clock: "12:04:09 UTC", Progress: -1})
	if got := b.AccessibilityLabel(); got != "Live, 312 / 517, 12:04:09 UTC" {
		t.Errorf("it says %q", got)
	}
}

package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/ui/settings"
)

// linkButton is the button of a pane that links the charts' time.
func (r *rig) linkButton(pane fyne.CanvasObject) *ttwidget.Button {
	r.t.Helper()
	for _, o := range test.LaidOutObjects(pane) {
		if b, ok := o.(*ttwidget.Button); ok && b.Icon != nil && (strings.Contains(b.Icon.Name(), "linked") || strings.Contains(b.Icon.Name(), "apart")) {
			return b
		}
	}
	r.t.Fatal("there is no button that links")
	return nil
}

// Both charts show the range that is chosen in one, until they are parted in one
// click; a restart keeps that.
func TestChartsAreLinkedUntilParted(t *testing.T) {
	kept := settings.InMemory()
	r := start(t, setup{settings: kept})
	ranges := func(r *rig) string { return r.panes.history.State().Range + " " + r.panes.compare.State().Range }
	r.tap(r.find("7d", inHistory))
	if got := ranges(r); got != "7d 7d" {
		t.Errorf("linked, they show %s", got)
	}
	test.Tap(r.linkButton(r.panes.compare))
	r.tap(r.find("3d", inHistory))
	if got := ranges(r); got != "3d 7d" {
		t.Errorf("parted, they show %s", got)
	}
	again := start(t, setup{settings: kept})
	if got := ranges(again); got != "3d 7d" {
		t.Errorf("after a restart they show %s", got)
	}
	test.Tap(again.linkButton(again.panes.compare))
	if got := ranges(again); got != "7d 7d" {
		t.Errorf("joined where one shows 7d, they show %s", got)
	}
}

package table

import (
	"image"
	"image/draw"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
)

func TestTooltipFollowsThePointerAcrossARow(t *testing.T) {
	r := full(t, setup{})
	for _, c := range []struct {
		id   columns.ID
		want string
	}{
		{columns.Tick, "Compare in the chart: 0 ticked"},
		{columns.Star, "Add to favourites"},
		{columns.Symbol, "Perpetual contract, USDT"},
		{columns.Price, "67,440.6 USDT"},
		{columns.OIUSD, "5,332,414,402 USD"},
		{columns.OIContracts, "79,068.312 BTC"},
		{columns.OIChange4h, "2025-06-17 08:00 UTC"},
		{columns.Funding, "0.0048 %"},
		{columns.Signal, "hardly moved"},
		{columns.Age, "2025-06-17 12:04:07 UTC"},
	} {
		r.moveOver("BTCUSDT", c.id)
		if got := r.tooltip(); got != "" {
			t.Errorf("%s: shown before the pointer rested: %q", c.id, got)
		}
		r.time.pass(time.Second)
		if got := r.tooltip(); !strings.Contains(got, c.want) || !strings.HasPrefix(got, "BTCUSDT") {
			t.Errorf("%s: tooltip is %q, want %q in it", c.id, got, c.want)
		}
	}
	r.leave()
	if got := r.tooltip(); got != "" {
		t.Errorf("after the pointer left: %q", got)
	}
}

func TestHeadingsExplainThemselves(t *testing.T) {
	r := full(t, setup{})
	for _, p := range r.grid.places {
		at := r.headingAt(p.column.ID).Add(fyne.CurrentApp().Driver().AbsolutePositionForObject(r.header))
		test.MoveMouse(r.window.Canvas(), at)
		r.time.pass(time.Second)
		if got := r.tooltip(); !strings.HasPrefix(got, p.column.Name) || !strings.Contains(got, p.column.About) {
			t.Errorf("%s: %q", p.column.ID, got)
		}
	}
}

func TestAFailingRowSaysWhy(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("TRBUSDT", columns.Price)
	r.time.pass(time.Second)
	if got := r.tooltip(); !strings.Contains(got, "not what was asked for") || !strings.Contains(got, "Next try at 12:04:30 UTC") {
		t.Errorf("tooltip: %q", got)
	}
}

func TestTheRowUnderAScrollingPointer(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("BTCUSDT", columns.Price)
	was := r.body.pointer.row
	test.Scroll(r.window.Canvas(), r.absolute(r.cellAt("BTCUSDT", columns.Price)), 0, -2*r.rowHeight)
	if r.body.pointer.row != was+2 {
		t.Errorf("scrolled by two rows, the pointer is on row %d, was %d", r.body.pointer.row, was)
	}
}

func TestATooltipGoesWithItsRow(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("SOLUSDT", columns.Price)
	r.time.pass(time.Second)
	r.SetSearch("doge") // leaves one row, above the pointer
	if got := r.tooltip(); got != "" {
		t.Errorf("its row is gone, but the tooltip stays: %q", got)
	}
	r.SetSearch("")
	r.time.pass(time.Second)
	if got := r.tooltip(); got != "" {
		t.Errorf("the pointer rests while somebody types, and a tooltip comes: %q", got)
	}
	test.MoveMouse(r.window.Canvas(), r.absolute(r.cellAt("SOLUSDT", columns.Price)).AddXY(1, 0))
	r.time.pass(time.Second)
	if got := r.tooltip(); !strings.HasPrefix(got, "SOLUSDT") {
		t.Errorf("the row is back under the pointer, which moves, the tooltip is %q", got)
	}
	r.tapCell("SOLUSDT", columns.Price)
	if got := r.tooltip(); got != "" {
		t.Errorf("a click left the tooltip: %q", got)
	}
}

func TestDoubleClickOpensAndOneDoesNot(t *testing.T) {
	r := full(t, setup{})
	r.tapCell("SOLUSDT", columns.Price)
	r.time.pass(doubleClick + time.Millisecond)
	r.tapCell("SOLUSDT", columns.Price)
	if len(r.opened) != 0 {
		t.Errorf("two slow clicks opened %v", r.opened)
	}
	r.tapCell("XRPUSDT", columns.Price)
	r.tapCell("XRPUSDT", columns.OIUSD)
	if !slices.Equal(r.opened, []string{"XRPUSDT"}) {
		t.Errorf("a double click opened %v", r.opened)
	}
	r.tapCell("BNBUSDT", columns.Star)
	r.tapCell("BNBUSDT", columns.Star)
	if len(r.opened) != 1 {
		t.Errorf("two clicks on a star opened %v", r.opened)
	}
}

func TestTheGuideSaysMore(t *testing.T) {
	r := full(t, setup{})
	r.tapCell("ETHUSDT", columns.Signal)
	r.press(fyne.KeyDown) // BTC: neutral
	r.press(fyne.KeyF1)
	if !slices.Equal(r.guided, []string{"strong_bullish", "counts"}) {
		t.Errorf("the guide was asked for %v", r.guided)
	}
	r.moveOver("ETHUSDT", columns.Signal)
	if r.body.Cursor() != desktop.PointerCursor {
		t.Error("a signal does not look as if it could be clicked")
	}
}

func TestKeysMoveTheSelection(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1440, 300)})
	r.window.Canvas().Focus(r.body)
	last := len(r.shown) - 1
	for _, c := range []struct {
		key  fyne.KeyName
		want int
	}{
		{fyne.KeyDown, 1}, {fyne.KeyUp, 0}, {fyne.KeyUp, 0}, {fyne.KeyEnd, last}, {fyne.KeyDown, last}, {fyne.KeyHome, 0},
	} {
		r.press(c.key)
		if got := r.body.selectedIndex(); got != c.want {
			t.Errorf("%s: row %d is selected, want %d", c.key, got, c.want)
		}
		if first, end := r.body.window(); c.want < first || c.want >= end {
			t.Errorf("%s: row %d is not on screen (%d to %d)", c.key, c.want, first, end)
		}
	}
	r.press(fyne.KeyPageDown)
	if got := r.body.selectedIndex(); got < 5 {
		t.Errorf("a page down reached row %d", got)
	}
}

func TestTheSelectionFollowsItsContract(t *testing.T) {
	r := full(t, setup{})
	r.tapCell("XRPUSDT", columns.Price)
	r.tapHeading(columns.PriceChange24h)
	if got := r.shown[r.body.selectedIndex()].Symbol; got != "XRPUSDT" {
		t.Errorf("after sorting %s is selected", got)
	}
}

func TestCopyARow(t *testing.T) {
	r := full(t, setup{})
	r.tapCell("BTCUSDT", columns.Price)
	r.window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	lines := strings.Split(fyne.CurrentApp().Clipboard().Content(), "\n")
	if len(lines) != 2 {
		t.Fatalf("copied %q", lines)
	}
	titles, values := strings.Split(lines[0], "\t"), strings.Split(lines[1], "\t")
	if len(titles) != len(values) || titles[0] != "Symbol" || values[0] != "BTCUSDT" {
		t.Errorf("copied %q", lines)
	}
	for title, want := range map[string]string{"OI (contracts)": "79068.312", "Price": "67440.6", "Signal": "neutral", "Price 24h %": "-0.75"} {
		if got := values[slices.Index(titles, title)]; got != want {
			t.Errorf("%s: copied %q, want %q", title, got, want)
		}
	}
}

func TestPinnedColumnsStay(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(700, 400)})
	if r.grid.width <= 700 {
		t.Fatalf("the columns fit: %v", r.grid.width)
	}
	// seen is the picture of a part of BTC's row: from x on, so wide.
	seen := func(x, width float32) []uint8 {
		top := r.absolute(fyne.NewPos(0, float32(r.rowOf("BTCUSDT"))*r.rowHeight))
		part := image.NewRGBA(image.Rect(0, 0, int(width), int(r.rowHeight)))
		draw.Draw(part, part.Rect, r.window.Canvas().Capture(), image.Pt(int(x), int(top.Y)), draw.Src)
		return part.Pix
	}
	price := r.grid.left(r.placeOf(columns.Price), 0)
	const shadow = 24 // of what is scrolled out to the left
	fixed, free := seen(shadow, r.grid.pinned-2-shadow), seen(price+2*r.rowHeight, 40)
	r.scrollSideways(2 * r.rowHeight)
	if r.scroll.Offset.X != 2*r.rowHeight || !slices.Equal(seen(shadow, r.grid.pinned-2-shadow), fixed) {
		t.Errorf("scrolled by %v, the pinned columns look different", r.scroll.Offset.X)
	}
	if !slices.Equal(seen(price, 40), free) {
		t.Error("the price did not move by as much as was scrolled")
	}
	r.window.Canvas().Focus(r.body)
	for range 100 {
		r.press(fyne.KeyRight)
	}
	if got := r.cellText("BTCUSDT", columns.Age); got != "2s" {
		t.Errorf("the last column reads %q", got)
	}
	r.moveOver("BTCUSDT", columns.Age)
	r.time.pass(time.Second)
	if got := r.tooltip(); !strings.Contains(got, "Age of the data") {
		t.Errorf("scrolled, the tooltip of the last column is %q", got)
	}
	r.tapCell("BTCUSDT", columns.Tick)
	if got := r.State().Ticked; !slices.Equal(got, []string{"BTCUSDT"}) {
		t.Errorf("scrolled, a tap on the box ticked %v", got)
	}
}

func TestRowsOnScreenAreReported(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1440, 300)})
	if len(r.visible) != 1 || r.visible[0][0] != "ETHUSDT" || len(r.visible[0]) >= 20 {
		t.Fatalf("at first: %v", r.visible)
	}
	r.Update(columnstest.Snapshot(), nil, columnstest.Now)
	r.drain()
	if len(r.visible) != 1 {
		t.Error("told again though nothing changed")
	}
	at := r.absolute(r.cellAt("BTCUSDT", columns.Price))
	timers := len(r.time.timers)
	for range 4 {
		test.Scroll(r.window.Canvas(), at, 0, -r.rowHeight)
	}
	if n := len(r.time.timers) - timers; n != 1 {
		t.Errorf("%d reports are under way", n)
	}
	if len(r.visible) != 1 {
		t.Errorf("told %d times within a moment", len(r.visible)-1)
	}
	r.time.pass(reportEvery)
	if len(r.visible) != 2 || slices.Contains(r.visible[1], "ETHUSDT") {
		t.Errorf("after a moment: %v", r.visible[1:])
	}
}

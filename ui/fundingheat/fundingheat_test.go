package fundingheat

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
	"openinterest/ui/takeaway"
)

var clock = time.Date(2026, 11, 30, 21, 4, 0, 0, time.UTC)

// book is made-up funding: of each contract another, every 1, 4 or 8 hours.
type book struct {
	err   error
	empty bool
	asked int
}

func (b *book) Funding(_ context.Context, symbol string, from, to int64) (points []market.FundingPoint, err error) {
	b.asked++
	if b.err != nil || b.empty {
		return nil, b.err
	}
	n := number(symbol)
	step := int64([]int{8, 4, 1, 8}[n%4]) * 3600_000
	for at := (from + step - 1) / step * step; at <= to; at += step {
		if n%9 == 5 && at < firstDay(clock)+20*dayMillis || n%40 == 7 {
			continue
		}
		points = append(points, market.FundingPoint{Time: at + 4, Rate: 0.0001*float64(step)/8/3600_000 + 0.0004*math.Sin(float64(n))*math.Sin(float64(at/step)/17+float64(n))})
	}
	return points, nil
}

func number(symbol string) (n int) {
	if _, err := fmt.Sscanf(symbol, "C%03dUSDT", &n); err != nil {
		return 0
	}
	return n
}

func snapshot(n int) *market.Snapshot {
	s := market.Snapshot{Time: clock}
	for i := range n {
		s.Quotes = append(s.Quotes, &market.Quote{Contract: market.Contract{Symbol: fmt.Sprintf("C%03dUSDT", i)},
			Funding: market.FundingTerms{IntervalHours: []int{8, 4, 1, 8}[i%4]}})
	}
	return market.NewSnapshot(s)
}

// shown is a pane in a window, once it has read what there is.
func shown(t testing.TB, lang assets.Language, mode look.Mode, size fyne.Size, source Source, change func(*Options)) (*Pane, fyne.Window) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(mode, false))
	queue := make(chan func(), 1000)
	o := Options{Context: context.Background(), Source: source, Words: assets.NewWords(lang), Dispatch: func(f func()) { queue <- f },
		OnOpen: func(string) {}, OnExport: func(takeaway.Export) {}}
	if change != nil {
		change(&o)
	}
	p := New(o)
	w := test.NewWindow(p)
	w.SetPadded(false)
	t.Cleanup(w.Close)
	w.Resize(size)
	p.SetSnapshot(snapshot(517))
	if p.Busy() {
		t.Error("the payments are read before the pane can be seen")
	}
	p.SetShown(true)
	for p.Busy() {
		(<-queue)()
	}
	return p, w
}

func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		lang assets.Language
		mode look.Mode
		size fyne.Size
	}{
		{"narrow_dark_en", assets.English, look.Dark, fyne.NewSize(500, 240)},
		{"wide_light_zh", assets.Chinese, look.Light, fyne.NewSize(1250, 360)},
		{"wide_dark_en", assets.English, look.Dark, fyne.NewSize(1250, 360)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, w := shown(t, c.lang, c.mode, c.size, &book{}, nil)
			test.AssertImageMatches(t, c.name+".png", w.Canvas().Capture())
		})
	}
}

// A day's cell is what its payments come to in a year: independent of how often
// they are made. Days of which nothing is known are not days of zero.
func TestADayIsTheAverageOfItsPayments(t *testing.T) {
	from := firstDay(clock)
	var points []market.FundingPoint
	for h := int64(0); h < 24; h += 4 { // day 3, each 4 hours 0.01 %: 21.9 % a year
		points = append(points, market.FundingPoint{Time: from + 3*dayMillis + h*3600_000 + 7, Rate: 0.0001})
	}
	c := summarise("XUSDT", points, 8, from)
	if got := c.days[3].apr; math.Abs(got-21.9) > 1e-9 || c.days[3].payments != 6 {
		t.Errorf("day 3 has %v of %d payments, want 21.9 of 6", got, c.days[3].payments)
	}
	if market.Known(c.days[2].apr) || market.Known(c.days[4].apr) || c.knownDays() != 1 {
		t.Errorf("days without payments have %v and %v", c.days[2].apr, c.days[4].apr)
	}
	if c := summarise("XUSDT", nil, 8, from); market.Known(c.mean.apr) {
		t.Errorf("a contract without payments has %v", c.mean.apr)
	}
}

func TestSortingPutsWhatIsNotKnownLast(t *testing.T) {
	p, _ := shown(t, assets.English, look.Dark, fyne.NewSize(800, 300), &book{}, nil)
	for i, by := range sorts {
		p.sorts.Choose(i)
		p.sorts.OnChange(i)
		for k := 1; k < len(p.rows); k++ {
			a, b := p.rows[k-1], p.rows[k]
			wrong := map[string]bool{
				ByHighest: a.mean.apr < b.mean.apr, ByLowest: a.mean.apr > b.mean.apr, ByName: a.symbol > b.symbol,
			}[by]
			if by != ByName && !market.Known(a.mean.apr) && market.Known(b.mean.apr) {
				wrong = true
			}
			if wrong {
				t.Fatalf("by %q, %s with %v comes before %s with %v", by, a.symbol, a.mean.apr, b.symbol, b.mean.apr)
			}
		}
	}
	p.search.SetText("c51")
	if len(p.rows) != 7 {
		t.Errorf("%d contracts are named C51…, want 7", len(p.rows))
	}
	p.search.SetText("nothing")
	if !strings.Contains(p.message.Text, "No contract") {
		t.Errorf("it says %q", p.message.Text)
	}
}

// Only the rows that can be seen exist.
func TestRowsAreVirtual(t *testing.T) {
	made := 0
	p, w := shown(t, assets.English, look.Dark, fyne.NewSize(800, 300), &book{}, nil)
	create := p.list.CreateItem
	p.list.CreateItem = func() fyne.CanvasObject { made++; return create() }
	w.Resize(fyne.NewSize(800, 400))
	p.list.ScrollToBottom()
	p.list.ScrollToTop()
	w.Canvas().Capture()
	if made > 40 {
		t.Errorf("%d rows were made for a list of 400 pixels", made)
	}
}

func TestTheTooltipHasTheNumber(t *testing.T) {
	tips := tip.NewLayer(tip.Clock{Now: func() time.Time { return clock }, After: func(_ time.Duration, f func()) func() { f(); return func() {} }})
	p, _ := shown(t, assets.English, look.Dark, fyne.NewSize(500, 240), &book{}, func(o *Options) { o.Tips = tips })
	r := newRow(p)
	r.Resize(fyne.NewSize(500, rowHeight))
	p.search.SetText("C001")
	r.show(0)
	at := planOf(500).days + planOf(500).cell*12.5
	r.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(at, 5)}})
	text := strings.Join(tips.Shown().Texts(), "\n")
	if !strings.Contains(text, "C001USDT · 2026-11-13") || !strings.Contains(text, "Payments\n") {
		t.Errorf("the tooltip says %q", text)
	}
	unknown := p.explain(contract{symbol: "XUSDT"}, 4)
	if text := strings.Join(unknown.Texts(), "\n"); !strings.Contains(text, "not a rate of zero") {
		t.Errorf("of an unknown day it says %q", text)
	}
}

func TestWhatItSaysWithoutRows(t *testing.T) {
	p, _ := shown(t, assets.English, look.Dark, fyne.NewSize(500, 240), &book{empty: true}, nil)
	if !strings.Contains(p.message.Text, "No funding payment is kept yet") {
		t.Errorf("with nothing kept it says %q", p.message.Text)
	}
	failing := &book{err: &market.Problem{Kind: market.Unreachable, What: "funding", Err: errors.New("no")}}
	p, _ = shown(t, assets.English, look.Dark, fyne.NewSize(500, 240), failing, nil)
	if !strings.Contains(p.message.Text, "could not be read") || !strings.Contains(p.message.Text, "21:04:30") {
		t.Errorf("after a failure it says %q", p.message.Text)
	}
	before := failing.asked
	p.SetSnapshot(snapshot(517))
	if failing.asked != before || p.Busy() {
		t.Error("it is tried again before it said")
	}
}

// Each number is read on its cell, in both looks: WCAG asks for 4.5.
func TestNumbersAreReadOnTheirCells(t *testing.T) {
	for _, mode := range []look.Mode{look.Dark, look.Light} {
		app := test.NewTempApp(t)
		app.Settings().SetTheme(look.New(mode, false))
		_ = look.Current()
		var before [2]color.NRGBA
		for _, apr := range []float64{-2000, -300, -100, -30, -11, -3, 0, 3, 11, 30, 100, 300, 2000} {
			cell, text := ground(apr)
			if got := look.Contrast(cell, text); got < 4.5 {
				t.Errorf("%v %%: contrast %.2f", apr, got)
			}
			before[0], before[1] = before[1], cell
		}
		up, _ := ground(60)
		down, _ := ground(-60)
		if up == down || before[0] != before[1] {
			t.Errorf("60 and −60 %% have %v and %v; beyond the end %v and %v", up, down, before[0], before[1])
		}
	}
}

func TestTheTableAsAFile(t *testing.T) {
	p, _ := shown(t, assets.English, look.Dark, fyne.NewSize(500, 240), &book{}, nil)
	p.search.SetText("C001")
	var file bytes.Buffer
	if err := p.Export().Write(&file); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&file).ReadAll()
	if err != nil || len(lines) != Days+1 || lines[1][0] != "C001USDT" || lines[1][1] != "2026-11-01" || lines[1][4] != "6" {
		t.Errorf("%d lines, %v: %v", len(lines), err, lines[1])
	}
}

// A row is drawn while one scrolls: it must not be felt.
func BenchmarkRow(b *testing.B) {
	p, _ := shown(b, assets.English, look.Dark, fyne.NewSize(1250, 700), &book{}, nil)
	r := newRow(p)
	r.Resize(fyne.NewSize(1250, rowHeight))
	w := test.NewWindow(r)
	defer w.Close()
	i := 0
	for b.Loop() {
		r.show(i % len(p.rows))
		i++
	}
}

// Reading summarises the whole market, off the UI's goroutine.
func BenchmarkSummaries(b *testing.B) {
	source := &book{}
	var list []asked
	for i := range 517 {
		list = append(list, asked{fmt.Sprintf("C%03dUSDT", i), 8})
	}
	for b.Loop() {
		if _, err := readAll(context.Background(), source, list, firstDay(clock), clock.UnixMilli(), func(int) {}); err != nil {
			b.Fatal(err)
		}
	}
}

// Tab goes through the pane from the top to the bottom.
func TestTabGoesDown(t *testing.T) {
	p, w := shown(t, assets.English, look.Dark, fyne.NewSize(900, 300), &book{}, nil)
	var got []string
	for range 4 {
		w.Canvas().(interface{ FocusNext() }).FocusNext()
		switch w.Canvas().Focused() {
		case p.search:
			got = append(got, "search")
		case p.sorts:
			got = append(got, "order")
		case p.list:
			got = append(got, "table")
		default:
			got = append(got, "export")
		}
	}
	if want := "search order export table"; strings.Join(got, " ") != want {
		t.Errorf("Tab goes to %v, want %s", got, want)
	}
}

package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// today is the time at which all tests happen.
var today = time.Date(2026, 3, 1, 12, 2, 0, 0, time.UTC)

// filled makes a history with 100 days of two contracts.
func filled(t *testing.T, dir string) *history.Store {
	t.Helper()
	s, err := history.Open(t.Context(), dir, history.Options{Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, symbol := range []string{"BTCUSDT", "SOLUSDT"} {
		for d := range 100 {
			day := today.Truncate(24*time.Hour).AddDate(0, 0, -1-d)
			var rows []history.Row
			for i := range int64(288) {
				at := day.UnixMilli() + (i+1)*market.StepMillis
				rows = append(rows, history.Row{Symbol: symbol, Point: market.Point{Time: at, Contracts: float64(1000 + i), Price: 2}, Source: history.Archive})
			}
			if _, err := s.SaveArchiveDay(t.Context(), history.ArchiveDay{Symbol: symbol, Day: day, State: history.Imported, Points: 288}, rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// rig is a pane in a window.
type rig struct {
	*Pane
	t      *testing.T
	window fyne.Window
	queue  chan func()
	states []State
	opened []string
}

func start(t *testing.T, s Store, change func(*Options)) *rig {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Dark, false))
	r := &rig{t: t, window: test.NewTempWindow(t, container.NewStack()), queue: make(chan func(), 100)}
	r.window.Resize(fyne.NewSize(900, 640))
	r.window.Canvas().Capture() // Fyne forgets widgets a minute after the last painting before they were made: let that be now
	o := Options{
		Context: t.Context(), Open: func(context.Context) (Store, error) { return s, nil },
		Words: assets.NewWords(assets.English), Dispatch: func(f func()) { r.queue <- f }, Window: r.window,
		Now: func() time.Time { return today }, Favourites: []string{"BTCUSDT"},
		OnState: func(s State) { r.states = append(r.states, s) }, OnFolder: func(dir string) { r.opened = append(r.opened, dir) },
	}
	if change != nil {
		change(&o)
	}
	r.Pane = New(o)
	d := dialog.NewCustomWithoutButtons("", r.Object(), r.window)
	d.Resize(fyne.NewSize(700, 420))
	d.Show()
	r.settle()
	return r
}

// settle runs what is dispatched until nothing is under way.
func (r *rig) settle() {
	r.t.Helper()
	limit := time.After(20 * time.Second)
	for r.Busy() {
		select {
		case f := <-r.queue:
			f()
		case <-limit:
			r.t.Fatal("the pane is still busy")
		}
	}
}

// button finds a button by its text in what lies on top.
func (r *rig) button(text string) *widget.Button {
	r.t.Helper()
	var found *widget.Button
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if b, ok := o.(*widget.Button); ok && b.Text == text {
			found = b
		}
		for _, c := range children(o) {
			walk(c)
		}
	}
	walk(r.window.Canvas().Overlays().Top())
	if found == nil {
		r.t.Fatalf("there is no button %q", text)
	}
	return found
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

func (r *rig) texts() string {
	var b strings.Builder
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if l, ok := o.(*widget.Label); ok {
			b.WriteString(l.Text + "\n")
		}
		for _, c := range children(o) {
			walk(c)
		}
	}
	walk(r.window.Canvas().Overlays().Top())
	return b.String()
}

func points(t *testing.T, s *history.Store) map[string]int {
	t.Helper()
	kept, err := s.Coverages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]int{}
	for _, c := range kept {
		m[c.Symbol] = c.Points
	}
	return m
}

func TestItTellsWhereHowMuchAndWho(t *testing.T) {
	dir := t.TempDir()
	r := start(t, filled(t, dir), nil)
	if r.where.Text != dir || !strings.Contains(r.size.Text, "57,600 points of 2 contracts, 2025-11-21 to 2026-02-28") || r.who.Text != "This window" {
		t.Errorf("where %q, size %q, who %q", r.where.Text, r.size.Text, r.who.Text)
	}
	if r.planned.Text != "Everything is kept." || !r.thin.Disabled() || !r.remove.Disabled() || r.notes.Visible() {
		t.Errorf("it says %q", r.planned.Text)
	}
	test.Tap(r.folder)
	if len(r.opened) != 1 || r.opened[0] != dir {
		t.Errorf("opened %v", r.opened)
	}
}

// Nothing is thinned before a question was answered that says what goes.
func TestThinningIsAskedForAndSaid(t *testing.T) {
	s := filled(t, t.TempDir())
	r := start(t, s, nil)
	r.keep.SetSelected(r.keep.Options[1]) // favourites: BTCUSDT
	r.days.SetSelectedIndex(0)            // 30 days
	r.settle()
	if r.states[len(r.states)-1] != (State{KeepFavourites, 30}) {
		t.Errorf("told %v", r.states)
	}
	if want := "18,480 points of 1 contract are from before 2026-01-30."; !strings.Contains(r.planned.Text, want) {
		t.Fatalf("it plans %q, want %q", r.planned.Text, want)
	}
	test.Tap(r.thin)
	if said := r.texts(); !strings.Contains(said, "18,480 points of 1 contract from before 2026-01-30 will be removed for good") {
		t.Errorf("it asks %q", said)
	}
	test.Tap(r.button("Cancel"))
	r.settle()
	if got := points(t, s); got["SOLUSDT"] != 28_800 {
		t.Fatalf("cancelled, there are %v", got)
	}
	test.Tap(r.thin)
	test.Tap(r.button("Remove them"))
	r.settle()
	if got := points(t, s); got["SOLUSDT"] != 28_800-18_480 || got["BTCUSDT"] != 28_800 {
		t.Errorf("thinned, there are %v", got)
	}
	if !r.thin.Disabled() || !strings.Contains(r.planned.Text, "Nothing is older") {
		t.Errorf("afterwards it says %q", r.planned.Text)
	}
	r.keep.SetSelected(r.keep.Options[0])
	r.settle()
	if !strings.Contains(r.planned.Text, "18,480 points of 1 contract were removed") {
		t.Errorf("later it says %q", r.planned.Text)
	}
}

func TestDeletingIsAskedFor(t *testing.T) {
	s := filled(t, t.TempDir())
	r := start(t, s, nil)
	r.contract.SetSelected("SOLUSDT")
	test.Tap(r.remove)
	if said := r.texts(); !strings.Contains(said, "All 28,800 points of SOLUSDT, from 2025-11-21 to 2026-02-28") {
		t.Errorf("it asks %q", said)
	}
	test.Tap(r.button("Cancel"))
	r.settle()
	if len(points(t, s)) != 2 {
		t.Fatal("it was deleted all the same")
	}
	test.Tap(r.remove)
	test.Tap(r.button("Delete it"))
	r.settle()
	if got := points(t, s); len(got) != 1 || got["BTCUSDT"] != 28_800 {
		t.Errorf("there are %v", got)
	}
	if len(r.contract.Options) != 1 || r.contract.Selected != "" || !r.remove.Disabled() {
		t.Errorf("it offers %v, with %q chosen", r.contract.Options, r.contract.Selected)
	}
}

// A second window reads along: it can look, not change, until it takes over.
func TestAReaderCanOnlyLook(t *testing.T) {
	dir := t.TempDir()
	first := filled(t, dir)
	second, err := history.Open(t.Context(), dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	r := start(t, second, func(o *Options) { o.State = State{KeepNone, 30} })
	r.contract.SetSelected("SOLUSDT")
	if !strings.HasPrefix(r.who.Text, "Another process") || !r.thin.Disabled() || !r.remove.Disabled() || !strings.Contains(r.planned.Text, "36,960") {
		t.Errorf("who %q, planned %q", r.who.Text, r.planned.Text)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := second.TryBecomeWriter(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Watch(nil)
	if r.who.Text != "This window" || r.thin.Disabled() || r.remove.Disabled() {
		t.Errorf("having taken over: %q", r.who.Text)
	}
	r.Watch(&market.StorageProblem{Kind: market.StorageFull, Err: &history.Problem{Kind: history.Full}})
	if !strings.Contains(r.notes.Text, "The disk is full") || !r.notes.Visible() {
		t.Errorf("of a disk that fills up it says %q", r.notes.Text)
	}
}

func TestTroubleIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "history.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := history.Open(t.Context(), dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := start(t, s, nil)
	if !r.notes.Visible() || !strings.Contains(r.notes.Text, "history.db.damaged-") || !strings.Contains(r.notes.Text, "0 points could be saved") {
		t.Errorf("of a damaged history it says %q", r.notes.Text)
	}
	if !strings.Contains(r.size.Text, "without any points yet") {
		t.Errorf("size %q", r.size.Text)
	}
	full := &market.StorageProblem{Kind: market.StorageFull, What: "keeping stamps", Err: &history.Problem{Kind: history.Full}}
	r = start(t, s, func(o *Options) { o.Trouble = full })
	if !strings.Contains(r.notes.Text, "The disk is full") {
		t.Errorf("of a full disk it says %q", r.notes.Text)
	}
	r = start(t, nil, func(o *Options) {
		o.Open = func(context.Context) (Store, error) { return nil, &history.Problem{Kind: history.Newer} }
	})
	if !strings.Contains(r.planned.Text, "newer version") || !r.thin.Disabled() {
		t.Errorf("of a newer history it says %q", r.planned.Text)
	}
}

func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		lang assets.Language
		mode look.Mode
	}{{"dark_en", assets.English, look.Dark}, {"light_zh", assets.Chinese, look.Light}} {
		t.Run(c.name, func(t *testing.T) {
			s := filled(t, t.TempDir())
			r := start(t, fixed{s}, func(o *Options) {
				fyne.CurrentApp().Settings().SetTheme(look.New(c.mode, false))
				o.Words, o.State = assets.NewWords(c.lang), State{KeepFavourites, 30}
			})
			r.contract.SetSelected("SOLUSDT")
			test.AssertImageMatches(t, c.name+".png", r.window.Canvas().Capture())
		})
	}
}

// fixed is a history whose place and size are the same on every machine.
type fixed struct{ *history.Store }

func (fixed) Path() string         { return "/home/somebody/.local/share/openinterest/history/history.db" }
func (fixed) Size() (int64, error) { return 214_300_000, nil }

func TestAHistoryThatCannotBeOpenedIsNotLookedForForEver(t *testing.T) {
	r := start(t, nil, func(o *Options) {
		o.Open = func(context.Context) (Store, error) { return nil, errors.New("the disk is gone") }
	})
	if looking := assets.NewWords(assets.English).T("storage.looking"); r.size.Text == looking || r.planned.Text == "" {
		t.Errorf("it says %q, and why: %q", r.size.Text, r.planned.Text)
	}
}

// A history that was deleted under the program is not shown as if nothing had been.
func TestItTellsOfAHistoryThatWasDeleted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "history")
	s := filled(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if writes, err := s.TryBecomeWriter(t.Context()); err != nil || !writes {
		t.Fatalf("%v, %v", writes, err)
	}
	r := start(t, s, func(o *Options) { o.Trouble = &market.StorageProblem{Kind: market.StorageReplaced, What: s.Path()} })
	if !r.notes.Visible() || !strings.Contains(r.notes.Text, "was deleted or replaced while the program ran. Since 2026-03-01 12:02") || !strings.Contains(r.size.Text, "without any points yet") {
		t.Errorf("it says %q, %q", r.notes.Text, r.size.Text)
	}
}

// Where the exchange turns out to be another market, the pane shows that one's
// history, and what was asked about the other's is not done to it.
func TestItShowsTheHistoryThatTookAnothersPlace(t *testing.T) {
	first, second := filled(t, t.TempDir()), filled(t, t.TempDir())
	if err := second.DeleteContract(t.Context(), "BTCUSDT"); err != nil {
		t.Fatal(err)
	}
	now := first
	r := start(t, nil, func(o *Options) {
		o.Open = func(context.Context) (Store, error) { return now, nil }
	})
	r.contract.SetSelected("SOLUSDT")
	r.askDelete()
	yes := r.button(assets.NewWords(assets.English).T("storage.delete_yes"))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	now = second
	r.Watch(nil)
	r.settle()
	if r.where.Text != filepath.Dir(second.Path()) || len(r.contract.Options) != 1 || !strings.Contains(r.size.Text, "1 contract") {
		t.Errorf("it shows %q, %q, %v", r.where.Text, r.size.Text, r.contract.Options)
	}
	test.Tap(yes)
	r.settle()
	if kept, err := second.Coverages(t.Context()); err != nil || len(kept) != 1 {
		t.Errorf("a contract of the other market was deleted: %v, %v", kept, err)
	}
}

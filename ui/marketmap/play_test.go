package marketmap

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
)

// tick lets the player's time go by.
func (r *rig) tick() {
	r.t.Helper()
	next := r.next
	if next == nil {
		r.t.Fatal("nothing plays")
	}
	r.next = nil
	next()
	r.drain()
}

// lastHour is the window with the longest past.
func lastHour(o *Options) { o.State.Window = market.Window1h.String() }

// Play begins at the oldest stamp, shows each of them in turn, and ends at now.
func TestThePastPlaysFromTheOldestStampToNow(t *testing.T) {
	r := start(t, setup{with: lastHour, snapshot: columnstest.Large(8), size: fyne.NewSize(720, 200)})
	play := r.replay.player.button
	oldest, newest := r.view.d.reads.oldest, r.view.d.reads.newest
	play.OnTapped()
	r.settle()
	if r.view.d.reads.at != oldest {
		t.Errorf("it begins at %d, the oldest is %d", r.view.d.reads.at, oldest)
	}
	var seen []int64
	for r.next != nil {
		seen = append(seen, r.view.d.reads.at)
		r.tick()
	}
	var want []int64
	for at := oldest; at < newest; at += market.StepMillis {
		want = append(want, at)
	}
	if len(want) < 20 || !slices.Equal(seen, want) {
		t.Errorf("it showed %d stamps, want the %d from the oldest to now", len(seen), len(want))
	}
	if r.view.d.reads.at != 0 || r.replay.slider.Value != 0 || r.replay.player.playing() {
		t.Errorf("it ends at %d, the slider at %v", r.view.d.reads.at, r.replay.slider.Value)
	}
}

// What plays stops where the person takes over, and where nobody can see it.
func TestPlayingPausesWhereThePersonTakesOver(t *testing.T) {
	for name, take := range map[string]func(*rig){
		"the button": func(r *rig) { r.replay.player.button.OnTapped() },
		"the slider": func(r *rig) { r.replay.slider.SetValue(-3) },
		"Now":        func(r *rig) { r.replay.now.OnTapped() },
		"the back":   func(r *rig) { r.SetFront(false) },
		"the end":    func(r *rig) { r.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, setup{with: lastHour})
			r.replay.slider.SetValue(-10)
			r.settle()
			r.replay.player.button.OnTapped()
			r.tick()
			if at := r.view.d.reads.at; at != r.replay.newest-9*market.StepMillis {
				t.Fatalf("after a step it shows %d stamps before now", (r.replay.newest-at)/market.StepMillis)
			}
			late := r.next
			take(r)
			if r.next != nil || r.replay.player.playing() {
				t.Error("it plays on")
			}
			at := r.at
			late() // its timer had fired already
			if r.at != at || r.next != nil {
				t.Error("a step that was under way is made")
			}
		})
	}
}

// Another window reaches less far back: what plays goes on within it.
func TestPlayingGoesOnInAWindowThatReachesLessFar(t *testing.T) {
	r := start(t, setup{with: lastHour})
	r.replay.player.button.OnTapped()
	r.settle()
	r.spans.Choose(2)
	r.spans.OnChange(2)
	r.settle()
	if r.next != nil {
		r.tick()
	}
	if at, oldest := r.view.d.reads.at, r.view.d.reads.oldest; at != 0 && at < oldest {
		t.Errorf("it shows %d, before the oldest stamp %d", at, oldest)
	}
}

// How far back the market goes does not hang on the filter: where it leaves no
// contract, "nothing earlier is kept" would be wrong.
func TestAFilterThatLeavesNothingTakesNoPastAway(t *testing.T) {
	r := start(t, setup{with: lastHour})
	reach, oldest := r.replay.reach.Text(), r.view.d.reads.oldest
	r.SetShown(map[string]bool{}, "as the table is filtered")
	r.settle()
	if r.replay.reach.Text() != reach || r.view.d.reads.oldest != oldest || r.replay.slider.Disabled() {
		t.Errorf("with no contract left it says %q, before %q", r.replay.reach.Text(), reach)
	}
}

// The tooltip of the button says what a click does, not what the one before did.
func TestThePlayButtonSaysWhatItDoes(t *testing.T) {
	r := start(t, setup{with: lastHour})
	b := r.replay.player.button
	r.replay.player.toggle()
	if b.ToolTip() != r.w.T("map.pause") {
		t.Errorf("while it plays, the button says %q", b.ToolTip())
	}
	r.replay.player.toggle()
	if b.ToolTip() != r.w.T("map.play") {
		t.Errorf("while it rests, the button says %q", b.ToolTip())
	}
}

// A pane in another language goes on at the stamp that the one before showed.
func TestAnotherLanguageShowsTheSameStamp(t *testing.T) {
	r := start(t, setup{with: lastHour})
	r.replay.slider.SetValue(-7)
	r.settle()
	next := start(t, setup{lang: assets.Chinese, with: func(o *Options) {
		lastHour(o)
		o.At = r.At()
	}})
	if next.view.d.reads.at != r.at || next.replay.slider.Value != -7 || next.replay.now.Disabled() {
		t.Errorf("it shows %d, the slider at %v", next.view.d.reads.at, next.replay.slider.Value)
	}
}

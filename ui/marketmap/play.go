package marketmap

import (
	"time"

	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/data/market"
)

// playPause is how long each stamp is shown while the past plays. The next one is
// asked for when this one is on screen, so a slow machine plays slower, and nothing
// queues up.
const playPause = 150 * time.Millisecond

// player goes through the past stamp by stamp, from where the slider stands to now.
// Its timer is stopped when it pauses, when the pane goes to the back and when it
// is closed.
type player struct {
	replay *replay
	button *ttwidget.Button
	stop   func() // the timer that waits for the next step; nil: it does not play
}

func newPlayer(r *replay) *player {
	y := &player{replay: r, button: ttwidget.NewButtonWithIcon("", nil, nil)}
	y.button.OnTapped = y.toggle
	y.button.Importance = widget.LowImportance
	y.button.Disable()
	y.dress()
	return y
}

func (y *player) playing() bool { return y.stop != nil }

// toggle plays or pauses. From now it begins at the oldest stamp there is.
func (y *player) toggle() {
	y.button.MouseOut() // its tooltip says what it did until now
	if y.playing() {
		y.pause()
		return
	}
	r := y.replay
	if r.newest == 0 || r.oldest >= r.newest {
		return
	}
	if r.pane.at == 0 {
		r.showAt(r.oldest)
	}
	y.wait()
	y.dress()
}

// wait sets the timer for the next step.
func (y *player) wait() { y.stop = y.replay.pane.o.After(playPause, y.step) }

// step shows the next stamp, and stops at now. While a picture is still being drawn
// it waits: the past is not skipped.
func (y *player) step() {
	r := y.replay
	if !y.playing() || r.pane.o.Context.Err() != nil {
		return
	}
	if r.pane.Busy() {
		y.wait()
		return
	}
	next := max(r.pane.at, r.oldest) + market.StepMillis
	if r.pane.at == 0 || next >= r.newest {
		y.pause()
		r.showAt(0)
		return
	}
	r.showAt(next)
	y.wait()
}

// pause stops where it is.
func (y *player) pause() {
	if !y.playing() {
		return
	}
	y.stop()
	y.stop = nil
	y.dress()
}

// dress gives the button the sign and the words of what it would do.
func (y *player) dress() {
	icon, key := theme.MediaPlayIcon(), "map.play"
	if y.playing() {
		icon, key = theme.MediaPauseIcon(), "map.pause"
	}
	y.button.SetToolTip(y.replay.pane.w.T(key))
	y.button.SetIcon(icon)
}

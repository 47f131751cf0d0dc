package look

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
)

// still says whether nothing shall move by itself.
var still atomic.Bool

// SetStill turns the toolkit's animations off: the ripple of a pressed button, the
// blinking of the cursor, the circle of what is busy. It takes effect where Calm
// was called.
func SetStill(on bool) { still.Store(on) }

// Calm has Fyne ask this package before it animates anything: Fyne reads that from
// a file of its own, which all its programs share, and has no way to set it for
// one. cmd/openinterest calls it once, when Fyne's loop has begun: before that Fyne
// asks whether the current app is its own, and else does not follow the desktop's
// colours.
func Calm(app fyne.App) { fyne.SetCurrentApp(calmApp{app}) }

// calmApp is an app whose settings may forbid animations.
type calmApp struct{ fyne.App }

// Settings implements fyne.App.
func (a calmApp) Settings() fyne.Settings { return calmSettings{a.App.Settings()} }

type calmSettings struct{ fyne.Settings }

// ShowAnimations is what Fyne's own settings say, unless the person wants none here.
func (s calmSettings) ShowAnimations() bool { return !still.Load() && s.Settings.ShowAnimations() }

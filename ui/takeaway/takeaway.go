// Package takeaway is what charts and map have in common where one takes them
// away: the button with its menu, the file, and the words on a picture that say
// where it is from and of when.
package takeaway

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Export is what a pane shows, as a file.
type Export struct {
	Name  string                  // proposed for the file: "BTCUSDT-30d.csv"
	Write func(w io.Writer) error // writes it; may be called on any goroutine
}

const (
	Scale = 2 // pixels of a picture for a unit of the pane

	// A picture is at least so large, in units, however small the pane is on screen.
	leastWidth, leastHeight = 720, 400
)

// Size is how large a picture is of what has a size on screen, in units.
func Size(shown fyne.Size) fyne.Size { return shown.Max(fyne.NewSize(leastWidth, leastHeight)) }

// Button opens the menu of what one can take away, which is made anew each time.
func Button(w *assets.Words, tip string, menu func() []*fyne.MenuItem) fyne.CanvasObject {
	b := ttwidget.NewButtonWithIcon("", theme.NewColoredResource(theme.DownloadIcon(), theme.ColorNamePlaceHolder), nil)
	b.OnTapped = func() {
		b.MouseOut() // the tooltip must not lie over the menu
		look.OpenMenu(b, menu()...)
	}
	b.Importance = widget.LowImportance
	b.SetToolTip(w.T(tip))
	return b
}

// Item offers a file under the words of a key.
func Item(w *assets.Words, key string, make func() Export, to func(Export)) *fyne.MenuItem {
	return fyne.NewMenuItem(w.T(key, assets.Args{"Scale": Scale}), func() { to(make()) })
}

// Source says where a picture is from, and of when.
func Source(w *assets.Words, demo bool, at time.Time) string {
	key := "takeaway.source"
	if demo {
		key = "takeaway.source_demo"
	}
	return w.T(key, assets.Args{"Time": format.DateTime(at)})
}

// WritePNG writes a picture.
func WritePNG(w io.Writer, img image.Image) error {
	if err := png.Encode(w, img); err != nil {
		return fmt.Errorf("writing a picture: %w", err)
	}
	return nil
}

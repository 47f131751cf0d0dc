package marketmap

import (
	"bytes"
	"image/png"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/ui/look"
)

// The map can be taken away: twice as large, and with rows of text that say what it
// is, of when, which contracts, and where from.
func TestTheMapIsTakenAwayAsAPicture(t *testing.T) {
	for _, lang := range []assets.Language{assets.English, assets.Chinese} {
		for _, kind := range []string{KindMap, KindTree} {
			r := start(t, setup{lang: lang, mode: look.Light, size: fyne.NewSize(900, 500), with: func(o *Options) { o.State.Kind = kind }})
			r.replay.slider.SetValue(-2)
			r.settle()
			menu := r.saveMenu()
			menu[0].Action()
			menu[1].Action()
			if len(r.exported) != 1 || len(r.copied) != 1 {
				t.Fatalf("%d are saved, %d copied", len(r.exported), len(r.copied))
			}
			var b, again bytes.Buffer
			if err := r.exported[0].Write(&b); err != nil {
				t.Fatal(err)
			}
			if err := r.copied[0].Write(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Errorf("what is copied is not what is saved (%v)", err)
			}
			img, err := png.Decode(bytes.NewReader(b.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			shown := r.view.Size()
			if size := img.Bounds().Size(); size.X != int(2*shown.Width) || size.Y <= int(2*max(400, shown.Height)) {
				t.Errorf("the picture has %v pixels, the map on screen %v units", size, shown)
			}
			if name := r.exported[0].Name; !strings.HasSuffix(name, ".png") || !strings.Contains(name, "24h") {
				t.Errorf("the file is to be called %q", name)
			}
			d, ok := r.newJob(r.view.pixels, 1).paint(t.Context())
			if !ok {
				t.Fatal("nothing is drawn")
			}
			if span := d.span(); !strings.Contains(span, "UTC") || !strings.Contains(span, "200") {
				t.Errorf("the picture says %q", span)
			}
			if dir := os.Getenv("POSTERS"); dir != "" { // to be looked at
				if err := os.WriteFile(dir+"/map-"+kind+string(lang)+".png", b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// Before there is a market, there is nothing to take away.
func TestNothingIsTakenAwayBeforeThereIsAMarket(t *testing.T) {
	r := start(t, setup{})
	r.snapshot = nil
	for _, i := range r.saveMenu() {
		if !i.Disabled {
			t.Errorf("%q is on offer", i.Label)
		}
	}
}

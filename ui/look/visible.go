package look

import "fyne.io/fyne/v2"

// SetVisible shows or hides objects; those that are so already are left alone.
func SetVisible(on bool, objects ...fyne.CanvasObject) {
	for _, o := range objects {
		if o.Visible() == on {
			continue
		}
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

package statusbar

import (
	"strings"

	"fyne.io/fyne/v2"
)

// AccessibilityLabel is what a screen reader says of the bar: its words from left
// to right. Fyne asks for it in a build with its tag "accessibility".
func (b *Bar) AccessibilityLabel() string {
	m := b.model
	var said []string
	for _, part := range []string{m.State, m.Sentence, m.Count, m.Oldest, m.Weight, m.Notice, m.Clock, m.Demo} {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ", ")
}

// AccessibilityRole says that the bar is text.
func (b *Bar) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

package table

import (
	"maps"
	"slices"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/columns"
)

// State is what a person chose in the table, to be kept between starts. The
// zero State is the table as first shown.
type State struct {
	Sort       columns.ID             `json:"sort,omitempty"` // empty: the default order
	Descending bool                   `json:"descending,omitempty"`
	Order      []columns.ID           `json:"order,omitempty"`   // of the columns that can be moved
	Visible    map[columns.ID]bool    `json:"visible,omitempty"` // where it differs from the default
	Widths     map[columns.ID]float32 `json:"widths,omitempty"`  // of the columns resized by hand

	Favourites     []string         `json:"favourites,omitempty"` // symbols, in the order they were added
	Ticked         []string         `json:"ticked,omitempty"`     // symbols, in the order they were ticked
	FavouritesOnly bool             `json:"favourites_only,omitempty"`
	Kind           signal.Kind      `json:"kind,omitempty"`  // only rows with this reading
	Event          signal.EventKind `json:"event,omitempty"` // only rows that show this kind now
}

// A column is never narrower than can be grabbed, nor wider than a screen.
const (
	minColumnWidth float32 = 36
	maxColumnWidth float32 = 480
)

// sane returns the state without what these columns cannot have: it may come
// from a file that another version, or a person, wrote.
func (s State) sane(all []columns.Column) State {
	known := map[columns.ID]bool{}
	movable := map[columns.ID]bool{}
	for _, c := range all {
		known[c.ID] = true
		movable[c.ID] = !c.Pinned
	}
	if !known[s.Sort] {
		s.Sort, s.Descending = columns.DefaultSort, columns.DefaultDescending
	}
	s.Order = unique(s.Order, func(id columns.ID) bool { return movable[id] })
	s.Visible = maps.Clone(s.Visible)
	maps.DeleteFunc(s.Visible, func(id columns.ID, _ bool) bool { return !movable[id] })
	s.Widths = maps.Clone(s.Widths)
	maps.DeleteFunc(s.Widths, func(id columns.ID, w float32) bool {
		return !known[id] || !(w >= minColumnWidth && w <= maxColumnWidth)
	})
	notEmpty := func(symbol string) bool { return symbol != "" }
	s.Favourites, s.Ticked = unique(s.Favourites, notEmpty), unique(s.Ticked, notEmpty)
	if !slices.Contains(signal.ReadingKinds(), s.Kind) {
		s.Kind = signal.Unknown
	}
	if !s.Event.Valid() {
		s.Event = ""
	}
	if r := s.Event.Reading(); r != signal.Unknown && s.Event.Window() == market.Window24h {
		s.Kind, s.Event = r, "" // the reading of the chips and of the rows
	}
	return s
}

// clone returns a state that shares no memory with s.
func (s State) clone() State {
	s.Order, s.Favourites, s.Ticked = slices.Clone(s.Order), slices.Clone(s.Favourites), slices.Clone(s.Ticked)
	s.Visible, s.Widths = maps.Clone(s.Visible), maps.Clone(s.Widths)
	return s
}

// unique returns a new slice with the first of each element that keep wants.
func unique[T comparable](list []T, keep func(T) bool) []T {
	var kept []T
	for _, x := range list {
		if keep(x) && !slices.Contains(kept, x) {
			kept = append(kept, x)
		}
	}
	return kept
}

func set(symbols []string) map[string]bool {
	m := make(map[string]bool, len(symbols))
	for _, s := range symbols {
		m[s] = true
	}
	return m
}

// toggled returns list without x if it was there, else with x at the end.
func toggled(list []string, x string) []string {
	if i := slices.Index(list, x); i >= 0 {
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return append(slices.Clone(list), x)
}

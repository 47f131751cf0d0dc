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
	Sort       columns.ID `json:"sort,omitempty"` // empty: the default order
	Descending bool       `json:"descending,omitempty"`
	Arrangement

	Favourites     []string            `json:"favourites,omitempty"` // symbols, in the order they were added
	Ticked         []string            `json:"ticked,omitempty"`     // symbols, in the order they were ticked
	FavouritesOnly bool                `json:"favourites_only,omitempty"`
	Kind           signal.Kind         `json:"kind,omitempty"`  // only rows with this reading
	Event          signal.EventKind    `json:"event,omitempty"` // only rows that show this kind now
	Where          []columns.Condition `json:"where,omitempty"`
	List           string              `json:"list,omitempty"` // only rows of this watchlist

	Watchlists []Watchlist `json:"watchlists,omitempty"`
	Views      []View      `json:"views,omitempty"` // the person's own
	View       string      `json:"view,omitempty"`  // the key of the tab in front; empty: All

	// Arranged are the columns of tabs that are not in front, by whose they are: see
	// arrangedAs.
	Arranged map[string]Arrangement `json:"arranged,omitempty"`
}

// Arrangement is which columns are shown, in which order, and how wide.
type Arrangement struct {
	Order   []columns.ID           `json:"order,omitempty"`   // of the columns that can be moved
	Visible map[columns.ID]bool    `json:"visible,omitempty"` // where it differs from the default
	Widths  map[columns.ID]float32 `json:"widths,omitempty"`  // of the columns resized by hand
}

// A column is never narrower than can be grabbed, nor wider than a screen.
const (
	minColumnWidth float32 = 36
	maxColumnWidth float32 = 480
)

// sane returns the state without what these columns cannot have: it may come
// from a file that another version, or a person, wrote.
func (s State) sane(all []columns.Column) State {
	s = s.clone()
	s.setQuery(saneQuery(s.query(), all))
	s.Arrangement = s.Arrangement.sane(all)
	for key, a := range s.Arranged {
		s.Arranged[key] = a.sane(all)
	}
	s.Favourites, s.Ticked = unique(s.Favourites, notEmpty), unique(s.Ticked, notEmpty)
	s.saneLists()
	s.saneViews(all)
	return s
}

func notEmpty(symbol string) bool { return symbol != "" }

// sane is what of an arrangement these columns can have.
func (a Arrangement) sane(all []columns.Column) Arrangement {
	known := map[columns.ID]bool{}
	movable := map[columns.ID]bool{}
	for _, c := range all {
		known[c.ID] = true
		movable[c.ID] = !c.Pinned
	}
	a.Order = unique(a.Order, func(id columns.ID) bool { return movable[id] })
	a.Visible = maps.Clone(a.Visible)
	maps.DeleteFunc(a.Visible, func(id columns.ID, _ bool) bool { return !movable[id] })
	a.Widths = maps.Clone(a.Widths)
	maps.DeleteFunc(a.Widths, func(id columns.ID, w float32) bool {
		return !known[id] || !(w >= minColumnWidth && w <= maxColumnWidth)
	})
	return a
}

func (a Arrangement) clone() Arrangement {
	return Arrangement{slices.Clone(a.Order), maps.Clone(a.Visible), maps.Clone(a.Widths)}
}

// query is what the state asks of the rows, without the search, which is not kept.
func (s *State) query() columns.Query {
	return columns.Query{FavouritesOnly: s.FavouritesOnly, List: s.List, Kind: s.Kind, Event: s.Event, Where: s.Where,
		Sort: s.Sort, Descending: s.Descending}
}

func (s *State) setQuery(q columns.Query) {
	s.FavouritesOnly, s.List, s.Kind, s.Event, s.Where = q.FavouritesOnly, q.List, q.Kind, q.Event, slices.Clone(q.Where)
	s.Sort, s.Descending = q.Sort, q.Descending
}

// saneQuery is what of a query can be asked of rows with these columns.
func saneQuery(q columns.Query, all []columns.Column) columns.Query {
	if !slices.ContainsFunc(all, func(c columns.Column) bool { return c.ID == q.Sort }) {
		q.Sort, q.Descending = columns.DefaultSort, columns.DefaultDescending
	}
	if !slices.Contains(signal.ReadingKinds(), q.Kind) {
		q.Kind = signal.Unknown
	}
	if !q.Event.Valid() {
		q.Event = ""
	}
	if r := q.Event.Reading(); r != signal.Unknown && q.Event.Window() == market.Window24h {
		q.Kind, q.Event = r, "" // the reading of the chips and of the rows
	}
	var where []columns.Condition
	for _, c := range q.Where {
		if c.Check() == nil && len(where) < mostConditions {
			where = append(where, c)
		}
	}
	q.Where = where
	return q
}

// mostConditions is how many a person can set at once: chips need room.
const mostConditions = 20

// clone returns a state that shares no memory with s but conditions, which are
// never changed.
func (s State) clone() State {
	s.Favourites, s.Ticked, s.Where = slices.Clone(s.Favourites), slices.Clone(s.Ticked), slices.Clone(s.Where)
	s.Arrangement = s.Arrangement.clone()
	s.Watchlists, s.Views = cloneLists(s.Watchlists), cloneViews(s.Views)
	arranged := maps.Clone(s.Arranged)
	for key, a := range arranged {
		arranged[key] = a.clone()
	}
	s.Arranged = arranged
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

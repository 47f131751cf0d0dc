package table

import (
	"reflect"
	"slices"
	"strings"

	"openinterest/ui/columns"
)

// View is a filter, an order and columns under a name: a tab above the rows. The
// person's own are kept, a few come with the program.
//
// A click on a tab brings back its filter and order as they were saved; what is
// changed in front of it afterwards is forgotten with the next click unless it is
// saved. Columns are not: how a person arranges them stays with the tab.
type View struct {
	Name    string        `json:"name"`
	Query   columns.Query `json:"query"` // without a search
	Columns Arrangement   `json:"columns"`
}

// Keys of the views that come with the program. Those of the person's own begin
// with ownView.
const (
	ViewAll        = "all"
	ViewLiquid     = "liquid"
	ViewMovers     = "movers"
	ViewCrowded    = "crowded"
	ViewFavourites = "favourites"

	ownView = "own:"
)

// shippedViews lists their keys in the order of the tabs.
func shippedViews() []string {
	return []string{ViewAll, ViewLiquid, ViewMovers, ViewCrowded, ViewFavourites}
}

// shippedView is a view that comes with the program; its name is in the words.
//
// Liquid has what one gets in and out of. Movers leaves out what a few trades move,
// and has the largest change of open interest first; Crowded has the contracts
// first whose longs pay most.
func shippedView(key string) View {
	const million = 1e6
	q := columns.Query{Sort: columns.DefaultSort, Descending: columns.DefaultDescending}
	shown := func(ids ...columns.ID) Arrangement {
		a := Arrangement{Visible: map[columns.ID]bool{}}
		for _, id := range ids {
			a.Visible[id] = true
		}
		return a
	}
	v := View{Query: q}
	switch key {
	case ViewLiquid:
		v.Query.Where = []columns.Condition{columns.AtLeast(columns.OIUSD, 20*million), columns.AtLeast(columns.Volume24h, 50*million)}
	case ViewMovers:
		v.Query.Sort = columns.OIChange24h
		v.Query.Where = []columns.Condition{columns.AtLeast(columns.OIUSD, 5*million), columns.AtLeast(columns.Volume24h, 10*million)}
		v.Columns = shown(columns.PriceChange1h, columns.Trend, columns.OIPositions24h)
		v.Columns.Visible[columns.FundingAPR], v.Columns.Visible[columns.OIVolume], v.Columns.Visible[columns.OIContracts] = false, false, false
	case ViewCrowded:
		v.Query.Sort = columns.FundingAPR
		v.Query.Where = []columns.Condition{columns.AtLeast(columns.OIUSD, 5*million)}
		v.Columns = shown(columns.OIChange7d, columns.NextFunding)
		v.Columns.Visible[columns.OIChange1h], v.Columns.Visible[columns.OIContracts] = false, false
	case ViewFavourites:
		v.Query.FavouritesOnly = true
	}
	return v
}

// defaultArrangement is how the columns of the tab in front were first shown.
func (t *Table) defaultArrangement() Arrangement {
	if key := t.state.viewKey(); t.state.own(key) < 0 {
		return shippedView(key).Columns
	}
	return Arrangement{}
}

// arrangedAs is under which name the columns of a view are kept: those that come
// without columns of their own share theirs with All.
func arrangedAs(key string) string {
	if key == ViewMovers || key == ViewCrowded {
		return key
	}
	return ViewAll
}

// viewKey is the key of the tab in front.
func (s *State) viewKey() string {
	if s.View == "" {
		return ViewAll
	}
	return s.View
}

// own is the index of one of the person's views by its key; −1: it is none.
func (s *State) own(key string) int {
	name, is := strings.CutPrefix(key, ownView)
	if !is {
		return -1
	}
	return slices.IndexFunc(s.Views, func(v View) bool { return v.Name == name })
}

// view is a view by its key.
func (s *State) view(key string) View {
	if i := s.own(key); i >= 0 {
		return s.Views[i]
	}
	return shippedView(key)
}

// edited reports whether filter or order differ from those of the tab in front.
func (s *State) edited() bool {
	return differ(s.view(s.viewKey()).Query, s.query())
}

func differ(a, b columns.Query) bool {
	a.Where, b.Where = slices.Concat(a.Where), slices.Concat(b.Where) // nil where empty
	return !reflect.DeepEqual(a, b)
}

// stow keeps the columns on screen for when their tab comes back to the front.
func (s *State) stow() {
	key := s.viewKey()
	if i := s.own(key); i >= 0 {
		s.Views[i].Columns = s.Arrangement.clone()
		return
	}
	if s.Arranged == nil {
		s.Arranged = map[string]Arrangement{}
	}
	s.Arranged[arrangedAs(key)] = s.Arrangement.clone()
}

// bring takes a view to the front.
func (s *State) bring(key string) {
	s.stow()
	v := s.view(key)
	if a, ok := s.Arranged[arrangedAs(key)]; ok && s.own(key) < 0 {
		v.Columns = a
	}
	s.View = key
	if key == ViewAll {
		s.View = ""
	}
	s.setQuery(v.Query)
	s.Arrangement = v.Columns.clone()
}

// save makes a view of what is on screen, in place of one of that name or at the
// end, and takes it to the front.
func (s *State) save(name string) {
	s.stow()
	v := View{Name: name, Query: s.query(), Columns: s.Arrangement.clone()}
	v.Query.Where = slices.Clone(v.Query.Where)
	if i := s.own(ownView + name); i >= 0 {
		s.Views[i] = v
	} else {
		s.Views = append(s.Views, v)
	}
	s.View = ownView + name
}

// Views and lists a person can have: tabs need room, and a menu an end.
const (
	mostViews  = 40
	mostLists  = 100
	longestKey = 40 // characters of a name
)

// saneName is a name as it may stand on a tab; empty: it is none.
func saneName(name string) string {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	if r := []rune(name); len(r) > longestKey {
		name = strings.TrimSpace(string(r[:longestKey]))
	}
	return name
}

// saneViews leaves the views that have a name of their own, and what of them can
// be shown.
func (s *State) saneViews(all []columns.Column) {
	var views []View
	for _, v := range s.Views {
		v.Name = saneName(v.Name)
		taken := slices.ContainsFunc(views, func(w View) bool { return w.Name == v.Name })
		if v.Name == "" || taken || len(views) == mostViews {
			continue
		}
		v.Query, v.Columns = saneQuery(v.Query, all), v.Columns.sane(all)
		v.Query.Search = ""
		views = append(views, v)
	}
	s.Views = views
	if s.own(s.View) < 0 && !slices.Contains(shippedViews()[1:], s.View) {
		s.View = ""
	}
	for key := range s.Arranged {
		if !slices.Contains(shippedViews(), key) {
			delete(s.Arranged, key)
		}
	}
}

func cloneViews(views []View) []View {
	views = slices.Clone(views)
	for i := range views {
		views[i].Columns = views[i].Columns.clone()
		views[i].Query.Where = slices.Clone(views[i].Query.Where)
	}
	return views
}

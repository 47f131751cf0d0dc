package table

import (
	"slices"
)

// Watchlist is a set of contracts under a name. A contract can be in several.
type Watchlist struct {
	Name    string   `json:"name"`
	Symbols []string `json:"symbols"` // in the order they were added
}

// list is the index of a watchlist by its name; −1: there is none.
func (s *State) list(name string) int {
	return slices.IndexFunc(s.Watchlists, func(l Watchlist) bool { return l.Name == name })
}

// listed are the symbols of the list that rows are filtered by.
func (s *State) listed() map[string]bool {
	if i := s.list(s.List); i >= 0 {
		return set(s.Watchlists[i].Symbols)
	}
	return nil
}

// saneLists leaves the lists that have a name of their own.
func (s *State) saneLists() {
	var lists []Watchlist
	for _, l := range s.Watchlists {
		l.Name = saneName(l.Name)
		taken := slices.ContainsFunc(lists, func(m Watchlist) bool { return m.Name == l.Name })
		if l.Name == "" || taken || len(lists) == mostLists {
			continue
		}
		l.Symbols = unique(l.Symbols, notEmpty)
		lists = append(lists, l)
	}
	s.Watchlists = lists
	if s.list(s.List) < 0 {
		s.List = ""
	}
}

func cloneLists(lists []Watchlist) []Watchlist {
	lists = slices.Clone(lists)
	for i := range lists {
		lists[i].Symbols = slices.Clone(lists[i].Symbols)
	}
	return lists
}

// Watchlists are the person's lists, as they stand in menus.
func (t *Table) Watchlists() []Watchlist { return cloneLists(t.state.Watchlists) }

// SetListed puts a contract on a watchlist, or takes it off. A list of that name
// is made where there is none.
func (t *Table) SetListed(list, symbol string, on bool) {
	i := t.state.list(list)
	if i < 0 {
		if list = saneName(list); !on || list == "" || len(t.state.Watchlists) >= mostLists {
			return
		}
		if i = t.state.list(list); i < 0 {
			t.state.Watchlists = append(t.state.Watchlists, Watchlist{Name: list})
			i = len(t.state.Watchlists) - 1
		}
	}
	l := &t.state.Watchlists[i]
	if slices.Contains(l.Symbols, symbol) == on {
		return
	}
	l.Symbols = toggled(l.Symbols, symbol)
	t.listsChanged()
}

// listsChanged shows what follows from other watchlists.
func (t *Table) listsChanged() {
	t.rearrange()
	t.strip.rebuild()
	t.changed()
}

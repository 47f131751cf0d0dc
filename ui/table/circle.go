package table

import "openinterest/data/alert"

// Circle is which contracts a person cares for by the state of their table: rules of
// alerts name favourites and watchlists. It is asked without a table, too.
func Circle(s State) alert.Circle {
	c := alert.Circle{Favourites: set(s.Favourites), Lists: map[string]map[string]bool{}}
	for _, l := range s.Watchlists {
		c.Lists[l.Name] = set(l.Symbols)
	}
	return c
}

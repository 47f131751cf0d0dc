package columns

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"openinterest/data/signal"
)

// Query is what the person asks of the table. It is immutable once in use.
type Query struct {
	Search         string
	FavouritesOnly bool
	Kind           signal.Kind      // only rows with this reading; empty: all
	Event          signal.EventKind // only rows that show this kind now; empty: all
	Sort           ID
	Descending     bool

	Favourites map[string]bool
	Ticked     map[string]bool
}

// Arrange returns the rows that match the query, in its order: by how well
// they match what is searched for, then by the sort column, then the larger
// open interest in USD first, then as given. Unknown values come last in both directions. rows stays as it is.
func Arrange(rows []*Row, columns []Column, q *Query) []*Row {
	needle := strings.ToLower(strings.TrimSpace(q.Search))
	list := make([]placed, 0, len(rows))
	by := column(columns, q.Sort)
	for _, r := range rows {
		rank := r.names.rank(needle)
		if rank == noMatch || q.FavouritesOnly && !q.Favourites[r.Symbol] || !r.matches(q) {
			continue
		}
		p := placed{row: r, rank: rank, size: r.Quote.OpenInterestUSD()}
		if by != nil && by.Key != nil {
			p.key = by.Key(r, q)
		}
		list = append(list, p)
	}
	text := by != nil && by.Key == nil
	slices.SortStableFunc(list, func(a, b placed) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		if text {
			return directed(strings.Compare(a.row.names.symbol, b.row.names.symbol), q.Descending)
		}
		return cmp.Or(compareKeys(a.key, b.key, q.Descending), compareKeys(a.size, b.size, true))
	})
	arranged := make([]*Row, len(list))
	for i, p := range list {
		arranged[i] = p.row
	}
	return arranged
}

// placed is a row with what decides its place.
type placed struct {
	row  *Row
	rank matchRank
	key  float64
	size float64 // open interest in USD, which orders ties
}

// compareKeys compares two numbers in the direction asked for; unknown ones come
// last in both.
func compareKeys(a, b float64, descending bool) int {
	switch ua, ub := math.IsNaN(a), math.IsNaN(b); {
	case ua && ub:
		return 0
	case ua:
		return 1
	case ub:
		return -1
	}
	return directed(cmp.Compare(a, b), descending)
}

func directed(c int, descending bool) int {
	if descending {
		return -c
	}
	return c
}

func column(columns []Column, id ID) *Column {
	for i := range columns {
		if columns[i].ID == id {
			return &columns[i]
		}
	}
	return nil
}

// matches reports whether a row shows the signal that is asked for.
func (r *Row) matches(q *Query) bool {
	return (q.Kind == signal.Unknown || r.Reading.Kind == q.Kind) && (q.Event == "" || r.Sign.Shows(q.Event))
}

// Tally is how many rows show what.
type Tally struct {
	Readings map[signal.Kind]int
	Events   map[signal.EventKind]int
	Marked   int // rows with a mark beside the reading
}

// Counts returns how many rows show each signal.
func Counts(rows []*Row) Tally {
	n := Tally{Readings: map[signal.Kind]int{}, Events: map[signal.EventKind]int{}}
	for _, r := range rows {
		n.Readings[r.Reading.Kind]++
		for _, k := range r.Sign.Showing() {
			n.Events[k]++
		}
		if len(r.marked()) > 0 {
			n.Marked++
		}
	}
	return n
}

// matchRank is how well a row matches a search; less is better.
type matchRank int8

const (
	exactMatch matchRank = iota
	prefixMatch
	suffixMatch
	substringMatch
	noMatch
)

// searchNames are the names of a contract that a search compares, in lower case.
type searchNames struct{ symbol, base string }

// rank returns the better match of the two names: "pepe" is a suffix of the
// asset 1000PEPE, though only a substring of the symbol.
func (n searchNames) rank(needle string) matchRank {
	if needle == "" {
		return exactMatch
	}
	return min(rankOf(n.symbol, needle), rankOf(n.base, needle))
}

func rankOf(name, needle string) matchRank {
	switch {
	case name == needle:
		return exactMatch
	case strings.HasPrefix(name, needle):
		return prefixMatch
	case strings.HasSuffix(name, needle):
		return suffixMatch
	case strings.Contains(name, needle):
		return substringMatch
	}
	return noMatch
}

package columns

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Query is what the person asks of the table. It is immutable once in use. Rows
// must pass all that it asks. What it is kept as is JSON, without the lists of
// symbols that it names.
type Query struct {
	Search         string           `json:"search,omitempty"`
	FavouritesOnly bool             `json:"favourites_only,omitempty"`
	List           string           `json:"list,omitempty"`  // only rows of this watchlist; empty: all
	Kind           signal.Kind      `json:"kind,omitempty"`  // only rows with this reading; empty: all
	Event          signal.EventKind `json:"event,omitempty"` // only rows that show this kind now; empty: all
	Where          []Condition      `json:"where,omitempty"`
	Sort           ID               `json:"sort,omitempty"`
	Descending     bool             `json:"descending,omitempty"`

	Favourites map[string]bool `json:"-"`
	Ticked     map[string]bool `json:"-"`
	Listed     map[string]bool `json:"-"` // the symbols of List
}

// Matches reports whether a row passes everything that the query asks.
func (q *Query) Matches(r *Row) bool {
	return q.passes(r) && r.names.rank(needle(q.Search)) != noMatch
}

// passes reports whether a row passes everything but the search.
func (q *Query) passes(r *Row) bool {
	switch {
	case q.FavouritesOnly && !q.Favourites[r.Symbol],
		q.List != "" && !q.Listed[r.Symbol],
		q.Kind != signal.Unknown && r.Reading.Kind != q.Kind,
		q.Event != "" && !r.Sign.Shows(q.Event):
		return false
	}
	for i := range q.Where {
		if !q.Where[i].Matches(r) {
			return false
		}
	}
	return true
}

// needle is what is searched for.
func needle(search string) string { return strings.ToLower(strings.TrimSpace(search)) }

// Small contracts crowd the top where half of the first ten rows have less open
// interest than LiquidFrom, in USD: then leaving those out is worth an offer.
const (
	firstRows  = 10
	manySmall  = 5
	LiquidFrom = 5e6
)

// Crowded reports whether small contracts crowd the top of what was arranged by
// a query: ordered by a percentage, which a few trades move, and with no lower
// bound on open interest.
func (q *Query) Crowded(arranged []*Row) bool {
	n := market.NumberOf(market.NumberID(q.Sort))
	byChange := q.Sort == Trend || n != nil && (n.Unit == market.UnitPercent || n.Unit == market.UnitZ)
	if !byChange || slices.ContainsFunc(q.Where, func(c Condition) bool { return c.Column == OIUSD && c.Min != nil }) {
		return false
	}
	small := 0
	for _, r := range arranged[:min(firstRows, len(arranged))] {
		if r.Quote.OpenInterestUSD() < LiquidFrom {
			small++
		}
	}
	return small >= manySmall
}

// Arrange returns the rows that match the query, in its order: by how well
// they match what is searched for, then by the sort column, then the larger
// open interest in USD first, then as given. Unknown values come last in both directions. rows stays as it is.
func Arrange(rows []*Row, columns []Column, q *Query) []*Row {
	needle := needle(q.Search)
	list := make([]placed, 0, len(rows))
	by := column(columns, q.Sort)
	for _, r := range rows {
		rank := r.names.rank(needle)
		if rank == noMatch || !q.passes(r) {
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

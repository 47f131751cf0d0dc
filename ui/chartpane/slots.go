package chartpane

import "slices"

// MaxSymbols is how many contracts a comparison shows.
const MaxSymbols = 12

// assignSlots gives each symbol a slot of the palette: the one it has, else
// the lowest that is free. A symbol keeps its colour for as long as it is
// ticked, whatever is ticked and unticked besides.
func assignSlots(have map[string]int, symbols []string) map[string]int {
	slots := make(map[string]int, len(symbols))
	used := map[int]bool{}
	for _, s := range symbols {
		if slot, ok := have[s]; ok && slot >= 0 && slot < MaxSymbols && !used[slot] {
			slots[s], used[slot] = slot, true
		}
	}
	next := 0
	for _, s := range symbols {
		if _, ok := slots[s]; ok {
			continue
		}
		for used[next] {
			next++
		}
		slots[s], used[next] = next, true
	}
	return slots
}

// firstUnique returns the first n different symbols, and whether there were more.
func firstUnique(symbols []string, n int) (first []string, more bool) {
	for _, s := range symbols {
		if slices.Contains(first, s) || s == "" {
			continue
		}
		if len(first) == n {
			return first, true
		}
		first = append(first, s)
	}
	return first, false
}

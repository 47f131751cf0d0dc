package settings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// merge applies what a window changed, which is what differs between before and
// mine, to the settings that another one wrote meanwhile. All three are JSON
// objects; it fails where theirs is none.
//
// Objects are merged key by key, at every depth, and lists of names, or of things
// with an id, item by item: so two windows may each add a favourite or a rule. Of
// anything else that both changed, a rule among it, mine counts.
func merge(before, mine, theirs []byte) ([]byte, error) {
	var b, m, t map[string]any
	for _, side := range []struct {
		text []byte
		into *map[string]any
	}{{before, &b}, {mine, &m}, {theirs, &t}} {
		if len(side.text) == 0 {
			continue
		}
		if err := json.Unmarshal(side.text, side.into); err != nil {
			return nil, fmt.Errorf("merging the settings: %w", err)
		}
	}
	return json.MarshalIndent(mergeObjects(b, m, t), "", "  ")
}

// mergeObjects merges key by key. A key that is missing on one side is a value
// like any other: it was deleted, or never there.
func mergeObjects(before, mine, theirs map[string]any) map[string]any {
	merged := map[string]any{}
	for _, side := range []map[string]any{mine, theirs} {
		for key := range side {
			b, wasThere := before[key]
			m, isMine := mine[key]
			t, isTheirs := theirs[key]
			switch {
			case wasThere == isMine && reflect.DeepEqual(b, m): // not changed here
				if isTheirs {
					merged[key] = t
				}
			case !isMine: // deleted here
			case isTheirs:
				merged[key] = mergeValues(b, m, t)
			default:
				merged[key] = m
			}
		}
	}
	return merged
}

func mergeValues(before, mine, theirs any) any {
	if reflect.DeepEqual(before, mine) {
		return theirs
	}
	switch m := mine.(type) {
	case map[string]any:
		if t, ok := theirs.(map[string]any); ok {
			b, _ := before.(map[string]any) // nil where it was something else
			return mergeObjects(b, m, t)
		}
	case []any:
		if t, ok := theirs.([]any); ok {
			b, _ := before.([]any)
			if merged, ok := mergeLists(b, m, t); ok {
				return merged
			}
		}
	}
	return mine
}

// mergeLists merges item by item, in my order; theirs that I don't know come
// last. It reports false for lists whose items cannot be told apart.
func mergeLists(before, mine, theirs []any) ([]any, bool) {
	b, ok1 := byName(before)
	m, ok2 := byName(mine)
	t, ok3 := byName(theirs)
	if !ok1 || !ok2 || !ok3 {
		return nil, false
	}
	merged := []any{}
	for _, item := range mine {
		old, known := b[nameOf(item)]
		other, kept := t[nameOf(item)]
		switch changed := !known || !reflect.DeepEqual(old, item); {
		case changed: // or new; even if it was deleted there
			merged = append(merged, item)
		case kept:
			merged = append(merged, other)
		}
	}
	for _, item := range theirs {
		old, known := b[nameOf(item)]
		if _, is := m[nameOf(item)]; !is && (!known || !reflect.DeepEqual(old, item)) {
			merged = append(merged, item)
		}
	}
	return merged, true
}

// byName indexes a list; false where an item has no name, or two have the same.
func byName(list []any) (map[string]any, bool) {
	items := map[string]any{}
	for _, item := range list {
		items[nameOf(item)] = item
	}
	return items, len(items) == len(list) && !slices.ContainsFunc(list, func(item any) bool { return nameOf(item) == "" })
}

// nameOf is what tells an item of a list apart: itself where it is a text, its
// id where it has one.
func nameOf(item any) string {
	switch v := item.(type) {
	case string:
		return v
	case map[string]any:
		id, _ := v["id"].(string)
		return id
	}
	return ""
}

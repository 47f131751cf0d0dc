package guide

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A hit is a block in which everything that was searched for occurs.
type hit struct {
	block   int
	snippet string   // the text around the first word found, on one line
	marks   [][2]int // what was found, as byte ranges of the snippet
}

const snippetLength = 84 // characters

// search returns the blocks in which every word of query occurs, whatever its
// case: first those that are headings, then in reading order.
func search(blocks []block, query string) []hit {
	if strings.TrimSpace(query) == "" {
		return nil
	}
	var headings, rest []hit
	for i := range blocks {
		text := blocks[i].text()
		marks := find(text, query)
		if len(marks) == 0 {
			continue
		}
		h := hit{block: i}
		h.snippet, h.marks = snippet(text, query, marks[0][0])
		if blocks[i].kind == heading {
			headings = append(headings, h)
		} else {
			rest = append(rest, h)
		}
	}
	return append(headings, rest...)
}

// find returns where the words of query occur in text, as byte ranges in
// order; nothing unless each of them does.
func find(text, query string) [][2]int {
	folded, offsets := fold(text)
	var marks [][2]int
	for word := range strings.FieldsSeq(query) {
		w, _ := fold(word)
		found := false
		for from := 0; ; {
			i := strings.Index(folded[from:], w)
			if i < 0 {
				break
			}
			i += from
			marks = insertMark(marks, [2]int{offsets[i], offsets[i+len(w)]})
			from, found = i+len(w), true
		}
		if !found {
			return nil
		}
	}
	return marks
}

// insertMark keeps marks in order and apart.
func insertMark(marks [][2]int, m [2]int) [][2]int {
	at := len(marks)
	for at > 0 && marks[at-1][0] > m[0] {
		at--
	}
	if at > 0 && marks[at-1][1] > m[0] || at < len(marks) && marks[at][0] < m[1] {
		return marks // overlaps one that is there
	}
	return append(marks[:at], append([][2]int{m}, marks[at:]...)...)
}

// fold returns s in lower case, full-width forms as their ASCII ones, and for
// each byte of the result (and its end) the offset in s it stems from.
func fold(s string) (string, []int) {
	var b strings.Builder
	offsets := make([]int, 0, len(s)+1)
	for i, c := range s {
		if c >= 0xFF01 && c <= 0xFF5E {
			c -= 0xFEE0
		}
		if c == '\u00a0' {
			c = ' '
		}
		n, _ := b.WriteRune(unicode.ToLower(c))
		for range n {
			offsets = append(offsets, i)
		}
	}
	return b.String(), append(offsets, len(s))
}

// snippet cuts the text around offset at, and says where query occurs in it.
func snippet(text, query string, at int) (string, [][2]int) {
	text = strings.Map(func(c rune) rune {
		if c == '\n' {
			return ' '
		}
		return c
	}, text)
	start := at
	for range snippetLength / 3 {
		if start == 0 {
			break
		}
		_, n := utf8.DecodeLastRuneInString(text[:start])
		start -= n
	}
	if start > 0 { // not amid a word
		if i := strings.IndexByte(text[start:at], ' '); i >= 0 {
			start += i + 1
		}
	}
	end := start
	for range snippetLength {
		if end == len(text) {
			break
		}
		_, n := utf8.DecodeRuneInString(text[end:])
		end += n
	}
	cut := text[start:end]
	if start > 0 {
		cut = "…" + cut
	}
	if end < len(text) {
		cut += "…"
	}
	var marks [][2]int
	for word := range strings.FieldsSeq(query) {
		for _, m := range find(cut, word) {
			marks = insertMark(marks, m)
		}
	}
	return cut, marks
}

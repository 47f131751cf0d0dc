package market

import (
	"unicode"
	"unicode/utf8"
)

// ProbeSymbol is asked for where any contract would do, to see whether the
// exchange answers: it is the oldest, and the one least likely to go.
const ProbeSymbol = "BTCUSDT"

// maxSymbol bounds the length of a symbol, in bytes.
const maxSymbol = 64

// UsableSymbol reports whether s can be a contract's symbol: letters and
// digits of any script, "_" and "-". Symbols get into addresses, file names,
// spreadsheets and terminals, so whoever takes one from outside asks this
// first. It refuses what cannot be seen, what combines with the character
// before it, and what turns the direction of text: two symbols that look the
// same must not differ. It also refuses a leading "-", which a command would
// take for a flag and a spreadsheet for a formula.
func UsableSymbol(s string) bool {
	if s == "" || len(s) > maxSymbol || s[0] == '-' || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		switch {
		case r == '_', r == '-':
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return false // combining marks and controls of direction are neither
		case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			return false // letters without a shape, such as U+3164 HANGUL FILLER
		}
	}
	return true
}

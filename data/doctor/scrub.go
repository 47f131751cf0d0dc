package doctor

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"openinterest/data/diagnostics"
)

// What may be a numeric address of a computer, with its port.
var (
	addressV4 = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b(:\d+)?`)
	addressV6 = regexp.MustCompile(`\[?[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*(%\w+)?(\](:\d+)?)?`)
)

// isV6 tells an address from a time of day.
func isV6(s string) bool {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "["), "]")
	_, err := netip.ParseAddr(strings.TrimRight(s, ":."))
	if err != nil {
		_, err = netip.ParseAddr(s)
	}
	return err == nil
}

// scrub makes a text fit for a report that anybody may read: one line, without
// credentials, numeric addresses, and what is private by Options.
func (d *doctor) scrub(text string) string {
	text = diagnostics.WithoutCredentials(text)
	private := slices.Clone(d.o.Private)
	slices.SortFunc(private, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // a folder before the user's name in it
	for _, p := range private {
		text = without(text, p)
	}
	text = addressV4.ReplaceAllString(text, "(address)")
	text = addressV6.ReplaceAllStringFunc(text, func(s string) string {
		if isV6(s) {
			return "(address)"
		}
		return s
	})
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return '\uFFFD'
		}
		return r
	}, text)), " ")
}

// without leaves a private text out where it stands by itself, not as a part of a
// longer word.
func without(text, private string) string {
	if private == "" {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, private)
		if at < 0 {
			return b.String() + text
		}
		end := at + len(private)
		b.WriteString(text[:at])
		if isWord(last(b.String())) && isWord(rune(private[0])) || end < len(text) && isWord(rune(text[end])) && isWord(rune(private[len(private)-1])) {
			b.WriteString(private)
		} else {
			b.WriteString("(private)")
		}
		text = text[end:]
	}
}

func last(s string) rune {
	if s == "" {
		return ' '
	}
	return rune(s[len(s)-1])
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

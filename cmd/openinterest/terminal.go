package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"openinterest/data/proxy"
)

// printable is a text of one line as it may go to a terminal: files, symbols
// and answers of an exchange come from outside, and must not move the cursor,
// turn the line around or hide something in it. What has no shape of its own is
// written as its code; user names and passwords in addresses are left out.
func printable(text string) string {
	text = proxy.Redact(text)
	if !strings.ContainsFunc(text, hasNoShape) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString("; ") // errors that were joined
		case hasNoShape(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hasNoShape(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar }

// escaped is JSON as it may go to a terminal, too: strings keep what they say,
// and what has no shape of its own is escaped in them.
func escaped(text []byte) []byte {
	if !bytes.ContainsFunc(text, hasNoShape) {
		return text
	}
	safe := make([]byte, 0, len(text)+64)
	for _, r := range string(text) {
		switch {
		case r == '\n' || !hasNoShape(r):
			safe = utf8.AppendRune(safe, r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			safe = fmt.Appendf(safe, `\u%04x\u%04x`, high, low)
		default:
			safe = fmt.Appendf(safe, `\u%04x`, r)
		}
	}
	return safe
}

// logWriter is where the log goes. Its lines are printable, since slog quotes
// what isn't; this leaves out user names and passwords.
type logWriter struct{ io.Writer }

// Write writes a line. slog calls it once for each.
func (w logWriter) Write(line []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, proxy.Redact(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}

// say prints a sentence. Like the log, it does not fail: a terminal that is
// gone costs the sentence only.
func say(w io.Writer, sentence string) { fmt.Fprintln(w, printable(sentence)) }

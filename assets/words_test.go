package assets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
	"unicode"
)

// keysByFile reads the locale files of a language, by file name.
func keysByFile(t *testing.T, lang Language) map[string]map[string]string {
	t.Helper()
	dir := path.Join("locales", string(lang))
	files, err := locales.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, f := range files {
		data, err := locales.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		keys, err := flatObject(data)
		if err != nil {
			t.Errorf("%s/%s: %v", dir, f.Name(), err)
		}
		all[f.Name()] = keys
	}
	return all
}

// flatObject decodes an object of strings, and minds keys given twice.
func flatObject(data []byte) (map[string]string, error) {
	keys := map[string]string{}
	if err := json.Unmarshal(data, &keys); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	seen := map[string]bool{}
	for i := 0; ; i++ {
		token, err := d.Token()
		if err == io.EOF {
			return keys, nil
		}
		if key, ok := token.(string); ok && i%2 == 1 { // after the brace: key, value, key, …
			if seen[key] {
				return keys, fmt.Errorf("key %q is given twice", key)
			}
			seen[key] = true
		}
	}
}

func TestEveryLanguageHasTheSameKeys(t *testing.T) {
	en := keysByFile(t, English)
	for _, lang := range Languages() {
		other := keysByFile(t, lang)
		for name, keys := range en {
			for key := range keys {
				if _, ok := other[name][key]; !ok {
					t.Errorf("%s/%s lacks %q", lang, name, key)
				}
			}
		}
		for name, keys := range other {
			for key := range keys {
				if _, ok := en[name][key]; !ok {
					t.Errorf("%s/%s has %q, which English lacks", lang, name, key)
				}
			}
		}
	}
}

var wellFormedKey = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)

func TestKeysAreNamedAfterTheirFile(t *testing.T) {
	for _, lang := range Languages() {
		for name, keys := range keysByFile(t, lang) {
			area := strings.TrimSuffix(name, ".json")
			for key := range keys {
				if !strings.HasPrefix(key, area+".") || !wellFormedKey.MatchString(key) {
					t.Errorf("%s/%s: key %q should be %s.<name>", lang, name, key, area)
				}
			}
		}
	}
}

func TestSentencesFillTheSameFieldsInEveryLanguage(t *testing.T) {
	for key, english := range texts(English) {
		want := fields(t, key, english)
		for _, lang := range Languages() {
			if got := fields(t, key, texts(lang)[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %q fills %v, in English %v", lang, key, got, want)
			}
		}
	}
}

// fields returns the names of the values that a sentence fills in, sorted.
func fields(t *testing.T, key, sentence string) []string {
	t.Helper()
	parsed, err := template.New(key).Parse(sentence)
	if err != nil {
		t.Errorf("%s: %v", key, err)
		return nil
	}
	found := fieldsIn(parsed.Root)
	slices.Sort(found)
	return slices.Compact(found)
}

func fieldsIn(n parse.Node) (found []string) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				found = append(found, fieldsIn(c)...)
			}
		}
	case *parse.ActionNode:
		found = fieldsIn(n.Pipe)
	case *parse.IfNode:
		found = slices.Concat(fieldsIn(n.Pipe), fieldsIn(n.List), fieldsIn(n.ElseList))
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				found = append(found, fieldsIn(a)...)
			}
		}
	case *parse.FieldNode:
		found = n.Ident
	}
	return found
}

// Chinese sentences are Chinese, English ones English.
func TestSentencesAreInTheirLanguage(t *testing.T) {
	isHan := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	han := regexp.MustCompile(`\p{Han}{5,}`) // "简体中文" is how Chinese readers find their language
	for _, lang := range Languages() {
		for key, s := range texts(lang) {
			if s == "" && strings.TrimSpace(texts(English)[key]) != "" { // no space between Chinese sentences
				t.Errorf("%s: %q says nothing", lang, key)
			}
			if m := rawKey.FindString(templates.ReplaceAllString(s, "")); m != "" {
				t.Errorf("%s: %q shows the raw word %q", lang, key, m)
			}
			if lang == English && han.MatchString(s) {
				t.Errorf("en: %q is in Chinese: %s", key, s)
			}
			long := len(strings.Fields(templates.ReplaceAllString(s, ""))) >= 6
			if lang == Chinese && long && !strings.ContainsFunc(s, isHan) {
				t.Errorf("zh: %q is in English: %s", key, s)
			}
		}
	}
}

var templates = regexp.MustCompile(`\{\{[^}]*\}\}`)

func TestWords(t *testing.T) {
	en, zh := NewWords(English), NewWords(Chinese)
	if got := en.T("app.demo"); got != "DEMO — simulated market" {
		t.Errorf("English says %q", got)
	}
	if got := zh.T("app.demo"); got != "演示 — 模拟行情" {
		t.Errorf("Chinese says %q", got)
	}
	if got := NewWords("fr"); got.Lang() != English || got.T("app.demo") != en.T("app.demo") {
		t.Errorf("a language that is not shipped speaks %q", got.Lang())
	}
	if got := en.T("app.nothing_of_the_kind"); got != "" {
		t.Errorf("an unknown key shows %q", got)
	}
	if got, want := en.T("signal.tip.closed", Args{"Time": "12:05 UTC"}), "Closed stamp 12:05 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := en.T("signal.tip.closed", Args{}), "Closed stamp –"; got != want {
		t.Errorf("without its value: %q, want %q", got, want)
	}
	if got, want := en.T("signal.tip.closed"), "Closed stamp –"; got != want {
		t.Errorf("without any values: %q, want %q", got, want)
	}
}

func TestWordsOfProblemsAndSignals(t *testing.T) {
	for _, lang := range Languages() {
		w := NewWords(lang)
		until := w.T("problem.banned_until", Args{"Until": "12:04:09 UTC", "Told": true})
		if !strings.Contains(until, "12:04:09 UTC") {
			t.Errorf("%s: until when? %s", lang, until)
		}
		for _, kind := range []string{
			"unreachable", "timed_out", "bad_certificate", "quota_spent", "limited_until", "banned_until", "refused_firewall", "refused_location",
			"unknown_symbol", "bad_answer", "exchange_down", "proxy_unreachable", "proxy_login", "proxy_refused",
		} {
			if s := w.T("problem."+kind, Args{"Until": "", "Symbol": "", "Told": false, "Code": 0, "Used": "", "Allowed": ""}); s == "" || strings.Contains(s, "–") || strings.Contains(s, "  ") {
				t.Errorf("%s: problem %s, nothing known: %q", lang, kind, s)
			}
		}
		for _, id := range []string{
			"strong_bullish", "weakening_rally", "strong_bearish", "weakening_selloff", "neutral", "unknown",
			"divergence_high", "divergence_low", "spike_1h", "spike_4h", "flush_1h", "crowded_longs", "crowded_shorts",
		} {
			for _, part := range []string{"name", "short", "means", "not"} {
				s := w.T(fmt.Sprintf("signal.%s.%s", id, part))
				if s == "" {
					t.Errorf("%s: signal.%s.%s says nothing", lang, id, part)
				}
				if n := columns(s); part == "short" && n > 14 {
					t.Errorf("%s: signal.%s.short takes %d columns of a table cell: %s", lang, id, n, s)
				}
			}
		}
	}
}

// columns is the room a text takes in a table cell: two for a Chinese character.
func columns(s string) (n int) {
	for _, r := range s {
		n++
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

func BenchmarkT(b *testing.B) {
	w := NewWords(Chinese)
	for b.Loop() {
		w.T("signal.strong_bullish.short")
	}
}

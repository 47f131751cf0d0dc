package assets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// topics is everything the guide must explain, in reading order.
var topics = []string{
	"intro", "what", "changes", "matrix", "counts", "strong_bullish", "weakening_rally", "strong_bearish",
	"weakening_selloff", "volume", "signals", "divergence", "spike", "flush", "crowding", "honest", "positions", "ratios", "basis",
	"liquidations_seen", "extremes", "evidence",
	"scorecard", "data", "columns", "faq", "faq_what", "faq_rising", "faq_falling", "faq_direction", "faq_volume",
	"faq_liquidations", "related", "funding", "funding_past", "calculator", "liquidation", "risk", "disclaimer",
}

func TestGuideCoversEveryTopicInEveryLanguage(t *testing.T) {
	for _, lang := range Languages() {
		var ids []string
		for _, s := range Guide(lang) {
			ids = append(ids, s.ID)
			if s.Title == "" || s.Markdown == "" {
				t.Errorf("%s: section %q has title %q and %d bytes of text", lang, s.ID, s.Title, len(s.Markdown))
			}
		}
		if !slices.Equal(ids, topics) {
			t.Errorf("%s: sections are %v,\nwant %v", lang, ids, topics)
		}
	}
}

func TestGuideHasTheSameShapeInEveryLanguage(t *testing.T) {
	en, zh := Guide(English), Guide(Chinese)
	for i := range min(len(en), len(zh)) {
		a, b := shapeOf(t, en[i]), shapeOf(t, zh[i])
		if a != b || en[i].Level != zh[i].Level {
			t.Errorf("section %s: English is %s, Chinese %s", en[i].ID, a, b)
		}
	}
}

// shapeOf lists a section's blocks, so that no paragraph, row or list item can
// be lost in translation.
func shapeOf(t *testing.T, s Section) string {
	t.Helper()
	var blocks []string
	walk(s.Markdown, func(n ast.Node, _ []byte) {
		switch n := n.(type) {
		case *ast.Paragraph, *ast.ListItem, *ast.Blockquote, *ast.FencedCodeBlock, *extast.TableRow:
			blocks = append(blocks, n.Kind().String())
		}
	})
	return strings.Join(blocks, " ")
}

func TestGuideLinksResolve(t *testing.T) {
	for _, lang := range Languages() {
		links := 0
		for _, s := range Guide(lang) {
			walk(s.Markdown, func(n ast.Node, _ []byte) {
				link, ok := n.(*ast.Link)
				if !ok {
					return
				}
				links++
				id, internal := strings.CutPrefix(string(link.Destination), "#")
				if !internal || !slices.Contains(topics, id) {
					t.Errorf("%s: section %s links to %q, which is no section", lang, s.ID, link.Destination)
				}
			})
		}
		if links < 20 {
			t.Errorf("%s: only %d links between sections", lang, links)
		}
	}
}

// A word such as oi_rising_price is a key that nobody translated.
var rawKey = regexp.MustCompile(`[A-Za-z]+_[A-Za-z_]+|\{\{|\}\}|TODO|lorem`)

func TestGuideProseIsProse(t *testing.T) {
	for _, lang := range Languages() {
		for _, s := range Guide(lang) {
			check := func(what, prose string) {
				if m := rawKey.FindString(prose); m != "" {
					t.Errorf("%s: section %s, %s: %q is no word", lang, s.ID, what, m)
				}
				// Emphasis next to full-width punctuation is easily left unparsed.
				if strings.ContainsAny(prose, "*`<>[]|#") {
					t.Errorf("%s: section %s, %s shows its markup: %q", lang, s.ID, what, prose)
				}
			}
			check("title", s.Title)
			walk(s.Markdown, func(n ast.Node, src []byte) {
				if n, ok := n.(*ast.Text); ok {
					check("text", string(n.Value(src)))
				}
				if n.Kind() == ast.KindHeading || n.Kind() == ast.KindHTMLBlock || n.Kind() == ast.KindRawHTML {
					t.Errorf("%s: section %s has a %s in its body", lang, s.ID, n.Kind())
				}
			})
		}
	}
}

func TestGuideTables(t *testing.T) {
	const widest = 90 // bytes in a cell; Chinese characters have three
	for _, lang := range Languages() {
		tables := 0
		for _, s := range Guide(lang) {
			for line := range strings.SplitSeq(s.Markdown, "\n") {
				if !strings.HasPrefix(line, "|") {
					continue
				}
				for cell := range strings.SplitSeq(line, "|") {
					if len(cell) > widest {
						t.Errorf("%s: section %s has a cell too long for a narrow pane: %q", lang, s.ID, cell)
					}
				}
			}
			walk(s.Markdown, func(n ast.Node, _ []byte) {
				if table, ok := n.(*extast.Table); ok {
					tables++
					checkRows(t, fmt.Sprintf("%s: section %s", lang, s.ID), table)
				}
			})
		}
		if tables < 7 {
			t.Errorf("%s: goldmark finds only %d of 7 tables", lang, tables)
		}
	}
}

func checkRows(t *testing.T, where string, table *extast.Table) {
	t.Helper()
	want := table.FirstChild().ChildCount()
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		filled := 0
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			if cell.HasChildren() {
				filled++
			}
		}
		header := row == table.FirstChild() // its first cell may be empty
		if filled != want && !(header && filled == want-1) {
			t.Errorf("%s: a row has %d cells of %d", where, filled, want)
		}
	}
}

// The thresholds of every signal stand in both languages.
func TestGuideStatesTheThresholds(t *testing.T) {
	for id, figures := range map[string][]string{
		"counts":     {"24", "1 %", "4", "0.5 %", "0.5", "30", "2,016"},
		"divergence": {"7", "0.25 %", "24", "2 %"},
		"spike":      {"3 %", "5 %", "1", "4"},
		"flush":      {"3 %", "−3", "1.5"},
		"crowding":   {"+20 %", "95", "−10 %", "5", "30"},
		"honest":     {"8", "30", "15", "24"},
		"scorecard":  {"50 %", "95–96 %", "58 %", "10", "30", "0.10", "40–69 %", "±26"},
		"columns":    {"10.95 %", "365"},
	} {
		for _, lang := range Languages() {
			body := sectionOf(t, lang, id).Markdown
			for _, f := range figures {
				if !regexp.MustCompile(`(^|[^0-9.,])` + regexp.QuoteMeta(f) + `($|[^0-9])`).MatchString(body) {
					t.Errorf("%s: section %s does not say %q", lang, id, f)
				}
			}
		}
	}
}

// The worked example is computed here by the formula beside it.
func TestGuideLiquidationExample(t *testing.T) {
	const entry, margin, size = 60_000.0, 6_000.0, 1.0
	price := func(side, rate, cum float64) float64 {
		return (margin + cum - side*size*entry) / (size*rate - side*size)
	}
	first, long, short := price(+1, 0.004, 0), price(+1, 0.005, 50), price(-1, 0.005, 50)
	if size*first <= 50_000 {
		t.Error("the first bracket fits after all")
	}
	left := margin - size*(entry-long)
	if due := size*long*0.005 - 50; left-due > 1e-6 || due-left > 1e-6 {
		t.Errorf("at %v the margin left is %v, the maintenance margin %v", long, left, due)
	}
	for _, lang := range Languages() {
		body := sectionOf(t, lang, "liquidation").Markdown
		for _, want := range []string{
			thousands(first), "**" + thousands(long) + "**", "**" + thousands(short) + "**", thousands(entry - long),
			fmt.Sprintf("%.2f", left), fmt.Sprintf("%.2f %%", 100*(1-long/entry)), fmt.Sprintf("%.2f %%", 100*(short/entry-1)),
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the example does not have %s", lang, want)
			}
		}
	}
}

func thousands(x float64) string {
	s := fmt.Sprintf("%.2f", x)
	return s[:len(s)-6] + "," + s[len(s)-6:]
}

func sectionOf(t *testing.T, lang Language, id string) Section {
	t.Helper()
	for _, s := range Guide(lang) {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("%s: no section %s", lang, id)
	return Section{}
}

// walk visits every node of a section's body, each once.
func walk(markdown string, visit func(ast.Node, []byte)) {
	src := []byte(markdown)
	doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(src))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Kind() == ast.KindCodeSpan {
			return ast.WalkSkipChildren, nil
		}
		visit(n, src)
		return ast.WalkContinue, nil
	})
}

func TestParseGuide(t *testing.T) {
	got := parseGuide("a remark\r\n## One {#one}\r\n\r\ntext\r\n### no id\n```\n## not one {#code}\n```\n### Two  {#two_b}\nlast")
	want := []Section{
		{ID: "one", Title: "One", Level: 2, Markdown: "text\n### no id\n```\n## not one {#code}\n```"},
		{ID: "two_b", Title: "Two", Level: 3, Markdown: "last"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %#v\nwant %#v", got, want)
	}
}

func FuzzParseGuide(f *testing.F) {
	f.Add("## A {#a}\nbody\n## B {#b}")
	f.Add("```\n## A {#a}\n```")
	f.Add("# {#x}\n\n~~~\n")
	f.Fuzz(func(t *testing.T, source string) {
		var total int
		for _, s := range parseGuide(source) {
			total += len(s.Title) + len(s.Markdown)
			if s.ID == "" || s.Level < 1 || s.Level > 6 {
				t.Errorf("section %+v", s)
			}
			if strings.HasPrefix(s.Markdown, "\n") || strings.HasSuffix(s.Markdown, "\n") {
				t.Errorf("blank lines around %q", s.Markdown)
			}
		}
		if total > len(source) {
			t.Errorf("%d bytes out of %d", total, len(source))
		}
	})
}

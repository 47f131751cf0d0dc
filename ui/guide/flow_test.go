package guide

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// cells measures as a terminal would: 1 for a Latin character, 2 for a wide one.
func cells(text string, _ span) float32 {
	n := 0
	for _, c := range text {
		n++
		if wide(c) {
			n++
		}
	}
	return float32(n)
}

func flowed(width float32, spans ...span) []string {
	var lines []string
	for _, l := range flow(spans, width, cells) {
		s := ""
		for _, p := range l.pieces {
			s += p.text
		}
		lines = append(lines, s)
	}
	return lines
}

func TestLinesBreakWhereTheLanguageAllows(t *testing.T) {
	for _, c := range []struct {
		width float32
		spans []span
		want  string // lines, with | between
	}{
		{10, []span{{text: "one two three four"}}, "one two|three four"},
		{10, []span{{text: "one "}, {text: "two", bold: true}, {text: ", three"}}, "one two,|three"},
		{8, []span{{text: "an unbreakablelongword"}}, "an|unbreaka|blelongw|ord"},
		{9, []span{{text: "未平仓合约。资金费率"}}, "未平仓合|约。资金|费率"}, // no line begins with 。
		{10, []span{{text: "持仓量 BTCUSDT 上升"}}, "持仓量|BTCUSDT 上|升"},
		{12, []span{{text: "价格"}, {text: "上涨", bold: true}, {text: "而持仓量下降"}}, "价格上涨而持|仓量下降"}, // no break at a change of style
		{20, []span{{text: "first\nsecond"}}, "first|second"},
		{20, []span{}, ""},
	} {
		if got := strings.Join(flowed(c.width, c.spans...), "|"); got != c.want {
			t.Errorf("width %v, %q: got %q, want %q", c.width, plain(c.spans), got, c.want)
		}
	}
}

func TestFindIgnoresCaseAndWidth(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        [][2]int
	}{
		{"Open Interest", "INTEREST", [][2]int{{5, 13}}},
		{"Open Interest", "interest open", [][2]int{{0, 4}, {5, 13}}},
		{"Open Interest", "interest closed", nil},
		{"ＯＩ 持仓量", "oi", [][2]int{{0, 6}}},
		{"未平仓合约", "合约", [][2]int{{9, 15}}},
		{"aaa", "aa a", [][2]int{{0, 2}, {2, 3}}},
		{"İstanbul", "stan", [][2]int{{2, 6}}},
	} {
		got := find(c.text, c.query)
		if len(got) != len(c.want) {
			t.Errorf("find(%q, %q) = %v, want %v", c.text, c.query, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("find(%q, %q) = %v, want %v", c.text, c.query, got, c.want)
			}
		}
	}
}

func TestMarkdownBecomesBlocks(t *testing.T) {
	blocks := parse("Para *with* **bold**, `code`\nand [a link](#x).\n\n> quoted\n\n1. one\n2. two\n   - inner\n\n| H | R |\n| --- | ---: |\n| a | 1 |\n\n```\nx = 1\n```\n\n---\n\n![image](x.png)\n", 3)
	var got []string
	for _, b := range blocks {
		s := b.marker + b.text()
		if b.section != 3 {
			t.Errorf("%q belongs to section %d", s, b.section)
		}
		got = append(got, s)
	}
	want := "Para with bold, code and a link.;quoted;1.one;2.two;•inner;H R\na 1;x = 1;;"
	if s := strings.Join(got, ";"); s != want {
		t.Errorf("got  %q\nwant %q", s, want)
	}
	if blocks[1].quote != 1 || blocks[4].indent != 2 || !blocks[5].rows[1][1].right {
		t.Error("quote, depth of list or alignment is lost")
	}
	spans := blocks[0].spans
	if !spans[1].italic || !spans[3].bold || !spans[5].code || spans[7].link != "#x" {
		t.Errorf("styles are lost: %+v", spans)
	}
}

func TestChineseLinesJoinWithoutSpace(t *testing.T) {
	if got := parse("持仓量\n上升\nand more", 0)[0].text(); got != "持仓量上升 and more" {
		t.Errorf("got %q", got)
	}
}

// Whatever the Markdown and the width: nothing panics, and no visible
// character is lost or doubled on the way to the lines.
func FuzzFlow(f *testing.F) {
	f.Add("One **two** `three` [four](#five)\n\n| a | b |\n|---|---|\n| c | d |", 30)
	f.Add("> - 持仓量，“未平仓合约”。\n\n\tcode", 3)
	f.Add("a\u200db\r\n\\\n\x00\xff", 1)
	f.Fuzz(func(t *testing.T, source string, width int) {
		measure := func(text string, size float32, _ bool) (float32, float32) {
			return cells(text, span{}) * size / 2, size
		}
		s := setter{width: float32(width % 2000), measure: measure}
		var before *block
		for _, b := range parse(source, 0) {
			s.set(&b, before)
			before = &b
			if b.kind == table || b.kind == code || !utf8.ValidString(b.text()) {
				continue
			}
			if got, want := visible(strings.Join(flowed(s.width, b.spans...), "")), visible(b.text()); got != want {
				t.Fatalf("%q became %q", want, got)
			}
			search([]block{b}, b.text())
		}
	})
}

func visible(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
}

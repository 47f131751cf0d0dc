package guide

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// A span is a run of text in one style.
type span struct {
	text         string
	bold, italic bool
	code         bool
	link         string // "#section", "https://…" or "filter:kind"; empty: plain text
}

// blockKind is what a block of a section is.
type blockKind int

const (
	heading blockKind = iota
	paragraph
	listItem
	code
	table
	rule
	live // what the market shows now, below a section about a signal
)

// A block is a part of a section that stands on lines of its own.
type block struct {
	kind   blockKind
	level  int    // of a heading, 1…6
	indent int    // depth of the list it is in
	marker string // of a list item: "•", "2."
	quote  int    // depth of the block quote it is in
	spans  []span

	rows    [][]cell // of a table; the first row is its header
	section int      // index of the section it belongs to
	id      int      // of a block that stays as it is while the guide is shown; 0: it may change
}

// A cell is the content of a table's cell.
type cell struct {
	spans []span
	right bool // aligned to the right
}

// text is what a reader reads in the block; what search looks through.
func (b *block) text() string {
	var s strings.Builder
	for i, row := range b.rows {
		if i > 0 {
			s.WriteByte('\n')
		}
		for j, c := range row {
			if j > 0 {
				s.WriteByte(' ')
			}
			s.WriteString(plain(c.spans))
		}
	}
	s.WriteString(plain(b.spans))
	return s.String()
}

func plain(spans []span) string {
	var s strings.Builder
	for _, sp := range spans {
		s.WriteString(sp.text)
	}
	return s.String()
}

// percent is a number with its sign, which should not part at a line's end.
var percent = regexp.MustCompile(`(\d) %`)

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// parse splits a section's Markdown into blocks. What it does not know
// (images, raw HTML) it leaves out.
func parse(source string, section int) []block {
	src := []byte(strings.ToValidUTF8(source, "\uFFFD"))
	p := parser{src: src, section: section}
	p.children(markdown.Parser().Parse(text.NewReader(src)), block{})
	return p.blocks
}

type parser struct {
	src     []byte
	section int
	blocks  []block
}

// children parses the children of n; in is the list and quote they are in.
func (p *parser) children(n ast.Node, in block) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		p.node(c, in)
	}
}

func (p *parser) node(n ast.Node, in block) {
	b := block{indent: in.indent, quote: in.quote, marker: in.marker, section: p.section}
	switch n := n.(type) {
	case *ast.Heading:
		b.kind, b.level, b.spans = heading, n.Level, p.inline(n, span{})
	case *ast.Paragraph, *ast.TextBlock:
		b.kind, b.spans = paragraph, p.inline(n, span{})
		if in.indent > 0 {
			b.kind = listItem
		}
	case *ast.Blockquote:
		in.quote++
		p.children(n, in)
		return
	case *ast.List:
		p.list(n, in)
		return
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		b.kind, b.spans = code, []span{{text: p.lines(n), code: true}}
	case *ast.ThematicBreak:
		b.kind = rule
	case *extast.Table:
		b.kind, b.rows = table, p.table(n)
	default:
		return
	}
	p.blocks = append(p.blocks, b)
}

func (p *parser) list(n *ast.List, in block) {
	in.indent++
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		in.marker = "•"
		if n.IsOrdered() {
			in.marker = strconv.Itoa(number) + "."
			number++
		}
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			p.node(c, in)
			in.marker = "" // only the first paragraph of an item bears the marker
		}
	}
}

func (p *parser) table(n *extast.Table) [][]cell {
	var rows [][]cell
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var row []cell
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			right := len(row) < len(n.Alignments) && n.Alignments[len(row)] == extast.AlignRight
			row = append(row, cell{spans: p.inline(c, span{}), right: right})
		}
		rows = append(rows, row)
	}
	return rows
}

func (p *parser) lines(n ast.Node) string {
	var s strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		s.Write(line.Value(p.src))
	}
	return strings.TrimRight(s.String(), "\n")
}

// inline gathers the spans below n; style is what surrounds them.
func (p *parser) inline(n ast.Node, style span) []span {
	var spans []span
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		s := style
		switch c := c.(type) {
		case *ast.Text:
			s.text = percent.ReplaceAllString(string(c.Value(p.src)), "$1\u00a0%")
			switch {
			case c.HardLineBreak():
				s.text += "\n"
			case c.SoftLineBreak():
				s.text += softBreak(s.text, c.NextSibling(), p.src)
			}
			spans = appendSpan(spans, s)
		case *ast.String:
			s.text = string(c.Value)
			spans = appendSpan(spans, s)
		case *ast.CodeSpan:
			s.code = true
			spans = append(spans, p.inline(c, s)...)
		case *ast.Emphasis:
			if c.Level >= 2 {
				s.bold = true
			} else {
				s.italic = true
			}
			spans = append(spans, p.inline(c, s)...)
		case *ast.Link:
			s.link = string(c.Destination)
			spans = append(spans, p.inline(c, s)...)
		case *ast.AutoLink:
			s.link, s.text = string(c.URL(p.src)), string(c.Label(p.src))
			spans = appendSpan(spans, s)
		}
	}
	return spans
}

// softBreak is what a line's end in the source means: a space between words,
// nothing between Chinese characters.
func softBreak(before string, next ast.Node, src []byte) string {
	after := ""
	if t, ok := next.(*ast.Text); ok {
		after = string(t.Value(src))
	}
	if endsWide(before) && (after == "" || startsWide(after)) {
		return ""
	}
	return " "
}

// appendSpan appends s, joined to the last span when both have one style.
func appendSpan(spans []span, s span) []span {
	if n := len(spans); n > 0 {
		last := spans[n-1]
		last.text = s.text
		if last == s {
			spans[n-1].text += s.text
			return spans
		}
	}
	return append(spans, s)
}

package tip

import (
	"slices"
	"strings"

	"openinterest/ui/look"
)

// MaxLines is how many lines a tooltip under the pointer has: more is not read
// there, and hides the rows that one is reading. All of it is shown for a key
// (Layer.Show), and the footer says where there is more.
const MaxLines = 11

// Brief cuts content to MaxLines. Details go first, then remarks, then what stands
// last; the title, the other figures, warnings and the footer stay.
func (c Content) Brief() Content {
	if c.lines() > MaxLines {
		c.Facts = slices.DeleteFunc(slices.Clone(c.Facts), func(f Fact) bool { return f.Detail })
	}
	over := c.lines() - MaxLines
	if over <= 0 {
		return c
	}
	c.Paragraphs = slices.Clone(c.Paragraphs)
	for _, quiet := range []bool{true, false} {
		for i := len(c.Paragraphs) - 1; i >= 0 && over > 0; i-- {
			p := c.Paragraphs[i]
			if p.Warning || p.Quiet != quiet {
				continue
			}
			lines := p.wrapped()
			if keep := len(lines) - over; keep > 0 && !quiet {
				lines[keep-1] = ending(lines[keep-1], p.size())
				c.Paragraphs[i].Text = strings.Join(lines[:keep], "\n")
				return c
			}
			over -= p.lines()
			c.Paragraphs = slices.Delete(c.Paragraphs, i, i+1)
		}
	}
	return c
}

// ending ends a line in "…", on one line still.
func ending(line string, size float32) string {
	for r := []rune(line); len(r) > 0; r = r[:len(r)-1] {
		if short := strings.TrimRight(string(r), " ，。,.") + " …"; look.MeasureText(short, size, false).Width <= maxWidth {
			return short
		}
	}
	return "…"
}

// lines is how many lines the content takes.
func (c Content) lines() int {
	n := len(c.Facts)
	if c.Title != "" {
		n++
	}
	for _, p := range c.Paragraphs {
		n += p.lines()
	}
	if c.Footer != "" {
		n += len(wrap(c.Footer, maxWidth, look.SmallTextSize, false))
	}
	return n
}

func (p Paragraph) lines() int {
	n := len(p.wrapped())
	if p.Heading != "" {
		n++
	}
	return n
}

// wrapped is the text in the lines that it takes.
func (p Paragraph) wrapped() []string {
	var lines []string
	for part := range strings.SplitSeq(p.Text, "\n") {
		lines = append(lines, wrap(part, maxWidth, p.size(), false)...)
	}
	return lines
}

// size is that of the letters.
func (p Paragraph) size() float32 {
	if p.Quiet && !p.Warning {
		return look.SmallTextSize
	}
	return look.TextSize - 0.5
}

package assets

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed guide/*.md
var guideFiles embed.FS

// Section is one section of the guide: a heading and what stands below it, up
// to the next heading.
type Section struct {
	ID       string // the same in every language; what links point to: [text](#id)
	Title    string
	Level    int    // of the heading: 2 for a chapter, 3 for a part of one
	Markdown string // the body, without the heading; tables are pipe tables
}

// Guide returns the guide's sections in reading order; in English for a
// language that is not shipped. The ids and their order are the same in all.
func Guide(lang Language) []Section {
	if lang != Chinese {
		lang = English
	}
	name := "guide/" + string(lang) + ".md"
	data, err := guideFiles.ReadFile(name)
	if err != nil { // embedded: a fault of the build, which every test finds
		panic(fmt.Sprintf("reading embedded %s: %v", name, err))
	}
	return parseGuide(string(data))
}

// A heading that opens a section bears its id: "## What is it? {#what}".
var sectionHeading = regexp.MustCompile(`^(#{1,6})[ \t]+(.*?)[ \t]*\{#([a-z0-9_]+)\}[ \t]*$`)

// parseGuide splits Markdown at the headings that bear an id. Other headings,
// and anything in a fenced code block, stay in the body; what comes before the
// first section is a remark to the guide's authors and left out.
func parseGuide(source string) []Section {
	var sections []Section
	var body []string
	fence := ""
	flush := func() {
		if n := len(sections); n > 0 {
			sections[n-1].Markdown = strings.Trim(strings.Join(body, "\n"), "\n")
		}
		body = nil
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(source, "\r\n", "\n"), "\n") {
		fence = fenceAfter(fence, line)
		m := sectionHeading.FindStringSubmatch(line)
		if fence != "" || m == nil {
			body = append(body, line)
			continue
		}
		flush()
		sections = append(sections, Section{ID: m[3], Title: m[2], Level: len(m[1])})
	}
	flush()
	return sections
}

// fenceAfter returns the marker of the code block that is open after line,
// empty for none.
func fenceAfter(open, line string) string {
	mark := strings.TrimSpace(line)
	switch {
	case open != "" && mark == open:
		return ""
	case open == "" && strings.HasPrefix(mark, "```"):
		return "```"
	case open == "" && strings.HasPrefix(mark, "~~~"):
		return "~~~"
	}
	return open
}

package assets

import (
	"embed"
	"regexp"
	"strings"
)

//go:embed news/*.md
var newsFiles embed.FS

// Release is what one version of the program brought, in the words of news/*.md.
type Release struct {
	Version string // such as "0.2.0"
	Date    string // such as "2026-12-01"
	Points  []string
}

// releaseHeading is a version and the day of its release.
var releaseHeading = regexp.MustCompile(`^## (\d+\.\d+\.\d+) — (\d{4}-\d\d-\d\d)$`)

// News lists the releases, the newest first, in a language shipped; English for
// one that is not.
func News(lang Language) []Release {
	if lang != Chinese {
		lang = English
	}
	text, err := newsFiles.ReadFile("news/" + string(lang) + ".md")
	if err != nil {
		return nil // not shipped; a test reads both
	}
	return parseNews(string(text))
}

// parseNews reads a heading for each release and the list below it. Lines that
// continue a point are indented.
func parseNews(text string) []Release {
	var all []Release
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if m := releaseHeading.FindStringSubmatch(line); m != nil {
			all = append(all, Release{Version: m[1], Date: m[2]})
			continue
		}
		if len(all) == 0 {
			continue
		}
		last := &all[len(all)-1]
		if point, ok := strings.CutPrefix(line, "- "); ok {
			last.Points = append(last.Points, point)
		} else if more := strings.TrimSpace(line); more != "" && len(last.Points) > 0 {
			last.Points[len(last.Points)-1] += " " + more
		}
	}
	return all
}

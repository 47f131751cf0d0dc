package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stageDir holds what the .deb, the .rpm and the .tar.xz have in common, as it
// lies below / once it is installed.
func (r *releaser) stageDir() string { return filepath.Join(r.work, "stage") }

func (r *releaser) linuxFile() string { return filepath.Join(r.work, "openinterest") }

func (r *releaser) linuxBinary(ctx context.Context) error {
	return r.build(ctx, r.linuxFile(), "", "-buildmode=pie", "GOOS=linux", "GOARCH=amd64")
}

// stage lays out the files of the packages for Linux.
func (r *releaser) stage(ctx context.Context) error {
	usr := filepath.Join(r.stageDir(), "usr")
	share, doc := filepath.Join(usr, "share"), filepath.Join(usr, "share", "doc", "openinterest")
	binary, err := os.ReadFile(r.linuxFile())
	if err != nil {
		return err
	}
	if err := r.write(filepath.Join(usr, "bin", "openinterest"), binary); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Join(usr, "bin", "openinterest"), 0o755); err != nil {
		return err
	}
	news, err := readNews(filepath.Join(r.m.root, "assets", "news", "en.md"))
	if err != nil {
		return err
	}
	if news[0].version != r.version {
		return fmt.Errorf("the newest entry of assets/news is of version %s, FyneApp.toml has %s", news[0].version, r.version)
	}
	man, err := r.m.ask(ctx, cmd(r.linuxFile(), "man"))
	if err != nil {
		return fmt.Errorf("making the man page: %w", err)
	}
	for name, text := range map[string]string{
		filepath.Join(share, "man", "man1", "openinterest.1.gz"): man,
		filepath.Join(doc, "changelog.Debian.gz"):                debianChangelog(news),
	} {
		if err := r.write(name, r.gzip([]byte(text))); err != nil {
			return err
		}
	}
	licences, err := os.ReadFile(filepath.Join(r.work, "third-party-licences.txt"))
	if err != nil {
		return err
	}
	if err := r.write(filepath.Join(doc, "third-party-licences.gz"), r.gzip(licences)); err != nil {
		return err
	}
	for from, to := range map[string]string{
		"linux/" + appID + ".desktop":      filepath.Join(share, "applications", appID+".desktop"),
		"linux/" + appID + ".metainfo.xml": filepath.Join(share, "metainfo", appID+".metainfo.xml"),
		"linux/copyright":                  filepath.Join(doc, "copyright"),
	} {
		if err := r.fill(from, to, map[string]string{"releases": appStreamReleases(news), "license": debianParagraphs(r.licence)}); err != nil {
			return err
		}
	}
	return r.stageIcons(filepath.Join(share, "icons", "hicolor"))
}

// gzip packs without the time and name that would differ each time.
func (r *releaser) gzip(text []byte) []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
	_, _ = w.Write(text)                                       // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// debianParagraphs indents a licence as Debian's copyright files want it.
func debianParagraphs(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		if lines[i] = " " + line; strings.TrimSpace(line) == "" {
			lines[i] = " ."
		}
	}
	return strings.Join(lines, "\n")
}

// validate holds the desktop entry and the metainfo against their standards.
func (r *releaser) validate(ctx context.Context) error {
	share := filepath.Join(r.stageDir(), "usr", "share")
	if err := r.perform(ctx, cmd("desktop-file-validate", filepath.Join(share, "applications", appID+".desktop"))); err != nil {
		return err
	}
	return r.perform(ctx, cmd("appstreamcli", "validate", "--no-net", filepath.Join(share, "metainfo", appID+".metainfo.xml")))
}

// debAndRPM packs the stage for Debian's and Fedora's families, and holds the
// first against Debian's rules.
func (r *releaser) debAndRPM(ctx context.Context) error {
	config := filepath.Join(r.work, "nfpm.yaml")
	words := map[string]string{"stage": r.stageDir(), "date": r.date.Format(time.RFC3339)}
	if err := r.fill("linux/nfpm.yaml", config, words); err != nil {
		return err
	}
	deb := filepath.Join(r.dist, "openinterest_"+r.version+"_amd64.deb")
	for packager, file := range map[string]string{"deb": deb, "rpm": filepath.Join(r.dist, "openinterest-"+r.version+"-1.x86_64.rpm")} {
		if err := r.perform(ctx, cmd("go", "run", nfpm, "package", "--config", config, "--packager", packager, "--target", file)); err != nil {
			return err
		}
	}
	return r.perform(ctx, cmd("lintian", "--allow-root", "--fail-on", "error", deb))
}

// tarball packs the stage with a Makefile, for every other Linux.
func (r *releaser) tarball(ctx context.Context) error {
	if err := r.fill("linux/Makefile", filepath.Join(r.stageDir(), "Makefile"), nil); err != nil {
		return err
	}
	name := "openinterest-" + r.version + "-linux-amd64"
	return r.tarXZ(ctx, filepath.Join(r.dist, name+".tar.xz"), r.stageDir(), name)
}

// news is what is new in one version.
type news struct {
	version string
	date    time.Time
	items   []string
}

// readNews reads the file that the window shows after an update: headings such
// as "## 0.2.0 — 2026-12-01", the newest first, each with a list.
func readNews(file string) (all []news, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			version, day, _ := strings.Cut(heading, " — ")
			date, err := time.Parse(time.DateOnly, day)
			if err != nil {
				return nil, fmt.Errorf("%s: the heading %q has no date: %w", file, line, err)
			}
			all = append(all, news{version: version, date: date})
		} else if item, ok := strings.CutPrefix(line, "- "); ok && len(all) > 0 {
			last := &all[len(all)-1]
			last.items = append(last.items, item)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no version", file)
	}
	return all, nil
}

// debianChangelog is the news as Debian has it. Debian wants each entry to be later
// than the one before it, so versions of one day are an hour apart.
func debianChangelog(all []news) string {
	var b strings.Builder
	for i, n := range all {
		at := n.date
		for _, older := range all[i+1:] {
			if older.date.Equal(n.date) {
				at = at.Add(time.Hour)
			}
		}
		fmt.Fprintf(&b, "openinterest (%s) unstable; urgency=medium\n\n", n.version)
		for _, item := range n.items {
			fmt.Fprintf(&b, "  * %s\n", wrap(item, 76, "    "))
		}
		fmt.Fprintf(&b, "\n -- %s  %s\n\n", maintainer, at.Format(time.RFC1123Z))
	}
	return b.String()
}

// wrap breaks a text into lines of at most width characters; those after the
// first begin with indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	room := width
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case len(word)+1 > room:
			b.WriteString("\n" + indent)
			room = width
		default:
			b.WriteByte(' ')
			room--
		}
		b.WriteString(word)
		room -= len(word)
	}
	return b.String()
}

const maintainer = "The Open Interest Tracker authors <maintainers@openinterest.invalid>"

func appStreamReleases(all []news) string {
	var b strings.Builder
	for _, n := range all {
		fmt.Fprintf(&b, "    <release version=%q date=%q>\n      <description>\n        <ul>\n", n.version, n.date.Format(time.DateOnly))
		for _, item := range n.items {
			fmt.Fprintf(&b, "          <li>%s</li>\n", html.EscapeString(item))
		}
		b.WriteString("        </ul>\n      </description>\n    </release>\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

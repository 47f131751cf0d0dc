package main

import (
	"bytes"
	encoding "encoding/binary"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSumsOfTwoBuildsAreCompared(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := write("first", "aa  one.deb\nbb  two.exe\n")
	for second, differ := range map[string]string{
		"aa  one.deb\nbb  two.exe\n":                "",
		"aa  one.deb\ncc  two.exe\n":                "two.exe",
		"aa  one.deb\n":                             "two.exe",
		"aa  one.deb\nbb  two.exe\ndd  three.rpm\n": "three.rpm",
	} {
		err := compareSums(io.Discard, first, write("second", second))
		if differ == "" && err != nil || differ != "" && (err == nil || !strings.HasSuffix(err.Error(), " of "+differ)) {
			t.Errorf("against %q: %v, want a difference in %q", second, err, differ)
		}
	}
}

// What the window shows after an update is also what packages say changed.
func TestNewsBecomesChangelogAndReleases(t *testing.T) {
	all, err := readNews("../../assets/news/en.md")
	if err != nil {
		t.Fatal(err)
	}
	zh, err := readNews("../../assets/news/zh.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(zh) {
		t.Errorf("%d versions in English, %d in Chinese", len(all), len(zh))
	}
	for i, n := range all {
		if i < len(zh) && (zh[i].version != n.version || !zh[i].date.Equal(n.date) || len(zh[i].items) != len(n.items)) {
			t.Errorf("of %s the languages tell different things", n.version)
		}
	}
	one := []news{{"0.2.0", time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), []string{"Charts & maps " + strings.Repeat("word ", 20)}}}
	const want = "openinterest (0.2.0) unstable; urgency=medium\n\n  * Charts & maps word"
	changelog := debianChangelog(one)
	if !strings.HasPrefix(changelog, want) || !strings.Contains(changelog, "\n -- "+maintainer+"  Tue, 01 Dec 2026 00:00:00 +0000\n") {
		t.Errorf("the changelog is\n%s", changelog)
	}
	two := debianChangelog(append([]news{{"0.3.0", one[0].date, []string{"More"}}}, one...))
	if !strings.Contains(two, "01:00:00 +0000\n\nopeninterest (0.2.0)") || !strings.Contains(two, "00:00:00 +0000\n") {
		t.Errorf("two versions of a day are not one after the other:\n%s", two)
	}
	for _, line := range strings.Split(changelog, "\n") {
		if len(line) > 80 && !strings.HasPrefix(line, " -- ") {
			t.Errorf("a line is longer than Debian allows: %q", line)
		}
	}
	if got := appStreamReleases(one); !strings.Contains(got, `<release version="0.2.0" date="2026-12-01">`) || !strings.Contains(got, "<li>Charts &amp; maps") {
		t.Errorf("the releases are\n%s", got)
	}
}

func TestIconsForWindowsAreThePicturesInOneFile(t *testing.T) {
	whole := image.NewNRGBA(image.Rect(0, 0, 512, 512))
	for y := range 512 {
		for x := range 512 {
			whole.Set(x, y, color.NRGBA{200, 100, 50, 255})
		}
	}
	var pictures [][]byte
	for _, size := range iconSizes {
		var b bytes.Buffer
		if err := png.Encode(&b, shrink(whole, size)); err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, b.Bytes())
	}
	file := ico(iconSizes, pictures)
	for i, size := range iconSizes {
		entry := file[6+16*i:]
		length, offset := encoding.LittleEndian.Uint32(entry[8:]), encoding.LittleEndian.Uint32(entry[12:])
		picture, err := png.Decode(bytes.NewReader(file[offset : offset+length]))
		if err != nil || picture.Bounds().Dx() != size || entry[0] != byte(size%256) {
			t.Fatalf("entry %d: %v", i, err)
		}
		if got := color.NRGBAModel.Convert(picture.At(size/2, size/2)); got != (color.NRGBA{200, 100, 50, 255}) {
			t.Errorf("in the middle of size %d is %v", size, got)
		}
	}
}

// Every word in braces of a packaging file is filled in.
func TestPackagingFilesHaveNoWordsLeft(t *testing.T) {
	m := &machine{root: filepath.Join("..", "..")}
	r := &releaser{m: m, version: "1.2.3"}
	out := filepath.Join(t.TempDir(), "filled")
	for from, words := range map[string][]string{
		"linux/nfpm.yaml":                  {"stage", "date"},
		"linux/" + appID + ".metainfo.xml": {"releases"},
		"linux/copyright":                  {"license"},
		"windows/openinterest.rc":          {"icon", "manifest", "numbers"},
		"windows/openinterest.manifest":    {},
		"windows/installer.nsi":            {"out", "icon", "exe", "license", "licences"},
		"linux/" + appID + ".desktop":      {},
	} {
		given := map[string]string{}
		for _, w := range words {
			given[w] = "x"
		}
		if err := r.fill(from, out, given); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			bare := strings.NewReplacer("${", "", "{}", "", "{8e0f", "").Replace(line)
			if strings.Contains(bare, "{") && !strings.HasSuffix(bare, "{") {
				t.Errorf("%s: %q", from, line)
			}
		}
	}
}

func TestDebianIsKnownByItsName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "os-release")
	for text, want := range map[string]string{
		"NAME=x\nVERSION_CODENAME=bookworm\nID=debian\n": "bookworm",
		"ID=ubuntu\nVERSION_CODENAME=noble\n":            "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := debianCodename(file); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

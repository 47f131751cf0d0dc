package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write linked.txt anew; look at what changed before committing it")

const (
	linkedFile = "linked.txt"
	ours       = "openinterest"
	renew      = "go test -tags migrated_fynedo,no_emoji -run TestLinked ./cmd/openinterest -update"
	noReason   = "REASON MISSING"
)

const linkedHead = `# Every module, and every package of it, that is linked into the program on Linux.
# A module that this repository imports itself has the reason, which a person writes;
# another one names the modules that import it. Packages of Go's own are left out,
# since they differ from one Go to the next. TestLinked fails when this is not what is
# linked, or when a reason is missing. To renew it, reasons kept:
#
#	` + renew + `
`

// What is linked is known: what a change brings into the program is seen where
// the change is reviewed, as a difference of linked.txt.
func TestLinked(t *testing.T) {
	before, err := os.ReadFile(linkedFile)
	if err != nil && !(*update && errors.Is(err, os.ErrNotExist)) {
		t.Fatal(err)
	}
	packages := linkedPackages(t)
	after := linkedText(packages, reasonsIn(string(before)))
	if *update {
		if err := os.WriteFile(linkedFile, []byte(after), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if string(before) != after {
		t.Errorf("%s is not what is linked; if what differs is meant, renew it by\n\t%s\n%s", linkedFile, renew, differences(string(before), after))
	}
	if strings.Contains(after, noReason) {
		t.Errorf("%s: write there in a sentence why a module is needed, where it says %s", linkedFile, noReason)
	}
}

// Reasons are kept when the list is renewed, those of modules that went are not,
// and a new module that this repository imports lacks one.
func TestLinkedKeepsReasons(t *testing.T) {
	packages := []linkedPackage{
		{ImportPath: ours + "/ui", Imports: []string{"a.org/direct/x", "b.org/new", "fmt"}, Module: linkedModule{Path: ours, Main: true}},
		{ImportPath: "b.org/new", Module: linkedModule{Path: "b.org/new", Version: "v1.0.0"}},
		{ImportPath: "a.org/direct/x", Imports: []string{"c.org/deep"}, Module: linkedModule{Path: "a.org/direct", Version: "v1.2.0"}},
		{ImportPath: "c.org/deep", Module: linkedModule{Path: "c.org/deep", Version: "v0.1.0"}},
		{ImportPath: "fmt", Standard: true},
	}
	old := "# a head\na.org/direct v1.1.0: It draws.\n\ta.org/direct/old\ngone.org/x v1.0.0: It went.\n\tgone.org/x\n"
	want := linkedHead + `
a.org/direct v1.2.0: It draws.
	a.org/direct/x
b.org/new v1.0.0: REASON MISSING
	b.org/new
c.org/deep v0.1.0, by a.org/direct
	c.org/deep
`
	if got := linkedText(packages, reasonsIn(old)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := differences("a\nb\n", "b\nc\n"); got != "- a\n+ c\n" {
		t.Errorf("differences: %q", got)
	}
}

// linkedPackage is what go list tells of a package.
type linkedPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
	Module     linkedModule
}

type linkedModule struct {
	Path, Version string
	Main          bool
}

// linkedPackages asks go list, on every machine for the same system.
func linkedPackages(t *testing.T) []linkedPackage {
	t.Helper()
	list := exec.Command("go", "list", "-deps", "-tags", "migrated_fynedo,no_emoji", "-json=ImportPath,Imports,Standard,Module", ".")
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1", "GOFLAGS=", "GOWORK=off")
	var said strings.Builder
	list.Stderr = &said
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", list, err, said.String())
	}
	var packages []linkedPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p linkedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// linkedText is the list, with the reasons by module.
func linkedText(packages []linkedPackage, reasons map[string]string) string {
	moduleOf := map[string]linkedModule{}
	for _, p := range packages {
		if !p.Standard {
			moduleOf[p.ImportPath] = p.Module
		}
	}
	members, users := map[linkedModule][]string{}, map[string]map[string]bool{} // users: by module, those that import it
	for _, p := range packages {
		if p.Standard {
			continue
		}
		if !p.Module.Main {
			members[p.Module] = append(members[p.Module], p.ImportPath)
		}
		for _, path := range p.Imports {
			if m := moduleOf[path]; m.Path != "" && m.Path != p.Module.Path {
				if users[m.Path] == nil {
					users[m.Path] = map[string]bool{}
				}
				users[m.Path][p.Module.Path] = true
			}
		}
	}
	var b strings.Builder
	b.WriteString(linkedHead + "\n")
	byPath := func(a, b linkedModule) int { return strings.Compare(a.Path, b.Path) }
	for _, m := range slices.SortedFunc(maps.Keys(members), byPath) {
		why := ", by " + strings.Join(slices.Sorted(maps.Keys(users[m.Path])), ", ")
		if users[m.Path][ours] {
			why = ": " + reasons[m.Path]
			if reasons[m.Path] == "" {
				why += noReason
			}
		}
		fmt.Fprintf(&b, "%s %s%s\n", m.Path, m.Version, why)
		for _, path := range slices.Sorted(slices.Values(members[m])) {
			fmt.Fprintf(&b, "\t%s\n", path)
		}
	}
	return b.String()
}

// reasonsIn reads the reasons of a list, by module.
func reasonsIn(list string) map[string]string {
	reasons := map[string]string{}
	for line := range strings.Lines(list) {
		module, reason, ok := strings.Cut(strings.TrimSpace(line), ": ")
		path, _, versioned := strings.Cut(module, " ")
		if ok && versioned && path != "#" && reason != noReason {
			reasons[path] = reason
		}
	}
	return reasons
}

// differences are the lines that only one of two lists has.
func differences(before, after string) string {
	var b strings.Builder
	only := func(sign, these, those string) {
		have := strings.Split(those, "\n")
		for line := range strings.SplitSeq(these, "\n") {
			if !slices.Contains(have, line) {
				fmt.Fprintf(&b, "%s %s\n", sign, line)
			}
		}
	}
	only("-", before, after)
	only("+", after, before)
	return b.String()
}

// Each module in go.mod has its licence in the list that the About dialog shows,
// and so has whatever is linked; a licence of what is gone is an error too.
func TestLicences(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	required := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\t?([^\s/]+\.[^\s]+) v\S+`).FindAllStringSubmatch(string(text), -1) {
		required[m[1]] = true
	}
	for _, p := range linkedPackages(t) {
		if !p.Standard && !p.Module.Main {
			required[p.Module.Path] = true
		}
	}
	if len(required) < 30 {
		t.Fatalf("go.mod requires %d modules only", len(required))
	}
	have := licences()
	for module := range required {
		if have[module] == "" {
			t.Errorf("licences.txt lacks %s: read its licence file, and add it", module)
		}
	}
	for module := range have {
		if !required[module] {
			t.Errorf("licences.txt has %s, which nothing requires", module)
		}
	}
}

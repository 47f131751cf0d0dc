package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file is the architecture, as a test. Data flows one way:
//
//	exchange ──► data/binance ──► data/feed ──► market.Snapshot ──► ui
//	                                 │  ▲                            ▲
//	                                 ▼  │                            │
//	                            data/recorder                  charts (pictures)
//	                                 │  ▲
//	                                 ▼  │
//	                            data/history ──► data/signal
//
// A room is a folder with one duty, and everything below it. What it needs from
// a room that it may not import, it declares as an interface, and this package,
// the composition root, fits the two together.
var rooms = []room{
	{path: "data/market", plain: true, pure: true},
	{path: "data/signal", uses: []string{"data/market"}, pure: true},
	{path: "data/alert/deliver", uses: []string{"data/alert"}}, // takes alerts out of the program
	{path: "data/alert", uses: []string{"data/market", "data/signal"}, pure: true},
	{path: "data/liquidation", uses: []string{"data/market"}, pure: true}, // the calculator
	{path: "data/quota", uses: []string{"data/market"}, pure: true},
	{path: "data/proxy", uses: []string{"data/market", "data/diagnostics"}},
	{path: "data/binance", uses: []string{"data/market", "data/quota"}},
	{path: "data/recorder", uses: []string{"data/market"}},
	{path: "data/feed", uses: []string{"data/market", "data/quota", "data/recorder"}, tests: []string{"data/binance"}},
	{path: "data/history", uses: []string{"data/market"}},
	{path: "data/sim", uses: []string{"data/market"}, tests: []string{"data/binance", "data/feed", "data/signal"}},
	{path: "data/watch", uses: []string{"data/market", "data/signal"}}, // the live signals
	{path: "data/session", uses: []string{"data/market", "data/quota", "data/binance", "data/feed", "data/recorder", "data/history", "data/signal", "data/alert", "data/alert/deliver", "data/watch", "data/sim", "data/proxy"}},
	{path: "data/doctor", uses: []string{"data/market", "data/binance", "data/history", "data/proxy", "data/diagnostics"}},
	{path: "data/recorded", uses: []string{"data/market"}},      // helps tests read recordings
	{path: "data/instance"},                                     // one window to a data directory, and the locks of that
	{path: "data/diagnostics", uses: []string{"data/instance"}}, // the log's files and the reports of crashes
	{path: "charts", uses: []string{"data/market"}, pure: true},
	{path: "assets"},
	{path: "ui", uses: []string{"data/market", "data/feed", "data/signal", "data/alert", "data/alert/deliver", "data/watch", "data/liquidation", "data/history", "data/proxy", "charts", "assets"}},
	{path: "cmd/openinterest", uses: everything},
	{path: "cmd/dev", plain: true}, // starts before any module can be downloaded
}

// counterparts are the rooms that the tests of every room may use besides.
var counterparts = []string{"data/market", "data/recorded", "data/sim", "assets"}

// A confined library is known to a few rooms only, so that it can be replaced
// there, and so that what does not draw can be tested without a toolkit.
var confined = []struct {
	library string // import path, or the beginning of some
	rooms   []string
}{
	{"fyne.io/", []string{"ui", "cmd/openinterest"}},
	{"github.com/dweymouth/fyne-tooltip", []string{"ui", "cmd/openinterest"}},
	{"github.com/wcharczuk/go-chart", []string{"charts"}},
	{"github.com/adshao/go-binance", []string{"data/binance"}},
	{"github.com/gorilla/websocket", []string{"data/binance", "data/sim"}},
	{"github.com/go-json-experiment/json", []string{"data/binance"}},
	{"database/sql", []string{"data/history"}},
	{"modernc.org/sqlite", []string{"data/history"}},
	{"github.com/mattn/go-sqlite3", []string{"data/history"}},
	{"gopkg.in/natefinch/lumberjack", []string{"data/diagnostics"}},
	{"golang.org/x/net/", []string{"data/proxy"}},
	{"github.com/mattn/go-ieproxy", []string{"data/proxy"}},
	{"github.com/godbus/dbus", []string{"data/proxy", "ui"}},
	{"github.com/alecthomas/kong", []string{"cmd/openinterest"}},
}

// impure are the standard packages that a pure room does without: it takes
// what it needs as arguments, time included (see TestPureRoomsHaveNoClock).
var impure = []string{"os", "os/exec", "net", "net/http", "database/sql", "log", "log/slog"}

// maxLines keeps files short enough to be read in one go.
const maxLines = 430

type room struct {
	path  string
	uses  []string // rooms that it may import
	tests []string // rooms that its tests may import besides, and counterparts
	plain bool     // standard library only
	pure  bool     // no I/O and no clock
}

var everything = []string{"*"}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, f := range sources(t) {
		home, ok := roomOf(f.folder)
		if !ok {
			t.Errorf("%s is in no room: give %s its duty, and a line in rooms", f.name, f.folder)
			continue
		}
		for _, imported := range f.imports {
			if ours, found := strings.CutPrefix(imported, "openinterest/"); found {
				if !mayUse(home, ours, f.test) {
					t.Errorf("%s imports %s: of this module, %s may use [%s]", f.name, ours, home.path, strings.Join(home.uses, ", "))
				}
				continue
			}
			foreign := strings.Contains(strings.Split(imported, "/")[0], ".")
			if home.plain && foreign && !f.test {
				t.Errorf("%s imports %s: %s uses the standard library only", f.name, imported, home.path)
			}
			if home.pure && !f.test && slices.Contains(impure, imported) {
				t.Errorf("%s imports %s: %s does no I/O", f.name, imported, home.path)
			}
			for _, c := range confined {
				if strings.HasPrefix(imported, c.library) && !slices.Contains(c.rooms, home.path) {
					t.Errorf("%s imports %s, which belongs in %s", f.name, imported, strings.Join(c.rooms, ", "))
				}
			}
		}
	}
}

// Time is passed in: what is computed from a market depends on the market alone,
// so that a test needs no waiting, and yesterday's signal can be computed again.
func TestPureRoomsHaveNoClock(t *testing.T) {
	for _, f := range sources(t) {
		if home, _ := roomOf(f.folder); !home.pure || f.test {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := call.X.(*ast.Ident); ok && of.Name == "time" {
				switch call.Sel.Name {
				case "Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc":
					t.Errorf("%s:%d asks the clock: time.%s", f.name, f.line(n), call.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	says := map[string]bool{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		doc := f.tree.Doc.Text()
		says[f.folder] = says[f.folder] || strings.HasPrefix(doc, "Package ") || strings.HasPrefix(doc, "Command ")
	}
	for folder, said := range says {
		if !said {
			t.Errorf("%s has no package comment", folder)
		}
	}
}

func TestFilesAreShortEnoughToRead(t *testing.T) {
	for _, f := range sources(t) {
		if f.lines > maxLines && !ast.IsGenerated(f.tree) {
			t.Errorf("%s has %d lines, more than %d: it has more than one duty", f.name, f.lines, maxLines)
		}
	}
}

func roomOf(folder string) (room, bool) {
	for _, r := range rooms {
		if folder == r.path || strings.HasPrefix(folder, r.path+"/") {
			return r, true
		}
	}
	return room{}, false
}

func mayUse(home room, folder string, test bool) bool {
	other, ok := roomOf(folder)
	switch {
	case !ok:
		return false
	case other.path == home.path, slices.Contains(home.uses, other.path), slices.Equal(home.uses, everything):
		return true
	}
	return test && (slices.Contains(home.tests, other.path) || slices.Contains(counterparts, other.path))
}

// source is one Go file of this module.
type source struct {
	name    string // from the module's root
	folder  string
	imports []string
	lines   int
	test    bool
	tree    *ast.File
	files   *token.FileSet
}

func (s source) line(n ast.Node) int { return s.files.Position(n.Pos()).Line }

func sources(t *testing.T) []source {
	t.Helper()
	const root = "../.."
	files := token.NewFileSet()
	var found []source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != root && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"testdata", "bin", "dist"}, entry.Name())) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s := source{
			name: filepath.ToSlash(relative), folder: path.Dir(filepath.ToSlash(relative)),
			lines: bytes.Count(text, []byte("\n")), test: strings.HasSuffix(name, "_test.go"),
			tree: tree, files: files,
		}
		for _, i := range tree.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		found = append(found, s)
		return nil
	})
	if err != nil {
		t.Fatalf("reading the module's sources: %v", err)
	}
	if len(found) == 0 {
		t.Fatal("no Go files found")
	}
	return found
}

package assets

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
)

// wordCall is a call words.T(…) somewhere in the program.
type wordCall struct {
	where  string
	key    string // the literal, or the first part of a key put together
	whole  bool   // key is the whole of it
	given  []string
	listed bool // the values given are written out, so that given is complete
}

// TestEveryKeyInTheCodeExists fails on a key that the screen would show as nothing.
func TestEveryKeyInTheCodeExists(t *testing.T) {
	calls, _ := scanSource(t)
	for _, lang := range Languages() {
		sentences := texts(lang)
		for _, c := range calls {
			switch {
			case c.whole:
				sentence, ok := sentences[c.key]
				if !ok {
					t.Errorf("%s: %s has no sentence for %q", c.where, lang, c.key)
					continue
				}
				for _, f := range requiredFields(t, c.key, sentence) {
					if c.listed && !slices.Contains(c.given, f) {
						t.Errorf("%s: %q needs a value for %s", c.where, c.key, f)
					}
				}
			case !anyHasPrefix(sentences, c.key):
				t.Errorf("%s: %s has no sentence that begins with %q", c.where, lang, c.key)
			}
		}
	}
}

// TestEveryKeyIsUsed fails on a sentence that no code can ask for. Keys may
// travel through variables, so any string literal counts, and a literal such
// as "signal." stands for every key that begins with it.
func TestEveryKeyIsUsed(t *testing.T) {
	_, literals := scanSource(t)
	prefix := regexp.MustCompile(`^[a-z]+\.([a-z0-9_]+[._])*$`)
	used := map[string]bool{}
	var prefixes []string
	for _, l := range literals {
		used[l] = true
		before, _, formatted := strings.Cut(l, "%")
		if prefix.MatchString(l) || formatted && prefix.MatchString(before) {
			prefixes = append(prefixes, before)
		}
	}
	for key := range texts(English) {
		byPrefix := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !byPrefix {
			t.Errorf("no code asks for %q", key)
		}
	}
}

func anyHasPrefix(sentences map[string]string, prefix string) bool {
	for key := range sentences {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// requiredFields are the values a sentence shows come what may: those that it
// asks about ({{if .Until}}) may be absent.
func requiredFields(t *testing.T, key, sentence string) []string {
	t.Helper()
	parsed, err := template.New(key).Parse(sentence)
	if err != nil {
		t.Errorf("%s: %v", key, err)
		return nil
	}
	var asked []string
	for _, n := range parsed.Root.Nodes {
		if n, ok := n.(*parse.IfNode); ok {
			asked = append(asked, fieldsIn(n.Pipe)...)
		}
	}
	return slices.DeleteFunc(fieldsIn(parsed.Root), func(f string) bool { return slices.Contains(asked, f) })
}

// scanSource parses the program, tests excepted, and returns the calls of a
// method T with a literal key, and every string literal.
func scanSource(t *testing.T) (calls []wordCall, literals []string) {
	t.Helper()
	root := moduleRoot(t)
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("parsing: %v", err)
			return nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := literal(n); ok {
				literals = append(literals, s)
			}
			if c, ok := asWordCall(n); ok {
				position := files.Position(n.Pos())
				at, _ := filepath.Rel(root, position.Filename)
				c.where = at + ":" + strconv.Itoa(position.Line)
				calls = append(calls, c)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(literals) == 0 {
		t.Fatalf("no source found below %s", root)
	}
	return calls, literals
}

func asWordCall(n ast.Node) (wordCall, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return wordCall{}, false
	}
	if method, ok := call.Fun.(*ast.SelectorExpr); !ok || method.Sel.Name != "T" {
		return wordCall{}, false
	}
	var c wordCall
	first := call.Args[0]
	for {
		sum, ok := first.(*ast.BinaryExpr)
		if !ok {
			break
		}
		first = sum.X
	}
	if c.key, ok = literal(first); !ok {
		return wordCall{}, false
	}
	c.whole = first == call.Args[0]
	c.listed = len(call.Args) == 1
	if len(call.Args) == 2 {
		c.given, c.listed = literalKeys(call.Args[1])
	}
	return c, true
}

// literalKeys returns the keys of a map written out in the source.
func literalKeys(n ast.Expr) (keys []string, ok bool) {
	m, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	for _, e := range m.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := literal(pair.Key); ok {
				keys = append(keys, key)
			}
		}
	}
	return keys, true
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// moduleRoot walks up to the folder of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

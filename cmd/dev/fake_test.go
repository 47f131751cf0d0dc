package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fake is a machine of which a test decides what it has. It records what would
// have been done to it.
type fake struct {
	*machine
	programs []string // what is on the PATH
	headers  []string // what the compiler finds: words that occur in the C source
	modules  []string // what pkg-config knows
	sudo     error    // what `sudo -n true` answers
	fails    string   // a command line that contains this fails …
	code     int      // … with this code
	done     []string // command lines that were run
	became   string
	said     *bytes.Buffer
	env      map[string]string
}

// newFake is a Linux machine with everything that the program is built with.
func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{
		programs: []string{"go", "gcc", "pkg-config", "Xvfb", "xdotool", "tar", "xz"},
		headers:  []string{"stdio.h", "GL/gl.h", "X11/Xlib.h", "wayland-client.h", "xkbcommon/xkbcommon.h"},
		modules:  []string{"gl", "wayland-client"},
		code:     1,
		said:     new(bytes.Buffer),
		env:      map[string]string{"DISPLAY": ":0"},
	}
	f.machine = &machine{
		goos: "linux", root: t.TempDir(), out: f.said, err: f.said,
		getenv:      func(name string) string { return f.env[name] },
		has:         func(program string) bool { return slices.Contains(f.programs, program) },
		isRoot:      func() bool { return true },
		hasTerminal: func() bool { return false },
	}
	f.ask = f.answer
	f.do = func(_ context.Context, c command) error {
		f.done = append(f.done, c.String())
		if f.fails != "" && strings.Contains(c.String(), f.fails) {
			return &failedCommand{command: c, code: f.code, said: true}
		}
		if strings.Contains(c.String(), "install -y") { // what the packages bring
			f.programs = append(f.programs, "gcc", "pkg-config", "Xvfb", "xdotool")
			f.headers = append(f.headers, "stdio.h", "GL/gl.h", "X11/Xlib.h", "wayland-client.h", "xkbcommon/xkbcommon.h")
			f.modules = append(f.modules, "gl", "wayland-client")
		}
		return nil
	}
	f.become = func(_ context.Context, c command) error {
		f.became = c.String()
		return nil
	}
	return f
}

// answer plays go, sudo, pkg-config and a C compiler.
func (f *fake) answer(_ context.Context, c command) (string, error) {
	no := errors.New("no")
	switch c.args[0] {
	case "go":
		return "gcc\n", nil
	case "git":
		return "", nil
	case "sudo":
		return "", f.sudo
	case "pkg-config":
		if !slices.Contains(f.modules, c.args[len(c.args)-1]) {
			return "", no
		}
		return "", nil
	case "gcc":
		source, err := os.ReadFile(filepath.Join(c.dir, "try.c"))
		if err != nil {
			return "", err
		}
		for _, h := range f.headers {
			if strings.Contains(string(source), h) {
				return "", nil
			}
		}
		return "", no
	}
	return "", no
}

// lose takes these away: programs, headers, or modules that pkg-config knows.
func (f *fake) lose(what ...string) {
	for _, list := range []*[]string{&f.programs, &f.headers, &f.modules} {
		*list = slices.DeleteFunc(*list, func(s string) bool { return slices.Contains(what, s) })
	}
}

func (f *fake) run(t *testing.T, args ...string) int {
	t.Helper()
	return dev(t.Context(), f.machine, args)
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q is not in:\n%s", part, text)
	}
}

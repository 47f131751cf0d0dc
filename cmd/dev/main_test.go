package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandLines(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		say  string
	}{
		{"", 2, "Usage:"},
		{"--dry-run", 2, "Usage:"},
		{"walk", 2, `there is no command "walk"`},
		{"--fast run", 2, `there is no command "--fast"`},
		{"help", 0, "Usage:"},
		{"--help", 0, "Usage:"},
	} {
		t.Run(test.args, func(t *testing.T) {
			f := newFake(t)
			if code := f.run(t, strings.Fields(test.args)...); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			contains(t, f.said.String(), test.say)
		})
	}
}

func TestRunPassesItsArgumentsOn(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"run", ""},
		{"run -- --demo --lang zh", " --demo --lang zh"},
		{"run --demo", " --demo"},
		{"run -- snapshot --format json", " snapshot --format json"},
		{"run -- --dry-run", " --dry-run"}, // after the command it is the program's
		{"run -- -- x", " -- x"},           // one is dropped
	} {
		t.Run(test.args, func(t *testing.T) {
			f := newFake(t)
			if code := f.run(t, strings.Fields(test.args)...); code != 0 {
				t.Fatalf("exit code %d: %s", code, f.said)
			}
			if want := filepath.Join(f.root, "bin", "openinterest") + test.want; f.became != want {
				t.Errorf("became %q, want %q", f.became, want)
			}
			if len(f.done) != 1 || !strings.Contains(f.done[0], "go build -tags migrated_fynedo,no_emoji") {
				t.Errorf("ran %q", f.done)
			}
			contains(t, f.said.String(), "about 3 minutes")
		})
	}
}

func TestTheSecondBuildIsNotAnnounced(t *testing.T) {
	f := newFake(t)
	if err := os.MkdirAll(filepath.Join(f.root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary(f.machine), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	f.run(t, "run")
	if strings.Contains(f.said.String(), "minutes") {
		t.Errorf("it said:\n%s", f.said)
	}
}

func TestWithoutDisplay(t *testing.T) {
	for _, test := range []struct {
		name, args, goos string
		env              map[string]string
		code             int
	}{
		{"a window", "run -- --demo", "linux", nil, 1},
		{"a window on X11", "run", "linux", map[string]string{"DISPLAY": ":1"}, 0},
		{"a window on Wayland", "run", "linux", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, 0},
		{"a snapshot", "run -- --demo snapshot", "linux", nil, 0},
		{"a screenshot", "run -- screenshot -o x.png", "linux", nil, 0},
		{"help", "run -- --help", "linux", nil, 0},
		{"macOS has no DISPLAY", "run", "darwin", nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.goos, f.env = test.goos, test.env
			if code := f.run(t, strings.Fields(test.args)...); code != test.code {
				t.Fatalf("exit code %d, want %d: %s", code, test.code, f.said)
			}
			if test.code != 0 {
				contains(t, f.said.String(), "xvfb-run -a go run ./cmd/dev run")
				contains(t, f.said.String(), "screenshot")
				if len(f.done) > 0 {
					t.Errorf("before it said so, it ran %q", f.done)
				}
			}
		})
	}
}

func TestDryRunDoesNothing(t *testing.T) {
	for _, name := range []string{"run", "test", "bench", "package"} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.programs = append(f.programs, "apt-get")
			f.lose("gcc")
			if code := f.run(t, "--dry-run", name); code != 0 {
				t.Fatalf("exit code %d: %s", code, f.said)
			}
			contains(t, f.said.String(), "+ env DEBIAN_FRONTEND=noninteractive apt-get")
			contains(t, f.said.String(), "+ CGO_ENABLED=1 go ")
			if len(f.done) > 0 || f.became != "" {
				t.Errorf("ran %q %q", f.done, f.became)
			}
			if left, _ := os.ReadDir(f.root); len(left) > 0 {
				t.Errorf("left %v behind", left)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	tool := &failedCommand{command: cmd("go", "vet"), code: 3, said: true}
	for _, test := range []struct {
		name string
		err  error
		code int
		say  string
	}{
		{"nothing", nil, 0, ""},
		{"our own failure", errors.New("no display"), 1, "dev: no display\n"},
		{"a tool that has said why", tool, 3, ""},
		{"a tool that was silent", &failedCommand{command: cmd("go", "env"), code: 4}, 4, "dev: go env: exit status 4\n"},
		{"a tool's failure with a sentence of ours", errors.Join(errors.New("threads"), tool), 3, "dev: threads\ngo vet: exit status 3\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			if code := exitCode(f.machine, test.err); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if f.said.String() != test.say {
				t.Errorf("said %q, want %q", f.said, test.say)
			}
		})
	}
}

func TestAFailedBuildIsTheExitCode(t *testing.T) {
	f := newFake(t)
	f.fails, f.code = "go build", 7
	if code := f.run(t, "run"); code != 7 || f.became != "" {
		t.Errorf("exit code %d, became %q", code, f.became)
	}
}

func TestCommandsArePrintedAsTyped(t *testing.T) {
	c := command{env: []string{"A=b c"}, args: []string{"go", "test", "-run", "^$", "", "it's"}}
	if got, want := c.String(), `'A=b c' go test -run '^$' '' 'it'\''s'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRealCommandsReportTheirCode(t *testing.T) {
	m, err := thisMachine()
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.ask(context.Background(), cmd("go", "no-such-command"))
	var failed *failedCommand
	if !errors.As(err, &failed) || failed.code != 2 {
		t.Errorf("got %v", err)
	}
	if _, err = m.ask(context.Background(), cmd("no-such-program-anywhere")); err == nil || errors.As(err, &failed) && failed.code == 0 {
		t.Errorf("got %v", err)
	}
}

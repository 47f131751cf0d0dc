package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// command is one command line to run.
type command struct {
	args []string
	env  []string  // NAME=value, added to the environment
	dir  string    // where it runs; empty: the repository's root
	tee  io.Writer // receives a copy of both outputs; may be nil
}

// cmd is a command without surroundings.
func cmd(args ...string) command { return command{args: args} }

// String is the command as a person would type it.
func (c command) String() string {
	words := make([]string, 0, len(c.env)+len(c.args))
	for _, w := range append(append([]string{}, c.env...), c.args...) {
		if w == "" || strings.ContainsAny(w, " \t\n\"'`$&|;<>()*?[]#~!\\^{}") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// failedCommand is a command that ran and did not succeed.
type failedCommand struct {
	command command
	code    int  // what to exit with
	said    bool // its output was visible, so nobody needs to be told again
}

func (f *failedCommand) Error() string {
	return fmt.Sprintf("%s: exit status %d", f.command, f.code)
}

// machine is all that the commands ask of the computer and do to it. Tests
// replace its functions.
type machine struct {
	goos     string
	root     string // the repository
	out, err io.Writer
	dryRun   bool // print command lines that change or start something; run none

	getenv      func(string) string
	has         func(program string) bool // is it on the PATH
	isRoot      func() bool
	hasTerminal func() bool // can somebody be asked for a password

	// ask runs a command quietly, also in a dry run, and returns what it printed
	// on standard output.
	ask func(context.Context, command) (string, error)
	// do runs a command visibly; a failure is a *failedCommand.
	do func(context.Context, command) error
	// become replaces this process by the command, where the system can do
	// that, so that signals and the exit code are the program's own.
	become func(context.Context, command) error
}

func thisMachine() (*machine, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	m := &machine{
		goos: runtime.GOOS, root: root, out: os.Stdout, err: os.Stderr,
		getenv: os.Getenv,
		has: func(program string) bool {
			_, err := exec.LookPath(program)
			return err == nil
		},
		isRoot:      func() bool { return os.Geteuid() == 0 },
		hasTerminal: hasTerminal,
	}
	m.ask = m.runQuietly
	m.do = m.runVisibly
	m.become = func(ctx context.Context, c command) error { return become(ctx, m, c) }
	return m, nil
}

// findRoot walks up from the working directory to the module's root.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod here or above: start this inside the repository")
		}
		dir = parent
	}
}

// hasTerminal reports whether the process has a controlling terminal, which is
// where sudo asks for its password, whatever standard input is.
func hasTerminal() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	_ = tty.Close()
	return true
}

// perform shows a command line and runs it, or only shows it in a dry run.
func (m *machine) perform(ctx context.Context, c command) error {
	fmt.Fprintln(m.err, "+", c)
	if m.dryRun {
		return nil
	}
	return m.do(ctx, c)
}

// prepare turns a command into a process that is interrupted, and given time to
// tidy up, when ctx ends.
func (m *machine) prepare(ctx context.Context, c command) *exec.Cmd {
	p := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	p.Dir = c.dir
	if p.Dir == "" {
		p.Dir = m.root
	}
	p.Env = append(os.Environ(), c.env...)
	p.Cancel = func() error { return p.Process.Signal(os.Interrupt) }
	p.WaitDelay = 15 * time.Second
	return p
}

func (m *machine) runQuietly(ctx context.Context, c command) (string, error) {
	out, err := m.prepare(ctx, c).Output()
	return string(out), m.failure(c, err, false)
}

func (m *machine) runVisibly(ctx context.Context, c command) error {
	p := m.prepare(ctx, c)
	p.Stdin, p.Stdout, p.Stderr = os.Stdin, m.out, m.err
	if c.tee != nil {
		p.Stdout, p.Stderr = io.MultiWriter(m.out, c.tee), io.MultiWriter(m.err, c.tee)
	}
	return m.failure(c, p.Run(), true)
}

// failure tells a command that failed from one that could not be started.
func (m *machine) failure(c command, err error, said bool) error {
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("%s: %w", c, err)
	}
	code := exit.ExitCode()
	if code < 0 {
		code = 1 // ended by a signal
	}
	return &failedCommand{command: c, code: code, said: said && exit.ExitCode() > 0}
}

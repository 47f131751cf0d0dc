package main

import (
	"bufio"
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"openinterest/data/diagnostics"
	"openinterest/data/proxy"
	"openinterest/ui/about"
)

// openDiagnostics begins the log file and makes ready for a crash. run calls it
// for a process that is the program's alone.
func (g *globals) openDiagnostics(command string, std streams) {
	name := command
	if g.Demo {
		name += "-demo"
	}
	g.diagnostics = diagnostics.Open(diagnostics.Options{
		Dir: g.dataDir(), Name: name, About: aboutProgram(),
		Command: strings.Join(append([]string{"openinterest"}, proxy.RedactArguments(std.args)...), " "),
		Log:     slices.Contains(logged, command) && !g.Demo, // the demo keeps nothing
		Trouble: func(sentence string) { say(std.err, "openinterest: "+sentence) },
	})
	log.SetOutput(&libraryLog{shown: std.err, kept: g.diagnostics})
}

// logged are the commands that run for days, and so have a log file.
var logged = []string{"window", "record"}

// aboutProgram is the program, its version and the system, in some lines.
func aboutProgram() string {
	return fmt.Sprintf("%s %s\nrevision %s\nsystem   %s", metadata().Name, version, revision(), platform())
}

// platform is what the program runs on, in a line.
func platform() string {
	return fmt.Sprintf("%s, %s/%s, %d processors, %s", systemName(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

// revision is what the program was built from, as far as the build knows.
func revision() string {
	revision := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				revision += ", changed since"
			}
		}
	}
	return revision
}

// systemName is what the system calls itself, where it says so in a file.
func systemName() string {
	text, _ := os.ReadFile("/etc/os-release") // freedesktop's; elsewhere there is none
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return runtime.GOOS
}

// licencesText names the licence of each module in go.mod; a test keeps it
// complete. It was made by cyclonedx-gomod, and corrected by hand where that
// guessed wrong.
//
//go:embed licences.txt
var licencesText string

// licences are the licences by module.
func licences() map[string]string {
	by := map[string]string{}
	for line := range strings.Lines(licencesText) {
		if module, licence, ok := strings.Cut(strings.TrimSpace(line), " "); ok && module != "#" {
			by[module] = licence
		}
	}
	return by
}

// about is what the dialog of that name shows. more is what diagnostics say of
// the window, beside what this process knows.
func (g *globals) about(more func() string) about.Program {
	p := about.Program{Version: fmt.Sprintf("%s (%s)", version, revision()), DataDir: g.dataDir(), System: platform()}
	by := licences()
	p.Linked = []about.Module{
		{Path: "Go", Version: strings.TrimPrefix(runtime.Version(), "go"), Licence: "BSD-3-Clause"},
		{Path: "Inter, Noto Sans SC", Licence: "OFL-1.1"}, // the typeface: see assets/fonts
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			p.Linked = append(p.Linked, about.Module{Path: m.Path, Version: m.Version, Licence: cmp.Or(by[m.Path], "?")})
		}
	}
	p.Diagnostics = func() string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s\ndata     %s\n%s", aboutProgram(), g.dataDir(), more())
		if g.diagnostics != nil {
			fmt.Fprintf(&b, "\nThe newest lines of the log:\n%s", strings.Join(g.diagnostics.Lines(), ""))
		}
		return diagnostics.Private(b.String())
	}
	return p
}

// libraryLog takes what libraries log by Go's own log package: for a person and
// for the log file. A person is spared what the toolkit says where there is no
// D-Bus, without which it does not notice a change of the system's colours: that
// is so on many systems and nobody's mistake. Everything else is shown.
type libraryLog struct {
	shown io.Writer // standard error
	kept  io.Writer

	mu   sync.Mutex
	held []byte // a line that may be the first of such a complaint
	drop bool   // the next line is the last of one: where in the toolkit it was
}

// complaint is the toolkit's, in the three lines that Fyne writes for each
// error: what failed, the cause, and where in its code.
const (
	complaint      = "Fyne error:  failed to watch theme settings"
	complaintCause = "  Cause: "
	complaintAt    = "  At: "
)

// noBus are the causes of a complaint that only say that there is no D-Bus.
var noBus = []string{"dbus-launch", "DBUS_SESSION_BUS_ADDRESS", "address of session bus", "/bus: connect: "}

// Write takes a line. Go's log package calls it once for each.
func (l *libraryLog) Write(line []byte) (int, error) {
	_, _ = l.kept.Write(line)
	l.mu.Lock()
	defer l.mu.Unlock()
	held, drop := l.held, l.drop
	l.held, l.drop = nil, false
	switch {
	case bytes.Contains(line, []byte(complaint)):
		l.held = bytes.Clone(line)
		return len(line), l.show(held)
	case held != nil && bytes.Contains(line, []byte(complaintCause)) &&
		slices.ContainsFunc(noBus, func(cause string) bool { return bytes.Contains(line, []byte(cause)) }):
		l.drop = true
		return len(line), nil
	case drop && bytes.Contains(line, []byte(complaintAt)):
		return len(line), nil
	}
	return len(line), l.show(append(held, line...))
}

func (l *libraryLog) show(lines []byte) error {
	scan := bufio.NewScanner(bytes.NewReader(lines))
	for scan.Scan() {
		if _, err := fmt.Fprintln(l.shown, diagnostics.WithoutCredentials(scan.Text())); err != nil {
			return err
		}
	}
	return nil
}

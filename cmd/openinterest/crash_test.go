package main

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/data/diagnostics"
)

// crashesOnWord makes the test binary, where it is the program, crash as the
// first line of its standard input says.
const crashesOnWord = "OPENINTEREST_TEST_CRASHES"

func crashOnWord() {
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	switch strings.TrimSpace(line) {
	case "goroutine":
		panic("lost in a goroutine, below " + os.Getenv("HOME"))
	case "window":
		fyne.Do(func() {
			var none *window
			_ = none.begun // the UI's goroutine is main's
		})
	}
}

// crashing is a program that crashes when it is told to.
type crashing struct {
	t       *testing.T
	process *exec.Cmd
	word    io.WriteCloser
	log     *buffer
}

// startCrashing starts the program at home, with a home of its own there.
func startCrashing(t *testing.T, home string, env []string, args ...string) *crashing {
	t.Helper()
	c := &crashing{t: t, log: &buffer{}}
	c.process = exec.Command(os.Args[0], append([]string{"--data-dir", filepath.Join(home, "data"), "--lang", "en"}, args...)...)
	c.process.Env = append(append(os.Environ(), asProgram+"=1", crashesOnWord+"=1", "HOME="+home, "GOTRACEBACK=single"), env...)
	c.process.Stdout, c.process.Stderr = c.log, c.log
	var err error
	if c.word, err = c.process.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.process.Process.Kill() }) // unless it has ended
	return c
}

// crash makes it crash, and waits for its end.
func (c *crashing) crash(how string) {
	c.t.Helper()
	if how == "signal" { // as C code is ended
		if err := c.process.Process.Signal(syscall.SIGSEGV); err != nil {
			c.t.Fatal(err)
		}
	} else if _, err := fmt.Fprintln(c.word, how); err != nil {
		c.t.Fatal(err)
	}
	if err := c.process.Wait(); err == nil || c.process.ProcessState.ExitCode() != 2 {
		c.t.Fatalf("it ended with %v, want exit code 2:\n%s", err, c.log.String())
	}
}

// report is the newest report of a crash in a data directory; empty: there is none.
func report(t *testing.T, dataDir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dataDir, "crashes", "crash-*.txt"))
	if err != nil || len(found) == 0 {
		return ""
	}
	text, err := os.ReadFile(found[len(found)-1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A crash of the real process leaves the stack, the version, the system and the
// log in the data directory at once; the next start makes a report of it, in
// which there is nothing private.
func TestACrashOfRecordLeavesAReport(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("signals are sent as Unix does")
	}
	s := exchange(t, 20)
	for _, how := range []string{"goroutine", "signal"} {
		t.Run(how, func(t *testing.T) {
			home := t.TempDir()
			dataDir := filepath.Join(home, "data")
			c := startCrashing(t, home, nil, against(s, "record")...)
			waitFor(t, 30*time.Second, func() (bool, string) {
				log, _ := os.ReadFile(filepath.Join(dataDir, "logs", "record.log"))
				return strings.Contains(string(log), "msg=recording"), "the log file has " + string(log) + c.log.String()
			})
			c.crash(how)
			left, err := os.ReadFile(filepath.Join(dataDir, "crashes", "running-record.txt"))
			if err != nil || !strings.Contains(string(left), "goroutine ") {
				t.Fatalf("right after it there is no report: %v\n%s", err, left)
			}
			if got := startCrashing(t, home, nil, against(s, "snapshot")...).process.Wait(); got != nil {
				t.Fatal(got)
			}
			text := report(t, dataDir)
			for _, want := range []string{"Open Interest Tracker " + version, runtime.GOARCH, "--data-dir ~/data", "msg=recording", "goroutine ",
				map[string]string{"goroutine": "lost in a goroutine, below ~", "signal": "SIGSEGV"}[how]} {
				if !strings.Contains(text, want) {
					t.Errorf("the report lacks %q:\n%s", want, text)
				}
			}
			if strings.Contains(text, home) {
				t.Errorf("the report names the home folder %s:\n%s", home, text)
			}
		})
	}
}

// crashDialog is where a window of 1440 × 900 has the dialog about a crash.
var crashDialog = image.Rect(470, 360, 970, 540)

// A window that crashes on the UI's goroutine says so when it is started again,
// once: the third start has no dialog.
func TestAWindowOffersTheReportOfACrashOnce(t *testing.T) {
	d := openDisplay(t)
	home := t.TempDir()
	env := []string{"DISPLAY=:" + d.number, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11", "FYNE_SCALE=1"}
	rest, stream := nobody(t)
	flags := []string{"--rest-url", rest, "--stream-url", stream}
	c := startCrashing(t, home, env, append(flags, "--theme", "dark")...)
	waitFor(t, 60*time.Second, func() (bool, string) {
		return (&application{d: d}).find() != "", "no window appeared: " + c.log.String()
	})
	c.crash("window")
	dataDir := filepath.Join(home, "data")
	dialog := func(img *screen) (bool, string) {
		n := near(img.within(crashDialog), 0, 0, 1, 1, dark.Overlay)
		return n > crashDialog.Dx()*crashDialog.Dy()/2, fmt.Sprintf("%d pixels of a dialog", n)
	}
	again := openWindow(t, d, dataDir, flags...)
	again.sees("the dialog about the crash", dialog)
	if text := report(t, dataDir); !strings.Contains(text, "nil pointer dereference") || !strings.Contains(text, "crash_test.go") {
		t.Errorf("the report has no stack:\n%s", text)
	}
	again.terminate()
	third := openWindow(t, d, dataDir, flags...)
	third.sees("the window", func(img *screen) (bool, string) {
		return lastOffer(img) != image.Point{}, "nothing offered"
	})
	if ok, state := dialog(d.look()); ok {
		t.Errorf("it is offered again: %s", state)
	}
	third.terminate()
}

// What About copies has what a bug report needs, and nothing of who asks.
func TestDiagnosticsTellNothingPrivate(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	g := &globals{DataDir: filepath.Join(home, "data"), LogLevel: "warn"}
	g.diagnostics = diagnostics.Open(diagnostics.Options{Dir: g.DataDir, Name: "window", Log: true})
	defer g.diagnostics.Close()
	g.logger(io.Discard).Info("reading "+filepath.Join(home, "x"), "from", "http://me:hunter2@example.org/y")
	p := g.about(func() string { return "window 1440 × 900" })
	text := p.Diagnostics()
	for _, want := range []string{"Open Interest Tracker " + version, runtime.Version(), "window 1440 × 900", "reading ~", "http://example.org/y"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") {
		t.Errorf("the text has a password:\n%s", text)
	}
	if !strings.HasPrefix(p.Version, version) || p.DataDir != g.DataDir || len(p.Linked) < 20 {
		t.Errorf("About has %s, %s and %d libraries", p.Version, p.DataDir, len(p.Linked))
	}
	for _, m := range p.Linked {
		if m.Licence == "?" {
			t.Errorf("%s has no licence", m.Path)
		}
	}
}

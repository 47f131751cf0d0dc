package diagnostics

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ends names how a process of the test ends, which logs before.
const ends = "OPENINTEREST_TEST_ENDS"

func TestMain(m *testing.M) {
	if how := os.Getenv(ends); how != "" {
		end(how)
		return
	}
	os.Exit(m.Run())
}

func end(how string) {
	d := Open(Options{Dir: os.Args[1], Name: "window", About: "the program 1.2.3", Command: "openinterest --data-dir " + os.Args[1], Log: true})
	for n := range 450 {
		fmt.Fprintf(d, "time=now msg=\"line %d\" file=%s url=http://me:hunter2@example.org\n", n, filepath.Join(ownHome(), "x"))
	}
	switch how {
	case "well":
		d.Close()
		return
	case "killed":
		send(syscall.SIGKILL)
	case "panic":
		go func() { panic("lost: " + filepath.Join(ownHome(), "y") + " at http://me:hunter2@example.org") }()
	case "deep":
		var deep func(int) int
		deep = func(n int) int { return deep(n+1) + 1 }
		deep(0)
	case "signal":
		send(syscall.SIGSEGV) // as C code is ended
	}
	<-time.After(time.Minute)
}

// send sends this process a signal.
func send(s os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Signal(s) // where it is not sent, the process goes on
	}
}

// crash runs a process that ends in some way, and returns its data directory.
func crash(t *testing.T, how, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("signals are sent as Unix does")
	}
	process := exec.Command(os.Args[0], dir)
	process.Env = append(os.Environ(), ends+"="+how, "HOME=/home/somebody")
	out, err := process.CombinedOutput()
	if (err == nil) != (how == "well") {
		t.Fatalf("%s: %v\n%s", how, err, out)
	}
}

// A crash of any kind leaves a report with the stack and the newest 200 lines of
// the log, and nothing private; the next start tells of it once.
func TestACrashLeavesAReport(t *testing.T) {
	t.Setenv("HOME", "/home/somebody")
	for how, says := range map[string]string{"panic": "panic: lost: ~", "deep": "runtime.newstack", "signal": "SIGSEGV"} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			crash(t, how, dir)
			left, err := os.ReadFile(filepath.Join(dir, "crashes", "running-window.txt"))
			if err != nil || !strings.Contains(string(left), "goroutine ") {
				t.Fatalf("right after it, there is no report: %v\n%s", err, left)
			}
			d := Open(Options{Dir: dir, Name: "window"})
			defer d.Close()
			found, _ := filepath.Glob(filepath.Join(dir, "crashes", "crash-*-window.txt"))
			if len(found) != 1 {
				t.Fatalf("reports: %v", found)
			}
			text, err := os.ReadFile(found[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"the program 1.2.3", "openinterest --data-dir", says, "goroutine ", "diagnostics_test.go", `"line 250" file=~`, `"line 449"`} {
				if !strings.Contains(string(text), want) {
					t.Errorf("the report lacks %q:\n%.3000s", want, text)
				}
			}
			for _, secret := range []string{"hunter2", "somebody", `"line 249"`} {
				if strings.Contains(string(text), secret) {
					t.Errorf("the report has %q", secret)
				}
			}
			if !d.Crashed() {
				t.Error("the next start has nothing to tell")
			}
			if d.Crashed() {
				t.Error("it is told twice")
			}
		})
	}
}

// Who ends well, or is killed, leaves no report, and no files but the log.
func TestNoReportWithoutACrash(t *testing.T) {
	for _, how := range []string{"well", "killed"} {
		dir := t.TempDir()
		crash(t, how, dir)
		d := Open(Options{Dir: dir, Name: "record"})
		if d.Crashed() {
			t.Errorf("%s: it tells of a crash", how)
		}
		d.Close()
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 || left[0].Name() != "logs" && how == "well" {
			t.Errorf("%s: left are %v, %v", how, left, err)
		}
	}
}

// Two programs of one name on one directory write files of their own, and the
// report of a program that runs is let be.
func TestTwoOfAName(t *testing.T) {
	dir := t.TempDir()
	first := Open(Options{Dir: dir, Name: "record", Log: true})
	defer first.Close()
	second := Open(Options{Dir: dir, Name: "record", Log: true})
	defer second.Close()
	fmt.Fprintln(first, "one")
	fmt.Fprintln(second, "two")
	for file, want := range map[string]string{"record.log": "one\n", "record-2.log": "two\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, "logs", file)); string(got) != want {
			t.Errorf("%s has %q, %v", file, got, err)
		}
	}
	if running, _ := filepath.Glob(filepath.Join(dir, "crashes", "running-*.txt")); len(running) != 2 {
		t.Errorf("running: %v", running)
	}
}

// The log is rotated under a size.
func TestTheLogStaysSmall(t *testing.T) {
	dir := t.TempDir()
	d := Open(Options{Dir: dir, Name: "window", Log: true})
	defer d.Close()
	line := []byte(strings.Repeat("x", 1<<12) + "\n")
	for range (filesBefore + 3) * fileMegabytes << 20 / len(line) {
		if _, err := d.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	limit := time.Now().Add(30 * time.Second)
	for {
		files, err := os.ReadDir(d.LogFolder())
		if err != nil {
			t.Fatal(err)
		}
		var size int64
		for _, f := range files {
			if info, err := f.Info(); err == nil {
				size += info.Size()
			}
		}
		if len(files) <= filesBefore+1 && len(files) > 1 && size <= (filesBefore+1)*fileMegabytes<<20 {
			break
		}
		if time.Now().After(limit) { // old files are removed on a goroutine of the library
			t.Fatalf("%d files of %d bytes", len(files), size)
		}
		runtime.Gosched()
	}
	running, err := os.Stat(filepath.Join(d.Folder(), "running-window.txt"))
	if err != nil || running.Size() > 2*ringSize*int64(len(line))+1<<12 {
		t.Errorf("what a report begins with: %v, %d bytes", err, running.Size())
	}
	if len(d.Lines()) != ringSize {
		t.Errorf("%d lines in memory", len(d.Lines()))
	}
}

// A full disk, or a folder that may not be written to, is said in one sentence,
// and costs the log only.
func TestWhatCannotBeKeptIsSaidOnce(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no disk that is always full")
	}
	full, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := os.MkdirAll(filepath.Join(full, "logs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", filepath.Join(full, "logs", "window.log")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, says := range map[string]string{full: "no space left", filepath.Join(file, "d"): "not a directory"} {
		var told []string
		d := Open(Options{Dir: dir, Name: "window", Log: true, Trouble: func(s string) { told = append(told, s) }})
		for range 5 {
			if n, err := d.Write([]byte("a line\n")); n != 7 || err != nil {
				t.Errorf("writing returns %d, %v", n, err)
			}
		}
		if len(told) != 1 || !strings.Contains(told[0], says) || strings.Contains(told[0], "\n") || d.Trouble() != told[0] {
			t.Errorf("it says %q, want one sentence with %q", told, says)
		}
		if want := slices.Repeat([]string{"a line\n"}, 5); !slices.Equal(d.Lines(), want) {
			t.Errorf("in memory: %q", d.Lines())
		}
		d.Close()
		quiet := Open(Options{Dir: dir, Name: "snapshot", Trouble: func(s string) { t.Errorf("without a log it says %q", s) }})
		_, _ = quiet.Write([]byte("a line\n"))
		quiet.Close()
	}
}

// Who ends well without a log leaves no trace.
func TestNothingIsLeftWhereThereWasNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	d := Open(Options{Dir: dir, Name: "export"})
	if _, err := os.Stat(filepath.Join(d.Folder(), "running-export.txt")); err != nil {
		t.Error(err)
	}
	d.Close()
	if _, err := os.Stat(dir); err == nil {
		t.Error("the data directory stays")
	}
}

func TestPrivate(t *testing.T) {
	t.Setenv("HOME", "/home/somebody")
	for text, want := range map[string]string{
		"open /home/somebody/x: no":                      "open ~/x: no",
		`"/Users/Jane Doe"`:                              `"~ Doe"`,
		`C:\Users\jane\AppData`:                          `~\AppData`,
		`"C:\\Users\\jane\\AppData"`:                     `"~\\AppData"`,
		"/root/go/pkg/mod/x.go:1":                        "~/go/pkg/mod/x.go:1",
		"\t/home/other/src/a.go:7 +0x1":                  "\t~/src/a.go:7 +0x1",
		"https://api.example/fapi/v1/homes?symbol=X&a=b": "https://api.example/fapi/v1/homes?symbol=X&a=b",
		"http://u:p@example.org/a":                       "http://example.org/a",
		"socks5://u:p@10.0.0.1:1080":                     "socks5://10.0.0.1:1080",
		`Post "https://api.telegram.org/bot1:A/send": x`: `Post "https://api.telegram.org/…": x`,
		"https://hooks.slack.com/services/T/B/x y":       "https://hooks.slack.com/… y",
		"https://me.example/hook?token=abc&x=1":          "https://me.example/hook?token=…&x=1",
		"https://me.example/hook?api_key=abc":            "https://me.example/hook?api_key=…",
		"nothing private = 4/5":                          "nothing private = 4/5",
	} {
		if got := Private(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if again := Private(want); again != want {
			t.Errorf("%q becomes %q", want, again)
		}
	}
}

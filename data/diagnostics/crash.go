package diagnostics

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"openinterest/data/instance"
)

// While the program runs, a file has ready what the report of a crash begins
// with: what runs where, and the newest lines of the log. Go's runtime, when it
// ends the program, appends why and the stacks. Nothing of the program's own runs
// then any more; so the report gets its name and loses what is private at the
// next start, which is also when a file without a crash is removed: its program
// was killed, or the power went.

const (
	reports    = "crash-"   // a report's name begins so, and goes on with its time
	unfinished = "running-" // of a program that runs, or that nobody started again
	seenFile   = "seen"     // has the name of the newest report that the person was told of
	ending     = ".txt"
	keptCount  = 20 // reports

	linesBegin = "--- The newest lines of the log:"
	crashBegin = "--- What ended the program:"
)

// crashFile is the file of a program that runs.
type crashFile struct {
	path  string
	head  string
	file  *os.File
	lines int // that were appended since it was begun
}

// begin writes the head and the lines so far in place of what the file had, and
// at the first time makes the runtime append a crash to it.
func (c *crashFile) begin(lines []string) error {
	text := c.head + "\n" + linesBegin + "\n" + strings.Join(lines, "")
	if err := os.WriteFile(c.path, []byte(text), 0o600); err != nil {
		return err
	}
	c.lines = 0
	if c.file != nil {
		return nil
	}
	file, err := os.OpenFile(c.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if err := debug.SetCrashOutput(file, debug.CrashOptions{}); err != nil {
		_ = file.Close()
		return err
	}
	c.file = file
	return nil
}

// append adds a line, and begins anew where it has twice as many as are wanted.
func (c *crashFile) append(line string, newest func() []string) error {
	if c.file == nil {
		return nil
	}
	if c.lines++; c.lines > ringSize {
		return c.begin(newest())
	}
	_, err := c.file.WriteString(line)
	return err
}

// end removes the file: the program ends in good order.
func (c *crashFile) end() {
	if c.file == nil {
		return
	}
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // fails for no file at all
	_ = c.file.Close()
	_ = os.Remove(c.path)
}

// finish makes reports of what crashed programs left in a folder, and removes
// what others left. Files of programs that run are let be: they hold a lock.
func finish(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, unfinished+"*"+ending))
	if err != nil {
		return err
	}
	var faults []error
	for _, path := range left {
		slot := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), unfinished), ending)
		lock, err := instance.TakeLock(filepath.Join(dir, slot+".lock"))
		if err != nil {
			continue // it runs
		}
		faults = append(faults, finishOne(dir, slot, path))
		lock.Release()
	}
	return errors.Join(append(faults, prune(dir))...)
}

func finishOne(dir, slot, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	at, err := os.Stat(path)
	if err != nil {
		return err
	}
	if report := reportOf(string(text)); report != "" {
		name := reports + at.ModTime().UTC().Format("20060102-150405") + "-" + slot + ending
		if err := os.WriteFile(filepath.Join(dir, name), []byte(report), 0o600); err != nil {
			return err
		}
	}
	return os.Remove(path)
}

// crashes are how Go's runtime begins to tell of one: a panic, an error of the
// runtime itself, a signal such as C code is ended by. Of its own errors it says
// the name on standard error only; in the file their stacks come at once.
var crashes = []string{"panic: ", "fatal error: ", "runtime: ", "runtime stack:", "goroutine ", "SIG", "unexpected fault address", "Exception 0x", "[signal "}

// reportOf makes a report of a file whose program is gone: the newest lines of
// the log and what ended it, and nothing private; "" where nothing ended it.
func reportOf(text string) string {
	head, rest, ok := strings.Cut(text, linesBegin+"\n")
	if !ok {
		return ""
	}
	var lines []string
	scan := bufio.NewScanner(strings.NewReader(rest))
	scan.Buffer(nil, 1<<20)
	crash := ""
	for scan.Scan() {
		line := scan.Text()
		if slices.ContainsFunc(crashes, func(begin string) bool { return strings.HasPrefix(line, begin) }) {
			crash = rest[strings.Index("\n"+rest, "\n"+line):]
			break
		}
		if line != "" { // the runtime puts one before some crashes
			lines = append(lines, line+"\n")
		}
	}
	if crash == "" || !strings.Contains(crash, "goroutine ") && !strings.Contains(crash, "PC=") {
		return ""
	}
	lines = lines[max(0, len(lines)-ringSize):]
	return Private(head + linesBegin + "\n" + strings.Join(lines, "") + "\n" + crashBegin + "\n" + crash)
}

// prune removes the oldest reports where there are too many.
func prune(dir string) error {
	names := reportNames(dir)
	var faults []error
	for _, name := range names[:max(0, len(names)-keptCount)] {
		faults = append(faults, os.Remove(filepath.Join(dir, name)))
	}
	return errors.Join(faults...)
}

// reportNames are the names of the reports in a folder, the newest last.
func reportNames(dir string) (names []string) {
	entries, err := os.ReadDir(dir) // in the order of their names
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), reports) && strings.HasSuffix(e.Name(), ending) {
			names = append(names, e.Name())
		}
	}
	return names
}

// Crashed reports whether there is a report that the person was not told of, and
// takes down that they are told now. The reports lie in Folder.
func (d *Diagnostics) Crashed() bool {
	names := reportNames(d.Folder())
	if len(names) == 0 {
		return false
	}
	newest := names[len(names)-1]
	seen, err := os.ReadFile(filepath.Join(d.Folder(), seenFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) || newest <= string(bytes.TrimSpace(seen)) {
		return false
	}
	return os.WriteFile(filepath.Join(d.Folder(), seenFile), []byte(newest+"\n"), 0o600) == nil
}

// head is what a report begins with.
func head(o Options, now time.Time) string {
	return fmt.Sprintf("Crash report of %s\nstarted  %s, process %d\ncommand  %s\n\n"+
		"It holds no names of people or folders of theirs, and no passwords. Read it before you pass it on.\n",
		o.About, now.UTC().Format(time.RFC3339), os.Getpid(), Private(o.Command))
}

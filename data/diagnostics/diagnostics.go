// Package diagnostics keeps what helps to find out why the program broke: a log
// file that is rotated under a size, the newest lines of it in memory, and a
// report of each crash. All of it lies in the data directory and goes nowhere
// else; nothing is written that tells who the person is (see Private).
//
// A process has a name here (its subcommand), and a number after it where
// another of that name runs on the same directory, so that no two write one file.
package diagnostics

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"openinterest/data/instance"
)

const (
	logFolder   = "logs"
	crashFolder = "crashes"

	ringSize = 200 // lines that are kept in memory and stand in a report
	lineSize = 8 << 10
)

// The log's files: one that is written, and some before it.
const (
	fileMegabytes = 5
	filesBefore   = 3
)

// Options say what is kept.
type Options struct {
	Dir     string // the data directory
	Name    string // of the subcommand
	About   string // program, version and system, as a report has them
	Command string // the command line, for reports
	Log     bool   // keep a log file, not only the newest lines for a report

	// Trouble is told once, in a sentence, why something of this cannot be
	// kept; the program goes on. It is called from any goroutine.
	// Only a log that was asked for is worth that; nil: nobody is told.
	Trouble func(sentence string)
}

// Diagnostics is an io.Writer for a log, safe for concurrent use. It never
// fails: who logs has better to do. Its zero value keeps the newest lines only.
type Diagnostics struct {
	o    Options
	made bool           // the data directory was not there before
	lock *instance.Lock // nil: nothing is written to disk

	mu      sync.Mutex
	ring    []string
	crash   crashFile
	file    *lumberjack.Logger // nil: there is no log file
	trouble string             // the sentence that was told; "": none
}

// Open begins. What an earlier process left of a crash becomes a report. Where
// nothing can be written it says so to Trouble and works without.
func Open(o Options) *Diagnostics {
	d := &Diagnostics{o: o}
	if err := d.open(); err != nil {
		d.tell(fmt.Errorf("opening the log and the crash reports: %w", err))
	}
	return d
}

func (d *Diagnostics) open() error {
	_, err := os.Stat(d.o.Dir)
	d.made = errors.Is(err, fs.ErrNotExist)
	for _, dir := range []string{d.o.Dir, d.Folder()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	// A report that cannot be finished costs nothing of what follows.
	unfinishedReports := finish(d.Folder())
	slot, err := d.takeSlot()
	if err != nil {
		return errors.Join(err, unfinishedReports)
	}
	d.crash = crashFile{path: filepath.Join(d.Folder(), unfinished+slot+ending), head: head(d.o, time.Now())}
	if err := d.crash.begin(nil); err != nil {
		return errors.Join(err, unfinishedReports)
	}
	if d.o.Log {
		if err := os.MkdirAll(d.LogFolder(), 0o700); err != nil { // lumberjack's would be open to all
			return errors.Join(err, unfinishedReports)
		}
		d.file = &lumberjack.Logger{Filename: filepath.Join(d.LogFolder(), slot+".log"), MaxSize: fileMegabytes, MaxBackups: filesBefore}
	}
	return unfinishedReports
}

// takeSlot finds a name that no running process has.
func (d *Diagnostics) takeSlot() (slot string, err error) {
	for n := 1; n < 10; n++ {
		slot = d.o.Name
		if n > 1 {
			slot = fmt.Sprintf("%s-%d", d.o.Name, n)
		}
		d.lock, err = instance.TakeLock(filepath.Join(d.Folder(), slot+".lock"))
		if !errors.Is(err, instance.ErrTaken) {
			return slot, err
		}
	}
	return "", err
}

// Folder is where the reports of crashes lie.
func (d *Diagnostics) Folder() string { return filepath.Join(d.o.Dir, crashFolder) }

// LogFolder is where the log files lie.
func (d *Diagnostics) LogFolder() string { return filepath.Join(d.o.Dir, logFolder) }

// Write takes a line of the log, whole. It says that it wrote it in any case.
func (d *Diagnostics) Write(line []byte) (int, error) {
	text := Private(string(line))
	if len(text) > lineSize {
		text = strings.ToValidUTF8(text[:lineSize], "") + " …\n"
	}
	d.mu.Lock()
	if len(d.ring) == ringSize {
		d.ring = slices.Delete(d.ring, 0, 1)
	}
	d.ring = append(d.ring, text)
	err := d.crash.append(text, func() []string { return d.ring })
	if d.file != nil {
		_, logErr := d.file.Write([]byte(text))
		err = errors.Join(err, logErr)
	}
	d.mu.Unlock()
	if err != nil {
		d.tell(fmt.Errorf("writing the log: %w", err))
	}
	return len(line), nil
}

// Lines are the newest lines of the log, the oldest first.
func (d *Diagnostics) Lines() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.ring)
}

// Trouble is the sentence about what cannot be kept; "" while all can.
func (d *Diagnostics) Trouble() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

// tell says once what cannot be kept.
func (d *Diagnostics) tell(err error) {
	if !d.o.Log {
		return
	}
	d.mu.Lock()
	told := d.trouble != ""
	if !told {
		cause, _, _ := strings.Cut(err.Error(), "\n") // one sentence
		d.trouble = "the log is not kept, and the program goes on without: " + Private(cause)
	}
	sentence := d.trouble
	d.mu.Unlock()
	if !told && d.o.Trouble != nil {
		d.o.Trouble(sentence)
	}
}

// Close ends in good order: no report is left.
func (d *Diagnostics) Close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crash.end()
	d.crash.file = nil
	if d.file != nil {
		_ = d.file.Close()
		d.file = nil
	}
	if d.lock != nil {
		d.lock.Release()
		d.lock = nil
		_ = os.Remove(d.Folder()) // where it is empty
		if d.made {
			_ = os.Remove(d.o.Dir) // likewise: a demo leaves nothing
		}
	}
}

package history

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Kind is the small set of ways in which the store fails. The screen has a
// sentence for each.
type Kind string

// The kinds of failure.
const (
	Full      Kind = "disk_full"  // nothing can be written; what was stored stays readable
	Damaged   Kind = "damaged"    // the file is not what was written; Rebuild sets it aside
	Reading   Kind = "read_only"  // another process writes, or this store was opened for reading
	Gone      Kind = "gone"       // the files were deleted or replaced under the store; TryBecomeWriter goes on with what is there now
	Absent    Kind = "absent"     // there is no history yet, and none may be made
	Newer     Kind = "newer"      // made by a newer version of the program; left alone
	Forbidden Kind = "forbidden"  // the folder or the file may not be used
	Stopped   Kind = "stopped"    // the context ended, or the store was closed
	Failed    Kind = "store_fail" // anything else
)

// Problem is a failure of the store.
type Problem struct {
	Kind Kind
	What string // what was being attempted
	Err  error
}

// Error says what was attempted, what kind of failure it was, and the details.
func (p *Problem) Error() string {
	s := p.What + ": " + string(p.Kind)
	if p.Err != nil {
		s += ": " + p.Err.Error()
	}
	return s
}

// Unwrap returns the details.
func (p *Problem) Unwrap() error { return p.Err }

// KindOf returns the kind of failure in err's chain, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var p *Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return kindOf(err)
}

// problem wraps what failed in attempting something; nil stays nil.
func problem(err error, what string, args ...any) error {
	if err == nil {
		return nil
	}
	var p *Problem
	if errors.As(err, &p) {
		return err // what failed inside says it better
	}
	return &Problem{Kind: kindOf(err), What: fmt.Sprintf(what, args...), Err: err}
}

func kindOf(err error) Kind {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return sqliteKind(lite.Code())
	}
	switch {
	case errors.Is(err, errBlock):
		return Damaged
	case errors.Is(err, syscall.ENOSPC):
		return Full
	case errors.Is(err, fs.ErrPermission):
		return Forbidden
	case errors.Is(err, fs.ErrNotExist):
		return Absent
	case stopped(err):
		return Stopped
	}
	return Failed
}

func sqliteKind(code int) Kind {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for the index of the log
		return Full
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return Full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		return Forbidden
	case sqlite3.SQLITE_INTERRUPT:
		return Stopped
	}
	return Failed
}

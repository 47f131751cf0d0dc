package history

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"
)

// Which process writes is settled by a lock on a file beside the database. Both
// may be deleted or replaced under the process that writes, by hand, or with the
// disk that they are on. It would then write where nobody finds it, and another
// process could lock the new file and write, too. So what is locked and open is
// held against what has the names now: before every write, and whenever
// TryBecomeWriter is called, which who keeps a history does every few seconds.

// TryBecomeWriter makes this store the writer if no other process is, and
// reports whether it is now. Call it every few seconds: a store that only reads
// follows what the writer does to its files, and one that writes notices when
// they were deleted or replaced. It then lets go of them, makes the folder anew
// where it is missing, and becomes the writer of what is there now unless
// another process is.
func (s *Store) TryBecomeWriter(ctx context.Context) (bool, error) {
	if s.opt.ReadOnly {
		return false, s.openToRead(ctx)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.becomeWriter(ctx)
}

// becomeWriter is TryBecomeWriter where s.writing is held.
func (s *Store) becomeWriter(ctx context.Context) (bool, error) {
	if s.isClosed() {
		return false, &Problem{Kind: Stopped, What: "locking the history", Err: errClosed}
	}
	if s.Writes() {
		s.files.RLock()
		there := s.inPlace()
		s.files.RUnlock()
		if there {
			return true, nil
		}
		s.letGo()
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return false, problem(err, "making the folder of the history")
	}
	got, err := s.tryLock()
	if err != nil {
		return false, problem(err, "locking the history")
	}
	if !got {
		return false, s.openToRead(ctx)
	}
	if err := s.openToWrite(ctx); err != nil {
		s.unlock()
		return false, err
	}
	return true, nil
}

var errClosed = errors.New("it is closed")

func (s *Store) isClosed() bool {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.closed
}

// inPlace reports whether the database and the lock that this process has open
// are those that have the names; s.files is held. Where that can't be told, on a
// network's disk that doesn't answer, they are taken to be.
func (s *Store) inPlace() bool {
	locked, err := s.lock.Stat()
	return err != nil || isAt(s.Path(), s.file) && isAt(s.lock.Path(), locked)
}

func isAt(path string, file os.FileInfo) bool {
	now, err := os.Stat(path)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
	}
	return os.SameFile(now, file)
}

// letGo closes files that have gone, and the lock; s.writing is held. SQLite
// leaves alone what has their names now.
func (s *Store) letGo() {
	s.files.Lock()
	defer s.files.Unlock()
	replaced := !isAt(s.Path(), s.file)
	if err := s.closeHandles(); err != nil {
		s.log.Debug("closing a history that has gone", "error", err)
	}
	s.unlock()
	if replaced {
		s.begun = s.opt.Now()
		s.lost.more()
		s.log.Error("the history was deleted or replaced while the program ran; it goes on with what is there now", "file", s.Path())
	}
}

// tryLock locks the file that has the name: one that was just deleted may still
// be locked by nobody.
func (s *Store) tryLock() (bool, error) {
	const tries = 3
	for range tries {
		got, err := s.lock.TryLock()
		if err != nil || !got {
			return false, err
		}
		if locked, err := s.lock.Stat(); err == nil && isAt(s.lock.Path(), locked) {
			return true, nil
		}
		s.unlock()
	}
	return false, nil
}

// unlock lets another process write. The lock is one of its own each time, since
// one that failed to unlock would go on to pass for locked.
func (s *Store) unlock() {
	if err := s.lock.Close(); err != nil {
		s.log.Error("unlocking the history", "error", err)
	}
	s.lock = flock.New(filepath.Join(s.dir, lockName))
}

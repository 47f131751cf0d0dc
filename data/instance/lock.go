package instance

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/gofrs/flock"
)

// ErrTaken says that another process, or another part of this one, holds a lock.
var ErrTaken = errors.New("another process holds the lock")

// Lock is a lock file that this process holds. The system takes it back when
// the process ends, in whatever way.
type Lock struct{ file *flock.Flock }

// TakeLock takes the lock file at path, which it creates, or returns ErrTaken at
// once. The folder must be there.
func TakeLock(path string) (*Lock, error) {
	for range 3 { // a file that its holder removed meanwhile is made anew
		lock := flock.New(path)
		switch locked, err := lock.TryLock(); {
		case err != nil:
			_ = lock.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		case !locked:
			_ = lock.Close()
			return nil, ErrTaken
		}
		if mine, err := lock.Stat(); err == nil {
			if there, err := os.Stat(path); err == nil && os.SameFile(mine, there) {
				return &Lock{lock}, nil
			}
		}
		_ = lock.Close()
	}
	return nil, ErrTaken
}

// Release gives the lock back and removes its file.
func (l *Lock) Release() {
	path := l.file.Path()
	if runtime.GOOS == "windows" { // which removes no file that is open
		_ = l.file.Close()
		_ = os.Remove(path) // it stays where another process has it by now
		return
	}
	_ = os.Remove(path)
	_ = l.file.Close()
}

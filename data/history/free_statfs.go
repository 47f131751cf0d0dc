//go:build linux || darwin || freebsd

package history

import "golang.org/x/sys/unix"

// FreeBytes is how much a person may write to the disk of a folder, which must exist.
func FreeBytes(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}

//go:build !linux && !darwin && !freebsd && !windows

package history

import "errors"

// FreeBytes is how much a person may write to the disk of a folder, which must exist.
func FreeBytes(string) (uint64, error) { return 0, errors.ErrUnsupported }

//go:build !linux && !darwin && !freebsd && !windows

package doctor

import "errors"

// freeBytes is how much a person may write to the disk of a folder.
func freeBytes(string) (uint64, error) { return 0, errors.ErrUnsupported }

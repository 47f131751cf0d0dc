package history

import "golang.org/x/sys/windows"

// FreeBytes is how much a person may write to the disk of a folder, which must exist.
func FreeBytes(dir string) (free uint64, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, err
}

package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// threadTime is the processor time that the calling thread has used. The UI's
// goroutine has a thread of its own.
func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// resident is the memory that the process has in use, in bytes; 0: unknown.
func resident() int64 {
	var size, pages int64
	file, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	if n, _ := fmt.Sscan(string(file), &size, &pages); n != 2 {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// handles counts the files and connections that the process has open; 0: unknown.
func handles() int {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(open) - 1 // the folder itself
}

//go:build !unix

package main

import "os"

// peakMemory is unknown: this system's process state does not tell.
func peakMemory(*os.ProcessState) int64 { return 0 }

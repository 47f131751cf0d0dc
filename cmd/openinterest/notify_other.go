//go:build !linux

package main

// notifies reports whether the desktop shows notifications: macOS and Windows do.
func notifies() bool { return true }

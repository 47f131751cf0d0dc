//go:build !windows

package main

// leaveConsole is for Windows, which opens a console for every program that can
// print.
func leaveConsole() {}

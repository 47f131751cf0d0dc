package main

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// leaveConsole closes the console that Windows opened for the window alone: a
// program that prints has one, and nobody reads it when the program was started
// by a click. A console that a person typed the command into has their shell in
// it, too, and stays. From Windows 11 24H2 on, the manifest has none opened.
func leaveConsole() {
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	var processes [2]uint32
	n, _, _ := kernel.NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes)))
	if n == 1 {
		_, _, _ = kernel.NewProc("FreeConsole").Call()
	}
}

package main

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"openinterest/data/sim"
)

// onWindows is the program built for Windows, and a Wine to run it in.
type onWindows struct {
	t       *testing.T
	program string
	env     []string
}

// windowsProgram builds the program for Windows. It skips the test, saying so,
// where the compiler or Wine is absent.
func windowsProgram(t *testing.T) *onWindows {
	t.Helper()
	const mingw = "x86_64-w64-mingw32-gcc"
	for _, needed := range []string{mingw, "wine"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("the program for Windows is not tried: there is no %s here", needed)
		}
	}
	folder := t.TempDir()
	w := &onWindows{t: t, program: filepath.Join(folder, "openinterest.exe")}
	build := exec.Command("go", "build", "-tags", "migrated_fynedo,no_emoji", "-buildvcs=false", "-o", w.program, ".")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=1", "CC="+mingw, "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building for Windows: %v\n%s", err, out)
	}
	prefix := filepath.Join(folder, "wine")
	w.env = append(os.Environ(), "WINEPREFIX="+prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=;bcryptprimitives=n")
	t.Cleanup(func() {
		end := exec.Command("wineserver", "-k") // ends what this prefix has running, and nothing else
		end.Env = w.env
		_ = end.Run()
	})
	first := exec.Command("wine", "cmd", "/c", "ver")
	first.Env = w.env
	if out, err := first.CombinedOutput(); err != nil {
		t.Skipf("the program for Windows is not tried: Wine does not start: %v\n%s", err, out)
	}
	w.addRandom(mingw, filepath.Join(prefix, "drive_c", "windows", "system32", "bcryptprimitives.dll"))
	return w
}

// addRandom makes the library that Go takes random bytes from, where this Wine
// has none: older ones don't.
func (w *onWindows) addRandom(compiler, file string) {
	w.t.Helper()
	if _, err := os.Stat(file); err == nil {
		return
	}
	const source = `#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
`
	c := filepath.Join(w.t.TempDir(), "random.c")
	if err := os.WriteFile(c, []byte(source), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if out, err := exec.Command(compiler, "-shared", "-o", file, c, "-ladvapi32").CombinedOutput(); err != nil {
		w.t.Fatalf("building a library for Wine: %v\n%s", err, out)
	}
}

// start begins a command line.
func (w *onWindows) start(args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	w.t.Cleanup(cancel)
	c := exec.CommandContext(ctx, "wine", append([]string{w.program}, args...)...)
	c.Env, c.WaitDelay = w.env, 10*time.Second
	var out, problems bytes.Buffer
	c.Stdout, c.Stderr = &out, &problems
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	return c, &out, &problems
}

// run runs a command line to its end and returns what it printed.
func (w *onWindows) run(args ...string) string {
	w.t.Helper()
	c, out, problems := w.start(args...)
	if err := c.Wait(); err != nil {
		w.t.Fatalf("%v: %v\n%s", args, err, problems)
	}
	return out.String()
}

// path is a path of this system as Windows writes it.
func (w *onWindows) path(file string) string { return `Z:` + strings.ReplaceAll(file, "/", `\`) }

func TestTheProgramForWindows(t *testing.T) {
	w := windowsProgram(t)
	if got := strings.TrimSpace(w.run("--version")); got != "openinterest "+version {
		t.Errorf("--version prints %q", got)
	}
	t.Run("the window in a picture", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "window.png")
		w.run("screenshot", "--demo", "-o", w.path(file))
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if picture, err := png.DecodeConfig(f); err != nil || picture.Width < 1000 {
			t.Errorf("the picture is %v: %v", picture, err)
		}
	})
	s, err := sim.Start(t.Context(), sim.Options{Contracts: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	data := w.path(filepath.Join(t.TempDir(), "data"))
	line := func(args ...string) []string { return append(against(s, args...), "--data-dir", data) }
	t.Run("a snapshot", func(t *testing.T) {
		if rows := parseCSV(t, w.run(line("snapshot")...)); len(rows) != len(s.Symbols()) {
			t.Errorf("it prints %d contracts, want %d", len(rows), len(s.Symbols()))
		}
	})
	t.Run("the history's lock", func(t *testing.T) {
		first, _, problems := w.start(line("record")...)
		defer func() { _ = first.Process.Kill(); _ = first.Wait() }()
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); ; <-tick.C {
			export, out, _ := w.start(line("export", "--symbol", s.Symbols()[0])...)
			_ = export.Wait() // at first there is no history
			rows := strings.Count(out.String(), "\n")
			if rows > 200 { // it reads while another process writes
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("after a minute the history has %d lines\n%s", rows, problems)
			}
		}
		second, _, said := w.start(line("backfill", "--symbol", s.Symbols()[0])...)
		if err := second.Wait(); err == nil || !strings.Contains(said.String(), "another process of this program keeps this history") {
			t.Errorf("a second writer of the same history: %v, and says\n%s", err, said)
		}
	})
}

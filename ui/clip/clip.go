// Package clip puts a picture on the desktop's clipboard, which Fyne's cannot: that
// holds text alone.
//
// It asks a program of the desktop: wl-copy or xclip on Linux and BSD, osascript on
// macOS, PowerShell on Windows. A library in this process would have to answer for
// the clipboard as long as the picture is on it: golang.design/x/clipboard does so
// on a second X11 connection without an error handler, so that an application that
// asks for the picture and goes away ends this one; it needs X11's development
// files at run time and knows no Wayland.
package clip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Missing is the error where no program was found. Its text is for logs; the
// window has its own words.
type Missing struct {
	Programs []string // any of these would do
}

// Error names the programs.
func (m *Missing) Error() string {
	return "no program for pictures on the clipboard: " + strings.Join(m.Programs, ", ")
}

// Failed is the error of a program that refused.
type Failed struct {
	Program string
	Reason  error
}

// Error says why.
func (f *Failed) Error() string { return f.Program + ": " + f.Reason.Error() }

// Unwrap returns the reason.
func (f *Failed) Unwrap() error { return f.Reason }

// program puts a picture on the clipboard.
type program struct {
	name string
	args []string
	file bool // the picture is in the file that PICTURE in the environment names; else on standard input
}

const macScript = `set the clipboard to (read (POSIX file (system attribute "PICTURE")) as «class PNGf»)`

const windowsScript = `Add-Type -AssemblyName System.Windows.Forms, System.Drawing; ` +
	`[Windows.Forms.Clipboard]::SetImage([Drawing.Image]::FromFile($env:PICTURE))`

// programs are those for a system, the best first. wayland and x11 say which
// displays there are.
func programs(system string, wayland, x11 bool) []program {
	switch system {
	case "darwin":
		return []program{{"osascript", []string{"-e", macScript}, true}}
	case "windows":
		return []program{{"powershell", []string{"-NoProfile", "-NonInteractive", "-STA", "-Command", windowsScript}, true}}
	}
	var all []program
	if wayland {
		all = append(all, program{"wl-copy", []string{"--type", "image/png"}, false})
	}
	if x11 || !wayland {
		all = append(all, program{"xclip", []string{"-selection", "clipboard", "-t", "image/png", "-i"}, false})
	}
	return all
}

// patience is how long a program may take: it hands the picture over and goes on in
// the background.
const patience = 10 * time.Second

// PNG puts a PNG picture on the clipboard. The error is a *Missing where nothing on
// this desktop can, a *Failed where something could not. It takes up to some
// seconds, so it has no business on the UI's goroutine.
func PNG(ctx context.Context, picture []byte) error {
	known := programs(runtime.GOOS, os.Getenv("WAYLAND_DISPLAY") != "", os.Getenv("DISPLAY") != "")
	var names []string
	var failed error
	for _, p := range known {
		path, err := exec.LookPath(p.name)
		if err != nil {
			names = append(names, p.name)
			continue
		}
		if err = p.run(ctx, path, picture); err == nil {
			return nil
		}
		failed = &Failed{p.name, err}
	}
	if failed != nil {
		return failed
	}
	return &Missing{names}
}

func (p *program) run(ctx context.Context, path string, picture []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, p.args...)
	if p.file {
		name, err := temporary(picture)
		if err != nil {
			return err
		}
		defer os.Remove(name)
		cmd.Env = append(os.Environ(), "PICTURE="+name)
	} else {
		cmd.Stdin = bytes.NewReader(picture)
	}
	said, err := os.CreateTemp("", "clipboard-*.txt") // not a pipe: what goes on in the background would keep that open
	if err != nil {
		return fmt.Errorf("a file for what it says: %w", err)
	}
	defer os.Remove(said.Name())
	defer said.Close()
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		if text, rerr := os.ReadFile(said.Name()); rerr == nil && len(bytes.TrimSpace(text)) > 0 {
			return errors.New(firstLine(text))
		}
		return err
	}
	return nil
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(bytes.TrimSpace(text)), "\n")
	return strings.TrimSpace(line)
}

// temporary writes a picture into a file.
func temporary(picture []byte) (name string, err error) {
	file, err := os.CreateTemp("", "chart-*.png")
	if err != nil {
		return "", fmt.Errorf("a file for the picture: %w", err)
	}
	_, err = file.Write(picture)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return "", fmt.Errorf("writing the picture: %w", err)
	}
	return file.Name(), nil
}

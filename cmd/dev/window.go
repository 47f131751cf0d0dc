package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// windowSize is the size of the display that windows are opened on here, and so
// their own: nothing frames them.
const windowSize = "1440x900"

// display is a display without a screen: an Xvfb process of our own.
type display struct {
	name string // ":99"
	stop func()
}

// openDisplay starts Xvfb, which picks a free number itself and reports it once
// it is ready.
func openDisplay(ctx context.Context) (display, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return display{}, fmt.Errorf("starting Xvfb: %w", err)
	}
	defer reader.Close()
	var said bytes.Buffer
	server := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", windowSize+"x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{writer} // its descriptor 3
	server.Stderr = &said
	err = server.Start()
	_ = writer.Close() // the server has its own; now its end ends our read
	if err != nil {
		return display{}, fmt.Errorf("starting Xvfb: %w", err)
	}
	d := display{stop: func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it was killed; what it thinks of that is of no interest
	}}
	number, err := io.ReadAll(io.LimitReader(reader, 16))
	if err == nil && len(bytes.TrimSpace(number)) == 0 {
		err = errors.New("it reported no display")
	}
	if err != nil {
		d.stop()
		return display{}, fmt.Errorf("starting Xvfb: %w\n%s", err, said.String())
	}
	d.name = ":" + strings.TrimSpace(string(number))
	return d, nil
}

// figures are what is known of a process that was measured.
type figures struct {
	wall, user, system time.Duration
	peak               int64 // bytes resident at most; 0 where the system does not tell
	resident           int64 // bytes resident when a window had settled; 0 where unknown
	output             string
}

// watchWindow opens the program's window on a display of its own, waits until it
// has settled, lets act do something with it (nil: nothing), and ends it as
// Ctrl+C would. Settings go to a folder that is deleted afterwards.
func watchWindow(ctx context.Context, m *machine, program []string, settled <-chan time.Time, act func(context.Context, *machine, display) error) (figures, error) {
	var f figures
	home, err := os.MkdirTemp("", "openinterest-window-")
	if err != nil {
		return f, fmt.Errorf("opening a window: %w", err)
	}
	defer os.RemoveAll(home)
	screen, err := openDisplay(ctx)
	if err != nil {
		return f, err
	}
	defer screen.stop()

	var output bytes.Buffer
	p := m.prepare(ctx, command{args: program, dir: home, env: surroundings(screen, home)})
	p.Stdout, p.Stderr = &output, &output
	if err := p.Start(); err != nil {
		return f, fmt.Errorf("opening a window: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()

	select {
	case err = <-ended:
		return f, fmt.Errorf("the window closed by itself (%v):\n%s", err, output.String())
	case <-settled:
	case <-ctx.Done():
		<-ended
		return f, ctx.Err()
	}
	f.resident = residentNow(p.Process.Pid)
	if act != nil {
		err = act(ctx, m, screen)
	}
	_ = p.Process.Signal(os.Interrupt) // if it has ended by itself, Wait tells
	select {
	case closed := <-ended:
		if p.ProcessState.ExitCode() < 0 {
			err = errors.Join(err, fmt.Errorf("the window ended badly: %w", closed))
		}
	case <-time.After(15 * time.Second):
		_ = p.Process.Kill()
		<-ended
		err = errors.Join(err, errors.New("the window did not close on Ctrl+C within 15 s"))
	}
	f.user, f.system, f.peak = p.ProcessState.UserTime(), p.ProcessState.SystemTime(), peakMemory(p.ProcessState)
	f.output = output.String()
	return f, err
}

// surroundings is the environment of a program that opens its window on a display
// and keeps what it keeps in a folder.
func surroundings(screen display, home string) []string {
	return []string{
		"DISPLAY=" + screen.name, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11",
		"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CACHE_HOME=" + home,
	}
}

// measure runs a program to its end and measures it.
func measure(ctx context.Context, m *machine, program []string) (figures, error) {
	var f figures
	var complaints bytes.Buffer
	p := m.prepare(ctx, command{args: program})
	p.Stderr = &complaints
	start := time.Now()
	err := p.Run()
	f.wall = time.Since(start)
	f.output = complaints.String()
	if err != nil {
		return f, fmt.Errorf("%s: %w\n%s", command{args: program}, err, f.output)
	}
	f.user, f.system, f.peak = p.ProcessState.UserTime(), p.ProcessState.SystemTime(), peakMemory(p.ProcessState)
	return f, nil
}

// residentNow is the memory of a process that runs, in bytes; 0 where the
// system keeps no /proc.
func residentNow(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	return residentIn(string(status))
}

func residentIn(status string) int64 {
	for _, line := range strings.Split(status, "\n") {
		var kib int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return 0
}

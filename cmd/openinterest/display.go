package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// otherwise is what works where no window does.
const otherwise = "; run it under xvfb-run, or try “openinterest screenshot” or “openinterest snapshot”"

// findDisplay fails, with a sentence, where there is nothing to open a window on.
func findDisplay() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display to open a window on" + otherwise)
	}
	return nil
}

// showWindow shows a window, and fails, with a sentence, where the display
// cannot be reached or cannot draw it. GLFW, which Fyne draws with, panics in
// the first case; in the second Fyne logs why and would wait for ever.
func showWindow(w fyne.Window) (err error) {
	defer func() {
		if r := recover(); r != nil {
			cause, ok := r.(*glfw.Error)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("the display cannot be reached (%w)%s", cause, otherwise)
		}
	}()
	w.Show()
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return nil
	}
	shown := false
	drawn.RunWithContext(func() { shown = true }) // does nothing where there is no window
	if !shown {
		return errors.New("the display has no OpenGL to draw a window with" + otherwise)
	}
	return nil
}

// displayTimeout is how long a display may take to answer.
const displayTimeout = 2 * time.Second

// lookForDisplay says what there is to open a window on, for the doctor. It fails
// where there should be something that does not answer.
func lookForDisplay(ctx context.Context) (found string, err error) {
	if runtime.GOOS != "linux" {
		return "the desktop's", nil
	}
	const none = "none, so no window; all other commands work"
	ctx, cancel := context.WithTimeout(ctx, displayTimeout)
	defer cancel()
	if name := os.Getenv("WAYLAND_DISPLAY"); name != "" {
		if !filepath.IsAbs(name) {
			name = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), name)
		}
		return "Wayland", answers(ctx, "unix", name)
	}
	host, number, ok := strings.Cut(os.Getenv("DISPLAY"), ":")
	if !ok {
		return none, nil
	}
	number, _, _ = strings.Cut(number, ".") // the screen
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return "", errors.New("DISPLAY names none")
	case host == "" || host == "unix":
		return "X11", answers(ctx, "unix", filepath.Join("/tmp/.X11-unix", "X"+number))
	}
	return "X11, on another computer or through ssh", answers(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(6000+n)))
}

// answers reports whether anybody listens there. What fails is said without the
// address.
func answers(ctx context.Context, network, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		return conn.Close()
	}
	var at *net.OpError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("the display that is named does not answer: %w", err)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"

	"openinterest/data/proxy"
)

// otherwise is what works where no window does, with the arguments that were
// given, so that it can be typed as it is.
func otherwise(args []string) string {
	var given, without string // with a blank before each
	for _, arg := range proxy.RedactArguments(args) {
		given += " " + shellWord(arg)
		if !slices.Contains(windowsOwn, arg) {
			without += " " + shellWord(arg)
		}
	}
	return fmt.Sprintf("; run it under xvfb-run (“xvfb-run openinterest%s”), or try “openinterest screenshot%s -o market.png” or “openinterest snapshot%s”", given, without, without)
}

// windowsOwn are the arguments that only the window takes.
var windowsOwn = []string{"window", "--safe"}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellWord is an argument as a shell takes it.
func shellWord(arg string) string {
	if plainWord.MatchString(arg) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// findDisplay fails, with a sentence, where there is nothing to open a window on.
func findDisplay(args []string) error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display to open a window on" + otherwise(args))
	}
	return nil
}

// settleDesktop gives the toolkit what it complains of on the terminal where a
// session lacks it: a runtime directory by name, for which the base directory
// specification's own is taken, and the folder above its caches.
func settleDesktop() {
	if runtime.GOOS != "linux" {
		return
	}
	if !filepath.IsAbs(os.Getenv("XDG_RUNTIME_DIR")) {
		_ = os.Setenv("XDG_RUNTIME_DIR", fmt.Sprintf("/run/user/%d", os.Getuid())) // fails for odd names only
	}
	if caches, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(caches, 0o700) // where it cannot be made, the toolkit says so
	}
}

// newWindow makes a window, and fails, with a sentence, where the display
// cannot be reached.
func newWindow(a fyne.App, args []string) (w fyne.Window, err error) {
	defer reached(&err, args)
	return a.NewWindow(""), nil
}

// showWindow shows a window, and fails, with a sentence, where the display
// cannot be reached or cannot draw it. In the second case Fyne logs why and
// would wait for ever.
func showWindow(w fyne.Window, args []string) (err error) {
	defer reached(&err, args)
	w.Show()
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return nil
	}
	shown := false
	drawn.RunWithContext(func() { shown = true }) // does nothing where there is no window
	if !shown {
		return errors.New("the display has no OpenGL to draw a window with" + otherwise(args))
	}
	return nil
}

// reached makes a sentence of the panic with which GLFW, which Fyne draws with,
// tells that the display cannot be reached.
func reached(err *error, args []string) {
	if r := recover(); r != nil {
		cause, ok := r.(*glfw.Error)
		if !ok {
			panic(r)
		}
		*err = fmt.Errorf("the display cannot be reached (%w)%s", cause, otherwise(args))
	}
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

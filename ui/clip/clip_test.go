package clip

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// desktop is one that has these programs, each a shell script.
func desktop(t *testing.T, scripts map[string]string) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("other programs are asked there")
	}
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	t.Setenv("OUT", filepath.Join(dir, "out"))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("DISPLAY", ":0")
	return filepath.Join(dir, "out")
}

const picture = "\x89PNG and so on\x00\xff"

func TestAPictureIsHandedToTheDesktopsProgram(t *testing.T) {
	out := desktop(t, map[string]string{"xclip": `echo "$@" >"$OUT.args"; cat >"$OUT"`})
	if err := PNG(context.Background(), []byte(picture)); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(out)
	args, _ := os.ReadFile(out + ".args")
	if string(got) != picture || !strings.Contains(string(args), "clipboard") || !strings.Contains(string(args), "image/png") {
		t.Errorf("xclip %s got %q", args, got)
	}
}

func TestWaylandIsAskedFirstAndX11IfThatFails(t *testing.T) {
	out := desktop(t, map[string]string{"wl-copy": `cat >/dev/null; echo "no compositor" >&2; exit 1`, "xclip": `cat >"$OUT"`})
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if err := PNG(context.Background(), []byte(picture)); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(out); string(got) != picture {
		t.Errorf("xclip got %q", got)
	}
	t.Setenv("DISPLAY", "")
	var failed *Failed
	if err := PNG(context.Background(), []byte(picture)); !errors.As(err, &failed) || failed.Program != "wl-copy" || failed.Reason.Error() != "no compositor" {
		t.Errorf("where it fails alone: %v", err)
	}
}

// What keeps the picture goes on in the background, with its outputs open.
func TestAProgramThatStaysIsNotWaitedFor(t *testing.T) {
	desktop(t, map[string]string{"xclip": `cat >"$OUT"; sleep 60 &`})
	if err := PNG(context.Background(), []byte(picture)); err != nil {
		t.Fatal(err)
	}
}

func TestADesktopWithoutSuchAProgramIsSaid(t *testing.T) {
	desktop(t, nil)
	t.Setenv("PATH", t.TempDir())
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	var missing *Missing
	if err := PNG(context.Background(), []byte(picture)); !errors.As(err, &missing) || !slices.Equal(missing.Programs, []string{"wl-copy", "xclip"}) {
		t.Errorf("%v", err)
	}
}

func TestEachSystemHasItsProgram(t *testing.T) {
	for system, want := range map[string]string{"darwin": "osascript", "windows": "powershell", "linux": "xclip", "freebsd": "xclip"} {
		if all := programs(system, false, false); len(all) != 1 || all[0].name != want {
			t.Errorf("on %s: %v, want %s", system, all, want)
		}
	}
}

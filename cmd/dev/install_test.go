package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsMissingIsFoundByTrying(t *testing.T) {
	all := slices.Concat(buildNeeds, testNeeds)
	for _, test := range []struct {
		name string
		lose []string
		want string // packages for apt-get
	}{
		{"a complete machine", nil, ""},
		{"no compiler: what it would have found cannot be known", []string{"gcc"}, "gcc libc6-dev libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev"},
		{"a compiler without a C library", []string{"stdio.h"}, "gcc libc6-dev libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev"},
		{"no OpenGL", []string{"GL/gl.h"}, "libgl1-mesa-dev"},
		{"OpenGL that pkg-config does not know", []string{"gl"}, "libgl1-mesa-dev"},
		{"no pkg-config, and nobody asks it", []string{"pkg-config", "gl", "wayland-client"}, "pkg-config"},
		{"no X11", []string{"X11/Xlib.h"}, "xorg-dev"},
		{"no Wayland and xkbcommon", []string{"wayland-client.h", "xkbcommon/xkbcommon.h"}, "libwayland-dev libxkbcommon-dev"},
		{"nothing to test with", []string{"Xvfb", "xdotool"}, "xvfb xauth xdotool"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.lose(test.lose...)
			got := strings.Join(packagesFor(missing(t.Context(), trier{f.machine}, all), "apt-get"), " ")
			if got != test.want {
				t.Errorf("to install: %q, want %q", got, test.want)
			}
		})
	}
}

func TestEveryNeedNamesPackagesForEveryManager(t *testing.T) {
	for _, n := range slices.Concat(buildNeeds, testNeeds, packageNeeds) {
		for _, manager := range managers {
			if len(n.packages[manager]) == 0 {
				t.Errorf("%s: no package for %s", n.name, manager)
			}
		}
		if len(n.packages) != len(managers) {
			t.Errorf("%s names a package manager that is not looked for", n.name)
		}
	}
}

func TestHowItIsInstalled(t *testing.T) {
	const apt = "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "
	for _, test := range []struct {
		name string
		host host
		want []string
	}{
		{"root", host{manager: "apt-get", root: true}, []string{apt + "update", apt + "install -y --no-install-recommends a b"}},
		{"sudo without password", host{manager: "apt-get", sudo: true, quiet: true}, []string{"sudo -n " + apt + "update", "sudo -n " + apt + "install -y --no-install-recommends a b"}},
		{"sudo that asks", host{manager: "dnf", sudo: true, terminal: true}, []string{"sudo dnf install -y a b"}},
		{"pacman", host{manager: "pacman", root: true}, []string{"pacman -S --needed --noconfirm a b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !test.host.allowed() {
				t.Error("installing is not allowed")
			}
			var got []string
			for _, c := range installation(test.host, []string{"a", "b"}) {
				got = append(got, c.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestMissingIsInstalledAndSaid(t *testing.T) {
	f := newFake(t)
	f.programs = append(f.programs, "apt-get")
	f.lose("gcc", "pkg-config")
	if err := ensure(t.Context(), f.machine, trier{f.machine}, buildNeeds); err != nil {
		t.Fatal(err)
	}
	contains(t, f.said.String(), "Missing: a C compiler; pkg-config; OpenGL headers")
	contains(t, f.said.String(), "Installing with apt-get: gcc libc6-dev pkg-config libgl1-mesa-dev")
	if len(f.done) != 2 || !strings.HasSuffix(f.done[0], "update") {
		t.Errorf("ran %q", f.done)
	}
}

func TestBrokenListsDoNotStopTheInstallation(t *testing.T) {
	f := newFake(t)
	f.programs = append(f.programs, "apt-get")
	f.lose("GL/gl.h")
	f.fails = "update"
	if err := ensure(t.Context(), f.machine, trier{f.machine}, buildNeeds); err != nil {
		t.Fatal(err)
	}
	if len(f.done) != 2 {
		t.Errorf("ran %q", f.done)
	}
}

func TestAnInstallationThatBringsNothingIsNotBelieved(t *testing.T) {
	f := newFake(t)
	f.programs = append(f.programs, "pacman") // the fake's packages come with "install -y" only
	f.lose("GL/gl.h")
	err := ensure(t.Context(), f.machine, trier{f.machine}, buildNeeds)
	if err == nil || !strings.Contains(err.Error(), "still missing: OpenGL headers") {
		t.Errorf("got %v", err)
	}
}

func TestWhereNothingCanBeInstalledTheLineIsNamed(t *testing.T) {
	for _, test := range []struct {
		name, want string
		programs   []string
		goos       string
	}{
		{name: "no sudo", programs: []string{"apt-get"}, goos: "linux",
			want: "    sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc libc6-dev"},
		{name: "sudo that would ask nobody", programs: []string{"dnf", "sudo"}, goos: "linux", want: "    sudo dnf install -y gcc glibc-devel"},
		{name: "an unknown package manager", goos: "linux", want: "by hand"},
		{name: "macOS", goos: "darwin", want: "xcode-select --install"},
		{name: "Windows", goos: "windows", want: "mingw-w64-x86_64-toolchain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.goos = test.goos
			f.programs = append(f.programs, test.programs...)
			f.isRoot = func() bool { return false }
			f.sudo = errors.New("a password is required")
			f.lose("gcc")
			if code := f.run(t, "run"); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			contains(t, f.said.String(), test.want)
			if len(f.done) > 0 || f.became != "" {
				t.Errorf("it went on with %q %q", f.done, f.became)
			}
		})
	}
}

func TestSudoIsAskedOnlyWhereSomebodyCanAnswer(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		f := newFake(t)
		f.programs = append(f.programs, "sudo", "dnf")
		f.isRoot = func() bool { return false }
		f.hasTerminal = func() bool { return terminal }
		f.sudo = errors.New("a password is required")
		if got := f.host(t.Context()).allowed(); got != terminal {
			t.Errorf("terminal %t: allowed is %t", terminal, got)
		}
	}
}

// The one test that asks the real machine.
func TestTheCompilerIsReallyTried(t *testing.T) {
	m, err := thisMachine()
	if err != nil {
		t.Fatal(err)
	}
	real := trier{m}
	if _, err := real.compiler(t.Context()); err != nil {
		t.Skip("no C compiler here:", err)
	}
	for _, test := range []struct {
		name, source string
		libs         []string
		ok           bool
	}{
		{"a header of the C library", "#include <stdio.h>\n", nil, true},
		{"a header that is nowhere", "#include <no/such/header.h>\n", nil, false},
		{"a library that is nowhere", "#include <stdio.h>\n", []string{"no_such_library"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := real.compiles(context.Background(), test.source, test.libs, nil); (err == nil) != test.ok {
				t.Errorf("compiling: %v", err)
			}
		})
	}
}

package main

import (
	"context"
	"slices"
)

// need is something that the system must have, how to tell whether it has it,
// and which packages bring it.
type need struct {
	name string // in a person's words

	// One of the ways to tell, all of which try the thing itself rather than
	// ask a package list, so that it does not matter who installed it.
	programs []string // all must be on the PATH
	check    string   // C source that must compile …
	libs     []string // … and link with these
	module   string   // what cgo asks pkg-config for, so it must be known there
	test     func() bool

	packages map[string][]string // by package manager: see managers
}

// buildNeeds is what the window is built with on Linux. The includes and
// libraries are those that Fyne's window toolkit, GLFW, names.
var buildNeeds = []need{
	{
		name:  "a C compiler",
		check: "#include <stdio.h>\n#include <stdlib.h>\n#include <linux/input.h>\n",
		packages: map[string][]string{
			"apt-get": {"gcc", "libc6-dev"},
			"dnf":     {"gcc", "glibc-devel"},
			"pacman":  {"gcc", "glibc", "linux-api-headers"},
		},
	},
	{
		name:     "pkg-config",
		programs: []string{"pkg-config"},
		packages: map[string][]string{"apt-get": {"pkg-config"}, "dnf": {"pkgconf-pkg-config"}, "pacman": {"pkgconf"}},
	},
	{
		name:     "OpenGL headers",
		check:    "#include <GL/gl.h>\n",
		libs:     []string{"GL"},
		module:   "gl",
		packages: map[string][]string{"apt-get": {"libgl1-mesa-dev"}, "dnf": {"mesa-libGL-devel"}, "pacman": {"mesa", "libglvnd"}},
	},
	{
		name: "X11 headers",
		check: "#include <X11/Xlib.h>\n#include <X11/XKBlib.h>\n#include <X11/Xresource.h>\n" +
			"#include <X11/Xcursor/Xcursor.h>\n#include <X11/extensions/Xrandr.h>\n" +
			"#include <X11/extensions/Xinerama.h>\n#include <X11/extensions/XInput2.h>\n#include <X11/extensions/shape.h>\n",
		libs: []string{"X11", "Xrandr", "Xxf86vm", "Xi", "Xcursor", "Xinerama"},
		packages: map[string][]string{
			"apt-get": {"xorg-dev"},
			"dnf":     {"libX11-devel", "libXcursor-devel", "libXrandr-devel", "libXinerama-devel", "libXi-devel", "libXxf86vm-devel", "libXext-devel"},
			"pacman":  {"libx11", "libxcursor", "libxrandr", "libxinerama", "libxi", "libxxf86vm", "libxext", "xorgproto"},
		},
	},
	{
		name:     "Wayland headers",
		check:    "#include <wayland-client.h>\n#include <wayland-cursor.h>\n#include <wayland-egl.h>\n",
		libs:     []string{"wayland-client", "wayland-cursor", "wayland-egl"},
		module:   "wayland-client",
		packages: map[string][]string{"apt-get": {"libwayland-dev"}, "dnf": {"wayland-devel"}, "pacman": {"wayland"}},
	},
	{
		name:     "xkbcommon headers",
		check:    "#include <xkbcommon/xkbcommon.h>\n#include <xkbcommon/xkbcommon-compose.h>\n",
		libs:     []string{"xkbcommon"},
		packages: map[string][]string{"apt-get": {"libxkbcommon-dev"}, "dnf": {"libxkbcommon-devel"}, "pacman": {"libxkbcommon"}},
	},
	{
		name:     "certificates, to download modules",
		test:     hasCertificates,
		packages: map[string][]string{"apt-get": {"ca-certificates"}, "dnf": {"ca-certificates"}, "pacman": {"ca-certificates"}},
	},
}

// testNeeds is what the tests use besides: a display without a screen, and a
// hand that types and clicks on it.
var testNeeds = []need{
	{
		name:     "Xvfb, a display without a screen",
		programs: []string{"Xvfb"},
		packages: map[string][]string{"apt-get": {"xvfb", "xauth"}, "dnf": {"xorg-x11-server-Xvfb"}, "pacman": {"xorg-server-xvfb"}},
	},
	{
		name:     "xdotool, which types and clicks",
		programs: []string{"xdotool"},
		packages: map[string][]string{"apt-get": {"xdotool"}, "dnf": {"xdotool"}, "pacman": {"xdotool"}},
	},
}

// packageNeeds is what Fyne's packager calls on Linux.
var packageNeeds = []need{
	{
		name:     "tar and xz",
		programs: []string{"tar", "xz"},
		packages: map[string][]string{"apt-get": {"tar", "xz-utils"}, "dnf": {"tar", "xz"}, "pacman": {"tar", "xz"}},
	},
}

// releaseNeeds is what packages for Linux are validated with.
var releaseNeeds = []need{
	{
		name:     "git",
		programs: []string{"git"},
		packages: map[string][]string{"apt-get": {"git"}, "dnf": {"git"}, "pacman": {"git"}},
	},
	{
		name:     "validators of packages",
		programs: []string{"desktop-file-validate", "appstreamcli", "lintian"},
		packages: map[string][]string{"apt-get": {"desktop-file-utils", "appstream", "lintian"}, "dnf": {"desktop-file-utils", "appstream", "lintian"}, "pacman": {"desktop-file-utils", "appstream", "lintian"}},
	},
}

// windowsNeeds is what the program and its installer are built with for Windows.
var windowsNeeds = []need{
	{
		name:     "a C compiler for Windows",
		programs: []string{mingw + "gcc", mingw + "windres"},
		packages: map[string][]string{"apt-get": {"gcc-mingw-w64-x86-64"}, "dnf": {"mingw64-gcc"}, "pacman": {"mingw-w64-gcc"}},
	},
	{
		name:     "NSIS, which makes installers",
		programs: []string{"makensis"},
		packages: map[string][]string{"apt-get": {"nsis"}, "dnf": {"mingw-nsis-base"}, "pacman": {"nsis"}},
	},
}

// elsewhere says what the systems need that this tool does not install on.
var elsewhere = map[string]struct {
	compiler string // C source that must compile
	advice   string
}{
	"darwin": {
		compiler: "#include <stdio.h>\n",
		advice:   "The window is built with Apple's C compiler. Install the Xcode command line tools with\n\n    xcode-select --install\n\nand start this command again.",
	},
	"windows": {
		compiler: "#include <stdio.h>\n",
		advice: "The window is built with a C compiler, gcc from MinGW-w64. Install MSYS2 from https://www.msys2.org, type in its\n" +
			"\"MSYS2 MinGW 64-bit\" window\n\n    pacman -S --needed mingw-w64-x86_64-toolchain\n\n" +
			"add C:\\msys64\\mingw64\\bin to the PATH, and start this command again in a new window.",
	},
}

// missing returns the needs that the machine does not meet, in order.
func missing(ctx context.Context, p prober, needs []need) []need {
	var lacking []need
	compiler := true
	for _, n := range needs {
		if n.check != "" && !compiler {
			// Nothing can be tried without a compiler; asking for a package that
			// is already there does no harm.
			lacking = append(lacking, n)
			continue
		}
		if p.meets(ctx, n) {
			continue
		}
		lacking = append(lacking, n)
		if n.check != "" && len(n.libs) == 0 {
			compiler = false
		}
	}
	return lacking
}

// packagesFor lists what brings the needs with this package manager, each once.
func packagesFor(needs []need, manager string) []string {
	var list []string
	for _, n := range needs {
		for _, p := range n.packages[manager] {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// managers are the package managers that this tool knows, in the order in which
// they are looked for.
var managers = []string{"apt-get", "dnf", "pacman"}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// bareNeeds is what a bare root is made with, and a display for the window in it.
var bareNeeds = append([]need{{
	name:     "debootstrap, which makes a bare Debian",
	programs: []string{"debootstrap", "chroot"},
	packages: map[string][]string{"apt-get": {"debootstrap", "coreutils"}},
}}, testNeeds...)

// checkPackages builds the packages for Linux and installs the .deb where there
// is nothing else of this project: into a bare Debian of this machine's release.
// The program must then print its version, draw the window without a display,
// and show it on one. It is part of the tests on Debian where they run as root.
func checkPackages(ctx context.Context, m *machine) error {
	codename := debianCodename("/etc/os-release")
	if m.goos != "linux" || !m.isRoot() || codename == "" {
		fmt.Fprintln(m.err, "The packages are not tried here: that needs Debian, and root.")
		return nil
	}
	if err := ensure(ctx, m, trier{m}, bareNeeds); err != nil {
		return err
	}
	if err := release(ctx, m, []string{"--linux"}); err != nil {
		return err
	}
	if m.dryRun {
		return nil
	}
	root, err := os.MkdirTemp("", "openinterest-root-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	if err := m.perform(ctx, cmd("debootstrap", "--variant=minbase", codename, root)); err != nil {
		return fmt.Errorf("making a bare root: %w", err)
	}
	return tryInRoot(ctx, m, root)
}

// debianCodename is the name of the release that this machine runs; empty where
// it is no Debian.
func debianCodename(file string) string {
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains("\n"+string(text), "\nID=debian\n") {
		return ""
	}
	for _, line := range strings.Split(string(text), "\n") {
		if name, ok := strings.CutPrefix(line, "VERSION_CODENAME="); ok {
			return name
		}
	}
	return ""
}

// tryInRoot installs the .deb into a bare root and starts what it installed.
func tryInRoot(ctx context.Context, m *machine, root string) error {
	packages, err := filepath.Glob(filepath.Join(m.root, "dist", "*.deb"))
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("there are %d packages in dist, want one", len(packages))
	}
	deb, err := os.ReadFile(packages[0])
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "tmp", "openinterest.deb"), deb, 0o644); err != nil {
		return err
	}
	// The root asks where this machine asks, and nowhere else.
	if err := os.Remove(filepath.Join(root, "etc", "apt", "sources.list")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := m.perform(ctx, cmd("cp", "-a", "/etc/apt/.", filepath.Join(root, "etc", "apt"))); err != nil {
		return err
	}
	inside := func(script string) command {
		return command{args: []string{"chroot", root, "sh", "-ec", script}, env: []string{"DEBIAN_FRONTEND=noninteractive", "HOME=/root"}}
	}
	for _, c := range []command{
		inside("apt-get update && apt-get install -y --no-install-recommends /tmp/openinterest.deb"),
		inside("openinterest --version && openinterest screenshot --demo -o /tmp/window.png && test -s /tmp/window.png"),
	} {
		if err := m.perform(ctx, c); err != nil {
			return fmt.Errorf("trying the package in a bare root: %w", err)
		}
	}
	_, err = watchWindow(ctx, m, []string{"chroot", root, "openinterest", "--demo"}, time.After(10*time.Second), func(ctx context.Context, m *machine, on display) error {
		if _, err := m.ask(ctx, command{args: []string{"xdotool", "search", "--name", "Open Interest Tracker"}, env: []string{"DISPLAY=" + on.name}}); err != nil {
			return errors.New("there is no window of that name on the display")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("showing the window of the package in a bare root: %w", err)
	}
	fmt.Fprintln(m.err, "The package was installed into a bare root: it prints, draws and shows its window there.")
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// host is what decides how packages can be installed.
type host struct {
	manager  string // one of managers; empty: none of them
	root     bool
	sudo     bool // sudo is there …
	quiet    bool // … and asks for no password
	terminal bool // somebody can type one
}

// allowed reports whether this process can install anything.
func (h host) allowed() bool {
	return h.manager != "" && (h.root || h.sudo && (h.quiet || h.terminal))
}

// installation is the command lines that install the packages on this host. The
// last one is what counts; those before it only refresh the lists.
func installation(h host, packages []string) []command {
	var prefix []string
	switch {
	case h.root:
	case h.quiet:
		prefix = []string{"sudo", "-n"}
	default:
		prefix = []string{"sudo"}
	}
	with := func(args ...string) command {
		return command{args: append(append([]string{}, prefix...), args...)}
	}
	switch h.manager {
	case "apt-get":
		// A freshly started machine may be updating itself: wait for its lock.
		apt := []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"}
		return []command{
			with(append(apt, "update")...),
			with(append(append(apt, "install", "-y", "--no-install-recommends"), packages...)...),
		}
	case "dnf":
		return []command{with(append([]string{"dnf", "install", "-y"}, packages...)...)}
	case "pacman":
		return []command{with(append([]string{"pacman", "-S", "--needed", "--noconfirm"}, packages...)...)}
	}
	return nil
}

// line is what a person may type instead, in one line.
func line(h host, packages []string) string {
	prefix := "sudo "
	if h.root {
		prefix = ""
	}
	list := strings.Join(packages, " ")
	switch h.manager {
	case "apt-get":
		return prefix + "apt-get update && " + prefix + "apt-get install -y --no-install-recommends " + list
	case "dnf":
		return prefix + "dnf install -y " + list
	case "pacman":
		return prefix + "pacman -S --needed " + list
	}
	return ""
}

// host finds out how packages can be installed here.
func (m *machine) host(ctx context.Context) host {
	h := host{root: m.isRoot(), sudo: m.has("sudo")}
	for _, name := range managers {
		if m.has(name) {
			h.manager = name
			break
		}
	}
	if !h.root && h.sudo {
		_, err := m.ask(ctx, cmd("sudo", "-n", "true"))
		h.quiet = err == nil
		h.terminal = m.hasTerminal()
	}
	return h
}

// ensure sees to it that the machine meets the needs: it installs what is
// missing, or returns an error that says what to do.
func ensure(ctx context.Context, m *machine, p prober, needs []need) error {
	if m.goos != "linux" {
		return ensureElsewhere(ctx, m)
	}
	lacking := missing(ctx, p, needs)
	if len(lacking) == 0 {
		return nil
	}
	h := m.host(ctx)
	packages := packagesFor(lacking, h.manager)
	fmt.Fprintf(m.err, "Missing: %s.\n", names(lacking))
	switch {
	case h.manager == "":
		return errors.New("no package manager that this tool knows (apt-get, dnf, pacman): install the above by hand and start this command again")
	case !h.allowed():
		return fmt.Errorf("installing needs root, and there is no sudo that can be used here. Type this, and start this command again:\n\n    %s", line(h, packages))
	}
	fmt.Fprintf(m.err, "Installing with %s: %s\n", h.manager, strings.Join(packages, " "))
	steps := installation(h, packages)
	for i, step := range steps {
		err := m.perform(ctx, step)
		switch {
		case err == nil:
		case i < len(steps)-1 && ctx.Err() == nil:
			fmt.Fprintln(m.err, "dev: refreshing the package lists failed; trying with the lists as they are")
		default:
			return fmt.Errorf("installing %s: %w", names(lacking), err)
		}
	}
	if m.dryRun {
		return nil
	}
	// A second look: what the compiler's absence hid, and whether it worked.
	if still := missing(ctx, p, needs); len(still) > 0 {
		return fmt.Errorf("after the installation this is still missing: %s", names(still))
	}
	return nil
}

// ensureElsewhere checks for the C compiler where nothing can be installed from
// here, and says what to do. On a system that nobody has tried it says what the
// window is built with, and leaves it to the build to find out.
func ensureElsewhere(ctx context.Context, m *machine) error {
	system, known := elsewhere[m.goos]
	if !known {
		fmt.Fprintf(m.err, "Nothing is installed on %s. The window is built with %s.\n", m.goos, names(buildNeeds))
		return nil
	}
	if (trier{m}).compiles(ctx, system.compiler, nil, nil) == nil {
		return nil
	}
	return errors.New(system.advice)
}

func names(needs []need) string {
	list := make([]string, len(needs))
	for i, n := range needs {
		list[i] = n.name
	}
	return strings.Join(list, "; ")
}

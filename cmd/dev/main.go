// Command dev is the project's one tool for people who build it:
//
//	go run ./cmd/dev run        build the program and start it
//	go run ./cmd/dev test       pass its tests
//	go run ./cmd/dev bench      measure it against its budgets
//	go run ./cmd/dev soak       run its window for a simulated day of faults
//	go run ./cmd/dev package    make a package for this system, in dist/
//	go run ./cmd/dev release    make all packages that people install, in dist/
//
// It needs nothing but Go: it looks for what the system lacks (a C compiler and
// the headers that Fyne's window is built with), says what it will install,
// installs it where it can, and then calls the ordinary tools, printing each
// command line, so that everything it does can be done by hand.
//
// For that reason it imports the standard library alone: it must start before
// any module can be downloaded, and before a C compiler exists. How it is put
// together: needs.go says what is needed and probe.go whether it is there;
// install.go turns what is missing into command lines; machine.go is all that
// the commands do to the computer, and what a test replaces; run.go, test.go
// (with threads.go), bench.go, soak.go, package.go and release.go are the six commands, and
// window.go opens the program's window for three of them. A release is made by
// releaselinux.go, releasewindows.go, releasesource.go, icons.go and sums.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const usage = `Usage: go run ./cmd/dev [--dry-run] COMMAND [-- ARGUMENTS]

  run      build the program and start it; arguments go to the program
  test     gofmt, go vet, thread check and all tests; arguments go to go test
  bench    benchmarks and whole-process figures beside their budgets
  soak     the window for a simulated day of faults, in ten minutes; arguments go to the program's soak
  package  make a package for this system in dist/
  release  make all packages that people install in dist/; --check builds twice and compares, --linux makes those for Linux

Each command first installs what the system lacks, and says so.
--dry-run prints what would be installed and run, and does neither.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	m, err := thisMachine()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
	os.Exit(dev(ctx, m, os.Args[1:]))
}

// dev runs one command line and returns the exit code: 0 for success, 2 for a
// command line that cannot be understood, a failed tool's own code where a tool
// failed, else 1. (`go run` itself turns every code but 0 into 1.)
func dev(ctx context.Context, m *machine, args []string) int {
	var name string
	for name == "" {
		if len(args) == 0 {
			fmt.Fprint(m.err, usage)
			return 2
		}
		switch args[0] {
		case "--dry-run", "-dry-run":
			m.dryRun = true
		default:
			name = args[0]
		}
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	var err error
	switch name {
	case "run":
		err = run(ctx, m, args)
	case "test":
		err = test(ctx, m, args)
	case "bench":
		err = bench(ctx, m, args)
	case "soak":
		err = soak(ctx, m, args)
	case "package":
		err = pack(ctx, m, args)
	case "release":
		err = release(ctx, m, args)
	case "help", "-h", "-help", "--help":
		fmt.Fprint(m.out, usage)
		return 0
	default:
		fmt.Fprintf(m.err, "dev: there is no command %q\n\n%s", name, usage)
		return 2
	}
	return exitCode(m, err)
}

// exitCode says what went wrong, once, and returns the code to exit with.
func exitCode(m *machine, err error) int {
	if err == nil {
		return 0
	}
	if failed, bare := err.(*failedCommand); bare && failed.said {
		return failed.code // the tool has said all there is to say
	}
	fmt.Fprintln(m.err, "dev:", err)
	if failed := (*failedCommand)(nil); errors.As(err, &failed) {
		return failed.code
	}
	return 1
}

package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// prober tells whether a need is met.
type prober interface {
	meets(context.Context, need) bool
}

// trier meets needs by trying them: it looks for programs, asks pkg-config, and
// compiles and links a few lines of C.
type trier struct{ m *machine }

func (t trier) meets(ctx context.Context, n need) bool {
	for _, p := range n.programs {
		if !t.m.has(p) {
			return false
		}
	}
	if n.test != nil && !n.test() {
		return false
	}
	if n.check == "" {
		return true
	}
	flags := []string{}
	if n.module != "" && t.m.has("pkg-config") {
		out, err := t.m.ask(ctx, cmd("pkg-config", "--cflags", "--libs", n.module))
		if err != nil {
			return false // cgo will ask the same question
		}
		flags = strings.Fields(out)
	}
	return t.compiles(ctx, n.check, n.libs, flags) == nil
}

// compiles compiles and links source with the compiler that cgo will use.
func (t trier) compiles(ctx context.Context, source string, libs, flags []string) error {
	compiler, err := t.compiler(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "openinterest-dev-")
	if err != nil {
		return fmt.Errorf("trying the C compiler: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "try.c")
	if err := os.WriteFile(file, []byte(source+"int main(void) { return 0; }\n"), 0o600); err != nil {
		return fmt.Errorf("trying the C compiler: %w", err)
	}
	args := append(compiler, strings.Fields(t.m.getenv("CGO_CFLAGS"))...)
	args = append(args, file, "-o", filepath.Join(dir, "try"))
	args = append(args, strings.Fields(t.m.getenv("CGO_LDFLAGS"))...)
	args = append(args, flags...)
	for _, l := range libs {
		args = append(args, "-l"+l)
	}
	_, err = t.m.ask(ctx, command{args: args, dir: dir})
	return err
}

// compiler is the command that cgo calls: CC from the environment or go env -w,
// else Go's default, which is gcc or clang.
func (t trier) compiler(ctx context.Context) ([]string, error) {
	out, err := t.m.ask(ctx, cmd("go", "env", "CC"))
	if err != nil {
		return nil, fmt.Errorf("asking Go for its C compiler: %w", err)
	}
	words := strings.Fields(out)
	if len(words) == 0 || !t.m.has(words[0]) {
		return nil, fmt.Errorf("no C compiler (%s)", strings.TrimSpace(out))
	}
	return words, nil
}

// hasCertificates reports whether any certificate authority is trusted. Without
// one Go cannot download modules; a bare container has none.
func hasCertificates() bool {
	pool, err := x509.SystemCertPool()
	return err == nil && !pool.Equal(x509.NewCertPool())
}

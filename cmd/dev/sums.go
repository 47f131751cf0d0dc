package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// sumsFile lists the artefacts of a release with their sums, as sha256sum
// writes and checks them.
const sumsFile = "SHA256SUMS"

// sums writes the sums of all artefacts, prints them with their sizes, and signs
// them where OPENINTEREST_MINISIGN_KEY names the file of a key.
func (r *releaser) sums(ctx context.Context) error {
	entries, err := os.ReadDir(r.dist)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, e := range entries {
		sum, size, err := sumOf(filepath.Join(r.dist, e.Name()))
		if err != nil {
			return fmt.Errorf("summing %s: %w", e.Name(), err)
		}
		fmt.Fprintf(&lines, "%s  %s\n", sum, e.Name())
		fmt.Fprintf(r.m.out, "%9.1f MB  %s  %s\n", float64(size)/1e6, sum, e.Name())
	}
	file := filepath.Join(r.dist, sumsFile)
	if err := r.write(file, []byte(lines.String())); err != nil {
		return err
	}
	key := r.m.getenv("OPENINTEREST_MINISIGN_KEY")
	if key == "" {
		fmt.Fprintln(r.m.err, "SHA256SUMS is not signed: OPENINTEREST_MINISIGN_KEY names no key.")
		return nil
	}
	if !r.m.has("minisign") {
		return fmt.Errorf("signing %s: there is no minisign here (Debian's package is called minisign)", sumsFile)
	}
	return r.perform(ctx, cmd("minisign", "-S", "-s", key, "-m", file, "-t", "openinterest "+r.version))
}

func sumOf(file string) (sum string, size int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// readSums reads a file of sums, by name.
func readSums(file string) (map[string]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sums := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if sum, name, ok := strings.Cut(lines.Text(), "  "); ok {
			sums[name] = sum
		}
	}
	return sums, lines.Err()
}

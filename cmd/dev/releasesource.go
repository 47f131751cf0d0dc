package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// source packs the repository's files with the modules they are built from, so
// that it can be built without a network: go build -mod=vendor.
func (r *releaser) source(ctx context.Context) error {
	// Not below the repository, where tests that read all sources would find it.
	folder, err := os.MkdirTemp("", "openinterest-source-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	archive := filepath.Join(r.work, "source.tar")
	for _, c := range []command{
		cmd("git", "archive", "--format=tar", "-o", archive, "HEAD"),
		cmd("tar", "-xf", archive, "-C", folder),
		{args: []string{"go", "mod", "vendor"}, dir: folder},
	} {
		if err := r.perform(ctx, c); err != nil {
			return err
		}
	}
	name := "openinterest-" + r.version + "-source"
	return r.tarXZ(ctx, filepath.Join(r.dist, name+".tar.xz"), folder, name)
}

// sbom lists, for each system, what is linked into the program, with versions,
// sums and licences.
func (r *releaser) sbom(ctx context.Context) error {
	tool := filepath.Join(r.work, "cyclonedx-gomod") // built first: it runs here, whatever system it is asked about
	if err := r.perform(ctx, command{args: []string{"go", "install", cyclonedx}, env: []string{"GOBIN=" + r.work, "GOFLAGS=-trimpath", "CGO_ENABLED=0"}}); err != nil {
		return err
	}
	for system, compiler := range map[string]string{"linux": "gcc", "windows": mingw + "gcc"} {
		file := filepath.Join(r.dist, "openinterest-"+r.version+"-"+system+"-amd64.cdx.json")
		err := r.perform(ctx, command{
			args: []string{tool, "app", "-json", "-licenses", "-noserial", "-notimestamp", "-main", "cmd/openinterest", "-output", file, r.m.root},
			env:  []string{"GOFLAGS=-tags=" + tags, "CGO_ENABLED=1", "CC=" + compiler, "GOOS=" + system, "GOARCH=amd64"},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// licences collects the licences of all modules that are linked on any of the
// systems, which ask to go along with the program.
func (r *releaser) licences(ctx context.Context) error {
	modules := map[string]string{} // folder, by path and version
	for _, system := range []string{"linux", "windows"} {
		out, err := r.m.ask(ctx, command{
			args: []string{"go", "list", "-deps", "-tags", tags, "-json=Module", "./cmd/openinterest"},
			env:  []string{"GOOS=" + system, "CGO_ENABLED=1"},
		})
		if err != nil {
			return fmt.Errorf("listing what is linked on %s: %w", system, err)
		}
		packages := json.NewDecoder(strings.NewReader(out))
		for {
			var p struct {
				Module *struct {
					Path, Version, Dir string
					Main               bool
				}
			}
			if err := packages.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return fmt.Errorf("listing what is linked on %s: %w", system, err)
			}
			if p.Module != nil && !p.Module.Main {
				modules[p.Module.Path+" "+p.Module.Version] = p.Module.Dir
			}
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		texts, err := licenceTexts(modules[name])
		if err != nil {
			return fmt.Errorf("the licence of %s: %w", name, err)
		}
		fmt.Fprintf(&b, "%s\n%s\n\n%s\n\n", name, strings.Repeat("=", len(name)), texts)
	}
	font, err := licenceTexts(filepath.Join(r.m.root, "assets", "fonts"))
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "The typeface\n============\n\n%s\n", font)
	return r.write(filepath.Join(r.work, "third-party-licences.txt"), []byte(b.String()))
}

// licenceTexts are the licence files that lie in a folder.
func licenceTexts(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var texts []string
	is := regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright|ofl)`)
	for _, e := range entries {
		if e.IsDir() || !is.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(string(text)))
	}
	if len(texts) == 0 {
		return "", errors.New("there is no licence file in " + folder)
	}
	return strings.Join(texts, "\n\n"), nil
}

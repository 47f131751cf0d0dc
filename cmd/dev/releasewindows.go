package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

const mingw = "x86_64-w64-mingw32-"

func (r *releaser) windowsFile() string { return filepath.Join(r.work, "windows", "openinterest.exe") }

// windowsBinary builds the program for Windows with icon, version and manifest.
func (r *releaser) windowsBinary(ctx context.Context) error {
	folder := filepath.Dir(r.windowsFile())
	manifest, resources, object := filepath.Join(folder, "openinterest.manifest"), filepath.Join(folder, "openinterest.rc"), filepath.Join(folder, "resources.o")
	if err := r.fill("windows/openinterest.manifest", manifest, nil); err != nil {
		return err
	}
	numbers := strings.ReplaceAll(r.version, ".", ",") + ",0"
	if err := r.fill("windows/openinterest.rc", resources, map[string]string{"icon": r.icoFile(), "manifest": manifest, "numbers": numbers}); err != nil {
		return err
	}
	if err := r.perform(ctx, cmd(mingw+"windres", "--codepage=65001", "-i", resources, "-o", object)); err != nil {
		return err
	}
	// The linker writes the time into the file unless told not to.
	linked := `-extldflags "` + object + ` -Wl,--no-insert-timestamp"`
	if err := r.build(ctx, r.windowsFile(), linked, "-buildmode=exe", "GOOS=windows", "GOARCH=amd64", "CC="+mingw+"gcc", "CXX="+mingw+"g++"); err != nil {
		return err
	}
	program, err := os.ReadFile(r.windowsFile())
	if err != nil {
		return err
	}
	return r.write(filepath.Join(r.dist, "openinterest-"+r.version+"-windows-amd64.exe"), program)
}

// installer makes the installer for Windows.
func (r *releaser) installer(ctx context.Context) error {
	script := filepath.Join(filepath.Dir(r.windowsFile()), "installer.nsi")
	err := r.fill("windows/installer.nsi", script, map[string]string{
		"out":      filepath.Join(r.dist, "openinterest-"+r.version+"-windows-amd64-setup.exe"),
		"icon":     r.icoFile(),
		"exe":      r.windowsFile(),
		"license":  filepath.Join(r.m.root, "LICENSE"),
		"licences": filepath.Join(r.work, "third-party-licences.txt"),
	})
	if err != nil {
		return err
	}
	// The installer keeps the files' times, so they are the commit's.
	for _, file := range []string{r.windowsFile(), filepath.Join(r.m.root, "LICENSE"), filepath.Join(r.work, "third-party-licences.txt")} {
		if err := os.Chtimes(file, r.date, r.date); err != nil {
			return err
		}
	}
	return r.perform(ctx, cmd("makensis", "-V2", "-NOCD", script))
}

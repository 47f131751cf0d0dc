package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// What -o names keeps being what it is. A file is written whole or not at all:
// beside it first, and then moved into its place, with the mode that it had. A
// symbolic link stays, and the file to which it leads is written. Into a FIFO or a
// device the bytes go as they come.

// readerEvery is how often a FIFO is asked whether somebody reads it by now.
const readerEvery = 20 * time.Millisecond

// checkOutput fails where writeOutput would, as far as that can be told before
// there is anything to write. Commands that work for long call it first.
func checkOutput(path string) error {
	target, info, err := resolveOutput(path)
	if err != nil {
		return writingFailed(path, err)
	}
	if info != nil && !info.Mode().IsRegular() {
		return nil // a FIFO whose reader is not there yet, or a device: it is opened once
	}
	f, err := createBeside(target, info)
	if err == nil {
		return writingFailed(path, errors.Join(f.Close(), os.Remove(f.Name())))
	}
	if info != nil && errors.Is(err, fs.ErrPermission) {
		if f, err = os.OpenFile(target, os.O_WRONLY, 0); err == nil {
			err = f.Close()
		}
	}
	return writingFailed(path, err)
}

// writeOutput gives write what -o names to write into. Where write fails, a file
// that was there before is as it was.
func writeOutput(ctx context.Context, path string, write func(io.Writer) error) error {
	target, info, err := resolveOutput(path)
	switch {
	case err != nil:
	case info != nil && !info.Mode().IsRegular():
		err = writeThrough(ctx, path, info, write)
	default:
		err = replaceFile(target, info, write)
		if info != nil && errors.Is(err, errNotBeside) && errors.Is(err, fs.ErrPermission) { // the file may be written, its folder may not
			err = writeThrough(ctx, target, info, write)
		}
	}
	return writingFailed(path, err)
}

func writingFailed(path string, err error) error {
	if err == nil {
		return nil
	}
	var at *fs.PathError
	if errors.As(err, &at) { // it names a path: ours, or one beside it that nobody knows
		err = at.Err
	}
	return fmt.Errorf("writing %q: %w", path, err)
}

// resolveOutput follows symbolic links. info is nil where there is nothing yet.
func resolveOutput(path string) (target string, info fs.FileInfo, err error) {
	info, err = os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return "", nil, errors.New("it is a folder")
	case err == nil && !info.Mode().IsRegular():
		return path, info, nil
	case err == nil:
		target, err = filepath.EvalSymlinks(path)
		return target, info, err
	case !errors.Is(err, fs.ErrNotExist):
		return "", nil, err
	}
	const mostLinks = 40
	target = path
	for range mostLinks { // a link may lead to a file that is to be made
		to, err := os.Readlink(target)
		if err != nil {
			return target, nil, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(target), to)
		}
		target = to
	}
	return "", nil, errors.New("its symbolic links go in a circle")
}

// errNotBeside says that no file can be made beside the one that is to be written.
var errNotBeside = errors.New("nothing can be written beside it")

// createBeside makes a new file in the folder of target, with the mode of the
// file that it is to replace; a new one gets the mode that new files have.
func createBeside(target string, info fs.FileInfo) (*os.File, error) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(target))
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, fmt.Sprintf(".openinterest-%d.new", time.Now().UnixNano()))
	mode := fs.FileMode(0o666) // less the umask
	if info != nil {
		mode = info.Mode().Perm()
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	if info != nil {
		if err := f.Chmod(mode); err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(name))
		}
	}
	return f, nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(target string, info fs.FileInfo, write func(io.Writer) error) error {
	f, err := createBeside(target, info)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotBeside, err)
	}
	defer os.Remove(f.Name()) // gone already when the move succeeded
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}

// writeThrough writes into what is there, and ends with ctx: a FIFO may have no
// reader, or one that reads no more.
func writeThrough(ctx context.Context, path string, info fs.FileInfo, write func(io.Writer) error) error {
	f, err := openThrough(ctx, path, info)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = f.SetWriteDeadline(time.Unix(1, 0)) })() // a file without deadlines doesn't need one
	err = errors.Join(write(f), f.Close())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func openThrough(ctx context.Context, path string, info fs.FileInfo) (*os.File, error) {
	switch {
	case info.Mode().IsRegular():
		return os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	case info.Mode()&fs.ModeNamedPipe == 0:
		return os.OpenFile(path, os.O_WRONLY, 0)
	}
	again := time.NewTicker(readerEvery)
	defer again.Stop()
	for {
		f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if !errors.Is(err, syscall.ENXIO) {
			return f, err
		}
		select { // nobody reads it yet
		case <-again.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

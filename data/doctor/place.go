package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"openinterest/data/history"
	"openinterest/data/history/archive"
	"openinterest/data/market"
)

// Bounds of the archive and of the disk.
const (
	archiveTimeout = 20 * time.Second
	listedSince    = 30 * 24 * time.Hour // days that are listed
	latestDay      = 4 * 24 * time.Hour  // by which the newest day may be old
	dayStamps      = 288
	fewStamps      = 250       // of a day, of which some may be missing
	leastFree      = 500 << 20 // bytes: a year of all contracts takes half of it
)

// archive lists the newest days of a contract, and looks into the file of the newest.
func (d *doctor) archive(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, archiveTimeout)
	defer cancel()
	now := d.o.Client.Now()
	began := time.Now()
	days, err := d.o.Archive.Days(ctx, market.ProbeSymbol, now.Add(-listedSince))
	expected := "days, the newest at most " + fmt.Sprint(int(latestDay.Hours()/24)) + " days ago"
	switch {
	case err != nil:
		d.add("archive: list", false, expected, why(err))
		return
	case len(days) == 0:
		d.add("archive: list", false, expected, "none of the last 30 days")
		return
	}
	newest := days[len(days)-1]
	d.add("archive: list", now.Sub(newest) <= latestDay, expected,
		fmt.Sprintf("%d of the last 30 days, the newest %s, in %s", len(days), newest.Format(time.DateOnly), span(time.Since(began))))
	i, err := d.o.Archive.Inspect(ctx, market.ProbeSymbol, newest)
	if i.Columns != nil {
		d.columns(i.Columns)
	}
	if err != nil {
		d.add("archive: file", false, "a table of a day, whose checksum is right", why(err))
		return
	}
	d.add("archive: file", i.Stamps >= fewStamps, fmt.Sprintf("about %d stamps", dayStamps), fmt.Sprintf("%d stamps in %d bytes", i.Stamps, i.Bytes))
	d.add("archive: labels", !i.Defects.Relabelled, "mark the beginning of their 5 minutes", either(i.Defects.Relabelled, "mark the end", "mark the beginning"))
}

func (d *doctor) columns(has []string) {
	var lacking, fresh []string
	for _, name := range archive.Read {
		if !slices.Contains(has, name) {
			lacking = append(lacking, name)
		}
	}
	for _, name := range has {
		if !slices.Contains(archive.Columns, name) {
			fresh = append(fresh, name)
		}
	}
	found := "all"
	if lacking != nil {
		found = "missing: " + some(lacking)
	}
	if fresh != nil {
		found += "; new: " + some(fresh)
	}
	d.add("archive: columns", lacking == nil, strings.Join(archive.Read, ", "), found)
}

// disk looks whether what is learned can be kept.
func (d *doctor) disk(context.Context) {
	dir, err := existing(d.o.DataDir)
	if err == nil {
		err = writable(dir)
	}
	found := "it can be"
	if err != nil {
		found = plain(err)
	} else if dir != d.o.DataDir {
		found = "it is not there yet, and can be made"
	}
	d.add("disk: data directory", err == nil, "it can be written to", found)
	if err != nil {
		return
	}
	free, err := history.FreeBytes(dir)
	if err != nil {
		d.add("disk: free space", true, megabytes(leastFree)+" or more", "not known: "+plain(err))
		return
	}
	d.add("disk: free space", free >= leastFree, megabytes(leastFree)+" or more", megabytes(free))
}

// existing is a folder, or the nearest one above it that exists.
func existing(dir string) (string, error) {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			return dir, nil
		case err == nil:
			return "", errors.New("a file stands where a folder should")
		case !errors.Is(err, fs.ErrNotExist), filepath.Dir(dir) == dir:
			return "", err
		}
		dir = filepath.Dir(dir)
	}
}

// writable tries to write a file in a folder.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".openinterest-doctor-*")
	if err != nil {
		return err
	}
	_, werr := f.Write(make([]byte, 4096))
	return errors.Join(werr, f.Close(), os.Remove(f.Name()))
}

// plain is an error without the path that it happened at.
func plain(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func megabytes(n uint64) string { return fmt.Sprintf("%d MB", n>>20) }

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// display looks for something to open the window on.
func (d *doctor) display(ctx context.Context) {
	found, err := d.o.Display(ctx)
	if err != nil {
		found = err.Error()
	}
	d.add("display", err == nil, "one that answers, or none", found)
}

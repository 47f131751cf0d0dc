package bulk

import (
	"context"
	"path/filepath"

	"openinterest/data/history"
)

// Room says whether what is to be imported fits on the disk.
type Room struct {
	Need int64 // bytes that it will take, about
	Free int64 // bytes that may be written; −1: not known
}

// reserve is what is left free on the disk: the history is not the only thing there.
const reserve = 500e6

// Fits reports whether there is room, or nobody knows.
func (r Room) Fits() bool { return r.Free < 0 || r.Need+reserve <= r.Free }

// What a stamp with its ratios takes on the disk at least, and from how many stamps on
// a history is large enough to tell whether it takes more. Less is not believed: an
// earlier version kept stamps without ratios.
const (
	usualStamp   = 16
	fewestToTell = 300_000
	stampsPerDay = 288
)

// need is how many bytes so many days will take, by what a stamp takes in a history
// of so many bytes and stamps.
func need(days int, size int64, stamps int) int64 {
	each := float64(usualStamp)
	if stamps >= fewestToTell {
		each = max(each, float64(size)/float64(stamps))
	}
	return int64(each * stampsPerDay * float64(days))
}

// Disk is the history, as far as it tells of its disk. *history.Store is one.
type Disk interface {
	Path() string
	Size() (int64, error)
	Coverages(ctx context.Context) ([]history.Coverage, error)
}

// RoomFor measures what so many days will take in a history, and what its disk has.
func RoomFor(ctx context.Context, disk Disk, days int) (Room, error) {
	size, err := disk.Size()
	if err != nil {
		return Room{}, err
	}
	kept, err := disk.Coverages(ctx)
	if err != nil {
		return Room{}, err
	}
	stamps := 0
	for _, c := range kept {
		stamps += c.Points
	}
	r := Room{Need: need(days, size, stamps), Free: -1}
	if free, err := history.FreeBytes(filepath.Dir(disk.Path())); err == nil {
		r.Free = int64(min(free, 1<<62))
	}
	return r, nil
}

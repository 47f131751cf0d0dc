package market

import "errors"

// StorageKind is the small set of ways in which keeping history on this
// machine fails, or goes other than expected. The screen has a sentence for each.
type StorageKind string

// The kinds of storage problem.
const (
	StorageFull      StorageKind = "disk_full"  // nothing can be written; what was kept stays readable
	StorageDamaged   StorageKind = "damaged"    // what was kept cannot be read
	StorageSetAside  StorageKind = "set_aside"  // it was damaged: it lies under another name, and a new one was begun
	StorageReplaced  StorageKind = "replaced"   // its files were deleted or replaced while the program ran: it goes on with what is there now
	StorageNewer     StorageKind = "newer"      // kept by a newer version of the program; left alone
	StorageForbidden StorageKind = "forbidden"  // the folder or the file may not be used
	StorageFailed    StorageKind = "store_fail" // anything else
)

// Note reports whether a kind says what happened, while history is being kept.
func (k StorageKind) Note() bool { return k == StorageSetAside || k == StorageReplaced }

// StorageProblem is why history is not being kept, or a note on it. The
// program goes on without.
type StorageProblem struct {
	Kind StorageKind
	What string // what was being attempted; of StorageSetAside the new name of the damaged file, of StorageReplaced the file
	Err  error  // the details, for the log; may be nil
}

// Error says what was attempted, what kind of failure it was, and the details.
func (p *StorageProblem) Error() string {
	s := p.What + ": " + string(p.Kind)
	if p.Err != nil {
		s += ": " + p.Err.Error()
	}
	return s
}

// Unwrap returns the details.
func (p *StorageProblem) Unwrap() error { return p.Err }

// StorageProblemOf finds the StorageProblem in err's chain; an error without
// one is StorageFailed. It is nil for a nil error.
func StorageProblemOf(err error) *StorageProblem {
	var p *StorageProblem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	}
	return &StorageProblem{Kind: StorageFailed, What: "keeping history", Err: err}
}

package format

import (
	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/data/history/archive"
)

// HistoryProblem is the sentence for what went wrong with the archive or with
// the history on this machine.
func HistoryProblem(w *assets.Words, err error) string {
	if kind := archive.KindOf(err); kind != "" {
		return w.T("history.archive_" + string(kind))
	}
	return w.T("history.store_" + string(history.KindOf(err)))
}

// Bytes writes a size on disk: "214 MB". The units are decimal, as those of disks.
func Bytes(n int64) string {
	const step = 1000
	if n < step {
		return fixed(float64(n), 0) + " B"
	}
	size, unit := float64(n)/step, 0
	for size >= step && unit < 3 {
		size, unit = size/step, unit+1
	}
	return fixed(size, decimalsFor(size, 3)) + " " + []string{"kB", "MB", "GB", "TB"}[unit]
}

// Count writes a whole number with all of its digits, grouped.
func Count(n int) string { return ExactTo(float64(n), 0) }

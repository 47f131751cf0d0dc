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

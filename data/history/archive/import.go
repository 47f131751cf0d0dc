package archive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"openinterest/data/history"
)

const (
	// settled is after how long a day that the archive lacks will not come any more.
	settled = 14 * 24 * time.Hour
	// hopeless is how many days in a row may fail for want of a connection
	// before the others are not tried.
	hopeless = 4
)

// archiveBegins is before the first file of any contract.
var archiveBegins = time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC)

// Store is what Import needs of the history. *history.Store is one.
type Store interface {
	ArchiveDays(ctx context.Context, symbol string, from, to time.Time) (map[time.Time]history.ArchiveDay, error)
	SaveArchiveDay(ctx context.Context, d history.ArchiveDay, rows []history.Row) (history.Saved, error)
}

// Request is what to import.
type Request struct {
	Symbol   string
	From, To time.Time // days, both included; zero: the first that there is, yesterday
	Parallel int       // days at a time, at most 16; 0: 4
	Again    bool      // days that the store has, too
	Ratios   bool      // days that the store has without their ratios, too

	// Progress is told how far it is: at the start, and after each day. It is
	// not called twice at once; nil: nobody is told.
	Progress func(Progress)
}

// Progress is how far an import is.
type Progress struct {
	Symbol      string
	Total       int   // days to fetch
	Done        int   // of them, saved
	Failed      int   // of them, failed: the Result says why
	Unpublished int   // of them, not in the archive
	Points      int   // stamps saved, those known before included
	Bytes       int64 // fetched

	Latest time.Time // the day that was finished last; zero: none yet
}

// Finished reports whether no day is left.
func (p Progress) Finished() bool { return p.Done+p.Failed+p.Unpublished == p.Total }

// Failure is a day that could not be imported. It may be tried again.
type Failure struct {
	Day time.Time
	Err error // a Problem, which KindOf tells
}

// Result is what became of an import.
type Result struct {
	Progress
	Skipped  int       // days that the store had already
	Failures []Failure // by day
	Defects  Defects   // of all days together
	history.CrossCheck
}

// Import fetches the days that the store lacks, the newest first, and saves
// them. Days that fail are in the result; the error tells of what ends the
// whole: the context, a store that cannot save, an archive that cannot be
// reached. What was saved until then stays, and the next Import goes on there.
func (a *Archive) Import(ctx context.Context, store Store, r Request) (Result, error) {
	if err := checkSymbol(r.Symbol); err != nil {
		return Result{}, fmt.Errorf("importing from the archive: %w", err)
	}
	p := &pool{parallel: parallelOf(r.Parallel, usualParallel)}
	j := &job{archive: a, store: store, request: r, pool: p, result: Result{Progress: Progress{Symbol: r.Symbol}}}
	p.changed = func(*job, Progress) { j.tell() }
	days, err := j.plan(ctx)
	if err == nil {
		j.result.Total = len(days)
		j.tell()
		err = p.run(ctx, []share{{j, days}})
	}
	j.sort()
	if err != nil {
		return j.result, fmt.Errorf("importing %s from the archive: %w", r.Symbol, err)
	}
	return j.result, nil
}

// job is the import of one contract, by itself or among others.
type job struct {
	archive *Archive
	store   Store
	request Request
	pool    *pool
	result  Result // guarded by the pool
}

// wanted is a day to fetch.
type wanted struct {
	day    time.Time
	listed bool // the archive says it has it
}

// plan finds the days to fetch, the newest first.
func (j *job) plan(ctx context.Context) ([]wanted, error) {
	from, to := midnight(j.request.From), midnight(j.request.To)
	yesterday := midnight(j.archive.opt.Now()).AddDate(0, 0, -1)
	if j.request.To.IsZero() || to.After(yesterday) {
		to = yesterday
	}
	if j.request.From.IsZero() || from.Before(archiveBegins) {
		from = archiveBegins
	}
	if to.Before(from) {
		return nil, nil
	}
	known, err := j.store.ArchiveDays(ctx, j.request.Symbol, from, to)
	if err != nil {
		return nil, err
	}
	listed, err := j.archive.days(ctx, j.request.Symbol, from)
	if err != nil {
		if ctx.Err() != nil || j.request.From.IsZero() || KindOf(err) == Offline {
			return nil, err
		}
		j.archive.log.Warn("the archive's list cannot be had; every day is asked for", "symbol", j.request.Symbol, "error", err)
		listed = nil
	}
	var out []wanted
	for day := to; !day.Before(from); day = day.AddDate(0, 0, -1) {
		etag, there := listed[day]
		if listed != nil && !there {
			continue
		}
		if d, ok := known[day]; ok && !j.request.Again && !outdated(d, there, etag) && !j.lacksRatios(d) {
			j.result.Skipped++
			continue
		}
		out = append(out, wanted{day, there})
	}
	return out, nil
}

// outdated reports whether a known day is to be fetched all the same: its file
// was published again, or at last.
func outdated(d history.ArchiveDay, listed bool, etag string) bool {
	if d.State == history.Unpublished {
		return listed
	}
	return etag != "" && d.ETag != "" && etag != d.ETag
}

// lacksRatios reports whether a known day is to be fetched for its ratios: an
// earlier version of the program imported it, or they were lost.
func (j *job) lacksRatios(d history.ArchiveDay) bool {
	return j.request.Ratios && d.State == history.Imported && !d.HasRatios
}

func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// day imports one day. It returns only what ends the whole import.
func (j *job) day(ctx context.Context, w wanted) error {
	d, err := j.fetchPatiently(ctx, w.day)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if KindOf(err) == NotPublished && !w.listed {
		return j.unpublished(ctx, w.day)
	}
	if err != nil {
		return j.failed(w.day, err)
	}
	saved, err := j.store.SaveArchiveDay(ctx, d.known, d.rows)
	if err != nil {
		return err
	}
	j.update(func(r *Result) {
		j.pool.notReached = 0
		r.Done++
		r.Points += saved.Stored + saved.Known
		r.Bytes += d.bytes
		r.Latest = w.day
		r.Defects.add(d.defects)
		r.CrossCheck.Add(saved.CrossCheck)
	})
	return nil
}

// unpublished takes that a day is not in the archive, and notes it down when it
// is so long ago that it will not come.
func (j *job) unpublished(ctx context.Context, day time.Time) error {
	if j.archive.opt.Now().Sub(day) > settled {
		d := history.ArchiveDay{Symbol: j.request.Symbol, Day: day, State: history.Unpublished}
		if _, err := j.store.SaveArchiveDay(ctx, d, nil); err != nil {
			return err
		}
	}
	j.update(func(r *Result) {
		j.pool.notReached = 0
		r.Unpublished++
		r.Latest = day
	})
	return nil
}

func (j *job) failed(day time.Time, err error) error {
	j.archive.log.Warn("a day of the archive failed", "symbol", j.request.Symbol, "day", day.Format(time.DateOnly), "error", err)
	var ends error
	j.update(func(r *Result) {
		r.Failed++
		r.Latest = day
		r.Failures = append(r.Failures, Failure{Day: day, Err: err})
		if KindOf(err) != Offline {
			j.pool.notReached = 0
		} else if j.pool.notReached++; j.pool.notReached >= hopeless {
			ends = err
		}
	})
	return ends
}

// update changes the result, and tells of it.
func (j *job) update(change func(*Result)) {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	before := j.result.Progress
	change(&j.result)
	j.pool.changed(j, before)
}

// tell tells the progress of a contract that is imported by itself; the pool is
// held, or nobody else is there yet.
func (j *job) tell() {
	if j.request.Progress != nil {
		j.request.Progress(j.result.Progress)
	}
}

// sort brings failures into the order of their days.
func (j *job) sort() {
	slices.SortFunc(j.result.Failures, func(a, b Failure) int { return a.Day.Compare(b.Day) })
}

// fetched is a day as the archive gave it.
type fetched struct {
	known   history.ArchiveDay
	rows    []history.Row
	defects Defects
	bytes   int64
}

// fetch gets a day's file and reads it. A file whose checksum is wrong is
// fetched once more: it may just have been published again.
func (j *job) fetch(ctx context.Context, day time.Time) (fetched, error) {
	d, err := j.fetchOnce(ctx, day)
	if KindOf(err) == BadFile {
		d, err = j.fetchOnce(ctx, day)
	}
	return d, err
}

func (j *job) fetchOnce(ctx context.Context, day time.Time) (fetched, error) {
	symbol := j.request.Symbol
	f, err := j.archive.file(ctx, symbol, day)
	if err != nil {
		return fetched{}, err
	}
	rows, ratios, defects, err := parseTable(f.table, symbol, day)
	if err != nil {
		return fetched{}, badFile(symbol, day, err)
	}
	return fetched{
		known: history.ArchiveDay{
			Symbol: symbol, Day: day, State: history.Imported, SHA256: f.digest, ETag: f.etag, Points: len(rows), Defects: defects.text(),
			HasRatios: true, Ratios: ratios,
		},
		rows: rows, defects: defects, bytes: f.bytes,
	}, nil
}

// file is a day's file, unpacked, whose checksum was right.
type file struct {
	table        []byte
	digest, etag string
	bytes        int64 // fetched
}

// file fetches a day's file.
func (a *Archive) file(ctx context.Context, symbol string, day time.Time) (file, error) {
	name, address := fileOf(symbol, day), a.addressOf(symbol, day)
	check, err := a.get(ctx, address+".CHECKSUM", maxChecksum)
	if err != nil {
		return file{}, err
	}
	digest, err := parseChecksum(check.body, name+".zip")
	if err != nil {
		return file{}, badFile(symbol, day, err)
	}
	zipped, err := a.get(ctx, address, maxZip)
	if err != nil {
		return file{}, err
	}
	table, err := unpack(zipped.body, digest, name+".csv")
	if err != nil {
		return file{}, badFile(symbol, day, err)
	}
	return file{table: table, digest: digest, etag: zipped.etag, bytes: int64(len(check.body) + len(zipped.body))}, nil
}

func badFile(symbol string, day time.Time, err error) error {
	return &Problem{Kind: BadFile, What: "importing " + fileOf(symbol, day), Err: err}
}

package history

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"openinterest/data/market"
)

// Rows that come a few at a time are appended to a journal, one record a call,
// which is one small write; reading joins journal and blocks. When the journal
// has grown, and before many rows of one contract come, it is folded into the
// blocks. So a block is not rewritten for every stamp.
const (
	foldAt   = 8_192 // points in the journal: 80 minutes of the whole market
	manyRows = 24    // rows of one contract and day that go straight to its block
)

// How far two sources may differ before they disagree, relative. A live sample
// is taken some seconds off the stamp.
const (
	officialTolerance = 1e-4
	liveTolerance     = 0.02
)

// Saved counts what became of rows.
type Saved struct {
	Stored   int // new, or in the place of what was known
	Known    int // already there, from this source or a better one
	Unusable int // without a usable time, number or source: not stored

	CrossCheck
}

// CrossCheck counts the stamps that two sources knew.
type CrossCheck struct {
	Compared  int
	Disagreed int     // by more than the tolerance, in contracts or price
	Worst     float64 // the largest relative difference in contracts
}

func (c *CrossCheck) compare(a, b Stamp) {
	if a.Source == b.Source {
		return
	}
	tolerance := officialTolerance
	if min(a.Source, b.Source) == Live {
		tolerance = liveTolerance
	}
	c.Compared++
	contracts := math.Abs(a.Contracts-b.Contracts) / max(a.Contracts, b.Contracts)
	price := math.Abs(a.Price-b.Price) / max(a.Price, b.Price)
	if contracts > tolerance || price > tolerance {
		c.Disagreed++
	}
	c.Worst = max(c.Worst, contracts)
}

// Add counts what another check counted, too.
func (c *CrossCheck) Add(d CrossCheck) {
	c.Compared += d.Compared
	c.Disagreed += d.Disagreed
	c.Worst = max(c.Worst, d.Worst)
}

// blockKey names a block.
type blockKey struct{ contract, day int64 }

// SaveStamps keeps rows, in one transaction: when it returns nil they are on
// disk. Rows of several contracts may be mixed. Cross-checks of rows that went
// to the journal are made, and logged, when it is folded.
func (s *Store) SaveStamps(ctx context.Context, rows []Row) (Saved, error) {
	var saved Saved
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.writeLocked(ctx, func(tx *sql.Tx) error {
		saved = Saved{}
		many, few, err := sortRows(ctx, tx, rows, &saved)
		if err != nil {
			return err
		}
		if len(many) > 0 && s.pending > 0 {
			if err := s.fold(ctx, tx); err != nil { // so that the last word is the newest
				return err
			}
		}
		if err := s.mergeBlocks(ctx, tx, many, &saved); err != nil {
			return err
		}
		return s.appendJournal(ctx, tx, few, &saved)
	})
	if err == nil && s.pending >= foldAt {
		err = s.writeLocked(ctx, func(tx *sql.Tx) error { return s.fold(ctx, tx) })
	}
	return saved, problem(err, "saving %d stamps", len(rows))
}

// sortRows tells the rows that go to blocks from those that go to the journal.
func sortRows(ctx context.Context, tx *sql.Tx, rows []Row, saved *Saved) (many map[blockKey][]Stamp, few []entry, err error) {
	ids := map[string]int64{}
	groups := map[blockKey][]Stamp{}
	for _, r := range rows {
		stamp, ok := r.stamp()
		if !ok || !market.UsableSymbol(r.Symbol) {
			saved.Unusable++
			continue
		}
		id, ok := ids[r.Symbol]
		if !ok {
			if id, err = makeContract(ctx, tx, r.Symbol); err != nil {
				return nil, nil, err
			}
			ids[r.Symbol] = id
		}
		key := blockKey{id, dayOf(stamp.Time)}
		groups[key] = append(groups[key], stamp)
	}
	for key, stamps := range groups {
		if len(stamps) >= manyRows {
			continue
		}
		for _, stamp := range stamps {
			few = append(few, entry{key.contract, stamp})
		}
		delete(groups, key)
	}
	return groups, few, nil
}

func (s *Store) appendJournal(ctx context.Context, tx *sql.Tx, few []entry, saved *Saved) error {
	if len(few) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO journal(points, data) VALUES(?, ?)", len(few), encodeJournal(few)); err != nil {
		return fmt.Errorf("appending to the journal: %w", err)
	}
	s.pending += len(few)
	saved.Stored += len(few)
	return nil
}

// fold moves the journal into the blocks.
func (s *Store) fold(ctx context.Context, tx *sql.Tx) error {
	groups := map[blockKey][]Stamp{}
	err := scanJournal(ctx, tx, func(e entry) {
		key := blockKey{e.contract, dayOf(e.stamp.Time)}
		groups[key] = append(groups[key], e.stamp)
	})
	if err != nil {
		return err
	}
	var saved Saved
	if err := s.mergeBlocks(ctx, tx, groups, &saved); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM journal"); err != nil {
		return fmt.Errorf("emptying the journal: %w", err)
	}
	s.pending = 0
	s.log.Debug("journal folded", "blocks", len(groups), "stored", saved.Stored, "compared", saved.Compared,
		"disagreed", saved.Disagreed, "worst", saved.Worst)
	return nil
}

// mergeBlocks adds stamps to their blocks, day by day. Of two for one time the
// better source is kept, of one source the later given.
func (s *Store) mergeBlocks(ctx context.Context, tx *sql.Tx, groups map[blockKey][]Stamp, saved *Saved) error {
	keys := slices.SortedFunc(maps.Keys(groups), func(a, b blockKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.contract, b.contract))
	})
	for _, key := range keys {
		old, err := s.readBlock(ctx, tx, key)
		if err != nil {
			return err
		}
		var d day
		d.put(old)
		if !d.merge(groups[key], saved) {
			continue
		}
		if err := writeBlock(ctx, tx, key, d.stamps(), false); err != nil {
			return err
		}
	}
	return nil
}

// day is a block laid out by time.
type day struct {
	at  [dayStamps]Stamp
	has [dayStamps]bool
}

func (d *day) put(stamps []Stamp) {
	for _, s := range stamps {
		i := indexOf(s.Time)
		d.at[i], d.has[i] = s, true
	}
}

func (d *day) merge(stamps []Stamp, saved *Saved) (changed bool) {
	for _, s := range stamps {
		i := indexOf(s.Time)
		if d.has[i] {
			saved.compare(d.at[i], s)
			if s.Source < d.at[i].Source || s.same(d.at[i]) {
				saved.Known++
				continue
			}
		}
		d.at[i], d.has[i], changed = s, true, true
		saved.Stored++
	}
	return changed
}

func (d *day) stamps() []Stamp {
	out := make([]Stamp, 0, dayStamps)
	for i, has := range d.has {
		if has {
			out = append(out, d.at[i])
		}
	}
	return out
}

// readBlock returns the stamps of a block. One that is damaged has none: it
// costs its day, and no other.
func (s *Store) readBlock(ctx context.Context, tx *sql.Tx, key blockKey) ([]Stamp, error) {
	var data []byte
	err := tx.QueryRowContext(ctx, "SELECT data FROM block WHERE contract = ? AND day = ?", key.contract, key.day).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading a block: %w", err)
	}
	return s.decode(nil, key, data), nil
}

// decode appends the stamps of a block to dst: none where it is damaged. The log
// tells of the first such block of a database; all the others are most likely part
// of the same damage.
func (s *Store) decode(dst []Stamp, key blockKey, data []byte) []Stamp {
	dst, err := decodeBlock(dst, key.day, data)
	if err == nil {
		return dst
	}
	news, first := s.lost.add(lostDay{blockKey: key})
	switch day := stampOf(key.day, 0); {
	case first:
		s.log.Error("a day of history is damaged; it will be fetched again", "contract", key.contract, "day", time.UnixMilli(day).UTC().Format(time.DateOnly), "error", err)
	case news:
		s.log.Debug("another day of history is damaged", "contract", key.contract, "day", time.UnixMilli(day).UTC().Format(time.DateOnly), "error", err)
	}
	return dst
}

// writeBlock puts a block at the end of its table, where pages fill up; one
// that it replaces goes. Pages that blocks leave are used again. A block is thin
// when all but the full hours were taken out of it.
func writeBlock(ctx context.Context, tx *sql.Tx, key blockKey, stamps []Stamp, thin bool) error {
	data, err := encodeBlock(stamps)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "REPLACE INTO block(contract, day, points, thin, data) VALUES(?, ?, ?, ?, ?)",
		key.contract, key.day, len(stamps), thin, data)
	if err != nil {
		return fmt.Errorf("writing a block: %w", err)
	}
	return nil
}

// makeContract returns the number of a contract, which it gets if it has none.
func makeContract(ctx context.Context, tx *sql.Tx, symbol string) (int64, error) {
	id, err := findContract(ctx, tx, symbol)
	if err != nil || id != 0 {
		return id, err
	}
	result, err := tx.ExecContext(ctx, "INSERT INTO contract(symbol) VALUES(?)", symbol)
	if err != nil {
		return 0, fmt.Errorf("adding %s: %w", symbol, err)
	}
	return result.LastInsertId()
}

// findContract returns the number of a contract, 0 where it has none.
func findContract(ctx context.Context, tx *sql.Tx, symbol string) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, "SELECT id FROM contract WHERE symbol = ?", symbol).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("looking %s up: %w", symbol, err)
	}
	return id, nil
}

package history

import (
	"context"
	"database/sql"
	"fmt"
)

// pageSize is SQLite's least: see "Layout" in the package comment.
const pageSize = 512

// applicationID marks the file as this program's ("OIHs").
const applicationID = 0x4f494873

// migrations lead from each version of the schema to the next: the first makes
// version 1 out of an empty file. One that was ever released never changes.
var migrations = []string{
	// 1: stamps, funding, and what the archive gave.
	`CREATE TABLE contract(id INTEGER PRIMARY KEY, symbol TEXT NOT NULL UNIQUE);
	 CREATE TABLE block(
		id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, day INTEGER NOT NULL,
		points INTEGER NOT NULL, thin INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE(contract, day));
	 CREATE INDEX block_day ON block(day);
	 CREATE TABLE journal(id INTEGER PRIMARY KEY, points INTEGER NOT NULL, data BLOB NOT NULL);
	 CREATE TABLE funding(contract INTEGER NOT NULL, time INTEGER NOT NULL, rate REAL NOT NULL,
		PRIMARY KEY(contract, time)) WITHOUT ROWID;
	 CREATE TABLE archive_day(
		contract INTEGER NOT NULL, day INTEGER NOT NULL, state INTEGER NOT NULL,
		sha256 TEXT NOT NULL, etag TEXT NOT NULL, points INTEGER NOT NULL, defects TEXT NOT NULL,
		compared INTEGER NOT NULL, disagreed INTEGER NOT NULL, at INTEGER NOT NULL,
		PRIMARY KEY(contract, day)) WITHOUT ROWID;
	 CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;`,

	// 2: the log of signals, which is only ever appended to, and of thinning.
	`CREATE TABLE event(
		id INTEGER PRIMARY KEY, time INTEGER NOT NULL, symbol TEXT NOT NULL, kind TEXT NOT NULL,
		version INTEGER NOT NULL, seen INTEGER NOT NULL, evidence TEXT NOT NULL,
		UNIQUE(symbol, kind, time, version));
	 CREATE INDEX event_time ON event(time);
	 CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
	 CREATE TRIGGER event_holds BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
	 CREATE TABLE thinned(at INTEGER PRIMARY KEY, contracts INTEGER NOT NULL, points INTEGER NOT NULL, before INTEGER NOT NULL);`,

	// 3: the alerts that were told, newest ones only (see AppendAlert).
	`CREATE TABLE alert(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL);
	 CREATE INDEX alert_time ON alert(time);
	 CREATE INDEX alert_key ON alert(key, time);`,

	// 4: ratios, the liquidations seen, and when the program listened for them. Of a
	// day imported before, its ratios were not kept: -1.
	`CREATE TABLE ratio(
		id INTEGER PRIMARY KEY, contract INTEGER NOT NULL, day INTEGER NOT NULL,
		thin INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE(contract, day));
	 CREATE TABLE liquidation(
		contract INTEGER NOT NULL, time INTEGER NOT NULL, long INTEGER NOT NULL, price REAL NOT NULL, contracts REAL NOT NULL,
		PRIMARY KEY(contract, time, long, price, contracts)) WITHOUT ROWID;
	 CREATE TABLE listened(since INTEGER PRIMARY KEY, until INTEGER NOT NULL);
	 ALTER TABLE archive_day ADD COLUMN ratios INTEGER NOT NULL DEFAULT -1;`,
}

// oldestRead is the oldest version that is read without being migrated, for who
// may not write: an export from the history that an older program made. It has
// neither ratios nor liquidations.
const oldestRead = 3

// hasRatios reports whether the database has the tables of version 4.
func hasRatios(ctx context.Context, tx *sql.Tx) (bool, error) {
	var version int
	err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version >= 4, err
}

// prepare makes a new file's properties, which cannot be changed later, and
// brings its schema up to date.
func prepare(ctx context.Context, db *sql.DB, to int) error {
	var version, id int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	switch {
	case version == 0 && id == 0:
		if err := create(ctx, db); err != nil {
			return err
		}
	case id != applicationID:
		return &Problem{Kind: Damaged, What: "reading the history", Err: fmt.Errorf("it belongs to another program (%#x)", id)}
	case version > len(migrations):
		return &Problem{Kind: Newer, What: "reading the history", Err: fmt.Errorf("its version is %d, this program knows up to %d", version, len(migrations))}
	}
	for ; version < to; version++ {
		if err := migrate(ctx, db, version); err != nil {
			return err
		}
	}
	return nil
}

func create(ctx context.Context, db *sql.DB) error {
	for _, pragma := range []string{
		fmt.Sprintf("page_size = %d", pageSize),
		"auto_vacuum = INCREMENTAL",
		"journal_mode = WAL",
		fmt.Sprintf("application_id = %d", applicationID),
	} {
		if _, err := db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return fmt.Errorf("creating: %s: %w", pragma, err)
		}
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB, version int) error {
	return inTx(ctx, db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
			return fmt.Errorf("migrating to version %d: %w", version+1, err)
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1))
		return err
	})
}

// inTx runs do in a transaction that is rolled back unless do succeeds.
func inTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit, a no-op
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

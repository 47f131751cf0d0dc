package history

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

// entry is a stamp in the journal.
type entry struct {
	contract int64
	stamp    Stamp
}

// A record of the journal is its entries, each of a fixed length, and a CRC-32C.
const entryBytes = 4 + 1 + 8 + 3*8

func encodeJournal(entries []entry) []byte {
	out := make([]byte, 0, len(entries)*entryBytes+4)
	le := binary.LittleEndian
	for _, e := range entries {
		out = le.AppendUint32(out, uint32(e.contract))
		out = append(out, byte(e.stamp.Source))
		out = le.AppendUint64(out, uint64(e.stamp.Time))
		for _, x := range []float64{e.stamp.Contracts, e.stamp.Price, e.stamp.USD} {
			out = le.AppendUint64(out, math.Float64bits(x))
		}
	}
	return le.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

// decodeJournal gives each entry of a record to use.
func decodeJournal(data []byte, use func(entry)) error {
	le := binary.LittleEndian
	if len(data) < 4 || (len(data)-4)%entryBytes != 0 {
		return fmt.Errorf("%w: a journal record of %d bytes", errBlock, len(data))
	}
	body := data[:len(data)-4]
	if crc32.Checksum(body, castagnoli) != le.Uint32(data[len(body):]) {
		return fmt.Errorf("%w: the checksum of a journal record differs", errBlock)
	}
	for ; len(body) > 0; body = body[entryBytes:] {
		number := func(at int) float64 { return math.Float64frombits(le.Uint64(body[at:])) }
		e := entry{
			contract: int64(le.Uint32(body)),
			stamp: Stamp{
				Source: Source(body[4]), Time: int64(le.Uint64(body[5:])),
				Contracts: number(13), Price: number(21), USD: number(29),
			},
		}
		if e.stamp.Time <= 0 || dayOf(e.stamp.Time) > lastDay || !usable(e.stamp.Contracts) {
			return fmt.Errorf("%w: a journal entry makes no sense", errBlock)
		}
		use(e)
	}
	return nil
}

// scanJournal gives every entry of the journal to use, the oldest word first.
func scanJournal(ctx context.Context, tx *sql.Tx, use func(entry)) error {
	rows, err := tx.QueryContext(ctx, "SELECT data FROM journal ORDER BY id")
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var data sql.RawBytes
		if err := rows.Scan(&data); err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		if err := decodeJournal(data, use); err != nil {
			return err
		}
	}
	return rows.Err()
}

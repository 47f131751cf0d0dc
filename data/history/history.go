// Package history keeps open interest on this machine: the exchange forgets
// after 30 days, this does not. It holds, for every contract, the contracts and
// the price of each 5-minute stamp, the four ratios at it, the liquidations seen and
// the spans in which the program listened for them, the funding payments, the last
// known table, and the log of signals. Package archive, below it, imports the exchange's
// public archive into it.
//
// # Layout
//
// A Store is an SQLite database, history.db, in a folder of its own. What is
// kept of a contract and a day, up to 288 stamps, is one block: a row whose value
// is packed (see block.go) to 5.5 bytes a stamp for BTCUSDT as recorded, 5.0 for
// SOLUSDT, 4.6 for DOGEUSDT, and gives back contracts, value in USD and price to
// the last bit. Packing rests on what the exchange serves: contracts are decimals,
// and the value is contracts × a price that is a decimal of at most eight places.
// Numbers that are not so are kept as well, at about 7.5 bytes.
//
// Stamps come a few at a time and all contracts at once. They are appended to a
// journal, one record a call of SaveStamps, and folded into the blocks when the
// journal has 8,192 of them; reading joins both. Many stamps of one contract, as
// from the archive, go to its blocks at once. Blocks are keyed by contract and
// day, so a year of one contract is one range of an index, and the last two days
// of all contracts are one range of another.
//
// Ratios have blocks of their own (see ratioblock.go), of a contract and a day, too,
// to six decimals: 2.3 bytes a value on disk at six, as in the archive, 1.4 at four,
// as the exchange's API answers. They are written through, without the journal: few
// are asked for, and of few contracts. A liquidation is a row, and all of it the key,
// so that the same one is kept once, however often it comes.
//
// The pages of the database have 512 bytes, SQLite's least. A block is larger
// than a page and fills its overflow pages to the last byte, so little is wasted:
// the 90 recorded days of BTCUSDT take 6.2 bytes a stamp on disk with pages of
// 512, 7.6 with 1,024, 9.5 with 4,096, 10.8 with 8,192.
//
// # Where several know the same
//
// The official archive outranks the exchange's API, which outranks a sample
// taken live; of one source, the last word counts. Stamps that two sources have
// are compared, and those that differ by more than 0.01 % (2 % for live samples)
// counted and logged. Ratios are not compared: value by value, the better source is
// kept. Nothing is ever interpolated.
//
// # Safety
//
// Write-ahead log, synchronous=FULL: what a call returned for is on disk. Killing
// the process loses nothing committed, nor does a power cut, on a disk that does
// not lie about having written. Readers see one state and never wait for a
// writer. One process writes, by a lock on history.lock; others read along and
// take over when it ends. Blocks and journal records carry a checksum, so a
// damaged one costs its day instead of lying. A damaged database is set aside
// under another name, and what can be read of it goes into a new one; what was
// lost counts as missing, for the archive (ArchiveDays) and for gaps (Gaps). Where
// the files are deleted or replaced under the process that writes, it goes on with
// what is there now, and never beside another. Thinning and deleting happen only
// when asked for.
//
// # The driver
//
// modernc.org/sqlite 1.61.1 (C translated to Go) against mattn/go-sqlite3 1.14.53
// (C through cgo), on this work, on a busy machine with two cores:
//
//	                                         modernc        mattn
//	517 stamps as one journal record         1.4–2.6 ms     1.1–3.0 ms   both wait for the disk
//	517 stamps as rows, for comparison       5.0–5.3 ms     1.9–3.3 ms
//	a year's 365 blocks, unopened            1.7–2.0 ms     0.5–0.8 ms
//	opening                                  2.7–3.5 ms     2.9–3.3 ms
//	building the driver anew                 50 s, no C     77 s, a C compiler
//
// Packing leaves so little to the driver that the slower one meets every budget
// with room to spare, and it builds with CGO_ENABLED=0 for any system. So it is
// modernc. With it, on the same machine:
//
//	saving one stamp of 517 contracts, folding included    8–13 ms
//	reading a year of one contract (105,120 stamps)        8–12 ms
//	reading its four ratios beside it (420,480 values)     15 ms
//	reading the last 500 stamps of 517 contracts           25–55 ms
//	opening, and loading the last table                    1.3–2.3 ms
//	a year of 517 contracts (54,347,040 stamps)            4.6 bytes a stamp, 48 s to write
package history

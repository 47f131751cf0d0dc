package history

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// The helper process of the kill test writes and says what it committed.
const (
	helperDir   = "OI_HISTORY_KILL_DIR"
	killsWanted = "OI_KILLS" // how often to kill; 200 in a long run
	usualKills  = 10
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		writeUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// writeUntilKilled saves stamps, days of the archive, events and tables, and
// after each commit says on its standard output how far each of them is.
func writeUntilKilled(dir string) {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil || !s.Writes() || s.SetAside() != nil {
		fmt.Println("opening:", err)
		os.Exit(1)
	}
	stamps, err := s.Stamps(ctx, "LIVE", 0, stampOf(lastDay, 0))
	if err != nil {
		fmt.Println("reading:", err)
		os.Exit(1)
	}
	days, err := s.ArchiveDays(ctx, "PAST", dayTime(0), dayTime(100_000))
	if err != nil {
		fmt.Println("reading:", err)
		os.Exit(1)
	}
	for live, past := len(stamps), len(days); ; {
		n := 1 + live%9
		if live%50 == 0 {
			n = 400 // straight to blocks
		}
		err := errFirst(
			func() error { _, err := s.SaveStamps(ctx, rowsOf("LIVE", killStamps(live, n))); return err },
			func() error { live += n; fmt.Println("live", live); return nil },
			func() error {
				if live%3 != 0 {
					return nil
				}
				return s.write(ctx, func(tx *sql.Tx) error { return s.fold(ctx, tx) })
			},
			func() error {
				d := ArchiveDay{Symbol: "PAST", Day: dayTime(past), State: Imported, HasRatios: true, Ratios: inventRatios(past, past*dayStamps, dayStamps, 6)}
				_, err := s.SaveArchiveDay(ctx, d, rowsOf("PAST", killStamps(past*dayStamps, dayStamps)))
				return err
			},
			func() error { past++; fmt.Println("past", past); return nil },
			func() error { return s.SaveRatios(ctx, "LIVE", killRatios(live), API) },
			func() error {
				l := liquidation("LIVE", live, 1)
				return s.SaveLiquidations(ctx, []market.Liquidation{l}, []market.Span{{From: stampOf(day0, 0), To: l.Time.UnixMilli()}})
			},
			func() error { fmt.Println("seen", live); return nil },
		)
		if err != nil {
			fmt.Println("writing:", err)
			os.Exit(1)
		}
	}
}

func errFirst(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func dayTime(i int) time.Time { return time.UnixMilli((day0 + int64(i)) * dayMillis).UTC() }

func killStamps(from, n int) []Stamp {
	out := make([]Stamp, n)
	for i := range out {
		out[i] = stamp(from+i, float64(1+(from+i)%1000), Archive)
	}
	return out
}

func killRatios(i int) []market.Ratios { return []market.Ratios{ratiosAt(i, float64(i%1000), 2, 3, 4)} }

// Whenever a process that writes is killed, everything it said to be committed
// is there, to the last bit, and the database is sound.
func TestNothingCommittedIsLostByKilling(t *testing.T) {
	kills := usualKills
	if n, err := strconv.Atoi(os.Getenv(killsWanted)); err == nil {
		kills = n
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(9, uint64(kills)))
	committed := map[string]int{}
	for range kills {
		killHelper(t, dir, 1+r.IntN(25), time.Duration(r.IntN(3_000))*time.Microsecond, committed)
		verify(t, dir, committed)
	}
	t.Logf("killed %d times; committed: %v", kills, committed)
}

// killHelper runs the helper until it has said so many things and a moment
// longer, kills it, and notes the last that it said of each kind.
func killHelper(t *testing.T, dir string, words int, longer time.Duration, committed map[string]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		kind, text, _ := strings.Cut(lines.Text(), " ")
		count, err := strconv.Atoi(text)
		if err != nil {
			t.Errorf("the helper failed: %s", lines.Text())
			break
		}
		committed[kind] = count
		if n == words { // somewhere in the next commits
			time.AfterFunc(longer, func() { cmd.Process.Kill() })
		}
	}
	cmd.Process.Kill()
	cmd.Wait() // killed: an error is what is wanted
}

func verify(t *testing.T, dir string, committed map[string]int) {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.SetAside() != nil {
		t.Fatalf("set aside: %+v", s.SetAside())
	}
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	live := all(t, s, "LIVE")
	if len(live) < committed["live"] {
		t.Fatalf("%d live stamps of %d committed", len(live), committed["live"])
	}
	sameStamps(t, live, killStamps(0, len(live)))
	days, err := s.ArchiveDays(t.Context(), "PAST", dayTime(0), dayTime(100_000))
	if err != nil || len(days) < committed["past"] {
		t.Fatalf("%d days of %d committed, %v", len(days), committed["past"], err)
	}
	sameStamps(t, all(t, s, "PAST"), killStamps(0, len(days)*dayStamps))
	var past []market.Ratios
	for i := range len(days) {
		past = append(past, inventRatios(i, i*dayStamps, dayStamps, 6)...)
	}
	sameRatios(t, allRatios(t, s, "PAST"), past)
	verifySeen(t, s, committed["seen"])
}

// verifySeen checks the ratios and the liquidations that go with so many stamps.
func verifySeen(t *testing.T, s *Store, committed int) {
	t.Helper()
	if committed == 0 {
		return
	}
	rows := allRatios(t, s, "LIVE")
	if !slices.ContainsFunc(rows, func(r market.Ratios) bool { return sameRatio(r, killRatios(committed)[0]) }) {
		t.Fatalf("the ratios at stamp %d were committed, and are none of %d", committed, len(rows))
	}
	want := liquidation("LIVE", committed, 1)
	at := want.Time.UnixMilli()
	seen, err := s.Liquidations(t.Context(), "LIVE", at, at)
	listened, err2 := s.Listened(t.Context(), at, at)
	if err != nil || err2 != nil || !slices.Equal(seen, []market.Liquidation{want}) || len(listened) != 1 {
		t.Fatalf("a liquidation was committed: %v, %v; %v, %v", seen, err, listened, err2)
	}
}

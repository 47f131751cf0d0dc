package archive

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/recorded"
)

var day1 = time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)

func dayN(n int) time.Time { return day1.AddDate(0, 0, n) }

func publish(f *fake, symbol string, days int) {
	for n := range days {
		f.put(symbol, dayN(n), tableOf(symbol, dayN(n)))
	}
}

func run(t testing.TB, a *Archive, s Store, r Request) Result {
	t.Helper()
	result, err := a.Import(context.Background(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// publishRecording publishes a recorded market day by day, its numbers as they
// were recorded, and returns every row.
func publishRecording(t *testing.T, f *fake, symbol string) [][]string {
	rows := recorded.Rows(t, symbol+"_oi_5m.csv")
	tables := map[time.Time]*strings.Builder{}
	for _, r := range rows {
		at := time.UnixMilli(int64(recorded.Number(t, r[0]))).UTC()
		day := midnight(time.UnixMilli(market.FloorStamp(at.UnixMilli()) - 1).UTC())
		if tables[day] == nil {
			tables[day] = &strings.Builder{}
			tables[day].WriteString(head)
		}
		tables[day].WriteString(row(at, symbol, r[1]+"000000", r[2]+"000"))
	}
	for day, table := range tables {
		f.put(symbol, day, table.String())
	}
	return rows
}

func TestRecordedMarketsComeThroughToTheLastDigit(t *testing.T) {
	f := newFake()
	s, err := history.Open(t.Context(), t.TempDir(), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server := httptest.NewServer(http.HandlerFunc(f.serve))
	defer server.Close()
	a, err := New(server.URL+"/archive", Options{Now: func() time.Time { return dayN(100) }, PerSecond: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	for _, symbol := range []string{"BTCUSDT", "SOLUSDT", "DOGEUSDT"} {
		rows := publishRecording(t, f, symbol)
		result := run(t, a, s, Request{Symbol: symbol})
		if result.Failed != 0 || !result.Finished() || result.Points != len(rows) {
			t.Fatalf("%s: %+v", symbol, result)
		}
		stamps, err := s.Stamps(t.Context(), symbol, 0, dayN(1000).UnixMilli())
		if err != nil || len(stamps) != len(rows) {
			t.Fatalf("%s: %d stamps of %d, %v", symbol, len(stamps), len(rows), err)
		}
		for i, st := range stamps {
			contracts, usd := recorded.Number(t, rows[i][1]), recorded.Number(t, rows[i][2])
			if st.Contracts != contracts || st.USD != usd || st.Price != usd/contracts || st.Source != history.Archive {
				t.Fatalf("%s: %v came through as %+v", symbol, rows[i], st)
			}
		}
	}
}

func TestImportFetchesOnlyWhatIsMissing(t *testing.T) {
	f, s := newFake(), newShelf()
	publish(f, "币安人生USDT", 30)
	a := f.archive(t, dayN(40))
	var seen []Progress
	first := run(t, a, s, Request{Symbol: "币安人生USDT", From: dayN(20), Progress: func(p Progress) { seen = append(seen, p) }})
	if first.Total != 10 || first.Done != 10 || first.Points != 10*288 || first.Defects != (Defects{}) {
		t.Errorf("%+v", first)
	}
	if len(seen) != 11 || seen[0].Done != 0 || !seen[10].Finished() || seen[1].Latest.Before(dayN(25)) {
		t.Errorf("told %d times, at first %+v", len(seen), seen[0])
	}
	second := run(t, a, s, Request{Symbol: "币安人生USDT"})
	if second.Total != 20 || second.Skipped != 10 || len(s.days) != 30 {
		t.Errorf("%+v", second)
	}
	if n := f.asked(dayN(25).Format(time.DateOnly)); n != 2 {
		t.Errorf("a day was asked for %d times, with its checksum", n)
	}
	if again := run(t, a, s, Request{Symbol: "币安人生USDT", From: dayN(5), To: dayN(6), Again: true}); again.Done != 2 {
		t.Errorf("%+v", again)
	}
	f.put("币安人生USDT", dayN(3), strings.Replace(tableOf("币安人生USDT", dayN(3)), "1001.5", "1002.5", 1))
	if again := run(t, a, s, Request{Symbol: "币安人生USDT"}); again.Done != 1 || s.rows[dayN(3)][0].Point.Contracts != 1002.5 {
		t.Errorf("a day published again: %+v", again)
	}
}

func TestLongListsArePaged(t *testing.T) {
	f, s := newFake(), newShelf()
	f.pageSize = 7
	publish(f, "XUSDT", 25)
	if r := run(t, f.archive(t, dayN(40)), s, Request{Symbol: "XUSDT"}); r.Done != 25 {
		t.Errorf("%+v", r)
	}
}

func TestAnImportMayBeCancelledAndGoesOnLater(t *testing.T) {
	f, s := newFake(), newShelf()
	publish(f, "XUSDT", 30)
	ctx, cancel := context.WithCancel(t.Context())
	result, err := f.archive(t, dayN(40)).Import(ctx, s, Request{Symbol: "XUSDT", Progress: func(p Progress) {
		if p.Done == 5 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || result.Done < 5 || result.Done > 5+usualParallel || result.Done != len(s.days) || result.Failed != 0 {
		t.Fatalf("%+v, %v, %d saved", result, err, len(s.days))
	}
	rest := run(t, f.archive(t, dayN(40)), s, Request{Symbol: "XUSDT"})
	if rest.Total != 30-result.Done || len(s.days) != 30 {
		t.Errorf("%+v", rest)
	}
}

func TestADayThatFailsCostsNoOther(t *testing.T) {
	name := fileOf("XUSDT", dayN(2))
	good := []byte(tableOf("XUSDT", dayN(2)))
	other := tableOf("XUSDT", dayN(7))
	for what, file := range map[string][]byte{
		"no zip":              []byte("<html>Sign in to the hotel's network</html>"),
		"nothing":             nil,
		"no member":           zipOf(name + ".csv"),
		"two members":         zipOf(name+".csv", good, good),
		"a path for a name":   zipOf("../../"+name+".csv", good),
		"an absolute path":    zipOf("/etc/cron.d/"+name+".csv", good),
		"another day's name":  zipOf(fileOf("XUSDT", dayN(7))+".csv", good),
		"a bomb":              zipOf(name+".csv", make([]byte, 24<<20)),
		"a table too long":    zipOf(name+".csv", []byte(head+strings.Repeat("a,b,c,d\n", maxRows+1))),
		"one line too long":   zipOf(name+".csv", []byte(head+strings.Repeat("7", maxTable/2))),
		"no header":           zipOf(name+".csv", []byte(strings.TrimPrefix(string(good), head))),
		"a header that lacks": zipOf(name+".csv", []byte(strings.Replace(string(good), "sum_open_interest_value", "other", 1))),
		"a page for a table":  zipOf(name+".csv", []byte("<!doctype html><title>Oops</title>")),
		"an empty table":      zipOf(name+".csv", nil),
		"a header alone":      zipOf(name+".csv", []byte(head)),
		"another's rows":      zipOf(name+".csv", []byte(strings.ReplaceAll(string(good), ",XUSDT,", ",YUSDT,"))),
		"another day's rows":  zipOf(name+".csv", []byte(other)),
		"cut short":           zipOf(name+".csv", good)[:300],
		"larger than allowed": make([]byte, maxZip+1),
	} {
		t.Run(what, func(t *testing.T) {
			f, s := newFake(), newShelf()
			publish(f, "XUSDT", 4)
			f.putZip("XUSDT", dayN(2), file)
			r := run(t, f.archive(t, dayN(10)), s, Request{Symbol: "XUSDT"})
			if r.Done != 3 || r.Failed != 1 || len(r.Failures) != 1 || len(s.days) != 3 {
				t.Fatalf("%+v", r)
			}
			fail := r.Failures[0]
			if !fail.Day.Equal(dayN(2)) || KindOf(fail.Err) != BadFile || len(fail.Err.Error()) > 400 {
				t.Errorf("%v: %v", fail.Day, fail.Err)
			}
			f.put("XUSDT", dayN(2), string(good))
			if r := run(t, f.archive(t, dayN(10)), s, Request{Symbol: "XUSDT"}); r.Done != 1 || r.Failed != 0 {
				t.Errorf("tried again: %+v", r)
			}
		})
	}
}

// A header may claim less than what a member unpacks to.
func TestAZipThatLiesAboutItsSizeIsRefused(t *testing.T) {
	name := fileOf("XUSDT", day1) + ".csv"
	file := zipOf(name, make([]byte, 10<<20))
	for _, size := range [][]byte{{0, 0, 160, 0}} { // 10 MB, little endian
		for i := 0; i+4 <= len(file); i++ {
			if string(file[i:i+4]) == string(size) {
				copy(file[i:], []byte{100, 0, 0, 0})
			}
		}
	}
	if table, err := unpack(file, digestOf(file), name); err == nil {
		t.Errorf("unpacked %d bytes", len(table))
	}
}

func TestChecksumsAreChecked(t *testing.T) {
	key := metricsPath + "XUSDT/" + fileOf("XUSDT", dayN(1)) + ".zip.CHECKSUM"
	sum := strings.Repeat("ab", 32)
	for what, text := range map[string]string{
		"another's digest": sum + "  " + fileOf("XUSDT", dayN(1)) + ".zip\n",
		"another's name":   sum + "  " + fileOf("XUSDT", dayN(2)) + ".zip\n",
		"no digest":        "abc  " + fileOf("XUSDT", dayN(1)) + ".zip\n",
		"a page":           "<html>no</html>",
		"nothing":          "",
		"too much":         strings.Repeat("x", maxChecksum+1),
	} {
		t.Run(what, func(t *testing.T) {
			f, s := newFake(), newShelf()
			publish(f, "XUSDT", 3)
			f.files[key] = []byte(text)
			r := run(t, f.archive(t, dayN(10)), s, Request{Symbol: "XUSDT"})
			if r.Done != 2 || len(r.Failures) != 1 || KindOf(r.Failures[0].Err) != BadFile {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestAFileJustPublishedAgainIsFetchedOnceMore(t *testing.T) {
	f, s := newFake(), newShelf()
	publish(f, "XUSDT", 1)
	calls := 0
	f.answer = func(path string) (int, string) {
		if strings.HasSuffix(path, ".CHECKSUM") {
			if calls++; calls == 1 {
				return 200, strings.Repeat("00", 32) + "  " + fileOf("XUSDT", day1) + ".zip"
			}
		}
		return 0, ""
	}
	if r := run(t, f.archive(t, dayN(10)), s, Request{Symbol: "XUSDT"}); r.Done != 1 || r.Failed != 0 {
		t.Errorf("%+v", r)
	}
}

func TestWithoutAListEveryDayIsAskedFor(t *testing.T) {
	f, s := newFake(), newShelf()
	publish(f, "XUSDT", 5)
	f.noList = true
	delete(f.files, metricsPath+"XUSDT/"+fileOf("XUSDT", dayN(1))+".zip.CHECKSUM")
	r := run(t, f.archive(t, dayN(20)), s, Request{Symbol: "XUSDT", From: day1})
	if r.Total != 20 || r.Done != 4 || r.Unpublished != 16 || r.Failed != 0 || !r.Finished() {
		t.Errorf("%+v", r)
	}
	if d := s.days[dayN(1)]; d.State != history.Unpublished {
		t.Errorf("a day long ago is not remembered as unpublished: %+v", d)
	}
	if _, ok := s.days[dayN(18)]; ok {
		t.Error("a day of this week is given up")
	}
	f.noList = false
	f.put("XUSDT", dayN(1), tableOf("XUSDT", dayN(1)))
	if r := run(t, f.archive(t, dayN(20)), s, Request{Symbol: "XUSDT", From: day1}); r.Done != 1 {
		t.Errorf("a day published at last: %+v", r)
	}
	f.noList = true
	if _, err := f.archive(t, dayN(20)).Import(t.Context(), s, Request{Symbol: "XUSDT"}); KindOf(err) != NotPublished {
		t.Errorf("everything asked for, without a list: %v", err)
	}
}

func TestTransientFaultsAreTriedAgainAndWaitAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newFake(), newShelf()
		publish(f, "XUSDT", 3)
		faults := 0
		f.answer = func(path string) (int, string) {
			if strings.Contains(path, fileOf("XUSDT", dayN(1))) && faults < tries-1 {
				faults++
				return http.StatusServiceUnavailable, "slow down"
			}
			return 0, ""
		}
		start := time.Now()
		r := run(t, f.archive(t, dayN(10)), s, Request{Symbol: "XUSDT"})
		if r.Done != 3 || faults != tries-1 || time.Since(start) < firstPause {
			t.Errorf("%+v after %v and %d faults", r, time.Since(start), faults)
		}
	})
}

func TestAnArchiveThatStaysAwayFailsItsDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for status, want := range map[int]Kind{503: Busy, 429: Busy, 403: Refused, 451: Refused} {
			f, s := newFake(), newShelf()
			publish(f, "XUSDT", 3)
			f.answer = func(path string) (int, string) {
				if strings.Contains(path, "2025-12-02") {
					return status, "<html>"
				}
				return 0, ""
			}
			r := run(t, f.archive(t, dayN(10)), s, Request{Symbol: "XUSDT"})
			if r.Done != 2 || len(r.Failures) != 1 || KindOf(r.Failures[0].Err) != want {
				t.Errorf("%d: %+v", status, r)
			}
		}
	})
}

type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no route to host")
}

// listThenBroken answers lists and lets every other connection fail.
type listThenBroken struct{ *fake }

func (f listThenBroken) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/archive" {
		return f.fake.RoundTrip(r)
	}
	return broken{}.RoundTrip(r)
}

func TestWithoutANetworkTheImportEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		publish(f, "XUSDT", 30)
		for _, transport := range []http.RoundTripper{broken{}, listThenBroken{f}} {
			a := f.archive(t, dayN(40))
			a.opt.HTTP = &http.Client{Transport: transport}
			r, err := a.Import(t.Context(), newShelf(), Request{Symbol: "XUSDT"})
			if KindOf(err) != Offline || r.Failed > hopeless+usualParallel {
				t.Errorf("%+v, %v", r, err)
			}
		}
	})
}

func TestAStoreThatCannotSaveEndsTheImport(t *testing.T) {
	f, s := newFake(), newShelf()
	publish(f, "XUSDT", 30)
	s.fail = &history.Problem{Kind: history.Full, What: "saving"}
	r, err := f.archive(t, dayN(40)).Import(t.Context(), s, Request{Symbol: "XUSDT"})
	if history.KindOf(err) != history.Full || r.Done != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOddRequestsAreRefused(t *testing.T) {
	f, s := newFake(), newShelf()
	a := f.archive(t, dayN(10))
	for _, symbol := range []string{"", "../X", "A/B", "A?b", "A B", "A\x00", "-A", "A\u200b", "A\u0301", strings.Repeat("A", 101)} {
		if _, err := a.Import(t.Context(), s, Request{Symbol: symbol}); err == nil {
			t.Errorf("%q was let through", symbol)
		}
	}
	for _, address := range []string{"data.binance.vision", "ftp://host/", "http://", "http://host/?a=b", ":"} {
		if _, err := New(address, Options{}); err == nil {
			t.Errorf("%q was let through", address)
		}
	}
	if r := run(t, a, s, Request{Symbol: "XUSDT", From: dayN(9), To: dayN(3)}); r.Total != 0 {
		t.Errorf("%+v", r)
	}
	if len(f.requests) != 0 {
		t.Errorf("asked for %v", f.requests)
	}
}

func TestTheDefaultArchiveListsElsewhere(t *testing.T) {
	a, err := New("", Options{})
	if err != nil || a.listing != defaultListingURL {
		t.Errorf("%+v, %v", a, err)
	}
	if got, want := a.addressOf("币USDT", day1), DefaultURL+"/data/futures/um/daily/metrics/%E5%B8%81USDT/%E5%B8%81USDT-metrics-2025-12-01.zip"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

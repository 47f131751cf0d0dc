package sim

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func metricsURL(s *Server, symbol, date string) string {
	return s.ArchiveURL() + "/" + metricsPath + url.PathEscape(symbol) + "/" + url.PathEscape(symbol+"-metrics-"+date+".zip")
}

// dayOf fetches an archived day, checks its digest, and returns its rows.
func dayOf(t *testing.T, s *Server, symbol, date string) [][]string {
	t.Helper()
	_, file := fetch(t, metricsURL(s, symbol, date))
	_, sum := fetch(t, metricsURL(s, symbol, date)+".CHECKSUM")
	if want := fmt.Sprintf("%x  %s-metrics-%s.zip\n", sha256.Sum256(file), symbol, date); string(sum) != want {
		t.Errorf("%s %s: checksum %q, want %q", symbol, date, sum, want)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != symbol+"-metrics-"+date+".csv" {
		t.Fatalf("%s %s: %v", symbol, date, err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || strings.Join(rows[0], ",")+"\n" != metricsHead {
		t.Fatalf("%s %s: %v", symbol, date, err)
	}
	return rows[1:]
}

// dayWith finds an archived day at or after a date with the given defect.
func dayWith(s *Server, symbol string, from time.Time, defect Defect) string {
	for s.ArchiveDefect(symbol, from) != defect {
		from = from.AddDate(0, 0, 1)
	}
	return from.Format(dateLayout)
}

// TestArchivedDay: 288 rows that agree with Truth, labelled with the end of
// the period before 2026-06-25 and with its start from then on.
func TestArchivedDay(t *testing.T) {
	s := started(t)
	for _, x := range []struct {
		symbol string
		from   time.Time
		label  time.Duration
	}{
		{"BTCUSDT", labelFlip.AddDate(0, 0, -3), 0},
		{"BTCUSDT", labelFlip, -5 * time.Minute},
		{"币安人生USDT", time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), -5 * time.Minute},
	} {
		date := dayWith(s, x.symbol, x.from, NoDefect)
		rows := dayOf(t, s, x.symbol, date)
		if len(rows) != 288 {
			t.Errorf("%s %s: %d rows", x.symbol, date, len(rows))
		}
		begin, _ := time.Parse(dateLayout, date)
		for i, row := range rows {
			stamp := begin.Add(time.Duration(i+1) * 5 * time.Minute)
			label, err := time.Parse(stampLayout, row[0])
			contracts, _ := strconv.ParseFloat(row[2], 64)
			value, _ := strconv.ParseFloat(row[3], 64)
			q, p, ok := s.Truth(x.symbol, stamp)
			if err != nil || !label.Equal(stamp.Add(x.label)) || row[1] != x.symbol || !ok || contracts != q || value < q*p*(1-1e-9) || value > q*p*(1+1e-9) {
				t.Fatalf("%s %s: row %v, truth at %s is %v at %v", x.symbol, date, row, stamp, q, p)
			}
		}
	}
}

// TestArchiveAgreesWithHistory: a day that both have is the same in both.
func TestArchiveAgreesWithHistory(t *testing.T) {
	s := started(t)
	date := dayWith(s, "ETHUSDT", someDay.AddDate(0, 0, -9).Truncate(24*time.Hour), NoDefect)
	begin, _ := time.Parse(dateLayout, date)
	live := ask[[]historyRow](t, s, fmt.Sprintf("/futures/data/openInterestHist?symbol=ETHUSDT&period=5m&limit=500&startTime=%d&endTime=%d",
		millis(begin.Add(time.Minute)), millis(begin.AddDate(0, 0, 1))))
	rows := dayOf(t, s, "ETHUSDT", date)
	if len(live) != len(rows) {
		t.Fatalf("%d rows live, %d archived", len(live), len(rows))
	}
	for i, row := range rows {
		q, _ := strconv.ParseFloat(row[2], 64)
		v, _ := strconv.ParseFloat(row[3], 64)
		if q != float64(live[i].SumOpenInterest) || v != float64(live[i].SumOpenInterestValue) {
			t.Errorf("archived %v, live %+v", row, live[i])
		}
	}
}

func TestArchiveDefects(t *testing.T) {
	s := started(t)
	from := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	for defect, want := range map[Defect]func(rows [][]string) bool{
		MissingRows:    func(rows [][]string) bool { return len(rows) == 248 },
		DuplicatedRows: func(rows [][]string) bool { return len(rows) == 316 && rows[9][0] == rows[10][0] },
		BlankRows:      func(rows [][]string) bool { return len(rows) == 288 && rows[100][2] == "" && rows[99][2] != "" },
		ZeroRows:       func(rows [][]string) bool { return len(rows) == 288 && strings.HasPrefix(rows[100][2], "0.0") },
		OffGridRows:    func(rows [][]string) bool { return len(rows) == 288 && strings.HasSuffix(rows[0][0], ":02") },
	} {
		date := dayWith(s, "ETHUSDT", from, defect)
		if rows := dayOf(t, s, "ETHUSDT", date); !want(rows) {
			t.Errorf("%s on %s: %d rows, %v", defect, date, len(rows), rows[100])
		}
	}
	if rows := dayOf(t, s, "BTCUSDT", "2024-02-16"); rows[100][2] != "" {
		t.Errorf("2024-02-16: %v", rows[100])
	}
}

func TestArchiveMissing(t *testing.T) {
	s := started(t)
	today := someDay.Format(dateLayout)
	for _, link := range []string{
		metricsURL(s, "BTCUSDT", today), metricsURL(s, "BTCUSDT", "2020-08-31"), metricsURL(s, "NOSUCHUSDT", "2025-01-01"),
		metricsURL(s, "BTCUSDT", "2025-13-01"), metricsURL(s, "BTCUSDT", "2025-01-01") + ".MD5",
		s.ArchiveURL() + "/" + metricsPath + "ETHUSDT/BTCUSDT-metrics-2025-01-01.zip", s.ArchiveURL() + "/data/spot/",
	} {
		if r, body := fetch(t, link); r.StatusCode != 404 || !strings.Contains(string(body), "NoSuchKey") {
			t.Errorf("%s: status %d, %s", link, r.StatusCode, body)
		}
	}
}

func TestArchiveListing(t *testing.T) {
	s := started(t)
	type page struct {
		Keys  []string `xml:"Contents>Key"`
		More  bool     `xml:"IsTruncated"`
		Token string   `xml:"NextContinuationToken"`
	}
	var all []string
	pages := 0
	for token, more := "", true; more; pages++ {
		_, body := fetch(t, s.ArchiveURL()+"?list-type=2&prefix="+metricsPath+"BTCUSDT/&continuation-token="+url.QueryEscape(token))
		var p page
		if err := xml.Unmarshal(body, &p); err != nil {
			t.Fatal(err)
		}
		all, token, more = append(all, p.Keys...), p.Token, p.More
	}
	first, last := all[0], all[len(all)-2]
	yesterday := someDay.AddDate(0, 0, -1).Format(dateLayout)
	if !strings.HasSuffix(first, "BTCUSDT-metrics-2020-09-01.zip") || !strings.HasSuffix(last, yesterday+".zip") || pages != 5 {
		t.Errorf("%d files on %d pages, from %s to %s", len(all), pages, first, last)
	}
	for i := 1; i < len(all); i++ {
		if all[i] <= all[i-1] {
			t.Fatalf("%s after %s", all[i], all[i-1])
		}
	}
	_, body := fetch(t, s.ArchiveURL()+"?list-type=2&prefix="+metricsPath+"NOSUCHUSDT/")
	var none page
	if err := xml.Unmarshal(body, &none); err != nil || len(none.Keys) != 0 || none.More {
		t.Errorf("%v, %s", err, body)
	}
}

// TestHostileArchive: files that must not be believed.
func TestHostileArchive(t *testing.T) {
	s := started(t)
	link := metricsURL(s, "BTCUSDT", dayWith(s, "BTCUSDT", someDay.AddDate(0, 0, -20).Truncate(24*time.Hour), NoDefect))
	get := func(kind FaultKind) (file []byte, honest bool) {
		defer s.Inject(Fault{Kind: kind, PathPrefix: archivePath})()
		_, file = fetch(t, link)
		_, sum := fetch(t, link+".CHECKSUM")
		return file, strings.HasPrefix(string(sum), fmt.Sprintf("%x ", sha256.Sum256(file)))
	}
	for kind, want := range map[FaultKind]bool{WrongDigest: false, CorruptZip: false, ZipTraversal: true} {
		if _, honest := get(kind); honest != want {
			t.Errorf("%s: checksum agrees: %v", kind, honest)
		}
	}
	file, honest := get(ZipBomb)
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil || !honest || len(file) > 1<<20 || z.File[0].UncompressedSize64 < 60<<20 {
		t.Errorf("bomb: %v, %d bytes", err, len(file))
	}
	file, _ = get(ZipTraversal)
	z, err = zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil && err != zip.ErrInsecurePath || z.File[0].Name != "../../evil.csv" {
		t.Errorf("traversal: %v", err)
	}
	defer s.Inject(Fault{Kind: Truncate, PathPrefix: archivePath})()
	r, err := httpClient.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if _, err := io.ReadAll(r.Body); err != io.ErrUnexpectedEOF {
		t.Errorf("truncated: %v", err)
	}
}

package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"openinterest/data/history"
)

const head = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio," +
	"sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n"

// fake is an archive in memory, reached without a network.
type fake struct {
	mu       sync.Mutex
	files    map[string][]byte // by path under the archive's address
	etags    map[string]string
	requests []string
	answer   func(path string) (status int, body string) // takes over where status is not 0
	pageSize int
	noList   bool
}

func newFake() *fake {
	return &fake{files: map[string][]byte{}, etags: map[string]string{}, pageSize: 1000}
}

// archive returns the fake as Import sees it, on the given day.
func (f *fake) archive(t testing.TB, now time.Time) *Archive {
	t.Helper()
	a, err := New("http://archive.invalid/archive/", Options{
		HTTP: &http.Client{Transport: f}, Now: func() time.Time { return now }, PerSecond: 1e6,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// RoundTrip answers a request as a server would, without one.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	f.serve(w, r)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/archive")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, path)
	if f.answer != nil {
		if status, body := f.answer(path); status != 0 {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return
		}
	}
	if path == "" && !f.noList {
		fmt.Fprint(w, f.list(r.URL.Query()))
		return
	}
	body, ok := f.files[strings.TrimPrefix(path, "/")]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("ETag", `"`+f.etags[strings.TrimPrefix(path, "/")]+`"`)
	w.Write(body)
}

func (f *fake) list(q url.Values) string {
	var keys []string
	for key := range f.files {
		if strings.HasPrefix(key, q.Get("prefix")) && key > max(q.Get("start-after"), q.Get("continuation-token")) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	more := len(keys) > f.pageSize
	keys = keys[:min(len(keys), f.pageSize)]
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>%v</IsTruncated>`, more)
	if more {
		fmt.Fprintf(&b, "<NextContinuationToken>%s</NextContinuationToken>", html.EscapeString(keys[len(keys)-1]))
	}
	for _, key := range keys {
		fmt.Fprintf(&b, `<Contents><Key>%s</Key><ETag>"%s"</ETag></Contents>`, html.EscapeString(key), f.etags[key])
	}
	return b.String() + "</ListBucketResult>"
}

// put publishes a day.
func (f *fake) put(symbol string, day time.Time, table string) {
	f.putZip(symbol, day, zipOf(fileOf(symbol, day)+".csv", []byte(table)))
}

func (f *fake) putZip(symbol string, day time.Time, file []byte) {
	name := fileOf(symbol, day) + ".zip"
	key := metricsPath + symbol + "/" + name
	sum := sha256.Sum256(file)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[key], f.etags[key] = file, fmt.Sprintf("%x", sum[:8])
	f.files[key+".CHECKSUM"] = fmt.Appendf(nil, "%x  %s\n", sum, name)
}

func (f *fake) asked(part string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, path := range f.requests {
		if strings.Contains(path, part) {
			n++
		}
	}
	return n
}

func zipOf(name string, members ...[]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, content := range members {
		if i > 0 {
			name = fmt.Sprint(i, name)
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func row(label time.Time, symbol, contracts, usd string) string {
	return label.Format(time.DateTime) + "," + symbol + "," + contracts + "," + usd + ",1.1,1.2,1.3,0.95\n"
}

// tableOf is a whole day of a symbol; labels end their periods.
func tableOf(symbol string, day time.Time) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 1; i <= 288; i++ {
		b.WriteString(row(day.Add(time.Duration(i)*5*time.Minute), symbol, fmt.Sprintf("%d.5000000000000000", 1000+i), fmt.Sprintf("%d.0000000000000000", 2001+2*i)))
	}
	return b.String()
}

// shelf is a store in memory, for tests that play with time.
type shelf struct {
	mu   sync.Mutex
	days map[time.Time]history.ArchiveDay
	rows map[time.Time][]history.Row
	fail error
}

func newShelf() *shelf {
	return &shelf{days: map[time.Time]history.ArchiveDay{}, rows: map[time.Time][]history.Row{}}
}

func (s *shelf) ArchiveDays(_ context.Context, _ string, from, to time.Time) (map[time.Time]history.ArchiveDay, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[time.Time]history.ArchiveDay{}
	for day, d := range s.days {
		if !day.Before(from) && !day.After(to) {
			out[day] = d
		}
	}
	return out, nil
}

func (s *shelf) SaveArchiveDay(_ context.Context, d history.ArchiveDay, rows []history.Row) (history.Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return history.Saved{}, s.fail
	}
	s.days[d.Day], s.rows[d.Day] = d, rows
	return history.Saved{Stored: len(rows)}, nil
}

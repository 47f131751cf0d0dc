package sim

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"openinterest/data/market"
)

const (
	archivePath = "/archive"
	metricsPath = "data/futures/um/daily/metrics/"
	metricsHead = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio," +
		"sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n"
	dateLayout  = "2006-01-02"
	stampLayout = "2006-01-02 15:04:05"
)

// Archived days begin no earlier than this, whatever the date of listing.
var archiveBegins = time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC)

// From this day on, the archive labels a row with the start of its period;
// before, with its end.
var labelFlip = time.Date(2026, 6, 25, 0, 0, 0, 0, time.UTC)

// Defect is what is wrong with an archived day.
type Defect string

// The defects of archived days, as the real archive has them.
const (
	NoDefect       Defect = ""
	MissingRows    Defect = "missing"    // 40 rows in the middle are not there
	DuplicatedRows Defect = "duplicated" // every tenth row is there twice
	BlankRows      Defect = "blank"      // 25 rows have no quantities
	ZeroRows       Defect = "zero"       // 25 rows have quantities of zero
	OffGridRows    Defect = "off_grid"   // labels are one or two seconds late
)

// ArchiveDefect is what is wrong with a contract's archived day: something on
// one day in forty, and on three days for all contracts.
func (s *Server) ArchiveDefect(symbol string, date time.Time) Defect {
	switch date.UTC().Format(dateLayout) {
	case "2022-03-07", "2022-03-08":
		return ZeroRows
	case "2024-02-16":
		return BlankRows
	}
	h := key(keyOf(s.market.Load().seed, symbol), 0x61726368, uint64(date.Unix()/86400))
	if uniform(h) >= 0.025 {
		return NoDefect
	}
	kinds := []Defect{MissingRows, DuplicatedRows, BlankRows, ZeroRows, OffGridRows}
	return kinds[pick(mix(h), len(kinds))]
}

var noSuchKey = answer{404, []byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`)}

// archive answers a request to the archive.
func (s *Server) archive(x *request, f *active) answer {
	if rest := strings.TrimPrefix(x.path, archivePath); rest == "" || rest == "/" {
		x.w.Header().Set("Content-Type", "application/xml")
		return s.listArchive(x)
	}
	symbol, date, ok := splitArchiveName(x.path)
	u := s.market.Load()
	c := u.bySymbol[symbol]
	checksum := strings.HasSuffix(x.path, ".CHECKSUM")
	name := symbol + "-metrics-" + date.Format(dateLayout) + ".zip"
	if !ok || c == nil || strings.TrimSuffix(x.path, ".CHECKSUM") != archivePath+"/"+metricsPath+symbol+"/"+name || !s.archivedOn(c, date) {
		x.w.Header().Set("Content-Type", "application/xml")
		return noSuchKey
	}
	file, err := s.archived.get(c, date, f, func() ([]byte, error) { return s.metricsFile(c, date, f) })
	if err != nil {
		return refuse(500, -1000, err.Error())
	}
	if checksum {
		x.w.Header().Set("Content-Type", "text/plain")
		sum := sha256.Sum256(file)
		if f != nil && f.Kind == WrongDigest {
			sum[0]++
		}
		return answer{200, fmt.Appendf(nil, "%x  %s\n", sum, name)}
	}
	if f != nil && f.Kind == CorruptZip {
		file = append(bytes.Clone(file[:len(file)-20]), make([]byte, 20)...)
	}
	x.w.Header().Set("Content-Type", "application/zip")
	return answer{200, file}
}

// splitArchiveName takes ".../SYM-metrics-2026-01-31.zip" apart.
func splitArchiveName(path string) (symbol string, date time.Time, ok bool) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	symbol, rest, ok := strings.Cut(name, "-metrics-")
	if !ok || len(rest) < len(dateLayout) {
		return symbol, time.Time{}, false
	}
	date, err := time.Parse(dateLayout, rest[:len(dateLayout)])
	return symbol, date, err == nil
}

// archivedOn reports whether a day is in the archive: the contract traded
// through it, it is over, and history has caught up with it.
func (s *Server) archivedOn(c *contract, date time.Time) bool {
	end := date.AddDate(0, 0, 1)
	return !date.Before(archiveFirst(c)) && c.tradedAt(millis(end)) &&
		!s.options.Now().Add(-s.options.HistoryLag).Before(end)
}

// archiveFirst is the first archived day of a contract: the first whole one.
func archiveFirst(c *contract) time.Time {
	first := c.Listed.UTC().Add(24*time.Hour - 1).Truncate(24 * time.Hour)
	if first.Before(archiveBegins) {
		return archiveBegins
	}
	return first
}

// metricsFile makes the zip of a day.
func (s *Server) metricsFile(c *contract, date time.Time, f *active) ([]byte, error) {
	name := c.Symbol + "-metrics-" + date.Format(dateLayout) + ".csv"
	write := func(w io.Writer) error {
		_, err := w.Write(s.metricsRows(c, date))
		return err
	}
	if f != nil && f.Kind == ZipTraversal {
		name = "../../evil.csv"
	}
	if f != nil && f.Kind == ZipBomb {
		write = bomb
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: date.AddDate(0, 0, 1)})
	if err == nil {
		err = write(w)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("zipping %s: %w", name, err)
	}
	return file.Bytes(), nil
}

// bomb writes 64 MB of nothing.
func bomb(w io.Writer) error {
	block := bytes.Repeat([]byte{'0'}, 1<<20)
	for range 64 {
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
	return nil
}

// metricsRows writes the day's table, defects included.
func (s *Server) metricsRows(c *contract, date time.Time) []byte {
	v := s.views.Get().(*view)
	defer s.views.Put(v)
	defect := s.ArchiveDefect(c.Symbol, date)
	label := int64(0)
	if !date.Before(labelFlip) {
		label = -market.StepMillis
	}
	b := make([]byte, 0, 40_000)
	b = append(b, metricsHead...)
	for i := int64(1); i <= dayMillis/market.StepMillis; i++ {
		t := millis(date) + i*market.StepMillis
		shown := t + label
		amounts := true
		switch {
		case defect == MissingRows && i > 100 && i <= 140:
			continue
		case (defect == BlankRows || defect == ZeroRows) && i > 100 && i <= 125:
			amounts = false
		case defect == OffGridRows:
			shown += 1000 * (1 + i%2)
		}
		start := len(b)
		b = time.UnixMilli(shown).UTC().AppendFormat(b, stampLayout)
		b = append(b, ',')
		b = append(b, c.Symbol...)
		at := v.at(c, t)
		switch {
		case amounts:
			b = append(strconv.AppendFloat(append(b, ','), at.contracts, 'f', 8, 64), "00000000"...)
			b = append(strconv.AppendFloat(append(b, ','), at.contracts*at.price, 'f', 8, 64), "00000000"...)
		case defect == ZeroRows:
			b = append(b, ",0.0000000000000000,0.0000000000000000"...)
		default:
			b = append(b, ",,"...)
		}
		for _, kind := range []market.RatioKind{market.TopLongShortAccounts, market.TopLongShortPositions, market.LongShortAccounts, market.TakerBuySell} {
			b = strconv.AppendFloat(append(b, ','), v.ratio(c, kind, t), 'f', 8, 64)
		}
		b = append(b, '\n')
		if defect == DuplicatedRows && i%10 == 0 {
			b = append(b, b[start:]...)
		}
	}
	return b
}

// listArchive answers like S3's ListObjectsV2, as far as the archive's listing
// of one contract's files needs it.
func (s *Server) listArchive(x *request) answer {
	prefix := x.query.Get("prefix")
	after := x.query.Get("continuation-token")
	if after == "" {
		after = x.query.Get("start-after")
	}
	most := 1000
	if n, err := strconv.Atoi(x.query.Get("max-keys")); err == nil && n >= 0 && n < most {
		most = n
	}
	var keys []string
	symbol, _, _ := strings.Cut(strings.TrimPrefix(prefix, metricsPath), "/")
	if c := s.market.Load().bySymbol[symbol]; c != nil && strings.HasPrefix(prefix, metricsPath+symbol+"/") {
		for d := archiveFirst(c); s.archivedOn(c, d); d = d.AddDate(0, 0, 1) {
			file := metricsPath + symbol + "/" + symbol + "-metrics-" + d.Format(dateLayout) + ".zip"
			for _, k := range []string{file, file + ".CHECKSUM"} {
				if k > after && strings.HasPrefix(k, prefix) {
					keys = append(keys, k)
				}
			}
		}
	}
	return answer{200, listingPage(prefix, keys, most)}
}

// listingPage writes one page of a listing.
func listingPage(prefix string, keys []string, most int) []byte {
	page := keys[:min(most, len(keys))]
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>data.binance.vision</Name><Prefix>%s</Prefix><KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys>`,
		html.EscapeString(prefix), len(page), most)
	if more := len(page) < len(keys); more && len(page) > 0 {
		fmt.Fprintf(&b, "<NextContinuationToken>%s</NextContinuationToken><IsTruncated>true</IsTruncated>", page[len(page)-1])
	} else {
		b.WriteString("<IsTruncated>false</IsTruncated>")
	}
	for _, k := range page {
		fmt.Fprintf(&b, "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>9800</Size><StorageClass>STANDARD</StorageClass></Contents>", k)
	}
	b.WriteString("</ListBucketResult>")
	return b.Bytes()
}

// archiveCache keeps the last file made, since its checksum is asked for next.
type archiveCache struct {
	mu   sync.Mutex
	of   string
	file []byte
}

func (a *archiveCache) get(c *contract, date time.Time, f *active, build func() ([]byte, error)) ([]byte, error) {
	name := c.Symbol + date.Format(dateLayout)
	if f != nil {
		name += string(f.Kind)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == name {
		return a.file, nil
	}
	file, err := build()
	if err != nil {
		return nil, err
	}
	a.of, a.file = name, file
	return file, nil
}

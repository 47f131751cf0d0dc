package archive

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// listing is a page of S3's ListObjectsV2, as far as it is needed.
type listing struct {
	XMLName   xml.Name `xml:"ListBucketResult"`
	Truncated bool     `xml:"IsTruncated"`
	Next      string   `xml:"NextContinuationToken"`
	Contents  []struct {
		Key  string `xml:"Key"`
		ETag string `xml:"ETag"`
	} `xml:"Contents"`
}

// days finds out which days of a contract the archive has, from one day on,
// and the ETag of each file, "" where the listing has none.
func (a *Archive) days(ctx context.Context, symbol string, from time.Time) (map[time.Time]string, error) {
	prefix := metricsPath + symbol + "/"
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	if !from.IsZero() {
		query.Set("start-after", prefix+fileOf(symbol, from.AddDate(0, 0, -1))+".zip.CHECKSUM")
	}
	out := map[time.Time]string{}
	for page := 0; ; page++ {
		answer, err := a.get(ctx, a.listing+"?"+query.Encode(), maxListing)
		if err != nil {
			return nil, err
		}
		l, err := parseListing(answer.body, symbol, out)
		if err == nil && l.Truncated && (l.Next == "" || l.Next == query.Get("continuation-token") || page >= maxPages) {
			err = errors.New("the list does not end")
		}
		if err != nil {
			return nil, &Problem{Kind: BadFile, What: "listing the archive of " + symbol, Err: err}
		}
		if !l.Truncated {
			return out, nil
		}
		query.Set("continuation-token", l.Next)
	}
}

// parseListing adds the days that a page names to days. Keys that are not the
// contract's daily files are passed over.
func parseListing(page []byte, symbol string, days map[time.Time]string) (listing, error) {
	var l listing
	if err := xml.NewDecoder(bytes.NewReader(page)).Decode(&l); err != nil {
		return l, fmt.Errorf("it is no list: %w", err)
	}
	for _, c := range l.Contents {
		date, ok := strings.CutPrefix(c.Key, metricsPath+symbol+"/"+symbol+"-metrics-")
		if !ok {
			continue
		}
		if date, ok = strings.CutSuffix(date, ".zip"); !ok {
			continue
		}
		if day, err := time.Parse(time.DateOnly, date); err == nil {
			days[day] = etagOf(c.ETag)
		}
	}
	return l, nil
}

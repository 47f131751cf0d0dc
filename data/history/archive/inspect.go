package archive

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"openinterest/data/market"
)

// Columns are those that a table has by the archive's documentation. Read are the
// ones that it can't do without; the others are ratios, which may be missing.
var (
	Columns = []string{"create_time", "symbol", "sum_open_interest", "sum_open_interest_value", "count_toptrader_long_short_ratio",
		"sum_toptrader_long_short_ratio", "count_long_short_ratio", "sum_taker_long_short_vol_ratio"}
	Read = Columns[:4]
)

// Inspection is what a day's file holds, for who looks at the archive itself.
type Inspection struct {
	Columns []string
	Stamps  int
	Bytes   int64
	Defects Defects
}

// Days lists the days that the archive has of a contract, ascending, from one on.
func (a *Archive) Days(ctx context.Context, symbol string, from time.Time) ([]time.Time, error) {
	if err := checkSymbol(symbol); err != nil {
		return nil, fmt.Errorf("listing the archive: %w", err)
	}
	days, err := a.days(ctx, symbol, from)
	return slices.SortedFunc(maps.Keys(days), time.Time.Compare), err
}

// Inspect fetches a day's file and says what is in it. What it has of columns is
// told also where the rows cannot be read.
func (a *Archive) Inspect(ctx context.Context, symbol string, day time.Time) (Inspection, error) {
	if err := checkSymbol(symbol); err != nil {
		return Inspection{}, fmt.Errorf("inspecting the archive: %w", err)
	}
	f, err := a.file(ctx, symbol, day)
	if err != nil {
		return Inspection{}, err
	}
	i := Inspection{Bytes: f.bytes}
	head, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.table, []byte("\ufeff")))).Read()
	if err != nil {
		return i, badFile(symbol, day, fmt.Errorf("its header cannot be read: %w", err))
	}
	for _, name := range head {
		i.Columns = append(i.Columns, printable(clip(strings.TrimSpace(name))))
	}
	rows, _, defects, err := parseTable(f.table, symbol, day)
	i.Stamps, i.Defects = len(rows), defects
	if err != nil {
		return i, badFile(symbol, day, err)
	}
	return i, nil
}

// Reach asks the archive for a short list, once, to see whether it answers. What
// fails it says as a problem of the exchange.
func (a *Archive) Reach(ctx context.Context) error {
	from := midnight(a.opt.Now()).AddDate(0, 0, -3)
	prefix := metricsPath + market.ProbeSymbol + "/"
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}, "start-after": {prefix + fileOf(market.ProbeSymbol, from)}}
	answer, err := a.once(ctx, a.listing+"?"+query.Encode(), maxListing)
	if err == nil {
		if _, err = parseListing(answer.body, market.ProbeSymbol, map[time.Time]string{}); err != nil {
			err = &Problem{Kind: BadFile, What: "listing the archive", Err: err}
		}
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("listing the archive: %w", ctx.Err())
	}
	return &market.Problem{Kind: problemKind(err), What: "the archive", Err: err}
}

// problemKind is the kind of a failure as everybody else calls it.
func problemKind(err error) market.ProblemKind {
	if kind := market.KindOf(err); kind != "" {
		return kind
	}
	switch KindOf(err) {
	case Offline:
		return market.Unreachable
	case Refused:
		return market.RefusedFirewall
	case Busy:
		return market.ExchangeDown
	}
	return market.BadAnswer
}

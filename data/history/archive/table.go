package archive

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
)

// Defects counts what was wrong with a day's table, by the rule that was
// applied. Nothing is ever made up for what is missing.
type Defects struct {
	Missing    int  `json:",omitempty"` // stamps of the day that no row gives
	Blank      int  `json:",omitempty"` // rows without contracts: missing
	Zero       int  `json:",omitempty"` // rows of zero contracts: missing
	Priceless  int  `json:",omitempty"` // rows without a value: the price is unknown
	Duplicate  int  `json:",omitempty"` // rows that say the same again: once is enough
	Conflict   int  `json:",omitempty"` // rows that contradict one before: the last counts, but never one off the grid before one on it
	OffGrid    int  `json:",omitempty"` // labels off the 5 minutes: those shortly before a stamp mean that, others the one before
	Unordered  int  `json:",omitempty"` // rows older than the one before: sorted
	OtherDay   int  `json:",omitempty"` // rows of another day: passed over
	Foreign    int  `json:",omitempty"` // rows of another contract: passed over
	Unreadable int  `json:",omitempty"` // rows that make no sense: passed over
	BlankRatio int  `json:",omitempty"` // ratios that are blank, or zero beside zero contracts: unknown
	OddRatio   int  `json:",omitempty"` // ratios that make no sense: unknown
	Relabelled bool `json:",omitempty"` // the labels contradict the rule of their date
}

func (d *Defects) add(o Defects) {
	d.Missing += o.Missing
	d.Blank += o.Blank
	d.Zero += o.Zero
	d.Priceless += o.Priceless
	d.Duplicate += o.Duplicate
	d.Conflict += o.Conflict
	d.OffGrid += o.OffGrid
	d.Unordered += o.Unordered
	d.OtherDay += o.OtherDay
	d.Foreign += o.Foreign
	d.Unreadable += o.Unreadable
	d.BlankRatio += o.BlankRatio
	d.OddRatio += o.OddRatio
	d.Relabelled = d.Relabelled || o.Relabelled
}

// text is the defects as JSON, "" where there are none.
func (d Defects) text() string {
	if d == (Defects{}) {
		return ""
	}
	b, err := json.Marshal(d)
	if err != nil {
		return err.Error() // cannot be: numbers and a bool
	}
	return string(b)
}

// labelFlip is the day from which the archive's labels mark the start of a
// period; before, they mark its end (binance-public-data issue 491).
var labelFlip = time.Date(2026, 6, 25, 0, 0, 0, 0, time.UTC)

// marksStart is the label rule, for a whole file: it reports whether labels
// mark the start of their periods. It goes by the file's day, since one file
// is written one way. A file from labelFlip on that has the midnight ending
// its day and not the one beginning it is labelled as before, whatever was
// announced.
func marksStart(day time.Time, hasFirstMidnight, hasLastMidnight bool) (start, contradicts bool) {
	if day.Before(labelFlip) {
		return false, false
	}
	contradicts = hasLastMidnight && !hasFirstMidnight
	return !contradicts, contradicts
}

// line is a row of a table before the label rule.
type line struct {
	label          int64   // on the grid: Unix ms
	exact          bool    // as it was written
	contracts, usd float64 // Unknown contracts: the row has ratios alone
	ratios         [market.RatioCount]float64
}

// sameRatios reports whether two lines have the same ratios, unknown ones included.
func (l line) sameRatios(o line) bool {
	for k, x := range l.ratios {
		if x != o.ratios[k] && (market.Known(x) || market.Known(o.ratios[k])) {
			return false
		}
	}
	return true
}

// labelEarly is by how much a label may be before the stamp that it means: some
// days are written a second or two before each. A later label means the stamp before.
const labelEarly = 15 * time.Second

func labelOf(at time.Time) (label int64, exact bool) {
	ms := at.UnixMilli()
	label = market.FloorStamp(ms + labelEarly.Milliseconds())
	return label, label == ms
}

// columns are the positions of what is read of a row; -1 for ratios that the
// table hasn't.
type columns struct {
	time, symbol, contracts, usd int
	ratios                       [market.RatioCount]int
}

// ratioColumns are the names of the ratios in a table.
var ratioColumns = [market.RatioCount]string{
	market.LongShortAccounts:     "count_long_short_ratio",
	market.TopLongShortAccounts:  "count_toptrader_long_short_ratio",
	market.TopLongShortPositions: "sum_toptrader_long_short_ratio",
	market.TakerBuySell:          "sum_taker_long_short_vol_ratio",
}

// parseTable reads the table of a contract's day: its stamps, and the ratios at
// them. It fails where the table is not what was asked for; single rows that are not
// are counted and passed over.
func parseTable(table []byte, symbol string, day time.Time) ([]history.Row, []market.Ratios, Defects, error) {
	var d Defects
	lines, err := readLines(table, symbol, day, &d)
	if err != nil {
		return nil, nil, d, err
	}
	first, last := day.UnixMilli(), day.AddDate(0, 0, 1).UnixMilli()
	var hasFirst, hasLast bool
	for _, l := range lines {
		hasFirst = hasFirst || l.label == first
		hasLast = hasLast || l.label == last
	}
	start, contradicts := marksStart(day, hasFirst, hasLast)
	d.Relabelled = contradicts
	for i := range lines {
		if start {
			lines[i].label += market.StepMillis
		}
	}
	rows := toRows(lines, symbol, last, &d)
	if len(rows) == 0 && d.Blank+d.Zero == 0 {
		return nil, nil, d, fmt.Errorf("it has no rows of %s on %s", symbol, day.Format(time.DateOnly))
	}
	return rows, toRatios(lines, first, last), d, nil
}

// toRatios are the ratios at each stamp of which any is known, the oldest first. Of
// two rows of a stamp the later counts, but never one off the grid before one on it,
// value by value: what is blank replaces nothing. The midnight before is left to the file of its day where its label isn't exact.
func toRatios(lines []line, first, last int64) []market.Ratios {
	at := map[int64]int{} // where a stamp's row is
	var out []market.Ratios
	for _, exact := range []bool{false, true} { // so that exact rows have the last word
		for _, l := range lines {
			if l.exact != exact || l.label > last || l.label == first && !exact {
				continue
			}
			i, ok := at[l.label]
			if !ok {
				i = len(out)
				at[l.label], out = i, append(out, market.NoRatios(l.label))
			}
			for k, x := range l.ratios {
				if market.Known(x) {
					out[i].Values[k] = x
				}
			}
		}
	}
	out = slices.DeleteFunc(out, func(r market.Ratios) bool { return !slices.ContainsFunc(r.Values[:], market.Known) })
	slices.SortFunc(out, func(a, b market.Ratios) int { return cmp.Compare(a.Time, b.Time) })
	return out
}

// toRows brings lines, labelled by the stamps at which their periods end, onto these
// stamps, each once.
func toRows(lines []line, symbol string, last int64, d *Defects) []history.Row {
	at := map[int64]int{} // where a stamp's row is
	var of []line         // the line of each row
	var rows []history.Row
	newest := int64(0)
	d.Missing = int((24 * time.Hour) / market.Step)
	for _, l := range lines {
		stamp := l.label
		if !market.Known(l.contracts) {
			continue
		}
		if stamp > last {
			d.OtherDay++
			continue
		}
		if stamp < newest {
			d.Unordered++
		}
		newest = max(newest, stamp)
		row := history.Row{
			Symbol: symbol, Point: market.Point{Time: stamp, Contracts: l.contracts, Price: market.Unknown}, USD: l.usd,
			Source: history.Archive, Inexact: !l.exact,
		}
		if i, ok := at[stamp]; ok {
			if rows[i].Point.Contracts == l.contracts && rows[i].USD == l.usd && l.sameRatios(of[i]) {
				d.Duplicate++
			} else {
				d.Conflict++
			}
			if l.exact || rows[i].Inexact {
				rows[i], of[i] = row, l
			}
			continue
		}
		at[stamp] = len(rows)
		rows, of = append(rows, row), append(of, l)
		if stamp > last-int64(24*time.Hour/time.Millisecond) { // the midnight before belongs to yesterday
			d.Missing--
		}
	}
	return rows
}

// readLines reads the rows that have contracts or ratios and lie within the day,
// both midnights included.
func readLines(table []byte, symbol string, day time.Time, d *Defects) ([]line, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("its header cannot be read: %w", err)
	}
	c, err := findColumns(head)
	if err != nil {
		return nil, err
	}
	var lines []line
	for n := 0; ; n++ {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return lines, nil
		case n >= maxRows:
			return nil, fmt.Errorf("it has more than %d rows", maxRows)
		case err != nil:
			d.Unreadable++
			continue
		}
		if l, ok := readLine(row, c, symbol, day, d); ok {
			lines = append(lines, l)
		}
	}
}

func findColumns(head []string) (columns, error) {
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	var missing []string
	find := func(name string) int {
		i, ok := at[name]
		if !ok {
			missing = append(missing, name)
		}
		return i
	}
	c := columns{time: find("create_time"), symbol: find("symbol"), contracts: find("sum_open_interest"), usd: find("sum_open_interest_value")}
	for k, name := range ratioColumns {
		c.ratios[k] = -1
		if i, ok := at[name]; ok {
			c.ratios[k] = i
		}
	}
	if missing != nil {
		return c, fmt.Errorf("its header lacks %s", strings.Join(missing, ", "))
	}
	return c, nil
}

func readLine(row []string, c columns, symbol string, day time.Time, d *Defects) (line, bool) {
	if len(row) <= max(c.time, c.symbol, c.contracts, c.usd) {
		d.Unreadable++
		return line{}, false
	}
	if strings.TrimSpace(row[c.symbol]) != symbol {
		d.Foreign++
		return line{}, false
	}
	at, err := time.Parse(time.DateTime, strings.TrimSpace(row[c.time]))
	if err != nil {
		d.Unreadable++
		return line{}, false
	}
	label, exact := labelOf(at)
	if label < day.UnixMilli() || label > day.AddDate(0, 0, 1).UnixMilli() {
		d.OtherDay++
		return line{}, false
	}
	l := line{label: label, exact: exact, contracts: market.Unknown, usd: market.Unknown}
	contracts, blank, ok := amount(row[c.contracts])
	known := l.readRatios(row, c, ok && contracts == 0, d)
	switch {
	case ok && blank:
		d.Blank++
		return l, known
	case ok && contracts == 0:
		d.Zero++
		return l, known
	case !ok || !history.UsableContracts(contracts):
		d.Unreadable++
		return l, known
	}
	l.contracts = contracts
	usd, blank, ok := amount(row[c.usd])
	if l.usd = usd; !ok || blank || !history.UsableUSD(usd, contracts) {
		d.Priceless++
		l.usd = market.Unknown
	}
	if !exact {
		d.OffGrid++
	}
	return l, true
}

// readRatios reads the ratios of a row, each by itself, and reports whether any is
// known. In a row without contracts, zero is what stands for blank.
func (l *line) readRatios(row []string, c columns, empty bool, d *Defects) (known bool) {
	for k, i := range c.ratios {
		l.ratios[k] = market.Unknown
		if i < 0 {
			continue
		}
		text := "" // a row may end before
		if i < len(row) {
			text = row[i]
		}
		x, blank, ok := amount(text)
		switch {
		case ok && (blank || x == 0 && empty):
			d.BlankRatio++
		case !ok || !market.UsableRatio(x):
			d.OddRatio++
		default:
			l.ratios[k], known = x, true
		}
	}
	return known
}

// amount parses a decimal that may be blank but not negative. ParseFloat alone
// reads more than that: 0x1p4, Infinity.
func amount(text string) (x float64, blank, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true, true
	}
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false, false
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, false, err == nil && x >= 0
}

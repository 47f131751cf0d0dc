package history

import (
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"time"

	"openinterest/data/market"
)

// Table is the last known state of the market, for a start before anything was
// asked of the exchange.
type Table struct {
	Saved  time.Time       // when it was known; zero: no table was saved yet
	Quotes []*market.Quote // by symbol, ascending; History has the newest stamps

	// Contracts is the exchange's list as it was believed last, by symbol: also
	// those that never had an answer. A contract that is in it isn't newly listed.
	// Listed is when it was believed; zero: no list was saved yet.
	Contracts []market.Contract
	Listed    time.Time
}

const (
	tableKey     = "table"
	contractsKey = "contracts"
)

// savedContracts is how the list is kept; see savedTable.
type savedContracts struct {
	Saved     time.Time
	Contracts []market.Contract
}

// savedTable is how a table is kept: as JSON (see pack), in which what is unknown is null
// and what a later version adds is ignored by an earlier one.
type savedTable struct {
	Saved  time.Time
	Quotes []savedQuote
}

type savedQuote struct {
	Contract     market.Contract
	Contracts    *float64 `json:",omitempty"`
	Changed      time.Time
	Received     time.Time
	Price        *float64 `json:",omitempty"`
	FundingRate  *float64 `json:",omitempty"`
	NextFunding  time.Time
	Marked       time.Time
	Last         *float64 `json:",omitempty"`
	ChangePct    *float64 `json:",omitempty"`
	Volume       *float64 `json:",omitempty"`
	Ticked       time.Time
	FundingHours int
	Cap, Floor   *float64 `json:",omitempty"`
}

// SaveContracts keeps the exchange's list of contracts in place of the one
// before. Call it with a list that is believed, and only with such a one: it
// decides of which contracts SaveTable keeps what was known before.
func (s *Store) SaveContracts(ctx context.Context, list []market.Contract, at time.Time) error {
	if len(list) == 0 {
		return nil // no exchange has none
	}
	saved := savedContracts{Saved: at, Contracts: slices.Clone(list)}
	slices.SortFunc(saved.Contracts, func(a, b market.Contract) int { return cmp.Compare(a.Symbol, b.Symbol) })
	data, err := pack(saved)
	if err == nil {
		err = s.setMeta(ctx, contractsKey, data)
	}
	return problem(err, "saving the list of contracts")
}

// SaveTable keeps the quotes of a snapshot in place of those of the same
// contracts. What was known of others stays while they are on the list that
// SaveContracts kept, or no list was: a table of three contracts takes nothing from
// a memory of five hundred. The stamps of histories are not part of it: SaveStamps
// keeps those.
func (s *Store) SaveTable(ctx context.Context, snapshot *market.Snapshot) error {
	if snapshot == nil || len(snapshot.Quotes) == 0 {
		return nil // nothing is known: the last known table stays
	}
	list, err := readPacked[savedContracts](ctx, s, contractsKey)
	if err != nil {
		return problem(err, "saving the table")
	}
	before, err := readPacked[savedTable](ctx, s, tableKey)
	if err != nil {
		return problem(err, "saving the table")
	}
	listed := map[string]bool{}
	for _, c := range list.Contracts {
		listed[c.Symbol] = true
	}
	quotes := map[string]savedQuote{}
	for _, q := range before.Quotes {
		if symbol := q.Contract.Symbol; listed[symbol] || len(listed) == 0 {
			quotes[symbol] = q
		}
	}
	for _, q := range snapshot.Quotes {
		quotes[q.Contract.Symbol] = saveQuote(q)
	}
	table := savedTable{Saved: snapshot.Time}
	for _, symbol := range slices.Sorted(maps.Keys(quotes)) {
		table.Quotes = append(table.Quotes, quotes[symbol])
	}
	data, err := pack(table)
	if err != nil {
		return problem(err, "saving the table")
	}
	return problem(s.setMeta(ctx, tableKey, data), "saving the table")
}

// readPacked reads what setMeta kept, packed: the zero value where there is
// nothing, or nothing that can be read.
func readPacked[T any](ctx context.Context, s *Store, key string) (T, error) {
	var none, v T
	data, err := s.meta(ctx, key)
	if err != nil || data == nil {
		return none, err
	}
	if err := unpack(data, &v); err != nil {
		s.log.Error("what was kept cannot be read", "what", key, "error", err)
		return none, nil
	}
	return v, nil
}

// LoadTable returns the last known table, each contract with its newest stamps
// among the last n 5-minute steps of the store. A contract of which only
// history is known has a quote with its symbol and history alone.
func (s *Store) LoadTable(ctx context.Context, n int) (*Table, error) {
	saved, err := readPacked[savedTable](ctx, s, tableKey)
	if err != nil {
		return nil, problem(err, "loading the table")
	}
	list, err := readPacked[savedContracts](ctx, s, contractsKey)
	if err != nil {
		return nil, problem(err, "loading the table")
	}
	recent, err := s.Recent(ctx, n)
	if err != nil {
		return nil, err
	}
	usable := func(c market.Contract) bool { return market.UsableSymbol(c.Symbol) }
	table := &Table{Saved: saved.Saved, Listed: list.Saved}
	for _, c := range list.Contracts {
		if usable(c) {
			table.Contracts = append(table.Contracts, c)
		}
	}
	for _, q := range saved.Quotes {
		if !usable(q.Contract) {
			continue
		}
		quote := q.quote()
		quote.History = recent[q.Contract.Symbol]
		delete(recent, q.Contract.Symbol)
		table.Quotes = append(table.Quotes, quote)
	}
	for symbol, history := range recent {
		table.Quotes = append(table.Quotes, &market.Quote{Contract: market.Contract{Symbol: symbol}, History: history})
	}
	sort.Slice(table.Quotes, func(i, j int) bool { return table.Quotes[i].Contract.Symbol < table.Quotes[j].Contract.Symbol })
	return table, nil
}

// pack is JSON, deflated: a table is saved every minute or so, and is mostly
// names and dates.
func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err == nil {
		err = json.NewEncoder(w).Encode(v)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

func unpack(data []byte, v any) error {
	const most = 64 << 20 // no table comes near
	return json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(data)), most)).Decode(v)
}

func saveQuote(q *market.Quote) savedQuote {
	return savedQuote{
		Contract: q.Contract, Contracts: known(q.OpenInterest.Contracts), Changed: q.OpenInterest.Changed, Received: q.OpenInterest.Received,
		Price: known(q.Mark.Price), FundingRate: known(q.Mark.FundingRate), NextFunding: q.Mark.NextFunding, Marked: q.Mark.Received,
		Last: known(q.Ticker.LastPrice), ChangePct: known(q.Ticker.PriceChangePct), Volume: known(q.Ticker.QuoteVolume), Ticked: q.Ticker.Received,
		FundingHours: q.Funding.IntervalHours, Cap: known(q.Funding.Cap), Floor: known(q.Funding.Floor),
	}
}

func (q savedQuote) quote() *market.Quote {
	symbol := q.Contract.Symbol
	return &market.Quote{
		Contract:     q.Contract,
		OpenInterest: market.OpenInterest{Contracts: orUnknown(q.Contracts), Changed: q.Changed, Received: q.Received},
		Mark: market.MarkPrice{
			Symbol: symbol, Price: orUnknown(q.Price), FundingRate: orUnknown(q.FundingRate), NextFunding: q.NextFunding, Received: q.Marked,
		},
		Ticker: market.Ticker{
			Symbol: symbol, LastPrice: orUnknown(q.Last), PriceChangePct: orUnknown(q.ChangePct), QuoteVolume: orUnknown(q.Volume), Received: q.Ticked,
		},
		Funding: market.FundingTerms{IntervalHours: q.FundingHours, Cap: orUnknown(q.Cap), Floor: orUnknown(q.Floor)},
	}
}

func known(x float64) *float64 {
	if !market.Known(x) {
		return nil
	}
	return &x
}

func orUnknown(x *float64) float64 {
	if x == nil {
		return market.Unknown
	}
	return *x
}

// SetSetting keeps a value under a name, for whoever uses the store.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	return problem(s.setMeta(ctx, "setting."+name, []byte(value)), "saving the setting %s", name)
}

// Setting returns the value under a name, "" where there is none.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	data, err := s.meta(ctx, "setting."+name)
	return string(data), problem(err, "reading the setting %s", name)
}

func (s *Store) setMeta(ctx context.Context, key string, value []byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "REPLACE INTO meta(key, value) VALUES(?, ?)", key, value)
		return err
	})
}

func (s *Store) meta(ctx context.Context, key string) ([]byte, error) {
	var data []byte
	err := s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&data)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", key, err)
	}
	return data, nil
}

package history

import (
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"openinterest/data/market"
)

// Table is the last known state of the market, for a start before anything was
// asked of the exchange.
type Table struct {
	Saved  time.Time       // when it was known; zero: no table was saved yet
	Quotes []*market.Quote // by symbol, ascending; History has the newest stamps
}

const tableKey = "table"

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

// SaveTable keeps the table of a snapshot in place of the one before. The
// stamps of its histories are not part of it: SaveStamps keeps those.
func (s *Store) SaveTable(ctx context.Context, snapshot *market.Snapshot) error {
	if snapshot == nil || len(snapshot.Quotes) == 0 {
		return nil // nothing is known: the last known table stays
	}
	table := savedTable{Saved: snapshot.Time, Quotes: make([]savedQuote, len(snapshot.Quotes))}
	for i, q := range snapshot.Quotes {
		table.Quotes[i] = saveQuote(q)
	}
	data, err := pack(table)
	if err != nil {
		return problem(err, "saving the table")
	}
	return problem(s.setMeta(ctx, tableKey, data), "saving the table")
}

// LoadTable returns the last known table, each contract with its newest stamps
// among the last n 5-minute steps of the store. A contract of which only
// history is known has a quote with its symbol and history alone.
func (s *Store) LoadTable(ctx context.Context, n int) (*Table, error) {
	data, err := s.meta(ctx, tableKey)
	if err != nil {
		return nil, problem(err, "loading the table")
	}
	var saved savedTable
	if data != nil {
		if err := unpack(data, &saved); err != nil {
			s.log.Error("the last known table cannot be read", "error", err)
			saved = savedTable{}
		}
	}
	recent, err := s.Recent(ctx, n)
	if err != nil {
		return nil, err
	}
	table := &Table{Saved: saved.Saved}
	for _, q := range saved.Quotes {
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

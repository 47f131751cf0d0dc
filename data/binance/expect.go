package binance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// What this program expects of the exchange's answers is written down here, beside
// what decodes them: which fields it reads, and of which type each is. The
// exchange changes its answers without asking; package doctor holds a real answer
// against these lists and names what is missing, new or of another type. A test
// takes each field out of a good answer, and fails where the decoders do not mind
// (the field is not read) or mind another (it is not listed).

// Shape is where the rows of an answer are.
type Shape string

// The shapes of answers.
const (
	OneObject  Shape = "an object"
	ListOf     Shape = "a list of objects"
	ListIn     Shape = "a list of objects within an object"
	ListOfList Shape = "a list of lists"
)

// FieldType is the type of a field, in the words of the doctor's report.
type FieldType string

// The types of fields. The exchange writes numbers with decimals as texts.
const (
	Text    FieldType = "text"
	Decimal FieldType = "number in a text"
	Whole   FieldType = "whole number"
	List    FieldType = "list"
)

// Field is one that is read.
type Field struct {
	Name  string // or its place, in a list of lists
	Type  FieldType
	Blank bool // some rows rightly lack it, or have it empty
}

// Expectation is what is expected of one route's answers, or of one stream's.
type Expectation struct {
	What   string // of which route or stream, as the doctor calls it
	Limit  market.Route
	Weight int // that one request costs
	Shape  Shape
	In     string // ListIn: the member that has the rows
	Fields []Field
	Least  int // rows, where an answer with fewer is none

	known members // all fields that are documented, by the library's own types; others are new
}

// The expectations, by route. Their order is that in which the doctor asks.
var (
	ExpectedContracts = expect[futures.Symbol](contractsRoute, ListIn, 1,
		textual("symbol"), textual("quoteAsset"), textual("status"), blank(textual("contractType")), textual("baseAsset"),
		counted("pricePrecision"), counted("quantityPrecision"), counted("onboardDate")).in("symbols").documented("orderTypes", "maxMoveOrderLimit", "permissionSets")
	ExpectedExchange = Expectation{What: "exchange", Shape: OneObject, Least: 1, Fields: []Field{
		counted("serverTime"), {Name: "rateLimits", Type: List}, {Name: "symbols", Type: List}}, known: membersOf[futures.ExchangeInfo]()}.documented("assets", "futuresType")
	ExpectedLimits = Expectation{What: "limits", Shape: ListIn, In: "rateLimits", Least: 1, Fields: []Field{
		textual("rateLimitType"), textual("interval"), counted("intervalNum"), counted("limit")}, known: membersOf[futures.RateLimit]()}
	ExpectedOpenInterest = expect[futures.OpenInterest](openInterestRoute, OneObject, 1,
		textual("symbol"), decimal("openInterest"), counted("time"))
	ExpectedHistory = expect[futures.OpenInterestStatistic](historyRoute, ListOf, 1,
		textual("symbol"), decimal("sumOpenInterest"), decimal("sumOpenInterestValue"), counted("timestamp"))
	ExpectedTickers = expect[futures.PriceChangeStats](tickersRoute, ListOf, 1,
		textual("symbol"), decimal("lastPrice"), decimal("priceChangePercent"), decimal("quoteVolume"))
	ExpectedMarkPrices = expect[futures.PremiumIndex](markPricesRoute, ListOf, 1,
		textual("symbol"), decimal("markPrice"), decimal("indexPrice"), blank(decimal("lastFundingRate")), counted("nextFundingTime"), counted("time"))
	ExpectedFundingTerms = expect[futures.FundingRateInfo](fundingTermsRoute, ListOf, 0,
		textual("symbol"), decimal("adjustedFundingRateCap"), decimal("adjustedFundingRateFloor"), blank(counted("fundingIntervalHours"))).documented("disclaimer", "updateTime")
	ExpectedFundingHistory = expect[futures.FundingRate](fundingHistoryRoute, ListOf, 1,
		textual("symbol"), counted("fundingTime"), decimal("fundingRate"))
	ExpectedRatios = [market.RatioCount]Expectation{
		market.LongShortAccounts:     expect[futures.LongShortRatio](ratioRoutes[market.LongShortAccounts], ListOf, 1, textual("symbol"), decimal("longShortRatio"), counted("timestamp")),
		market.TopLongShortAccounts:  expect[futures.TopLongShortAccountRatio](ratioRoutes[market.TopLongShortAccounts], ListOf, 1, textual("symbol"), decimal("longShortRatio"), counted("timestamp")),
		market.TopLongShortPositions: expect[futures.TopLongShortPositionRatio](ratioRoutes[market.TopLongShortPositions], ListOf, 1, textual("symbol"), decimal("longShortRatio"), counted("timestamp")),
		market.TakerBuySell:          expect[futures.TakerLongShortRatio](ratioRoutes[market.TakerBuySell], ListOf, 1, decimal("buySellRatio"), counted("timestamp")),
	}
	ExpectedKlines = expect[struct{}](klinesRoute, ListOfList, 1,
		counted("0, its beginning"), decimal("1, open"), decimal("2, high"), decimal("3, low"), decimal("4, close"), decimal("5, volume"), decimal("7, volume in USD"))
	ExpectedMarkEvents = Expectation{What: "stream", Shape: ListOf, Least: 1, Fields: []Field{
		textual("e"), counted("E"), textual("s"), decimal("p"), decimal("i"), blank(decimal("r")), counted("T")},
		known: members{"e": nil, "E": nil, "s": nil, "p": nil, "r": nil, "T": nil, "ap": nil, "i": nil, "P": nil}}
)

func textual(name string) Field { return Field{Name: name, Type: Text} }
func counted(name string) Field { return Field{Name: name, Type: Whole} }
func decimal(name string) Field { return Field{Name: name, Type: Decimal} }

func blank(f Field) Field {
	f.Blank = true
	return f
}

func expect[T any](r route, shape Shape, least int, fields ...Field) Expectation {
	e := Expectation{What: r.what, Limit: r.limit, Weight: newQuota().Amount(r.limit), Shape: shape, Least: least, Fields: fields}
	if reflect.TypeFor[T]().NumField() > 0 {
		e.known = membersOf[T]()
	}
	return e
}

func (e Expectation) in(member string) Expectation {
	e.In = member
	return e
}

// documented adds fields that the exchange documents and the library leaves out.
func (e Expectation) documented(names ...string) Expectation {
	e.known = maps.Clone(e.known)
	for _, name := range names {
		e.known[name] = reflect.TypeFor[any]()
	}
	return e
}

// Seen is what an answer has of one expected field.
type Seen struct {
	Field Field
	Rows  int            // of the answer
	As    map[string]int // rows by what the field is there, in words; those where it is as expected are not counted
}

// OK reports whether every row has the field as expected.
func (s Seen) OK() bool { return len(s.As) == 0 }

// String says what was seen: "text in 517 rows", "missing in 2 of 517 rows".
func (s Seen) String() string {
	if s.OK() {
		return fmt.Sprintf("%s in %d %s", s.Field.Type, s.Rows, rows(s.Rows))
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(s.As)) {
		parts = append(parts, fmt.Sprintf("%s in %d of %d %s", what, s.As[what], s.Rows, rows(s.Rows)))
	}
	return strings.Join(parts, ", ")
}

func rows(n int) string {
	if n == 1 {
		return "row"
	}
	return "rows"
}

// missing is what is seen of a field that is not there.
const missing = "missing"

// Compared is an answer held against what is expected of it.
type Compared struct {
	Rows   int
	Fields []Seen
	New    []string // names that are not documented, each with its type
}

// Compare holds an answer against what is expected of it. It fails where the
// answer has another shape.
func (e Expectation) Compare(body []byte) (Compared, error) {
	raws, err := e.rowsOf(body)
	if err != nil {
		return Compared{}, err
	}
	c := Compared{Rows: len(raws)}
	for _, f := range e.Fields {
		c.Fields = append(c.Fields, Seen{Field: f, Rows: len(raws), As: map[string]int{}})
	}
	fresh := map[string]bool{}
	for _, raw := range raws {
		fields, err := e.fieldsOf(raw)
		if err != nil {
			return Compared{}, err
		}
		for i, f := range e.Fields {
			value, there := fields[placeOf(f.Name)]
			if what := f.misfit(value, there); what != "" {
				c.Fields[i].As[what]++
			}
			delete(fields, placeOf(f.Name))
		}
		for name, value := range fields {
			if _, known := e.known[name]; !known && e.known != nil {
				fresh[excerpt([]byte(name))+" ("+typeOf(value)+")"] = true
			}
		}
	}
	c.New = slices.Sorted(maps.Keys(fresh))
	return c, nil
}

// placeOf is how a field is found in a row: by its name, or by its place.
func placeOf(name string) string {
	place, _, _ := strings.Cut(name, ",")
	return place
}

func (e Expectation) rowsOf(body []byte) ([]json.RawMessage, error) {
	start := byte('[')
	if e.Shape == OneObject || e.Shape == ListIn {
		start = '{'
	}
	if err := isJSON(body, start); err != nil {
		return nil, err
	}
	if e.Shape == OneObject {
		return []json.RawMessage{body}, nil
	}
	if e.Shape == ListIn {
		var all map[string]json.RawMessage
		if err := json.Unmarshal(body, &all); err != nil {
			return nil, errNoJSON
		}
		if body = all[e.In]; isJSON(body, '[') != nil {
			return nil, fmt.Errorf("it has no list “%s”", e.In)
		}
	}
	var raws []json.RawMessage
	if json.Unmarshal(body, &raws) != nil {
		return nil, errNoJSON
	}
	return raws, nil
}

var errNoJSON = errors.New("it is no JSON")

func (e Expectation) fieldsOf(raw json.RawMessage) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if e.Shape != ListOfList {
		if isJSON(raw, '{') != nil || json.Unmarshal(raw, &fields) != nil {
			return nil, fmt.Errorf("a row is %s, not an object", typeOf(raw))
		}
		return fields, nil
	}
	var list []json.RawMessage
	if isJSON(raw, '[') != nil || json.Unmarshal(raw, &list) != nil {
		return nil, fmt.Errorf("a row is %s, not a list", typeOf(raw))
	}
	for i, value := range list {
		fields[fmt.Sprint(i)] = value
	}
	return fields, nil
}

// misfit says what a field is in place of what it should be; "" where it is that.
func (f Field) misfit(value json.RawMessage, there bool) string {
	switch kind := typeOf(value); {
	case !there && f.Blank:
		return ""
	case !there:
		return missing
	case kind == string(f.Type), f.Type == Text && kind == string(Decimal), kind == emptyText && (f.Blank || f.Type == Text):
		return ""
	default:
		return kind
	}
}

const emptyText = "empty text"

// typeOf says in words what a value is.
func typeOf(value json.RawMessage) string {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return "nothing"
	}
	switch value[0] {
	case '"':
		switch plain := string(text([]byte(value))); {
		case plain == "":
			return emptyText
		case !math.IsNaN(number(plain)):
			return string(Decimal)
		}
		return string(Text)
	case '{':
		return "object"
	case '[':
		return string(List)
	case 't', 'f':
		return "truth value"
	case 'n':
		return "null"
	}
	if bytes.ContainsAny(value, ".eE") {
		return "number with decimals"
	}
	return string(Whole)
}

// Add adds what another answer of the same kind has.
func (c *Compared) Add(o Compared) {
	c.Rows += o.Rows
	if c.Fields == nil {
		c.Fields = o.Fields
	} else {
		for i := range c.Fields {
			c.Fields[i].Rows += o.Fields[i].Rows
			for what, n := range o.Fields[i].As {
				c.Fields[i].As[what] += n
			}
		}
	}
	for _, name := range o.New {
		if !slices.Contains(c.New, name) {
			c.New = append(c.New, name)
		}
	}
	slices.Sort(c.New)
}

package sim

import (
	"math"
	"strconv"

	"openinterest/data/market"
)

// The answers are appended by hand: the exchange writes numbers as strings
// with fixed places, which encoding/json would do only through a type for each.

// object appends JSON objects field by field.
type object struct {
	b     []byte
	comma bool
}

func (o *object) open() *object { o.sep(); o.b = append(o.b, '{'); o.comma = false; return o }

// openIn opens an object that is a field of the current one.
func (o *object) openIn(name string) *object {
	o.key(name)
	o.comma = false
	return o.open()
}

func (o *object) shut() *object { o.b = append(o.b, '}'); o.comma = true; return o }

func (o *object) openList(name string) *object {
	if name != "" {
		o.key(name)
	} else {
		o.sep()
	}
	o.b = append(o.b, '[')
	o.comma = false
	return o
}
func (o *object) shutList() *object { o.b = append(o.b, ']'); o.comma = true; return o }

func (o *object) sep() {
	if o.comma {
		o.b = append(o.b, ',')
	}
	o.comma = true
}

func (o *object) key(name string) {
	o.sep()
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

// text appends a string that needs no escaping: all of ours are such.
func (o *object) text(name, s string) *object {
	o.key(name)
	o.b = append(o.b, '"')
	o.b = append(o.b, s...)
	o.b = append(o.b, '"')
	return o
}

// num appends a number the way the exchange writes quantities: in quotes, with
// fixed places.
func (o *object) num(name string, x float64, places int) *object {
	o.key(name)
	o.b = quoted(o.b, x, places)
	return o
}

func (o *object) int(name string, x int64) *object {
	o.key(name)
	o.b = strconv.AppendInt(o.b, x, 10)
	return o
}

// raw appends a value that is JSON already.
func (o *object) raw(name, json string) *object {
	o.key(name)
	o.b = append(o.b, json...)
	return o
}

// item and bare append elements of a list.
func (o *object) item(x float64, places int) *object {
	o.sep()
	o.b = quoted(o.b, x, places)
	return o
}

func (o *object) bare(x int64) *object {
	o.sep()
	o.b = strconv.AppendInt(o.b, x, 10)
	return o
}

func quoted(b []byte, x float64, places int) []byte {
	b = append(b, '"')
	b = strconv.AppendFloat(b, x, 'f', places, 64)
	return append(b, '"')
}

// info appends the exchangeInfo entry of a contract.
func (o *object) info(c *contract) {
	delivery := c.delivery
	if delivery == 0 {
		delivery = 4133404800000 // what the exchange writes for "never"
	}
	kind, sub := "COIN", "[]"
	if c.Type == market.TradFiPerpetual {
		kind, sub = "COMMODITY", `["TradFi"]`
	}
	tick, step := power(-c.PricePrecision), power(-c.QuantityPrecision)
	o.open().text("symbol", c.Symbol).text("pair", c.BaseAsset+c.quoteAsset).text("contractType", string(c.Type)).
		int("deliveryDate", delivery).int("onboardDate", c.listed()).text("status", c.status).
		text("maintMarginPercent", "2.5000").text("requiredMarginPercent", "5.0000").
		text("baseAsset", c.BaseAsset).text("quoteAsset", c.quoteAsset).text("marginAsset", c.quoteAsset).
		int("pricePrecision", int64(c.PricePrecision)).int("quantityPrecision", int64(c.QuantityPrecision)).
		int("baseAssetPrecision", 8).int("quotePrecision", 8).
		text("underlyingType", kind).raw("underlyingSubType", sub).
		text("triggerProtect", "0.0500").text("liquidationFee", "0.012500").text("marketTakeBound", "0.05").
		int("maxMoveOrderLimit", 10000).openList("filters").
		open().text("filterType", "PRICE_FILTER").text("minPrice", tick).text("maxPrice", "1000000").text("tickSize", tick).shut().
		open().text("filterType", "LOT_SIZE").text("minQty", step).text("maxQty", "1000000").text("stepSize", step).shut().
		open().text("filterType", "MARKET_LOT_SIZE").text("minQty", step).text("maxQty", "100000").text("stepSize", step).shut().
		open().text("filterType", "MAX_NUM_ORDERS").int("limit", 200).shut().
		open().text("filterType", "MIN_NOTIONAL").text("notional", "5").shut().
		open().text("filterType", "PERCENT_PRICE").text("multiplierUp", "1.0500").text("multiplierDown", "0.9500").text("multiplierDecimal", "4").shut().
		shutList().
		raw("orderTypes", `["LIMIT","MARKET","STOP","STOP_MARKET","TAKE_PROFIT","TAKE_PROFIT_MARKET","TRAILING_STOP_MARKET"]`).
		raw("timeInForce", `["GTC","IOC","FOK","GTX","GTD"]`).shut()
}

// power writes 10^n: "0.001", "1".
func power(n int) string {
	return strconv.FormatFloat(math.Pow10(n), 'f', max(0, -n), 64)
}

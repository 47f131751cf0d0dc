package market

import "time"

// ContractType is the exchange's word for a kind of contract. It is compared
// as a string, because the exchange adds kinds faster than libraries do.
type ContractType string

// The kinds of contract that this program shows.
const (
	Perpetual       ContractType = "PERPETUAL"
	TradFiPerpetual ContractType = "TRADIFI_PERPETUAL" // metals, equities
)

// Contract is one USDT-margined perpetual contract that trades.
type Contract struct {
	Symbol            string // as the exchange spells it; may be Chinese
	BaseAsset         string
	Type              ContractType
	PricePrecision    int       // decimal places of prices
	QuantityPrecision int       // decimal places of contracts
	Listed            time.Time // first day of trading; zero when not served
}

// Shown reports whether a contract with these properties belongs to this
// program: quoted in USDT, trading, and perpetual.
func Shown(quoteAsset, status, contractType string) bool {
	return quoteAsset == "USDT" && status == "TRADING" &&
		(contractType == string(Perpetual) || contractType == string(TradFiPerpetual))
}

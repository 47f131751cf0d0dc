// Package liquidation computes at which mark price the exchange liquidates a
// position in a USDⓈ-M contract, in one-way mode, isolated or cross. It is pure:
// it knows no network, no files and no clock.
//
// # The formula
//
// The margin balance of a position at a price p is
//
//	B(p) = WB − TMM + UPNL + side·q·(p − EP)
//
// with side +1 for a long position and −1 for a short one, q the quantity and EP
// the entry price. Isolated, WB is the margin of the position, and TMM and UPNL
// are zero; cross, WB is the wallet's balance, TMM the maintenance margin and
// UPNL the profit of all other positions. The position is liquidated where B(p)
// falls to its maintenance margin M(q·p), which depends on the bracket that holds
// q·p (see Table). Solved for p:
//
//	LP = (WB − TMM + UPNL + cum − side·q·EP) / (q·MMR − side·q)
//
// The exchange's rule is to compute LP for each bracket and to accept the one
// whose bracket holds q·LP. There is exactly one: rates are below 100 %, so that
// B(p) − M(q·p) always rises with p for a long position and always falls for a
// short one; and M is continuous, as the amounts of a table see to. In exact
// numbers the rule can therefore be said without bounds: rates rise from bracket to
// bracket, so M is the largest of all brackets' N·MMR − cum, and the root is the
// highest LP of all brackets for a long position and the lowest for a short one.
// It is computed in this way, since rounding could otherwise let a root on the
// bound between two brackets fall into neither.
//
// The source is Binance's FAQ b3c689c1f50a44cabb3a84e663b81d93, "How to Calculate
// Liquidation Price of USDⓈ-M Futures Contracts". Fees, the insurance fund and
// auto-deleveraging are outside of the formula.
package liquidation

import "math"

// Side is the direction of a position.
type Side int

// The sides.
const (
	Long  Side = 1
	Short Side = -1
)

// Mode is what covers the losses of a position.
type Mode string

// The modes.
const (
	Isolated Mode = "isolated" // the margin that was put aside for it
	Cross    Mode = "cross"    // all of the wallet
)

// Position is a position that somebody has or thinks of. Amounts are in USDT,
// prices in USDT, the quantity in the contract's own unit. Zero means "not given"
// for Leverage, Margin and Stop, of which at least one of the first two is needed.
type Position struct {
	Side     Side
	Mode     Mode
	Entry    float64
	Quantity float64

	Leverage float64 // as it is set at the exchange: a whole number
	Margin   float64 // isolated: the margin of the position; cross: what its opening takes from the wallet

	Wallet            float64 // cross: the balance of the wallet
	OthersMaintenance float64 // cross: the maintenance margin of all other positions
	OthersProfit      float64 // cross: their unrealised profit, negative for a loss

	Stop float64 // where the position is closed by a stop order
}

// Result is what follows from a position that the exchange would open.
type Result struct {
	Notional    float64 // at the entry price
	Leverage    float64 // that was set, or that follows from the margin
	Margin      float64 // isolated: the margin of the position; cross: the initial margin
	Opening     Bracket // that holds the notional at the entry price
	Maintenance float64 // the maintenance margin at the entry price

	Liquidation Liquidation
	Stop        Stop
}

// Liquidation is where a position is liquidated.
type Liquidation struct {
	Never bool // no price liquidates it; all other fields are zero then

	Price       float64 // of the mark
	Distance    float64 // from the entry price, in percent, with its sign
	Bracket     Bracket // that holds the notional at Price
	Maintenance float64 // the maintenance margin there, which equals the margin balance
	BeyondCap   bool    // the notional there is above the cap of the last bracket, whose rate is taken
}

// Stop is what a stop order does to a position.
type Stop struct {
	Given  bool
	Late   bool    // the position is liquidated before the price gets there
	Profit bool    // it lies on the side of profit
	Loss   float64 // USDT, negative for a profit; not meaningful where Late
}

// Calculate computes where a position is liquidated. It returns *InputError for
// numbers that make no position, and *Refusal for a position that the exchange
// would not open or would liquidate at once.
func Calculate(p Position, t *Table) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, err
	}
	r := Result{Notional: p.Entry * p.Quantity}
	r.Opening, _ = t.At(r.Notional)
	r.Maintenance = r.Opening.maintenance(r.Notional)
	r.Leverage, r.Margin = p.Leverage, p.Margin
	if r.Leverage == 0 {
		r.Leverage = r.Notional / r.Margin
	}
	if r.Margin == 0 {
		r.Margin = r.Notional / r.Leverage
	}
	if err := p.refused(t, &r); err != nil {
		return Result{}, err
	}
	r.Liquidation = p.liquidation(t, p.cover(r.Margin))
	r.Stop = p.stop(&r.Liquidation)
	return r, nil
}

// cover is what stands for the losses of the position, beside what it needs
// itself: WB − TMM + UPNL.
func (p *Position) cover(margin float64) float64 {
	if p.Mode == Cross {
		return p.Wallet - p.OthersMaintenance + p.OthersProfit
	}
	return margin
}

// liquidation finds the one price at which the margin balance equals the
// maintenance margin.
func (p *Position) liquidation(t *Table, cover float64) Liquidation {
	side, q := float64(p.Side), p.Quantity
	price := math.Inf(-int(p.Side))
	for _, b := range t.Brackets {
		at := (cover + b.Cum - side*q*p.Entry) / (q*b.Rate - side*q)
		if side*(at-price) > 0 {
			price = at
		}
	}
	if !(price > 0) {
		return Liquidation{Never: true}
	}
	l := Liquidation{Price: price, Distance: 100 * (price/p.Entry - 1)}
	l.Bracket, l.BeyondCap = t.At(q * price)
	l.Maintenance = l.Bracket.maintenance(q * price)
	return l
}

// stop is what the position's stop order does.
func (p *Position) stop(l *Liquidation) Stop {
	if p.Stop == 0 {
		return Stop{}
	}
	s := Stop{Given: true, Loss: -float64(p.Side) * p.Quantity * (p.Stop - p.Entry)}
	s.Profit = s.Loss < 0
	s.Late = !l.Never && float64(p.Side)*(p.Stop-l.Price) <= 0
	return s
}

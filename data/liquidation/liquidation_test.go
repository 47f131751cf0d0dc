package liquidation

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"openinterest/data/market"
)

// four are brackets as a large contract had them.
func four(t *testing.T) *Table {
	t.Helper()
	tables, err := Decode([]byte(`{"symbol": "BTCUSDT", "brackets": [
		{"bracket": 1, "initialLeverage": 125, "notionalFloor": 0, "notionalCap": 50000, "maintMarginRatio": 0.004, "cum": 0},
		{"bracket": 2, "initialLeverage": 100, "notionalFloor": 50000, "notionalCap": 600000, "maintMarginRatio": 0.005, "cum": 50},
		{"bracket": 3, "initialLeverage": 75, "notionalFloor": 600000, "notionalCap": 3000000, "maintMarginRatio": 0.0065, "cum": 950},
		{"bracket": 4, "initialLeverage": 50, "notionalFloor": 3000000, "notionalCap": 12000000, "maintMarginRatio": 0.01, "cum": 11450}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return tables[0]
}

func isEqual(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// Each line is worked out by hand: LP = (WB − TMM + UPNL + cum − side·q·EP) / (q·MMR − side·q).
func TestPositionsWorkedOutByHand(t *testing.T) {
	isolated := func(side Side, q, leverage float64) Position {
		return Position{Side: side, Mode: Isolated, Entry: 20_000, Quantity: q, Leverage: leverage}
	}
	cross := func(side Side, q, wallet float64) Position {
		return Position{Side: side, Mode: Cross, Entry: 20_000, Quantity: q, Leverage: 20, Wallet: wallet, OthersMaintenance: 1_000, OthersProfit: -4_000}
	}
	for name, c := range map[string]struct {
		p       Position
		price   float64
		bracket int
		margin  float64 // maintenance margin at the price
	}{
		"isolated long in bracket 1":  {isolated(Long, 1, 10), (20_000 - 2_000) / 0.996, 1, 0.004 * 18_000 / 0.996},
		"isolated short in bracket 1": {isolated(Short, 1, 10), (20_000 + 2_000) / 1.004, 1, 0.004 * 22_000 / 1.004},
		"isolated long in bracket 2":  {isolated(Long, 10, 10), (200_000 - 20_000 - 50) / 9.95, 2, 0.005*179_950/0.995 - 50},
		"isolated short in bracket 2": {isolated(Short, 10, 10), (200_000 + 20_000 + 50) / 10.05, 2, 0.005*220_050/1.005 - 50},
		"isolated long in bracket 3":  {isolated(Long, 100, 10), (2_000_000 - 200_000 - 950) / 99.35, 3, 0.0065*1_799_050/0.9935 - 950},
		"isolated short in bracket 3": {isolated(Short, 100, 10), (2_000_000 + 200_000 + 950) / 100.65, 3, 0.0065*2_200_950/1.0065 - 950},
		"isolated long in bracket 4":  {isolated(Long, 400, 10), (8_000_000 - 800_000 - 11_450) / 396.0, 4, 0.01*7_188_550/0.99 - 11_450},
		"isolated short in bracket 4": {isolated(Short, 400, 10), (8_000_000 + 800_000 + 11_450) / 404.0, 4, 0.01*8_811_450/1.01 - 11_450},

		"the price falls from bracket 3 into 2": {isolated(Long, 31, 10), (620_000 - 62_000 - 50) / (31 * 0.995), 2, 0.005*557_950/0.995 - 50},
		"the price rises from bracket 1 into 2": {isolated(Short, 2.4, 10), (48_000 + 4_800 + 50) / (2.4 * 1.005), 2, 0.005*52_850/1.005 - 50},

		"cross long in bracket 1":  {cross(Long, 2, 15_000), (40_000 - 10_000) / (2 * 0.996), 1, 0.004 * 30_000 / 0.996},
		"cross short in bracket 1": {cross(Short, 2, 8_000), (40_000 + 3_000) / (2 * 1.004), 1, 0.004 * 43_000 / 1.004},
		"cross long in bracket 2":  {cross(Long, 10, 50_000), (200_000 - 45_000 - 50) / 9.95, 2, 0.005*154_950/0.995 - 50},
		"cross short in bracket 2": {cross(Short, 10, 50_000), (200_000 + 45_000 + 50) / 10.05, 2, 0.005*245_050/1.005 - 50},
		"cross long in bracket 3":  {cross(Long, 100, 205_000), (2_000_000 - 200_000 - 950) / 99.35, 3, 0.0065*1_799_050/0.9935 - 950},
		"cross short in bracket 3": {cross(Short, 100, 205_000), (2_000_000 + 200_000 + 950) / 100.65, 3, 0.0065*2_200_950/1.0065 - 950},
		"cross long in bracket 4":  {cross(Long, 400, 805_000), (8_000_000 - 800_000 - 11_450) / 396.0, 4, 0.01*7_188_550/0.99 - 11_450},
		"cross short in bracket 4": {cross(Short, 400, 805_000), (8_000_000 + 800_000 + 11_450) / 404.0, 4, 0.01*8_811_450/1.01 - 11_450},
	} {
		r, err := Calculate(c.p, four(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		l := r.Liquidation
		if l.Never || !isEqual(l.Price, c.price) || l.Bracket.Number != c.bracket || !isEqual(l.Maintenance, c.margin) {
			t.Errorf("%s: liquidated at %.6f in bracket %d with a maintenance margin of %.6f; by hand at %.6f in %d with %.6f", name, l.Price, l.Bracket.Number, l.Maintenance, c.price, c.bracket, c.margin)
		}
		if want := 100 * (c.price - 20_000) / 20_000; !isEqual(l.Distance, want) {
			t.Errorf("%s: %.6f %% from the entry, want %.6f", name, l.Distance, want)
		}
	}
}

// randomTable has one to twelve brackets that follow the rules of a table.
func randomTable(r *rand.Rand) *Table {
	t := &Table{Symbol: "RANDOM"}
	floor, rate, leverage, cum := 0.0, 0.001+0.01*r.Float64(), float64(50+r.IntN(100)), 0.0
	for n := 1; n <= 1+r.IntN(12); n++ {
		upper := math.Round((floor + 1_000) * (1 + 9*r.Float64()))
		t.Brackets = append(t.Brackets, Bracket{Number: n, MaxLeverage: leverage, Floor: floor, Cap: upper, Rate: rate, Cum: cum})
		before := rate
		if r.IntN(8) > 0 { // some rates are that of the bracket before
			rate = min(0.95, rate*(1+2*r.Float64()))
		}
		floor, leverage = upper, max(1, math.Floor(leverage*r.Float64()))
		cum += floor * (rate - before)
	}
	return t
}

// randomPosition is one that is mostly opened, with its value often at or near a
// bound of the brackets.
func randomPosition(r *rand.Rand, t *Table) Position {
	p := Position{Side: Long, Mode: Isolated, Entry: math.Exp(-7 + 18*r.Float64())}
	if r.IntN(2) == 0 {
		p.Side = Short
	}
	notional := t.Cap() * math.Exp(-6*r.Float64())
	if r.IntN(3) == 0 {
		notional = t.Brackets[r.IntN(len(t.Brackets))].Cap * (1 + []float64{-1e-3, -1e-15, 0, 1e-15, 1e-3}[r.IntN(5)])
	}
	p.Quantity = notional / p.Entry
	if b, _ := t.At(notional); r.IntN(2) == 0 {
		p.Leverage = 1 + float64(r.IntN(int(b.MaxLeverage)))
	} else {
		p.Margin = notional / b.MaxLeverage * (1 + 3*r.Float64())
	}
	if r.IntN(2) == 0 {
		p.Mode = Cross
		p.OthersMaintenance, p.OthersProfit = notional*r.Float64()/10, notional*(r.Float64()-0.5)
		p.Wallet = max(p.Margin, notional/max(p.Leverage, 1))*(1+2*r.Float64()) + p.OthersMaintenance - p.OthersProfit
	}
	return p
}

// At the price that is returned, the margin balance equals the maintenance margin;
// on the side of the entry it is more, and beyond the price less. The maintenance
// margin is computed anew, summed up bracket by bracket.
func TestMarginBalanceEqualsMaintenanceMarginAtThePrice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	liquidated, never, crossed := map[string]int{}, 0, 0
	for range 60_000 {
		table := randomTable(r)
		p := randomPosition(r, table)
		result, err := Calculate(p, table)
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) || p.Mode == Cross && p.Wallet <= 0 {
			continue
		}
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		cover := result.Margin
		if p.Mode == Cross {
			cover = p.Wallet - p.OthersMaintenance + p.OthersProfit
		}
		balance := func(price float64) float64 { return cover + float64(p.Side)*p.Quantity*(price-p.Entry) }
		l := result.Liquidation
		scale := max(result.Notional, cover, p.Quantity*l.Price)
		if l.Never {
			never++
			if p.Side == Short || balance(0) < -1e-12*scale {
				t.Fatalf("%+v is never liquidated, with a balance of %g at a price of 0", p, balance(0))
			}
			continue
		}
		if l.Bracket.Number != result.Opening.Number {
			crossed++
		}
		liquidated[string(p.Mode)]++
		surplus := func(price float64) float64 { return balance(price) - stepwise(table, p.Quantity*price) }
		if off := surplus(l.Price); math.Abs(off) > 1e-12*scale || math.Abs(l.Maintenance-stepwise(table, p.Quantity*l.Price)) > 1e-12*scale {
			t.Fatalf("%+v with %+v: at %g the balance is off by %g of %g", p, table.Brackets, l.Price, off, scale)
		}
		nearer, further := l.Price+(p.Entry-l.Price)*1e-3, l.Price-(p.Entry-l.Price)*1e-3
		if surplus(nearer) <= 0 || surplus(further) >= 0 {
			t.Fatalf("%+v: %g is no crossing: %g and %g beside it", p, l.Price, surplus(nearer), surplus(further))
		}
		if n := p.Quantity * l.Price; !l.BeyondCap && (n <= l.Bracket.Floor || n > l.Bracket.Cap) {
			t.Fatalf("%+v: bracket %+v does not hold %g", p, l.Bracket, n)
		}
		if float64(p.Side)*(p.Entry-l.Price) <= 0 {
			t.Fatalf("%+v would be liquidated at %g, at once", p, l.Price)
		}
	}
	if liquidated["isolated"] < 5_000 || liquidated["cross"] < 5_000 || never < 500 || crossed < 2_000 {
		t.Fatalf("too few cases say something: %v liquidated, %d never, %d in another bracket", liquidated, never, crossed)
	}
}

// stepwise is the maintenance margin as a sum over the brackets below a notional.
func stepwise(t *Table, notional float64) (sum float64) {
	for i, b := range t.Brackets {
		upper := min(notional, b.Cap)
		if i == len(t.Brackets)-1 {
			upper = notional
		}
		if upper > b.Floor {
			sum += b.Rate * (upper - b.Floor)
		}
	}
	return sum
}

// The rule of the exchange, word by word, gives the same wherever it gives anything.
func TestTheRuleAcceptsTheSameRoot(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	compared := 0
	for range 20_000 {
		table := randomTable(r)
		p := randomPosition(r, table)
		result, err := Calculate(p, table)
		if err != nil || result.Liquidation.Never {
			continue
		}
		for _, b := range table.Brackets {
			q, side := p.Quantity, float64(p.Side)
			at := (p.cover(result.Margin) + b.Cum - side*q*p.Entry) / (q*b.Rate - side*q)
			if q*at > b.Floor && q*at <= b.Cap {
				compared++
				if !isEqual(at, result.Liquidation.Price) {
					t.Fatalf("%+v: bracket %d holds %g, but %g was returned", p, b.Number, at, result.Liquidation.Price)
				}
			}
		}
	}
	if compared < 5_000 {
		t.Fatalf("only %d roots were compared", compared)
	}
}

func TestNoPriceLiquidatesWhatIsFullyCovered(t *testing.T) {
	for name, p := range map[string]Position{
		"1x":                       {Side: Long, Mode: Isolated, Entry: 100, Quantity: 3, Leverage: 1},
		"margin above the value":   {Side: Long, Mode: Isolated, Entry: 100, Quantity: 3, Margin: 301},
		"a wallet above the value": {Side: Long, Mode: Cross, Entry: 100, Quantity: 3, Leverage: 20, Wallet: 1000},
	} {
		r, err := Calculate(p, four(t))
		if err != nil || r.Liquidation != (Liquidation{Never: true}) {
			t.Errorf("%s: %+v, %v; want that no price liquidates it", name, r.Liquidation, err)
		}
	}
	r, err := Calculate(Position{Side: Short, Mode: Isolated, Entry: 100, Quantity: 3, Leverage: 1}, four(t))
	if err != nil || r.Liquidation.Never || !isEqual(r.Liquidation.Price, 600/(3*1.004)) {
		t.Errorf("a short position of 1x: %+v, %v; the price can rise without end", r.Liquidation, err)
	}
}

func TestTheExchangeRefuses(t *testing.T) {
	isolated := Position{Side: Long, Mode: Isolated, Entry: 20_000, Quantity: 10}
	with := func(change func(*Position)) Position {
		p := isolated
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		p    Position
		want Reason
		need float64
	}{
		"leverage above the bracket's":      {with(func(p *Position) { p.Leverage = 125 }), LeverageAbove, 0},
		"margin below the initial margin":   {with(func(p *Position) { p.Margin = 1_999 }), MarginBelow, 2_000},
		"margin below that of its leverage": {with(func(p *Position) { p.Leverage, p.Margin = 10, 19_999 }), MarginBelow, 20_000},
		"above the last cap":                {with(func(p *Position) { p.Quantity, p.Leverage = 600.01, 1 }), AboveCap, 12_000_000},
		"a wallet with too little":          {with(func(p *Position) { p.Mode, p.Leverage, p.Wallet = Cross, 10, 19_999 }), WalletBelow, 20_000},
		"a wallet whose rest is too little": {with(func(p *Position) { p.Mode, p.Leverage, p.Wallet, p.OthersProfit = Cross, 10, 25_000, -6_000 }), WalletBelow, 20_000},
	} {
		_, err := Calculate(c.p, four(t))
		refusal := (*Refusal)(nil)
		if !errors.As(err, &refusal) || refusal.Reason != c.want || !isEqual(refusal.Need, c.need) {
			t.Errorf("%s: %v; want %s, needing %g", name, err, c.want, c.need)
		}
	}
	rate, err := SingleRate("X", 0.02)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Calculate(Position{Side: Short, Mode: Isolated, Entry: 10, Quantity: 1, Leverage: 50}, rate); !isRefusal(err, AtOnce) {
		t.Errorf("a margin that equals the maintenance margin: %v; want that it is liquidated at once", err)
	}
	for _, exact := range []Position{with(func(p *Position) { p.Margin = 2_000 }), with(func(p *Position) { p.Leverage = 100 }), with(func(p *Position) { p.Quantity, p.Leverage = 600, 50 }),
		with(func(p *Position) { p.Quantity, p.Leverage = 2.5, 125 })} { // the cap belongs to its bracket
		if _, err := Calculate(exact, four(t)); err != nil {
			t.Errorf("%+v is just allowed, but: %v", exact, err)
		}
	}
}

func isRefusal(err error, want Reason) bool {
	refusal := (*Refusal)(nil)
	return errors.As(err, &refusal) && refusal.Reason == want
}

func TestNumbersThatMakeNoPosition(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		change func(*Position)
		want   InputError
	}{
		"no entry":              {func(p *Position) { p.Entry = 0 }, InputError{FieldEntry, FaultMissing}},
		"entry below zero":      {func(p *Position) { p.Entry = -1 }, InputError{FieldEntry, FaultPositive}},
		"entry no number":       {func(p *Position) { p.Entry = nan }, InputError{FieldEntry, FaultSize}},
		"entry infinite":        {func(p *Position) { p.Entry = inf }, InputError{FieldEntry, FaultSize}},
		"quantity below zero":   {func(p *Position) { p.Quantity = -1 }, InputError{FieldQuantity, FaultPositive}},
		"quantity immense":      {func(p *Position) { p.Quantity = 1e300 }, InputError{FieldQuantity, FaultSize}},
		"leverage 0.5":          {func(p *Position) { p.Leverage = 0.5 }, InputError{FieldLeverage, FaultWhole}},
		"leverage 2.5":          {func(p *Position) { p.Leverage = 2.5 }, InputError{FieldLeverage, FaultWhole}},
		"leverage no number":    {func(p *Position) { p.Leverage = nan }, InputError{FieldLeverage, FaultWhole}},
		"neither":               {func(p *Position) { p.Leverage = 0 }, InputError{FieldLeverage, FaultMissing}},
		"margin below zero":     {func(p *Position) { p.Margin = -1 }, InputError{FieldMargin, FaultPositive}},
		"stop below zero":       {func(p *Position) { p.Stop = -1 }, InputError{FieldStop, FaultPositive}},
		"cross without wallet":  {func(p *Position) { p.Mode = Cross }, InputError{FieldWallet, FaultMissing}},
		"others' margin below":  {func(p *Position) { p.Mode, p.Wallet, p.OthersMaintenance = Cross, 1, -1 }, InputError{FieldOthersMaintenance, FaultNegative}},
		"others' margin no one": {func(p *Position) { p.Mode, p.Wallet, p.OthersMaintenance = Cross, 1, nan }, InputError{FieldOthersMaintenance, FaultSize}},
		"others' profit":        {func(p *Position) { p.Mode, p.Wallet, p.OthersProfit = Cross, 1, inf }, InputError{FieldOthersProfit, FaultSize}},
	} {
		p := Position{Side: Long, Mode: Isolated, Entry: 10, Quantity: 1, Leverage: 2}
		c.change(&p)
		_, err := Calculate(p, four(t))
		if got := (*InputError)(nil); !errors.As(err, &got) || *got != c.want {
			t.Errorf("%s: %v; want %v", name, err, &c.want)
		}
	}
	for _, rate := range []float64{0, -1, 1, nan, inf} {
		if _, err := SingleRate("X", rate); err == nil {
			t.Errorf("a rate of %g was taken", rate)
		}
	}
}

func TestStops(t *testing.T) {
	at := func(side Side, stop float64) Stop {
		r, err := Calculate(Position{Side: side, Mode: Isolated, Entry: 100, Quantity: 2, Leverage: 10, Stop: stop}, four(t))
		if err != nil {
			t.Fatal(err)
		}
		return r.Stop
	}
	for _, c := range []struct {
		side Side
		stop float64
		want Stop
	}{
		{Long, 95, Stop{Given: true, Loss: 10}},
		{Short, 104, Stop{Given: true, Loss: 8}},
		{Long, 101, Stop{Given: true, Loss: -2, Profit: true}},
		{Long, 90, Stop{Given: true, Loss: 20, Late: true}}, // liquidated at 90.36
		{Short, 110, Stop{Given: true, Loss: 20, Late: true}},
	} {
		if got := at(c.side, c.stop); got != c.want {
			t.Errorf("a stop at %g: %+v, want %+v", c.stop, got, c.want)
		}
	}
}

func TestUsualMoveIsTheMedianOverThirtyDays(t *testing.T) {
	const hour = int64(3_600_000)
	now := 400 * dayMillis
	series := func(days int, price func(day int) float64) (points []market.Point) {
		for h := -int64(days) * 24; h <= 0; h++ {
			points = append(points, market.Point{Time: now + h*hour, Contracts: 1, Price: price(int(-h) / 24)})
		}
		return points
	}
	// Day by day the price is 100, 102, 100, 102, …: it moves by 2 % or 1.96 %.
	zigzag := func(day int) float64 { return 100 + 2*float64(day%2) }
	if m := UsualMove(series(30, zigzag), now); m.Days != 30 || math.Abs(m.Pct-1.98) > 0.03 {
		t.Errorf("usual move %+v; want about 1.98 %% of 30 days", m)
	}
	if m := UsualMove(series(32, zigzag), now-5*3600_000); m.Days != 30 {
		t.Errorf("of the last 30 days %d are known", m.Days)
	}
	if m := UsualMove(series(6, zigzag), now); market.Known(m.Pct) {
		t.Errorf("usual move %+v of 6 days; want that it is not known", m)
	}
	if m := UsualMove(nil, now); market.Known(m.Pct) || m.Days != 0 {
		t.Errorf("usual move %+v of nothing", m)
	}
	points := series(30, zigzag)
	for i := range points {
		if points[i].Time/dayMillis%2 == 0 { // 1 : 100 and back, day by day
			points[i].Contracts, points[i].Price = 100, points[i].Price/100
		}
	}
	if m := UsualMove(points, now); math.Abs(m.Pct-1.98) > 0.03 {
		t.Errorf("usual move %+v across changes of the unit; want about 1.98 %%", m)
	}
}

package scorecard

// pick shows another contract, which then stays: it was asked for here.
func (p *Pane) pick(symbol string) {
	if p.choice.Pooled = symbol == Pooled; !p.choice.Pooled {
		p.choice.Symbol, p.choice.Pinned = symbol, symbol != p.charted
		p.pin.SetChecked(p.choice.Pinned)
	}
	p.chose()
}

// setPinned keeps the contract shown, or follows the chart again.
func (p *Pane) setPinned(on bool) {
	if on == p.choice.Pinned {
		return
	}
	p.choice.Pinned = on
	if !on {
		p.choice.Pooled = false
		p.take(p.charted)
	}
	p.chose()
}

// Follow says which contract is charted. Its scorecard is shown, unless another
// one is pinned, or that of all contracts is asked for.
func (p *Pane) Follow(symbol string) {
	if p.charted = symbol; p.choice.Pinned || p.choice.Pooled || symbol == p.choice.Symbol {
		return
	}
	p.take(symbol)
	p.chose()
}

// take makes a contract the one shown.
func (p *Pane) take(symbol string) {
	if symbol != "" {
		p.choice.Symbol = symbol
	}
	p.picker.Choose(p.symbol())
}

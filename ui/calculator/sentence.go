package calculator

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"openinterest/assets"
	"openinterest/data/liquidation"
	"openinterest/ui/format"
)

// Sentence is what people are told of an error of liquidation.Calculate: which
// number makes no position, or why the exchange would not open it. The subcommand
// uses it, too.
func Sentence(w *assets.Words, err error) string {
	var input *liquidation.InputError
	var refusal *liquidation.Refusal
	switch {
	case errors.As(err, &input):
		return fault(w, input, w.T("calculator.field_"+string(input.Field)))
	case errors.As(err, &refusal):
		return refused(w, refusal)
	}
	return err.Error()
}

// fault says what is wrong with a number; beside its field, without its name.
func fault(w *assets.Words, e *liquidation.InputError, name string) string {
	return w.T("calculator.fault_"+string(e.Fault), assets.Args{"Field": name})
}

func refused(w *assets.Words, r *liquidation.Refusal) string {
	args := assets.Args{"Notional": amount(r.Notional), "Leverage": times(r.Leverage), "Max": times(r.Bracket.MaxLeverage), "Have": amount(r.Have), "Need": amount(r.Need)}
	if r.Bracket.Number > 0 {
		args["Bracket"] = r.Bracket.Number
	} else {
		args["Bracket"] = ""
	}
	return w.T("calculator.refused_"+string(r.Reason), args)
}

// FileSentence is what people are told of an error of liquidation.Decode; name is
// that of the file.
func FileSentence(w *assets.Words, name string, err error) string {
	var e *liquidation.TableError
	if !errors.As(err, &e) {
		return name + ": " + err.Error()
	}
	reason := ""
	if e.Err != nil {
		reason = e.Err.Error()
	}
	return w.T("calculator.file_"+string(e.Flaw), assets.Args{"Name": name, "Symbol": e.Symbol, "Bracket": e.Bracket, "Member": e.Field,
		"Have": format.Exact(e.Have), "Need": format.Exact(e.Need), "Reason": reason})
}

// SourceSentences say where a table is from, and of when.
func SourceSentences(w *assets.Words, t *liquidation.Table) []string {
	if t.Single() {
		return []string{w.T("calculator.from_rate", assets.Args{"Rate": percent(t.Brackets[0].Rate)})}
	}
	key := "calculator.from_file"
	if t == liquidation.Known(t.Symbol) {
		key = "calculator.from_published"
	}
	says := []string{w.T(key, assets.Args{"Symbol": t.Symbol, "Date": t.Date, "Source": t.Source})}
	if t.Coef != 0 {
		says = append(says, w.T("calculator.coef", assets.Args{"Coef": format.Exact(t.Coef)}))
	}
	return says
}

// Joined puts sentences after each other, as is usual in the language.
func Joined(w *assets.Words, says []string) string {
	if w.Lang() == assets.Chinese {
		return strings.Join(says, "")
	}
	return strings.Join(says, " ")
}

// Notes are the sentences that go with a result: what the numbers alone do not say.
func Notes(w *assets.Words, r *liquidation.Result, m liquidation.Mode) (says []string) {
	if r.Liquidation.Never {
		says = append(says, w.T("calculator.never_why"))
	}
	if r.Liquidation.BeyondCap {
		says = append(says, w.T("calculator.beyond"))
	}
	switch {
	case r.Stop.Late:
		says = append(says, w.T("calculator.stop_late"))
	case r.Stop.Profit:
		says = append(says, w.T("calculator.stop_profit"))
	}
	if m == liquidation.Cross {
		says = append(says, w.T("calculator.one_way"))
	}
	return append(says, w.T("calculator.outside"))
}

// Summary is a result in sentences, as the subcommand prints it.
func Summary(w *assets.Words, symbol string, p *liquidation.Position, r *liquidation.Result) []string {
	says := []string{w.T("calculator.said_position", assets.Args{"Symbol": symbol, "Side": sideName(w, p.Side), "Mode": w.T("calculator." + string(p.Mode)),
		"Leverage": times(r.Leverage), "Quantity": format.Exact(p.Quantity), "Entry": format.Exact(p.Entry), "Notional": amount(r.Notional), "Margin": amount(r.Margin)})}
	if l := &r.Liquidation; !l.Never {
		number := ""
		if l.Bracket.Number > 0 {
			number = strconv.Itoa(l.Bracket.Number)
		}
		says = append(says,
			w.T("calculator.said_price", assets.Args{"Price": price(l.Price), "Distance": format.PercentUnit(l.Distance)}),
			w.T("calculator.said_margin", assets.Args{"Maintenance": amount(l.Maintenance), "Bracket": number}))
	}
	if s := &r.Stop; s.Given && !s.Late {
		key := "calculator.said_loss"
		if s.Profit {
			key = "calculator.said_profit"
		}
		says = append(says, w.T(key, assets.Args{"Loss": amount(math.Abs(s.Loss))}))
	}
	return says
}

func sideName(w *assets.Words, s liquidation.Side) string {
	if s == liquidation.Short {
		return w.T("calculator.short")
	}
	return w.T("calculator.long")
}

// price writes a price with six significant figures at least.
func price(x float64) string {
	const most = 10
	return format.Price(x, most)
}

// amount writes USDT to the cent, and small ones with their figures.
func amount(x float64) string {
	if x != 0 && math.Abs(x) < 1 {
		return format.Exact(rounded(x))
	}
	return format.ExactTo(x, 2)
}

// rounded has four significant figures.
func rounded(x float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	if err != nil {
		return x
	}
	return r
}

// times writes leverage, which follows from the margin with any digits.
func times(x float64) string { return format.Exact(math.Round(100*x) / 100) }

// percent writes a rate as a percentage with the digits that it has.
func percent(rate float64) string { return format.Exact(math.Round(1e8*rate) / 1e6) }

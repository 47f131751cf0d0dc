package preferences

import (
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/proxy"
	"openinterest/ui/look"
)

// Reach is how the exchange is reached: by which proxy, and whether it can be.
type Reach struct {
	Proxy string       // its address, perhaps with a password; empty: the system's; proxy.Direct: none
	Set   func(string) // takes another one

	Ctx      context.Context                             // ends a test when the form is closed
	Test     func(context.Context, func(market.Reached)) // tries each host; tells from any goroutine
	Dispatch func(func())                                // runs a function on the UI's goroutine
}

// The ways in the list. A named one has fields of its own.
const (
	waySystem = iota
	wayDirect
	wayNamed
)

// reach is the part of the form that chooses the proxy and tests it.
type reach struct {
	f *form
	o *Reach

	way                    *widget.Select
	server, user, password *widget.Entry
	named                  *fyne.Container
	wrong                  *widget.Label
	use, test              *widget.Button
	results                map[market.Host]*widget.Label
}

// reach adds the rows of the proxy. A new one counts once it is used, since half
// an address is none; the other two ways count at once.
func (f *form) reach() {
	r := &reach{f: f, o: f.o.Reach, results: map[market.Host]*widget.Label{}}
	w := f.o.Words
	r.server, r.user, r.password = widget.NewEntry(), widget.NewEntry(), widget.NewPasswordEntry()
	r.server.SetPlaceHolder("socks5://127.0.0.1:1080")
	r.user.SetPlaceHolder(w.T("reach.user"))
	r.password.SetPlaceHolder(w.T("reach.password"))
	parts := proxy.Split(f.o.Reach.Proxy)
	r.server.SetText(parts.Server)
	r.user.SetText(parts.User)
	r.password.SetText(parts.Password)
	r.wrong = wrapped()
	r.use = widget.NewButton(w.T("reach.use"), r.useNamed)
	for _, e := range []*widget.Entry{r.server, r.user, r.password} {
		e.OnSubmitted = func(string) { r.useNamed() }
	}
	r.named = container.NewVBox(r.server, container.NewGridWithColumns(2, r.user, r.password), container.NewHBox(look.Outlined(r.use)), r.wrong)
	r.way = widget.NewSelect([]string{w.T("reach.system"), w.T("reach.direct"), w.T("reach.named")}, nil)
	r.way.SetSelectedIndex(wayOf(f.o.Reach.Proxy))
	r.way.OnChanged = func(string) { r.choose() }
	r.test = widget.NewButton(w.T("reach.test"), r.begin)
	all := container.NewVBox(look.Outlined(r.way), r.named, container.NewHBox(look.Outlined(r.test)))
	for _, host := range market.Hosts {
		r.results[host] = wrapped()
		all.Add(r.results[host])
	}
	r.show()
	caption := widget.NewLabel(w.T("reach.proxy"))
	caption.Importance = widget.LowImportance
	f.rows.Add(container.NewVBox(caption))
	f.rows.Add(all)
}

// wrapped is a label for a sentence that may come.
func wrapped() *widget.Label {
	l := widget.NewLabel("")
	l.Wrapping = fyne.TextWrapWord
	l.Hide()
	return l
}

func wayOf(address string) int {
	switch address {
	case "":
		return waySystem
	case proxy.Direct:
		return wayDirect
	}
	return wayNamed
}

// show shows the fields of a named proxy where one is to be named.
func (r *reach) show() {
	if r.way.SelectedIndex() == wayNamed {
		r.named.Show()
	} else {
		r.named.Hide()
	}
}

// choose takes another way. One that is to be named is not known yet.
func (r *reach) choose() {
	r.show()
	switch r.way.SelectedIndex() {
	case waySystem:
		r.change("")
	case wayDirect:
		r.change(proxy.Direct)
	}
}

// useNamed takes the proxy that was typed and tests it, or says what is wrong with
// its address.
func (r *reach) useNamed() {
	address, err := proxy.Parts{Server: r.server.Text, User: r.user.Text, Password: r.password.Text}.Address()
	if err != nil {
		r.wrong.SetText(r.f.o.Words.T("reach.wrong"))
		r.wrong.Show()
		return
	}
	r.wrong.Hide()
	r.change(address)
	r.begin()
}

func (r *reach) change(address string) {
	if address == r.o.Proxy {
		return
	}
	r.o.Proxy = address
	r.o.Set(address)
	for _, l := range r.results { // they are of the one before
		l.Hide()
	}
}

// begin tests each host, off the UI's goroutine.
func (r *reach) begin() {
	w := r.f.o.Words
	if r.test.Disabled() {
		return // it is being tested
	}
	r.test.Disable()
	for host, l := range r.results {
		l.SetText(w.T("reach.testing", assets.Args{"Host": w.T("reach.host_" + string(host))}))
		l.Show()
	}
	go func() {
		r.o.Test(r.o.Ctx, func(got market.Reached) {
			r.o.Dispatch(func() { r.results[got.Host].SetText(Sentence(w, got)) })
		})
		r.o.Dispatch(func() {
			if r.o.Ctx.Err() == nil {
				r.test.Enable()
			}
		})
	}()
}

// Sentence says what came back from a host, in how long, and what to try.
func Sentence(w *assets.Words, r market.Reached) string {
	args := assets.Args{"Host": w.T("reach.host_" + string(r.Host)), "Seconds": fmt.Sprintf("%.2f", r.Took.Seconds()), "Code": 0}
	if r.Problem == nil {
		return w.T("reach.answered", args)
	}
	kind := r.Problem.Kind
	if slices.Contains([]market.ProblemKind{market.LimitedUntil, market.BannedUntil, market.QuotaShared}, kind) {
		kind = market.QuotaSpent // whoever set the limit: waiting helps, and nothing else does
	}
	args["Code"] = r.Problem.Code
	if s := w.T("reach.got_"+string(kind), args); s != "" {
		return s
	}
	return w.T("reach.got_"+string(market.BadAnswer), args)
}

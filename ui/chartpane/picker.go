package chartpane

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// picker is the title of a History pane; a tap opens a list of contracts that
// narrows while one types.
type picker struct {
	ttwidget.ToolTipWidget
	words    *assets.Words
	symbol   *canvas.Text
	rest     *canvas.Text
	snapshot *market.Snapshot
	onPick   func(symbol string)
	open     *symbolList
}

func newPicker(w *assets.Words, symbol string, onPick func(string)) *picker {
	p := &picker{words: w, onPick: onPick, symbol: canvas.NewText(symbol, nil), rest: canvas.NewText(w.T("chart.open_interest")+"  ▾", nil)}
	look.SetBold(p.symbol, true)
	p.symbol.TextSize, p.rest.TextSize = look.TextSize, look.TextSize
	p.ExtendBaseWidget(p)
	p.SetToolTip(w.T("chart.choose_tip"))
	return p
}

func (p *picker) setSymbol(symbol string) {
	p.symbol.Text = symbol
	p.Refresh()
}

// Tapped opens the list.
func (p *picker) Tapped(*fyne.PointEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	p.open = newSymbolList(p.words, symbolsOf(p.snapshot), func(symbol string) {
		p.close()
		p.onPick(symbol)
	}, p.close)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	height := min(320, max(140, c.Size().Height-at.Y-p.Size().Height-8))
	if space := at.Y + p.Size().Height + height - c.Size().Height; space > 0 {
		at.Y -= space // the charts lie at the window's foot
	}
	p.open.popup = widget.NewPopUp(p.open.content, c)
	p.open.popup.Resize(fyne.NewSize(220, height))
	p.open.popup.ShowAtPosition(fyne.NewPos(at.X, at.Y+p.Size().Height))
	c.Focus(p.open.entry)
}

func (p *picker) close() {
	if p.open != nil {
		p.open.popup.Hide()
		p.open = nil
	}
}

// Cursor is a pointing hand.
func (p *picker) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (p *picker) CreateRenderer() fyne.WidgetRenderer {
	r := &pickerRenderer{p: p}
	r.Refresh()
	return r
}

type pickerRenderer struct{ p *picker }

func (r *pickerRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.symbol, r.p.rest}
}
func (r *pickerRenderer) Destroy() {}
func (r *pickerRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.p.symbol.MinSize().Width+6+r.p.rest.MinSize().Width, controlHeight)
}

func (r *pickerRenderer) Layout(size fyne.Size) {
	s := r.p.symbol.MinSize()
	moveTo(r.p.symbol, 0, (size.Height-s.Height)/2, s.Width, s.Height)
	moveTo(r.p.rest, s.Width+6, (size.Height-s.Height)/2, r.p.rest.MinSize().Width, s.Height)
}

func (r *pickerRenderer) Refresh() {
	r.p.symbol.Color, r.p.rest.Color = look.Current().Text, look.Current().Muted
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func symbolsOf(s *market.Snapshot) []string {
	if s == nil {
		return nil
	}
	symbols := make([]string, len(s.Quotes))
	for i, q := range s.Quotes {
		symbols[i] = q.Contract.Symbol
	}
	return symbols
}

// matching are the symbols that begin with what was typed, then those that
// contain it, each in the order given.
func matching(symbols []string, typed string) []string {
	typed = strings.ToUpper(strings.TrimSpace(typed))
	var begin, contain []string
	for _, s := range symbols {
		switch upper := strings.ToUpper(s); {
		case strings.HasPrefix(upper, typed):
			begin = append(begin, s)
		case strings.Contains(upper, typed):
			contain = append(contain, s)
		}
	}
	return append(begin, contain...)
}

// symbolList is what the picker opens.
type symbolList struct {
	popup   *widget.PopUp
	entry   *keyEntry
	list    *widget.List
	empty   *widget.Label
	content *fyne.Container

	all, shown []string
	current    int  // what Enter picks
	moving     bool // the selection is following the keys
	onPick     func(string)
}

func newSymbolList(w *assets.Words, symbols []string, onPick func(string), onClose func()) *symbolList {
	l := &symbolList{all: symbols, onPick: onPick, empty: widget.NewLabel(w.T("chart.none_such"))}
	l.list = widget.NewList(func() int { return len(l.shown) },
		func() fyne.CanvasObject { return widget.NewLabel("") },
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*widget.Label).SetText(l.shown[i]) })
	l.list.HideSeparators = true
	l.entry = newKeyEntry(w.T("chart.choose"))
	l.entry.OnChanged = l.filter
	l.entry.onKey = map[fyne.KeyName]func(){
		fyne.KeyReturn: l.pick, fyne.KeyEnter: l.pick, fyne.KeyEscape: onClose,
		fyne.KeyDown: func() { l.move(1) }, fyne.KeyUp: func() { l.move(-1) },
	}
	l.content = container.NewBorder(l.entry, nil, nil, nil, container.NewStack(l.list, container.NewCenter(l.empty)))
	l.filter("")
	l.list.OnSelected = func(i widget.ListItemID) {
		if !l.moving { // it was tapped
			l.current = i
			l.pick()
		}
	}
	return l
}

func (l *symbolList) filter(typed string) {
	l.shown, l.current = matching(l.all, typed), 0
	setVisible(len(l.shown) == 0, l.empty)
	l.list.UnselectAll()
	l.list.Refresh()
	l.list.ScrollToTop()
}

// move changes what Enter picks.
func (l *symbolList) move(by int) {
	if len(l.shown) > 0 {
		l.current = min(len(l.shown)-1, max(0, l.current+by))
		l.moving = true
		l.list.Select(l.current)
		l.moving = false
	}
}

func (l *symbolList) pick() {
	if l.current < len(l.shown) {
		l.onPick(l.shown[l.current])
	}
}

// keyEntry is an entry that leaves some keys to others.
type keyEntry struct {
	widget.Entry
	onKey map[fyne.KeyName]func()
}

func newKeyEntry(placeholder string) *keyEntry {
	e := &keyEntry{}
	e.PlaceHolder = placeholder
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey does what onKey says of the key, or what an entry does.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	if f := e.onKey[k.Name]; f != nil {
		f()
		return
	}
	e.Entry.TypedKey(k)
}

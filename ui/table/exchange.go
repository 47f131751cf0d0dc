package table

import (
	"errors"
	"io"
	"strconv"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/ui/look/toast"
)

// sharedFile is the name proposed for a file of what is shared.
const sharedFile = "open-interest-views.json"

// shareItems are the part of a menu that gives views, watchlists and rules away
// and takes them in.
func (t *Table) shareItems() []*fyne.MenuItem {
	w := t.words
	item := func(word string, do func()) *fyne.MenuItem { return fyne.NewMenuItem(w.T("table.share_"+word), do) }
	copied, saved := item("copy", t.copyShared), item("save", t.saveShared)
	copied.Disabled = len(t.state.Views)+len(t.state.Watchlists)+len(t.rules()) == 0
	saved.Disabled = copied.Disabled || t.opts.OnSave == nil
	load := item("load", func() { t.opts.OnLoad(t.Import) })
	load.Disabled = t.opts.OnLoad == nil
	return []*fyne.MenuItem{copied, saved, item("paste", func() { t.Import(fyne.CurrentApp().Clipboard().Content()) }), load}
}

func (t *Table) rules() []alert.Rule {
	if t.opts.Rules == nil {
		return nil
	}
	return t.opts.Rules()
}

// shared is everything of the person's own that can be given away.
func (t *Table) shared() Shared {
	t.state.stow()
	return Shared{Views: cloneViews(t.state.Views), Watchlists: cloneLists(t.state.Watchlists), Rules: t.rules()}
}

func (t *Table) copyShared() {
	text, err := t.shared().Text()
	if err != nil { // of what is kept as JSON already
		t.refuse(err.Error())
		return
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
	t.tell(toast.Toast{Text: t.words.T("table.share_copied")})
}

func (t *Table) saveShared() {
	text, err := t.shared().Text()
	t.opts.OnSave(sharedFile, func(w io.Writer) error {
		if err != nil {
			return err
		}
		_, err := io.WriteString(w, text)
		return err
	})
}

// Import takes in a text of views, watchlists and rules, and says what came of it in
// a sentence. It can be undone.
func (t *Table) Import(text string) {
	w := t.words
	in, err := ReadShared(text, t.columns)
	if err != nil {
		var not *NotShared
		sentence := err.Error()
		if errors.As(err, &not) {
			sentence = w.T("table.share_"+not.What, not.Args)
		}
		t.refuse(sentence)
		return
	}
	before := t.rules()
	rules, addedRules := before, 0
	if t.opts.SetRules != nil {
		rules, addedRules = addRules(before, in.Rules)
	}
	views, lists := 0, 0
	revert := t.change(func(s *State) { views, lists = s.take(in) })
	if addedRules > 0 {
		t.opts.SetRules(rules)
	}
	if views+lists+addedRules == 0 {
		t.tell(toast.Toast{Text: w.T("table.share_known")})
		return
	}
	t.tellUndo(w.T("table.share_taken", assets.Args{"Views": strconv.Itoa(views), "Lists": strconv.Itoa(lists), "Rules": strconv.Itoa(addedRules)}), func() {
		revert()
		if addedRules > 0 {
			t.opts.SetRules(before)
		}
	})
}

package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/ui/columns"
)

// Shared is what a person can give to another, or keep: views, watchlists and rules
// of alerts, as JSON. Version counts changes that an older program cannot read;
// what it does not know within a version it leaves out.
type Shared struct {
	Format     string       `json:"format"` // sharedFormat
	Version    int          `json:"version"`
	Views      []View       `json:"views,omitempty"`
	Watchlists []Watchlist  `json:"watchlists,omitempty"`
	Rules      []alert.Rule `json:"rules,omitempty"`
}

const (
	sharedFormat  = "open-interest-tracker"
	sharedVersion = 1

	longestShared = 1 << 20 // bytes
	longestList   = 5000    // symbols of a watchlist
	mostRules     = 200
)

// NotShared is why a text is none that can be taken in. What is a key of the words
// below table.share_.
type NotShared struct {
	What string
	Args assets.Args
}

// Error implements error, for the log.
func (e *NotShared) Error() string { return "not a text of views, watchlists and rules: " + e.What }

// Text writes what is shared.
func (s Shared) Text() (string, error) {
	s.Format, s.Version = sharedFormat, sharedVersion
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	err := out.Encode(s)
	return b.String(), err
}

// ReadShared reads such a text. The error is a *NotShared.
func ReadShared(text string, all []columns.Column) (Shared, error) {
	var s Shared
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case text == "":
		return s, &NotShared{What: "empty"}
	case len(text) > longestShared || !utf8.ValidString(text):
		return s, &NotShared{What: "other"}
	}
	// The head first: what another version means by the rest is not known.
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal([]byte(text), &head); err != nil {
		return s, damaged(err)
	}
	switch {
	case head.Format != sharedFormat || head.Version < 1:
		return s, &NotShared{What: "other"}
	case head.Version > sharedVersion:
		return s, &NotShared{What: "newer", Args: assets.Args{"Version": strconv.Itoa(head.Version)}}
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return Shared{}, damaged(err)
	}
	if err := s.check(all); err != nil {
		return Shared{}, err
	}
	return s, nil
}

// damaged says where a text stops to be JSON, or what of it is of another kind.
func damaged(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return &NotShared{What: "kind", Args: assets.Args{"Field": kind.Field}}
	case errors.As(err, &syntax):
		return &NotShared{What: "damaged", Args: assets.Args{"Offset": strconv.FormatInt(syntax.Offset, 10)}}
	}
	return &NotShared{What: "other"}
}

// check returns what is wrong with what was read, and takes out of names and
// arrangements what the table cannot have.
func (s *Shared) check(all []columns.Column) error {
	if len(s.Views)+len(s.Watchlists)+len(s.Rules) == 0 {
		return &NotShared{What: "nothing"}
	}
	if len(s.Views) > mostViews || len(s.Watchlists) > mostLists || len(s.Rules) > mostRules {
		return &NotShared{What: "too_many", Args: assets.Args{"Views": strconv.Itoa(mostViews), "Lists": strconv.Itoa(mostLists), "Rules": strconv.Itoa(mostRules)}}
	}
	for i := range s.Views {
		if err := s.Views[i].check(all); err != nil {
			return err
		}
	}
	for i := range s.Watchlists {
		l := &s.Watchlists[i]
		l.Name, l.Symbols = saneName(l.Name), unique(l.Symbols, notEmpty)
		if l.Name == "" || len(l.Symbols) > longestList {
			return &NotShared{What: "list", Args: assets.Args{"N": strconv.Itoa(i + 1), "Most": strconv.Itoa(longestList)}}
		}
	}
	for i := range s.Rules {
		if s.Rules[i].Check() != nil {
			return &NotShared{What: "rule", Args: assets.Args{"N": strconv.Itoa(i + 1)}}
		}
	}
	return nil
}

// check returns what is wrong with a view that was read.
func (v *View) check(all []columns.Column) error {
	name := saneName(v.Name)
	if name == "" {
		return &NotShared{What: "no_name"}
	}
	args := assets.Args{"Name": name}
	for i := range v.Query.Where {
		c := &v.Query.Where[i]
		if err := c.Check(); err != nil {
			args["Column"] = string(c.Column)
			what := map[error]string{columns.ErrNoColumn: "column", columns.ErrNoBounds: "bounds", columns.ErrNoSignal: "signal"}[err]
			return &NotShared{What: what, Args: args}
		}
	}
	if id := v.Query.Sort; id != "" && !slices.ContainsFunc(all, func(c columns.Column) bool { return c.ID == id }) {
		args["Column"] = string(id)
		return &NotShared{What: "column", Args: args}
	}
	v.Name, v.Query, v.Columns = name, saneQuery(v.Query, all), v.Columns.sane(all)
	v.Query.Search = ""
	return nil
}

// take adds what was shared to the state, and returns how many views and lists
// were new. One of a name that is taken gets another, unless it is the same.
func (s *State) take(in Shared) (views, lists int) {
	for _, v := range in.Views {
		i := slices.IndexFunc(s.Views, func(w View) bool { return w.Name == v.Name })
		if i >= 0 && alike(s.Views[i], v) || len(s.Views) >= mostViews {
			continue
		}
		v.Name = free(v.Name, func(name string) bool { return s.own(ownView+name) >= 0 })
		s.Views = append(s.Views, v)
		views++
	}
	for _, l := range in.Watchlists {
		i := s.list(l.Name)
		if i >= 0 && slices.Equal(s.Watchlists[i].Symbols, l.Symbols) || len(s.Watchlists) >= mostLists {
			continue
		}
		l.Name = free(l.Name, func(name string) bool { return s.list(name) >= 0 })
		s.Watchlists = append(s.Watchlists, l)
		lists++
	}
	return views, lists
}

// alike compares views as they are written: what is empty is like what is not there.
func alike(a, b View) bool {
	x, xerr := json.Marshal(a)
	y, yerr := json.Marshal(b)
	return xerr == nil && yerr == nil && bytes.Equal(x, y)
}

// addRules returns rules with those of others that are not among them yet. The new
// ones have no id.
func addRules(rules, others []alert.Rule) (all []alert.Rule, added int) {
	all = slices.Clone(rules)
	for _, r := range others {
		same := func(x alert.Rule) bool {
			x.ID = r.ID
			return reflect.DeepEqual(x, r)
		}
		if slices.ContainsFunc(all, same) {
			continue
		}
		r.ID = ""
		all = append(all, r)
		added++
	}
	return all, added
}

// free is a name that is not taken: the given one, or with a number after it.
func free(name string, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	for n := 2; ; n++ {
		suffix := " " + strconv.Itoa(n)
		short := []rune(name)
		short = short[:min(len(short), longestKey-len(suffix))]
		if numbered := strings.TrimSpace(string(short)) + suffix; !taken(numbered) {
			return numbered
		}
	}
}

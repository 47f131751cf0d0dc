// Package assets embeds what the program shows but does not compute: its words
// in every language shipped, the guide, the font and the icon. It imports
// nothing of ours.
//
// Words live in locales/<language>/<area>.json, one flat file per area of the
// screen ("table.json" holds the keys "table.…"). A key that exists in one
// language must exist in all; a test keeps that, and that every key named in
// the code exists, so no key ever reaches the screen.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locales
var locales embed.FS

// Language is one the program speaks.
type Language string

// The languages shipped. English is the fallback.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Languages lists the languages shipped.
func Languages() []Language { return []Language{English, Chinese} }

// Args are the named values of a sentence: Args{"Symbol": "BTCUSDT"} fills {{.Symbol}}.
type Args map[string]any

// Words says things in one language. It is safe for concurrent use.
type Words struct {
	lang      Language
	localizer *i18n.Localizer
}

// NewWords returns the words of a language; English for one that is not shipped.
func NewWords(lang Language) *Words {
	if lang != Chinese {
		lang = English
	}
	return &Words{lang: lang, localizer: i18n.NewLocalizer(bundle, string(lang), string(English))}
}

// Lang is the language these words are in.
func (w *Words) Lang() Language { return w.lang }

// T returns the sentence of a key, filled with args. A key nobody translated
// gives the English sentence, and the empty string if there is none: nothing
// is better than a raw key. A value that args lack reads "–", as everything
// unknown does.
func (w *Words) T(key string, args ...Args) string {
	cfg := &i18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		cfg.TemplateData = args[0]
	}
	s, err := w.localizer.Localize(cfg)
	if err != nil && s == "" {
		return ""
	}
	return strings.ReplaceAll(s, "<no value>", "–") // text/template's word for it
}

var bundle = loadBundle()

func loadBundle() *i18n.Bundle {
	b := i18n.NewBundle(language.English)
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, lang := range Languages() {
		for key, text := range texts(lang) {
			b.MustAddMessages(language.MustParse(string(lang)), &i18n.Message{ID: key, Other: text})
		}
	}
	return b
}

// texts reads every area of a language. The files are embedded, so a fault in
// one is a fault of the build, found by the first test that runs.
func texts(lang Language) map[string]string {
	all := map[string]string{}
	dir := path.Join("locales", string(lang))
	files, err := locales.ReadDir(dir)
	if err != nil {
		panic(fmt.Sprintf("reading embedded %s: %v", dir, err))
	}
	for _, f := range files {
		data, err := locales.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			panic(fmt.Sprintf("reading embedded %s: %v", f.Name(), err))
		}
		if err := json.Unmarshal(data, &all); err != nil {
			panic(fmt.Sprintf("embedded %s/%s: %v", dir, f.Name(), err))
		}
	}
	return all
}

package assets

import (
	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"
)

// SystemLanguage returns the language to start in: Chinese where the system's
// first language is Chinese in any of its forms, else English.
func SystemLanguage() Language {
	tags, err := locale.GetLocales()
	if err != nil || len(tags) == 0 { // no language set, as on many servers
		return English
	}
	return languageOf(tags[0])
}

// languageOf picks among the languages shipped by a BCP 47 tag such as "zh-CN".
func languageOf(tag string) Language {
	if base, _ := language.Make(tag).Base(); base.String() == string(Chinese) {
		return Chinese
	}
	return English
}

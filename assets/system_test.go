package assets

import (
	"runtime"
	"testing"
)

func TestLanguageOf(t *testing.T) {
	for tag, want := range map[string]Language{
		"zh": Chinese, "zh-CN": Chinese, "zh_CN": Chinese, "zh-Hans-SG": Chinese, "zh-TW": Chinese,
		"en": English, "en-GB": English, "de-CH": English, "ja-JP": English, "": English, "C": English, "%$&": English,
	} {
		if got := languageOf(tag); got != want {
			t.Errorf("%q starts in %q, want %q", tag, got, want)
		}
	}
}

func TestSystemLanguageFollowsTheEnvironment(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux keeps its language in the environment")
	}
	for _, c := range []struct {
		lang, language, all string
		want                Language
	}{
		{lang: "zh_CN.UTF-8", want: Chinese},
		{lang: "en_US.UTF-8", want: English},
		{lang: "en_US.UTF-8", language: "zh_CN:en", want: Chinese},
		{lang: "zh_CN.UTF-8", language: "en:zh", want: English},
		{lang: "en_US.UTF-8", all: "zh_SG.UTF-8", want: Chinese},
		{lang: "C", language: "zh_CN", want: English},
		{want: English},
	} {
		t.Setenv("LANG", c.lang)
		t.Setenv("LANGUAGE", c.language)
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", "")
		if got := SystemLanguage(); got != c.want {
			t.Errorf("LANG=%q LANGUAGE=%q LC_ALL=%q starts in %q, want %q", c.lang, c.language, c.all, got, c.want)
		}
	}
}

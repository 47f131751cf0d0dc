package assets

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// chineseTexts are the Chinese sentences, the sections of the guide and the news.
func chineseTexts() map[string]string {
	all := map[string]string{}
	for key, s := range texts(Chinese) {
		all[key] = s
	}
	for _, s := range Guide(Chinese) {
		all["guide, "+s.ID] = s.Title + "\n" + s.Markdown
	}
	for _, r := range News(Chinese) {
		all["news, "+r.Version] = strings.Join(r.Points, "\n")
	}
	return all
}

// wordFields are the values of sentences that are Chinese words, or end in one, so
// that they stand beside hanzi without a space: "4 小时后". All others are numbers,
// times or names in Latin letters.
var wordFields = []string{"Age", "Horizon", "Route", "Window"}

// The rule for numbers and Latin letters among hanzi is one space on either side,
// everywhere: "30 天", "近 7 天", "95 % 区间". Punctuation needs none, nor does K线,
// which is one word.
func TestNumbersAmongHanziHaveSpaces(t *testing.T) {
	tight := regexp.MustCompile(`\p{Han}[0-9A-Za-z%$−+±]|[0-9A-Za-z%]\p{Han}`)
	field := regexp.MustCompile(`\p{Han}\{\{\.(\w+)\}\}|\{\{\.(\w+)\}\}\p{Han}`)
	for key, s := range chineseTexts() {
		if found := tight.FindString(strings.ReplaceAll(templates.ReplaceAllString(s, "\x00"), "K线", "")); found != "" {
			t.Errorf("%s: no space in %q", key, found)
		}
		for _, m := range field.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(wordFields, m[1]+m[2]) {
				t.Errorf("%s: no space in %q", key, m[0])
			}
		}
	}
}

// One thing has one word, that of Chinese trading tables. Older words return with
// every sentence that is translated anew, so they are listed here.
func TestChineseHasOneWordForOneThing(t *testing.T) {
	barred := map[string]string{
		"持仓价值": "持仓额", "合约数量": "持仓量", "合约数": "持仓量", "未平仓量": "持仓量",
		"强制平仓": "强平", "爆仓": "强平", "记分牌": "记分卡", "评分卡": "记分卡",
		"清淡": "流动性不足", "挤压": "轧空或多杀多", "头条数字": "核心指标", "老实的叫法": "更准确的说法",
		"静默": "冷却时间", "试运行": "回测", "实时所见": "实盘记录", "由历史计算": "历史回算",
	}
	for key, s := range chineseTexts() {
		for old, word := range barred {
			if !strings.Contains(s, old) || key == "guide, liquidation" && old == "强制平仓" { // explains the word 强平 once
				continue
			}
			t.Errorf("%s says %q, which is %q here", key, old, word)
		}
	}
	for kind, names := range map[string][2]string{
		"strong_bullish": {"增仓上涨", "强势看涨"}, "weakening_rally": {"减仓上涨", "涨势减弱"},
		"strong_bearish": {"增仓下跌", "强势看跌"}, "weakening_selloff": {"减仓下跌", "跌势减弱"},
	} {
		w := NewWords(Chinese)
		if got := w.T("signal." + kind + ".name"); got != names[0] {
			t.Errorf("%s is called %q, want %q", kind, got, names[0])
		}
		if tip := w.T("signal." + kind + ".means"); !strings.Contains(tip, names[1]) {
			t.Errorf("the tooltip of %s lacks its other name, %q: %s", kind, names[1], tip)
		}
	}
}

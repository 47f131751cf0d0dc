package market

import (
	"strings"
	"testing"
)

func TestUsableSymbol(t *testing.T) {
	for _, s := range []string{
		"BTCUSDT", "1000PEPEUSDT", "1MBABYDOGEUSDT", "币安人生USDT", "BTCUSDT_251226", "BTC-USDT", "BTC-PERP", "ÉTÉUSDT", "ビットUSDT", "비트USDT", "_X", "7", "٣USDT",
		strings.Repeat("X", 64),
	} {
		if !UsableSymbol(s) {
			t.Errorf("%q was refused", s)
		}
	}
	for _, s := range []string{
		"", "A B", "../../etc", "A/B", `A\B`, "A.B", "A:B", "A%2FB", "A\x00B", "A\nB", "A\x1b[31mB", "A'B", `A"B`, "A|B", "A😀B", "\xff", "A\uFFFDB", "币\xe5",
		"-BTCUSDT", "=BTCUSDT", "+BTCUSDT", "@BTCUSDT", "BTC=USDT", "BTC+USDT", "BTC@USDT", // formulas and flags
		"BTC\u200bUSDT", "BTC\u200dUSDT", "BTC\ufeffUSDT", "BTC\u00adUSDT", "BTC\u2060USDT", "BTC\u00a0USDT", "BTC\u2800USDT", // invisible
		"BTC\u3164USDT", "BTC\u115fUSDT", "BTC\u1160USDT", "BTC\uffa0USDT", "BTC\ufe0fUSDT", "BTC\U000e0041USDT", // letters and marks without a shape
		"E\u0301TEUSDT", "\u0301BTC", "BTC\u20dd", "कि", // combining
		"BTC\u202eUSDT", "BTC\u202aUSDT", "BTC\u2066USDT", "BTC\u200fUSDT", "BTC\u061cUSDT", // direction of text
		strings.Repeat("X", 65),
	} {
		if UsableSymbol(s) {
			t.Errorf("%q was accepted", s)
		}
	}
}

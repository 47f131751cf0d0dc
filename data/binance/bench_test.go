package binance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// One answer of open-interest history, of which a cold start has 517, from
// HTTP body to series: without the network.
func BenchmarkHistory(b *testing.B) {
	var rows []string
	for i := range 500 {
		rows = append(rows, fmt.Sprintf(`{"symbol":"BTCUSDT","sumOpenInterest":"%d.12300000","sumOpenInterestValue":"%d.60000000","CMCCirculatingSupply":"19900000.00000000","timestamp":%d}`, 79000+i, 5_000_000_000+i, 1702244700000+300_000*int64(i)))
	}
	body := []byte("[" + strings.Join(rows, ",") + "]")
	c, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	c.rest.HTTPClient.Transport.(*transport).next = &echo{body}
	b.ReportAllocs()
	for b.Loop() {
		c.quota = newQuota()
		if s, err := c.OpenInterestHistory(b.Context(), "BTCUSDT", market.Period5m, time.Time{}, time.Time{}, 0); err != nil || s.Len() != 500 {
			b.Fatal(s.Len(), err)
		}
	}
}

// The mark prices of the whole market, which come each second.
func BenchmarkMarkPrices517(b *testing.B) {
	var rows []string
	for i := range 517 {
		rows = append(rows, fmt.Sprintf(`{"e":"markPriceUpdate","E":1750149488000,"s":"C%03dUSDT","p":"105000.50000000","ap":"105001.00000000","P":"104999.12345678","i":"105002.11111111","r":"0.00010000","T":1750161600000,"st":1,"ps":"C%03dUSDT"}`, i, i))
	}
	message := []byte("[" + strings.Join(rows, ",") + "]")
	d, k, at := newMarkDecoder(), clockAt(1750149488000), &latestEvents{}
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range at.of {
			e.at = time.Time{} // so that the same message is news
		}
		if got, dropped := d.decode(message, k, at); len(got) != 517 || len(dropped) != 0 {
			b.Fatal(len(got), dropped)
		}
	}
}

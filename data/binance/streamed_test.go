package binance

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"openinterest/data/market"
)

// Frames have members that differ in case alone, and servers have moods.
func TestOddRowsOfTheStream(t *testing.T) {
	const now, next = int64(1796083200000), int64(1796112000000)
	good := market.MarkPrice{Symbol: "BTCUSDT", Price: 105000.5, Index: 105002, FundingRate: 0.0001, NextFunding: time.UnixMilli(next), Time: time.UnixMilli(now), Received: time.UnixMilli(now)}
	unrated, undue, unbased, other := good, good, good, good
	unrated.FundingRate, undue.NextFunding, unbased.Index, other.Index = market.Unknown, time.Time{}, market.Unknown, 1
	bare := unbased
	bare.FundingRate = market.Unknown
	for name, test := range map[string]struct {
		odd  string // members, which come last and therefore count
		want *market.MarkPrice
	}{
		"as documented":              {``, &good},
		"R":                          {`,"R":"0.0075"`, &good},
		"S":                          {`,"S":"TRADING"`, &good},
		"t":                          {`,"t":1`, &good},
		"long s":                     {`,"ſ":"ETHUSDT"`, &good},
		"numbers":                    {`,"p":105000.5,"r":0.0001,"T":"1796112000000","E":"1796083200000"`, &good},
		"exponent":                   {`,"p":"1.050005E+05","r":"1e-4"`, &good},
		"blank rate":                 {`,"r":"","P":""`, &unrated},
		"blank rate and index":       {`,"r":"","i":""`, &bare},
		"index null":                 {`,"i":null`, &unbased},
		"index negative":             {`,"i":"-105002"`, &unbased},
		"index zero":                 {`,"i":"0"`, &unbased},
		"index not finite":           {`,"i":"Infinity"`, &unbased},
		"index an object":            {`,"i":{"i":"105002"}`, &unbased},
		"index a number":             {`,"i":105002`, &good},
		"I":                          {`,"I":"7"`, &good},
		"null rate":                  {`,"r":null`, &unrated},
		"rate without sense":         {`,"r":"7.5"`, &unrated},
		"rate not finite":            {`,"r":"NaN"`, &unrated},
		"no next funding":            {`,"T":0`, &undue},
		"next funding in µs":         {`,"T":1796112000000000`, &undue},
		"next funding in 2100":       {`,"T":4102444800000`, &undue},
		"next funding long ago":      {`,"T":1702244985273`, &undue},
		"zero price":                 {`,"p":"0.00000000"`, nil},
		"null":                       {`,"p":null,"r":null,"T":null`, nil},
		"negative price":             {`,"p":"-3"`, nil},
		"huge price":                 {`,"p":"1e300"`, nil},
		"tiny price":                 {`,"p":"1e-300"`, nil},
		"hexadecimal price":          {`,"p":"0x1p4"`, nil},
		"other digits":               {`,"p":"١٢"`, nil},
		"infinite price":             {`,"p":"Infinity"`, nil},
		"price an object":            {`,"p":{"p":"1"}`, nil},
		"time in µs":                 {`,"E":1796083200000000`, nil},
		"no time":                    {`,"E":null`, nil},
		"time in 2100":               {`,"E":4102444800000`, nil},
		"an hour old":                {`,"E":1796079600000`, nil},
		"a minute ahead":             {`,"E":1796083260000`, nil},
		"symbol with a zero width":   {`,"s":"BTC​USDT"`, nil},
		"symbol like a formula":      {`,"s":"=BTC"`, nil},
		"symbol no string":           {`,"s":17`, nil},
		"symbol not UTF-8":           {",\"s\":\"BTC\xff\"", nil},
		"another event":              {`,"e":"24hrTicker"`, nil},
		"twice":                      {`,"p":"1","p":"105000.5"`, &good},
		"index and estimate as well": {`,"i":"1","P":"2","ap":"3","st":1,"ps":"X","x":[{"p":"9"}]`, &other},
	} {
		t.Run(name, func(t *testing.T) {
			message := fmt.Sprintf(`[{"e":"markPriceUpdate","E":%d,"s":"BTCUSDT","p":"105000.5","i":"105002","r":"0.0001","T":%d%s},{"e":"markPriceUpdate","E":%d,"s":"NEIGHBOUR","p":"1"}]`, now, next, test.odd, now)
			got, dropped := newMarkDecoder().decode([]byte(message), clockAt(now), &latestEvents{})
			want := []market.MarkPrice{{Symbol: "NEIGHBOUR", Price: 1, Index: market.Unknown, FundingRate: market.Unknown, Time: time.UnixMilli(now), Received: time.UnixMilli(now)}}
			if test.want != nil {
				want = append([]market.MarkPrice{*test.want}, want...)
			}
			if !slices.EqualFunc(got, want, sameMark) || (test.want == nil) != (len(dropped) == 1) {
				t.Errorf("dropped %v\ngot  %+v\nwant %+v", dropped, got, want)
			}
		})
	}
}

// A frame that is old, or was had before, brings nothing, and hides nothing: it
// is no sign of life, on this connection or the next.
func TestOldFramesOfTheStream(t *testing.T) {
	for name, test := range map[string]struct {
		frame func(second int) time.Time // whose time the frame of a second has
		ends  time.Duration
		rows  int // two each
	}{
		"good":                 {func(int) time.Time { return thisYear() }, 34 * time.Second, 60},
		"repeats from 10 s on": {func(i int) time.Time { return thisYear().Add(-time.Duration(max(0, i-10)) * time.Second) }, 14 * time.Second, 20},
		"an hour old":          {func(int) time.Time { return thisYear().Add(-time.Hour) }, 4 * time.Second, 0},
		"every fifth 5 s old":  {func(i int) time.Time { return thisYear().Add(-5 * time.Second * time.Duration(b2i(i%5 == 0))) }, 33 * time.Second, 48},
		"every fifth hour old": {func(i int) time.Time { return thisYear().Add(-time.Hour * time.Duration(b2i(i%5 == 0))) }, 33 * time.Second, 48},
		"one from the future":  {func(i int) time.Time { return thisYear().Add(time.Hour * time.Duration(b2i(i == 5))) }, 34 * time.Second, 58},
		"each but every other": {func(i int) time.Time { return thisYear().Add(-time.Second * time.Duration(i%2)) }, 34 * time.Second, 32},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var last atomic.Value
				c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
					if again := last.Load(); again != nil { // connected again: the last message once more
						_ = send(conn, again.(string))
						hold(conn)
						return
					}
					for i := 1; i <= 30; i++ {
						time.Sleep(time.Second)
						message := marksAt(test.frame(i))
						last.Store(message)
						if send(conn, message) != nil {
							return
						}
					}
					hold(conn)
				}))
				rows := 0
				for range 2 {
					start := time.Now()
					err := c.StreamMarkPrices(t.Context(), func(got []market.MarkPrice) { rows += len(got) })
					if p := problemOf(t, err); p.Kind != market.TimedOut {
						t.Errorf("ended with %v", err)
					}
					if d := time.Since(start); d != test.ends {
						t.Errorf("ended after %s, want %s", d, test.ends)
					}
					test.ends = 4 * time.Second
				}
				if rows != test.rows {
					t.Errorf("%d rows, want %d", rows, test.rows)
				}
				if off := c.Now().Sub(thisYear()); off.Abs() > 10*time.Second {
					t.Errorf("the clock followed the stream by %s", off)
				}
			})
		})
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

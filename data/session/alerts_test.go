package session

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/data/market"
	"openinterest/data/proxy/proxytest"
)

// receiver is a webhook on loopback, and what it got.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	told []string // symbol and rule of each alert
}

func receive(t *testing.T) *receiver {
	x := &receiver{}
	x.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		var m deliver.Message
		if err := json.Unmarshal(data, &m); err != nil {
			t.Errorf("%s: %v", data, err)
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, a := range m.Alerts {
			x.told = append(x.told, a.Symbol+" "+a.Rule.ID)
		}
	}))
	t.Cleanup(x.Close)
	return x
}

func (x *receiver) got() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.told)
}

func say(alerts []alert.Alert) (title, text string) { return alerts[0].Symbol, alerts[0].Rule.ID }

// Two processes on one data directory raise the same alerts: each is delivered once, by
// the one that writes, and after that has ended by the other, which also delivers what
// the first had not taken down.
func TestAnAlertIsDeliveredOnceForADataDirectory(t *testing.T) {
	s, hook := counted(t, 3), receive(t)
	o := against(t, s)
	settings := deliver.Settings{Hook: deliver.Hook{URL: hook.URL}}
	start := func() (*Session, *Outbox) {
		session := open(t, o)
		out := session.OpenOutbox(OutboxOptions{Say: say})
		out.Set(settings, 0)
		return session, out
	}
	first, one := start()
	waitFor(t, 20*time.Second, func() (bool, string) { return first.store.writes(), "the first does not write" })
	second, two := start()
	raised := func(symbol string) []alert.Alert {
		return []alert.Alert{{Time: first.Now(), Symbol: symbol, Rule: alert.Rule{ID: "r", Scope: alert.ScopeAll}, Value: market.Unknown, Before: market.Unknown}}
	}
	a := raised("AUSDT")
	two.Raise(a)
	one.Raise(a)
	waitFor(t, 20*time.Second, func() (bool, string) { return len(hook.got()) == 1, "nothing was delivered" })

	two.Raise(raised("BUSDT")) // the first ends before it sees this one
	first.Close()
	waitFor(t, 30*time.Second, func() (bool, string) { return len(hook.got()) >= 2, "what was raised at the change was lost" })
	two.Raise(raised("CUSDT"))
	waitFor(t, 20*time.Second, func() (bool, string) { return len(hook.got()) >= 3, "the second does not deliver" })
	if got, want := hook.got(), []string{"AUSDT r", "BUSDT r", "CUSDT r"}; !slices.Equal(got, want) {
		t.Errorf("delivered were %v, want %v", got, want)
	}
	told, err := two.Told(t.Context(), time.Time{}.Add(1), 10)
	if err != nil || len(told) != 3 || told[0].Symbol != "CUSDT" {
		t.Errorf("kept are %+v, %v", told, err)
	}
	second.Close()
}

// A webhook is reached by the proxy that the exchange is reached by: where one is
// needed, the other cannot be had without it either.
func TestAWebhookIsReachedByTheProxy(t *testing.T) {
	s, hook := counted(t, 3), receive(t)
	o := against(t, s)
	way := proxytest.SOCKS(t, proxytest.Options{To: strings.TrimPrefix(hook.URL, "http://")})
	o.Proxy = "socks5://" + way.Host
	session := open(t, o)
	out := session.OpenOutbox(OutboxOptions{Say: say})
	out.Set(deliver.Settings{Hook: deliver.Hook{URL: "http://hook.invalid/path"}}, 0)
	waitFor(t, 20*time.Second, func() (bool, string) { return out.Delivers(), "it does not write" })
	out.Raise([]alert.Alert{{Time: session.Now(), Symbol: "AUSDT", Rule: alert.Rule{ID: "r", Scope: alert.ScopeAll}, Value: market.Unknown, Before: market.Unknown}})
	waitFor(t, 20*time.Second, func() (bool, string) { return len(hook.got()) == 1, "nothing was delivered" })
	if asked := way.Asked(); !slices.Equal(asked, []string{"hook.invalid"}) {
		t.Errorf("the proxy was asked for %v", asked)
	}
}

// What is held back to be summed up is told when the program ends: it was taken down, so
// that nobody would tell it later.
func TestWhatIsHeldBackIsToldAtTheEnd(t *testing.T) {
	s, hook := counted(t, 3), receive(t)
	session := open(t, against(t, s))
	out := session.OpenOutbox(OutboxOptions{Say: say})
	out.Set(deliver.Settings{Hook: deliver.Hook{URL: hook.URL}}, time.Hour)
	waitFor(t, 20*time.Second, func() (bool, string) { return out.Delivers(), "it does not write" })
	for i := range 5 {
		symbol := string(rune('A'+i)) + "USDT"
		out.Raise([]alert.Alert{{Time: session.Now(), Symbol: symbol, Rule: alert.Rule{ID: "r", Scope: alert.ScopeAll}, Value: market.Unknown, Before: market.Unknown}})
		waitFor(t, 20*time.Second, func() (bool, string) {
			told, err := out.Told(t.Context(), time.Time{}.Add(1), 10)
			return err == nil && len(told) == i+1 && len(hook.got()) >= min(i+1, 3), "it was not taken in"
		})
	}
	if got := hook.got(); len(got) != 3 {
		t.Errorf("before the end %v were told, want three", got)
	}
	session.Close()
	if got := hook.got(); len(got) != 5 {
		t.Errorf("after the end %v were told, want all", got)
	}
}

// Without a window the same rules raise alerts; rules that change count at once.
func TestASessionRaisesAlertsWithoutAWindow(t *testing.T) {
	s, hook := counted(t, 3), receive(t)
	session := open(t, against(t, s))
	var mu sync.Mutex
	wishes := Wishes{Delivery: deliver.Settings{Hook: deliver.Hook{URL: hook.URL}}}
	out := session.OpenOutbox(OutboxOptions{Say: say})
	session.RaiseAlerts(session.Watch(false), out, func() Wishes {
		mu.Lock()
		defer mu.Unlock()
		return wishes
	})
	mu.Lock()
	// The age of what is known crosses two seconds again and again.
	wishes.Rules = []alert.Rule{{ID: "old", Column: alert.Age, Direction: alert.Up, Bound: 2, Scope: alert.ScopeAll, CooldownMinutes: 60}}
	mu.Unlock()
	waitFor(t, 60*time.Second, func() (bool, string) { return len(hook.got()) >= 3, "not every contract was told of" })
	got := hook.got()
	slices.Sort(got)
	if len(slices.Compact(got)) != 3 {
		t.Errorf("told were %v", got)
	}
}

package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"openinterest/data/alert"
)

const token = "s3cretT0ken"

func message() Message {
	return Message{Title: "BTCUSDT: Spike", Text: "OI +5 % & <more>", Time: time.Now(),
		Alerts: []alert.Alert{{Time: time.Now(), Symbol: "BTCUSDT", Rule: alert.Rule{ID: "r1", Scope: alert.ScopeAll}, Value: 1, Before: 2}}}
}

// receiver is a webhook on loopback that answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	paths  []string
	answer func(n int, w http.ResponseWriter, r *http.Request)
	came   chan struct{}
}

func receive(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *receiver {
	t.Helper()
	x := &receiver{answer: answer, came: make(chan struct{}, 100)}
	x.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		x.mu.Lock()
		x.bodies, x.paths = append(x.bodies, string(body)), append(x.paths, r.URL.Path)
		n := len(x.bodies)
		x.mu.Unlock()
		if x.answer != nil {
			x.answer(n, w, r)
		}
		x.came <- struct{}{}
	}))
	t.Cleanup(x.Close)
	return x
}

func (x *receiver) seen() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]string(nil), x.bodies...)
}

// deliverer is one at work, and what it logs; changes tells of each change of its state.
func deliverer(t *testing.T, o Options) (d *Deliverer, log *bytes.Buffer, changes chan State) {
	t.Helper()
	log, changes = &bytes.Buffer{}, make(chan State, 1000)
	o.Log, o.First = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), time.Millisecond
	o.OnChange = func() { changes <- d.State() }
	d = New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		if strings.Contains(log.String(), token) {
			t.Errorf("the log has the token: %s", log)
		}
	})
	return d, log, changes
}

func until(t *testing.T, changes chan State, what string, holds func(State) bool) State {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case s := <-changes:
			if holds(s) {
				return s
			}
		case <-deadline:
			t.Fatalf("it did not happen: %s", what)
		}
	}
}

func TestAWebhookThatFailsIsTriedAgain(t *testing.T) {
	x := receive(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n <= 2 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	d, _, changes := deliverer(t, Options{Settings: Settings{Hook: Hook{URL: x.URL + "/" + token}}})
	d.Deliver(message())
	s := until(t, changes, "it is said that the webhook fails", func(s State) bool { return s.Hook.Failure != nil })
	if s.Hook.Failure.Status != 500 || s.Hook.Next.IsZero() || s.Hook.Waiting != 1 || strings.Contains(s.Hook.Failure.Error(), token) {
		t.Errorf("while it fails: %+v, %v", s.Hook, s.Hook.Failure)
	}
	s = until(t, changes, "it is delivered in the end", func(s State) bool { return s.Hook.Failure == nil })
	if got := x.seen(); len(got) != 3 || s.Hook.Waiting != 0 || s.Hook.Lost != 0 || s.Hook.Delivered.IsZero() {
		t.Errorf("%d requests, %+v", len(got), s.Hook)
	}
	var m Message
	if err := json.Unmarshal([]byte(x.seen()[2]), &m); err != nil || m.Title != "BTCUSDT: Spike" || len(m.Alerts) != 1 || m.Alerts[0].Symbol != "BTCUSDT" {
		t.Errorf("%v: %s", err, x.seen()[2])
	}
}

func TestAWebhookThatRefusesIsNotAskedAgain(t *testing.T) {
	x := receive(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	d, _, changes := deliverer(t, Options{Settings: Settings{Hook: Hook{URL: x.URL}}})
	d.Deliver(message())
	s := until(t, changes, "it is refused", func(s State) bool { return s.Hook.Failure != nil })
	if s.Hook.Failure.Status != 401 || s.Hook.Lost != 1 || s.Hook.Waiting != 0 || !s.Hook.Next.IsZero() {
		t.Errorf("%+v", s.Hook)
	}
}

// Where nobody listens, where the receiver hangs, and where it sends elsewhere, it is
// said, and nobody who delivers waits for it.
func TestAWebhookThatIsDeadBlocksNobody(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String() + "/bot" + token
	listener.Close()
	release := make(chan struct{})
	hangs := receive(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	elsewhere := receive(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://example.com/"+token)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	for name, c := range map[string]struct {
		url  string
		kind Kind
	}{"refused": {nobody, Unreached}, "hangs": {hangs.URL + "/" + token, NoTime}, "sent elsewhere": {elsewhere.URL, Answered}} {
		d, _, changes := deliverer(t, Options{Settings: Settings{Hook: Hook{URL: c.url}}, Patience: 30 * time.Millisecond})
		for range mostWaiting + 10 {
			d.Deliver(message())
		}
		s := until(t, changes, name, func(s State) bool { return s.Hook.Failure != nil })
		if s.Hook.Failure.Kind != c.kind || s.Hook.Waiting > mostWaiting || strings.Contains(s.Hook.Failure.Error(), token) {
			t.Errorf("%s: %+v: %v", name, s.Hook, s.Hook.Failure)
		}
	}
}

// Other settings are taken at once, also while a dead webhook is waited for.
func TestOtherSettingsEndTheWait(t *testing.T) {
	dead := receive(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	good := receive(t, nil)
	d, _, changes := deliverer(t, Options{Settings: Settings{Hook: Hook{URL: dead.URL}}})
	d.Deliver(message())
	s := until(t, changes, "it is told to wait", func(s State) bool { return s.Hook.Failure != nil })
	if wait := time.Until(s.Hook.Next); wait < 59*time.Minute {
		t.Errorf("it is tried again in %v, told to wait an hour", wait)
	}
	d.Set(Settings{Hook: Hook{URL: good.URL}})
	until(t, changes, "it goes elsewhere", func(s State) bool { return !s.Hook.Delivered.IsZero() })
	if len(good.seen()) != 1 {
		t.Errorf("%d requests", len(good.seen()))
	}
}

func TestBotsGetTheirText(t *testing.T) {
	x := receive(t, nil)
	d, _, _ := deliverer(t, Options{})
	for form, want := range map[Form]string{
		Telegram: `{"chat_id":"-100","text":"BTCUSDT: Spike\nOI +5 % & <more>"}`,
		Discord:  `{"allowed_mentions":{"parse":[]},"content":"BTCUSDT: Spike\nOI +5 % & <more>"}`,
		Slack:    `{"text":"BTCUSDT: Spike\nOI +5 % &amp; &lt;more&gt;"}`,
	} {
		hook, _ := d.Try(t.Context(), Settings{Hook: Hook{URL: x.URL + "/bot" + token, Form: form, Chat: " -100 "}}, message())
		bodies := x.seen()
		var got, wanted any
		if err := errors.Join(json.Unmarshal([]byte(bodies[len(bodies)-1]), &got), json.Unmarshal([]byte(want), &wanted)); hook != nil || err != nil || !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s: %v, %s", form, hook, bodies[len(bodies)-1])
		}
		x.mu.Lock()
		path := x.paths[len(x.paths)-1]
		x.mu.Unlock()
		if want := map[bool]string{true: "/bot" + token + "/sendMessage", false: "/bot" + token}[form == Telegram]; path != want {
			t.Errorf("%s is posted to %s", form, path)
		}
	}
	for address, want := range map[string]Form{"https://api.telegram.org/bot1:a": Telegram, "https://discord.com/api/webhooks/1/a": Discord,
		"https://hooks.slack.com/services/a": Slack, "https://example.com/": JSON, "nonsense": JSON} {
		if got := (Hook{URL: address}).Taken(); got != want {
			t.Errorf("%s takes %q, want %q", address, got, want)
		}
	}
	if hook, _ := d.Try(t.Context(), Settings{Hook: Hook{URL: x.URL, Form: Telegram}}, message()); hook == nil {
		t.Error("Telegram without a chat is no failure")
	}
	long := message()
	long.Text = strings.Repeat("龙", 5000)
	body, err := (Hook{Form: Discord}).body(long)
	var sent map[string]any
	if err != nil || json.Unmarshal(body, &sent) != nil || len([]rune(sent["content"].(string))) != 2000 {
		t.Errorf("a long text is sent as %d bytes, %v", len(body), err)
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	for _, s := range []Settings{{Hook: Hook{URL: "ftp://a/" + token}}, {Hook: Hook{URL: token}}, {Hook: Hook{URL: "http://%zz" + token}}, {Command: `say "a`}, {Command: "  "}} {
		if err := s.Check(); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if err := (Settings{Hook: Hook{URL: "https://a/b"}, Command: "say hello"}).Check(); err != nil {
		t.Error(err)
	}
}

func TestWordsOfACommand(t *testing.T) {
	for line, want := range map[string][]string{
		`say hello`: {"say", "hello"}, ` sh -c 'echo "$ALERT_TITLE" >> x' `: {"sh", "-c", `echo "$ALERT_TITLE" >> x`},
		`"C:\Program Files\a.exe" --b=" c" ''`: {`C:\Program Files\a.exe`, "--b= c", ""},
	} {
		if got, err := Words(line); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v", line, got, err)
		}
	}
}

func TestACommandHasTheEvidence(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands of this test are a shell's")
	}
	out := filepath.Join(t.TempDir(), "out")
	d, _, changes := deliverer(t, Options{Settings: Settings{
		Command: `sh -c 'printf "%s|%s|%s|%s\n" "$ALERT_TITLE" "$ALERT_SYMBOL" "$ALERT_COUNT" "$ALERT_RULE" > ` + out + `; cat >> ` + out + `'`}})
	d.Deliver(message())
	until(t, changes, "the command ran", func(s State) bool { return !s.Command.Delivered.IsZero() })
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "\n")
	var m Message
	if err := json.Unmarshal([]byte(rest), &m); head != "BTCUSDT: Spike|BTCUSDT|1|r1" || err != nil || len(m.Alerts) != 1 {
		t.Errorf("%q, %v", data, err)
	}
}

func TestACommandThatFailsIsSaid(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands of this test are a shell's")
	}
	for command, want := range map[string]Failure{
		`sh -c 'echo went wrong >&2; exit 3'`: {Kind: Exited, Where: "sh", Status: 3, Detail: "went wrong"},
		`no-such-program-anywhere`:            {Kind: NoProgram, Where: "no-such-program-anywhere"},
		`sleep 600`:                           {Kind: NoTime, Where: "sleep"},
		`sh -c 'exit`:                         {Kind: BadCommand},
	} {
		d, _, changes := deliverer(t, Options{Settings: Settings{Command: command}, Patience: 300 * time.Millisecond})
		d.Deliver(message())
		s := until(t, changes, command, func(s State) bool { return s.Command.Failure != nil })
		if *s.Command.Failure != want || s.Command.Waiting != 0 || s.Command.Lost != 1 {
			t.Errorf("%s: %+v: %v", command, s.Command, s.Command.Failure)
		}
	}
	many := message()
	for range 2000 {
		many.Alerts = append(many.Alerts, many.Alerts[0])
	}
	if _, err := New(Options{}).Try(t.Context(), Settings{Command: "true"}, many); err != nil {
		t.Errorf("a large digest: %v", err)
	}
}

func FuzzWords(f *testing.F) {
	for _, line := range []string{`say "a b" 'c'`, `'`, ``, "a\x00b", `"" a`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := Words(line)
		if (err == nil) != (len(words) > 0 && words[0] != "") {
			t.Errorf("%q: %q, %v", line, words, err)
		}
	})
}

package deliver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// Form is what a webhook is sent.
type Form string

// The forms. Each is a POST of JSON.
const (
	Auto     Form = ""         // by the host of the address; else JSON
	JSON     Form = "json"     // a Message
	Telegram Form = "telegram" // a bot's sendMessage: chat_id and text
	Discord  Form = "discord"  // content
	Slack    Form = "slack"    // text
)

// Forms lists them.
func Forms() []Form { return []Form{Auto, JSON, Telegram, Discord, Slack} }

// Hook is a webhook.
type Hook struct {
	URL  string `json:"url,omitempty"` // may hold a token: it is not to be logged; empty: none
	Form Form   `json:"form,omitempty"`
	Chat string `json:"chat,omitempty"` // of Telegram: the chat's number or @name
}

// Taken is the form that the webhook is sent: never Auto.
func (h Hook) Taken() Form {
	if h.Form != Auto {
		return h.Form
	}
	address, err := h.address()
	if err != nil {
		return JSON
	}
	switch host := strings.ToLower(address.Hostname()); {
	case host == "api.telegram.org":
		return Telegram
	case host == "discord.com" || host == "discordapp.com":
		return Discord
	case host == "hooks.slack.com":
		return Slack
	}
	return JSON
}

// address is the address that a message is posted to.
func (h Hook) address() (*url.URL, error) {
	address, err := url.Parse(strings.TrimSpace(h.URL))
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, &Failure{Kind: BadAddress}
	}
	return address, nil
}

// What the receivers take at most, in characters.
var longest = map[Form]int{Telegram: 4096, Discord: 2000, Slack: 40_000}

// body is what a form sends.
func (h Hook) body(m Message) ([]byte, error) {
	form := h.Taken()
	text := m.Title
	if m.Text != "" {
		text += "\n" + m.Text
	}
	if most := longest[form]; most > 0 && len([]rune(text)) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	var what any = m
	switch form {
	case Telegram:
		if strings.TrimSpace(h.Chat) == "" {
			return nil, &Failure{Kind: BadChat}
		}
		what = map[string]any{"chat_id": strings.TrimSpace(h.Chat), "text": text}
	case Discord:
		what = map[string]any{"content": text, "allowed_mentions": map[string]any{"parse": []string{}}} // nobody is called by a contract's name
	case Slack:
		what = map[string]any{"text": strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)}
	}
	return json.Marshal(what)
}

// post sends a message to a webhook, once. The error is a *Failure.
func (d *Deliverer) post(ctx context.Context, h Hook, m Message) error {
	address, err := h.address()
	if err != nil {
		return err
	}
	if h.Taken() == Telegram && path.Base(address.Path) != "sendMessage" { // what is written down is often the bot's address alone
		address = address.JoinPath("sendMessage")
	}
	body, err := h.body(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(d.o.Patience, hookTakes))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return &Failure{Kind: BadAddress} // the error would have the address
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	if d.o.UserAgent != "" {
		request.Header.Set("User-Agent", d.o.UserAgent)
	}
	answer, err := d.client.Do(request)
	if err != nil {
		return unreached(address.Hostname(), err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection can be used again
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return nil
	}
	return &Failure{Kind: Answered, Where: address.Hostname(), Status: answer.StatusCode, After: retryAfter(answer.Header)}
}

// retryAfter is for how long a receiver wants to be left alone, at most an hour.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if err != nil || !(seconds > 0) {
		return 0
	}
	return time.Duration(min(seconds, 3600) * float64(time.Second))
}

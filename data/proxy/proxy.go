// Package proxy is the way out of this computer: straight, or through a proxy
// that the person named or that the desktop has. REST, streams and the archive
// all connect by one [Dialer], so that they take the same way.
//
//	--proxy or the settings ──► New ──► Dialer.DialContext ──► data/binance, the archive
//	environment, desktop   ──► system ──┘
//
// Connections to this computer itself never go through a proxy. An http or https
// proxy is asked to CONNECT, a socks5 proxy to connect; either finds the
// exchange's address itself, so that a poisoned name service here does no harm.
//
// User names and passwords stay in this package: an [Error] has the host of a
// proxy and nothing else of its address.
package proxy

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"

	"openinterest/data/diagnostics"
)

// Direct, in place of an address, means that no proxy is used, whatever the
// desktop says.
const Direct = "direct"

// schemes are the kinds of proxy, with the port of each where none is named.
var schemes = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// What is wrong with an address, in words that repeat nothing of it. The screen
// has sentences of its own.
var errAddress = errors.New("a proxy's address is such as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT and ends there; a user name and a password stand before the host, as USER:PASSWORD@HOST; “direct” means no proxy")

// Check reports why an address cannot be used as that of a proxy. Nothing of the
// address is repeated: there may be a password in it. Empty means the desktop's
// own proxy, and is fine.
func Check(address string) error {
	if address == "" || address == Direct {
		return nil
	}
	_, err := parse(address)
	return err
}

// parse reads the address of a proxy. The port is always in the result.
func parse(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil, errAddress // url.Error repeats what it read
	}
	if u.Scheme == "socks" { // as desktops write it
		u.Scheme = "socks5"
	}
	port, known := schemes[u.Scheme]
	if !known || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, errAddress
	}
	if u.User != nil && u.User.Username() == "" && strings.HasPrefix(u.Scheme, "socks") {
		return nil, errAddress // socks has no password without a name
	}
	clean := &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}
	if u.Port() == "" {
		clean.Host = net.JoinHostPort(u.Hostname(), port)
	}
	return clean, nil
}

// kind says what sort of proxy an address is of, and nothing else of it.
func kind(u *url.URL) string {
	if u.User != nil {
		return u.Scheme + ", with a user name"
	}
	return u.Scheme
}

// RedactArguments returns a command line as it may be shown or reported: without
// what follows --proxy, and without user names and passwords in other addresses.
func RedactArguments(args []string) []string {
	shown := slices.Clone(args)
	for i, a := range shown {
		switch {
		case i > 0 && args[i-1] == "--proxy":
			shown[i] = hidden
		case strings.HasPrefix(a, "--proxy="):
			shown[i] = "--proxy=" + hidden
		default:
			shown[i] = diagnostics.WithoutCredentials(a)
		}
	}
	return shown
}

const hidden = "…"

// isLoopback reports whether a host is this computer itself.
func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// Parts are what a person types of a proxy: where it is, and who they are to it.
type Parts struct{ Server, User, Password string }

// Split takes an address apart, for a form that shows it; nothing of one that
// cannot be used.
func Split(address string) Parts {
	u, err := parse(address)
	if err != nil {
		return Parts{}
	}
	p := Parts{User: u.User.Username()}
	p.Password, _ = u.User.Password()
	u.User = nil
	p.Server = u.String()
	return p
}

// Address puts an address together. A user name and a password that were typed
// with the server count where there are none by themselves.
func (p Parts) Address() (string, error) {
	u, err := parse(p.Server)
	if err != nil {
		return "", err
	}
	switch {
	case p.User != "" && p.Password != "":
		u.User = url.UserPassword(p.User, p.Password)
	case p.User != "":
		u.User = url.User(p.User)
	}
	return u.String(), Check(u.String())
}

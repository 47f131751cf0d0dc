//go:build windows || darwin

package proxy

import (
	"context"
	"net/http"
	"net/url"

	"github.com/mattn/go-ieproxy"
)

// desktop asks Windows or macOS: the proxy that is set there, or the script that
// finds one.
func desktop(ctx context.Context, target *url.URL) (*url.URL, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	return ieproxy.GetProxyFunc()(request)
}

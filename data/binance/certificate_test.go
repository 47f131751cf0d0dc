package binance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// signed returns a certificate for 127.0.0.1 or another name, and who signed it.
func signed(t *testing.T, name string, from, to time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: from, NotAfter: to,
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestIsCertificate(t *testing.T) {
	now := time.Now()
	year := 365 * 24 * time.Hour
	for name, test := range map[string]struct {
		name     string
		from, to time.Time
		trusted  bool
		is       bool
	}{
		"good":          {"exchange.invalid", now.Add(-year), now.Add(year), true, false},
		"expired":       {"exchange.invalid", now.Add(-2 * year), now.Add(-year), true, true},
		"not yet valid": {"exchange.invalid", now.Add(year), now.Add(2 * year), true, true},
		"another name":  {"portal.invalid", now.Add(-year), now.Add(year), true, true},
		"not trusted":   {"exchange.invalid", now.Add(-year), now.Add(year), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			certificate, pool := signed(t, test.name, test.from, test.to)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, goodInterest)
			}))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
			server.StartTLS()
			defer server.Close()
			c, err := New(Options{RESTURL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.transport.TLSClientConfig = &tls.Config{ServerName: "exchange.invalid", RootCAs: x509.NewCertPool()}
			if test.trusted {
				c.transport.TLSClientConfig.RootCAs = pool
			}
			_, err = c.OpenInterest(t.Context(), "BTCUSDT")
			if (err != nil) != test.is || isCertificate(err) != test.is {
				t.Errorf("got %v, of a certificate: %v", err, isCertificate(err))
			}
		})
	}
	// Somebody who speaks no TLS at all, and nobody: neither is about a certificate.
	plain := says(t, 200, goodInterest)
	plain.rest.BaseURL = strings.Replace(plain.rest.BaseURL, "http:", "https:", 1)
	if _, err := plain.OpenInterest(t.Context(), "BTCUSDT"); err == nil || isCertificate(err) {
		t.Errorf("no TLS gave %v", err)
	}
	if isCertificate(nil) || isCertificate(&market.Problem{Kind: market.Unreachable}) {
		t.Error("no certificate is blamed")
	}
}

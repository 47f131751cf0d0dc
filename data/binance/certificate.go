package binance

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// isCertificate reports whether a connection failed because the other end
// could not prove that it is the exchange: its certificate has expired or is
// not valid yet, which a machine's wrong clock makes of any certificate; it is
// somebody else's; or nobody whom this machine trusts has signed it, as when a
// company or a virus scanner looks into the traffic.
func isCertificate(err error) bool {
	var failed *tls.CertificateVerificationError // wraps what crypto/x509 says
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var roots x509.SystemRootsError
	return errors.As(err, &failed) || errors.As(err, &invalid) || errors.As(err, &name) || errors.As(err, &authority) || errors.As(err, &roots)
}

package ui

import (
	"net/url"
	"slices"

	"openinterest/assets"
	"openinterest/ui/look/toast"
)

// hosts are all that the window ever opens a page of, in the person's browser.
var hosts = []string{"www.binance.com"}

// contractPage is the page on which the exchange trades a contract.
func contractPage(lang assets.Language, symbol string) *url.URL {
	language := "en"
	if lang == assets.Chinese {
		language = "zh-CN"
	}
	return &url.URL{Scheme: "https", Host: hosts[0], Path: "/" + language + "/futures/" + symbol}
}

// openContract opens a contract's page at the exchange.
func (u *UI) openContract(symbol string) { u.openPage(contractPage(u.o.Language, symbol)) }

// openPage opens a page of one of the hosts in the browser; where there is none,
// it tells the address.
func (u *UI) openPage(page *url.URL) {
	if page.Scheme != "https" || !slices.Contains(hosts, page.Host) {
		u.o.Log.Error("a page elsewhere was to be opened", "page", page.String())
		return
	}
	if err := u.o.App.OpenURL(page); err != nil {
		u.o.Log.Warn("the browser was not opened", "page", page.String(), "error", err)
		u.toasts.Show(toast.Toast{Text: u.words.T("menu.not_opened", assets.Args{"Address": page.String()}), Warning: true})
	}
}

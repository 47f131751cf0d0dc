package statusbar

import (
	"strings"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// until is when what is waited for ends, in most of the cases.
var until = time.Date(2025, 6, 17, 12, 9, 0, 0, time.UTC)

// down is a feed that was live until a minute ago.
func down(state market.FeedState, p market.Problem) Reading {
	return with(func(r *Reading) {
		r.Status.State, r.Status.Problem, r.Status.StreamLive = state, &p, false
		r.Status.LastGood = clock.Add(-time.Minute)
	})
}

// partly is a live feed of which something fails.
func partly(problems ...market.Problem) Reading {
	return with(func(r *Reading) {
		for _, p := range problems {
			r.Status.Partial = append(r.Status.Partial, &p)
			r.Status.StreamLive = r.Status.StreamLive && p.Route != market.RouteStream
		}
	})
}

// trying says when the next try is, and that the last answer came long ago.
func trying(r Reading) Reading {
	r.Status.Until = clock.Add(8 * time.Second)
	return r
}

func first(r Reading) Reading { r.Status.LastGood = time.Time{}; return r }

func quote(symbol string, p *market.Problem) *market.Quote {
	q := &market.Quote{Contract: market.Contract{Symbol: symbol}, Problem: p}
	if p == nil {
		q.OpenInterest.Received, q.History = clock, &market.Series{}
	}
	return q
}

// sentence is a case of TestEverySentence: what is read, and what a person
// reads of it in English and Chinese.
type sentence struct {
	name    string
	reading Reading
	state   [2]string
	symbol  string
	retry   bool
	en, zh  string // the whole tooltip; its first line is on the bar
}

var (
	offline   = [2]string{"Offline", "离线"}
	refused   = [2]string{"Refused", "被拒绝"}
	waiting   = [2]string{"Waiting", "等待中"}
	banned    = [2]string{"Banned", "已封禁"}
	stale     = [2]string{"Stale", "数据已旧"}
	theirs    = [2]string{"Exchange down", "交易所故障"}
	isLive    = [2]string{"Live", "实时"}
	isLoading = [2]string{"Loading", "加载中"}
)

var ofAll = []sentence{
	{"no connection", trying(down(market.Offline, market.Problem{Kind: market.Unreachable})), offline, "▲", true,
		"No connection to the exchange. Check this computer's network, VPN or proxy. Next try at 12:04:17 UTC. Last answer at 12:03:09 UTC.",
		"无法连接交易所。请检查本机的网络、VPN 或代理设置。下次重试：12:04:17 UTC。最近一次应答：12:03:09 UTC。"},
	{"nobody answers", down(market.Offline, market.Problem{Kind: market.TimedOut}), offline, "▲", true,
		"The exchange did not answer in time. The line may be slow or the exchange busy; it is asked again by itself. Last answer at 12:03:09 UTC.",
		"交易所未能及时响应。可能是线路较慢或交易所繁忙，程序会自动重试。最近一次应答：12:03:09 UTC。"},
	{"certificate", first(down(market.Offline, market.Problem{Kind: market.BadCertificate})), offline, "▲", true,
		"The certificate of the other end does not prove that it is the exchange. Is this computer's clock right, and does a proxy, an antivirus or a company network intercept the connection?",
		"对方的证书无法证明它就是交易所。本机时钟是否正确？是否有代理、杀毒软件或公司网络在截取连接？"},
	{"no proxy there", first(down(market.Offline, market.Problem{Kind: market.ProxyUnreachable})), offline, "▲", true,
		"No connection to the proxy itself, so the exchange was not asked. Does it run, and is its address right? It is named in the settings, by --proxy, or by this computer's own settings.",
		"无法连接代理，因此没有向交易所发出请求。代理是否在运行，地址是否正确？代理在本程序的设置、--proxy 或本机的系统设置中指定。"},
	{"the proxy wants a password", first(down(market.Offline, market.Problem{Kind: market.ProxyLogin})), offline, "▲", true,
		"The proxy wants a user name and a password, or others than it was given. They stand before the host in its address, as USER:PASSWORD@HOST.",
		"代理需要用户名和密码，或所给的用户名、密码不对。它们写在代理地址的主机之前：用户名:密码@主机。"},
	{"the proxy refuses", first(down(market.Offline, market.Problem{Kind: market.ProxyRefused})), offline, "▲", true,
		"The proxy does not connect to the exchange, or its address is not that of a proxy. Try another one, or none.",
		"代理没有连接到交易所，或这个地址不是代理。请换一个代理，或不用代理。"},
	{"share spent", down(market.Stale, market.Problem{Kind: market.QuotaSpent, Until: until, Used: 1895, Allowed: 1920, Own: 1890}), waiting, "▲", false,
		"This program has spent its share of the minute (1,895 of 1,920), and goes on at 12:09:00 UTC.",
		"本程序已用完这一分钟的请求额度（1,895 / 1,920），将于 12:09:00 UTC 继续。"},
	{"share spent before", down(market.Stale, market.Problem{Kind: market.QuotaSpent, Until: until, Used: 1895, Allowed: 1920, Own: 12}), waiting, "▲", false,
		"This program has spent its share of the minute (1,895 of 1,920), counting what its last run or others behind this address used, and goes on at 12:09:00 UTC.",
		"本程序已用完这一分钟的请求额度（1,895 / 1,920，含上次运行和同一地址其他程序的请求），将于 12:09:00 UTC 继续。"},
	{"told to wait", down(market.Refused, market.Problem{Kind: market.LimitedUntil, Until: until, Told: true, Code: 429}), waiting, "▲", false,
		"The exchange asked us to wait until 12:09:00 UTC. Close other programs that use the same exchange, or just wait.",
		"交易所要求等待至 12:09:00 UTC。请关闭其他访问该交易所的程序，或稍候片刻。"},
	{"limited, by a time of our own", down(market.Refused, market.Problem{Kind: market.LimitedUntil, Until: until, Code: 429}), waiting, "▲", false,
		"The exchange refuses, because too many requests came from this address (429). It named no time; this program chose to wait until 12:09:00 UTC. Close other programs that use the same exchange, or just wait.",
		"本机地址的请求过多，被交易所拒绝（429）；交易所没有说明时间，本程序自行等待至 12:09:00 UTC。请关闭其他访问该交易所的程序，或稍候片刻。"},
	{"limited, the time is the feed's", trying(down(market.Refused, market.Problem{Kind: market.LimitedUntil, Told: true})), waiting, "▲", false,
		"The exchange refuses, because too many requests came from this address. It named no time; this program chose to wait until 12:04:17 UTC. Close other programs that use the same exchange, or just wait.",
		"本机地址的请求过多，被交易所拒绝；交易所没有说明时间，本程序自行等待至 12:04:17 UTC。请关闭其他访问该交易所的程序，或稍候片刻。"},
	{"banned for days", down(market.Refused, market.Problem{Kind: market.BannedUntil, Until: until.Add(72 * time.Hour), Told: true, Code: 418}), banned, "▲", false,
		"The exchange has banned this address until 2025-06-20 12:09:00 UTC, because too many requests came from it. Close other programs that use the same exchange and wait: asking earlier makes the ban longer.",
		"本机地址的请求过多，已被交易所封禁至 2025-06-20 12:09:00 UTC。请关闭其他访问该交易所的程序并等待：提前请求只会延长封禁。"},
	{"banned, nobody said until when", down(market.Refused, market.Problem{Kind: market.BannedUntil, Until: until, Code: 418}), banned, "▲", false,
		"The exchange has banned this address, because too many requests came from it. It named no end; this program chose to wait until 2025-06-17 12:09:00 UTC. Close other programs that use the same exchange and wait: asking earlier makes the ban longer.",
		"本机地址的请求过多，已被交易所封禁；交易所没有说明期限，本程序自行等待至 2025-06-17 12:09:00 UTC。请关闭其他访问该交易所的程序并等待：提前请求只会延长封禁。"},
	{"firewall", trying(first(down(market.Refused, market.Problem{Kind: market.RefusedFirewall, Code: 403}))), refused, "▲", true,
		"A firewall at the exchange refuses this address (403). A VPN, a shared address or a company network is the usual reason; try another network. Next try at 12:04:17 UTC.",
		"交易所的防火墙拒绝了本机地址（403），常见原因是 VPN、共享地址或公司网络。请换一个网络再试。下次重试：12:04:17 UTC。"},
	{"location", first(down(market.Refused, market.Problem{Kind: market.RefusedLocation, Code: 451})), refused, "▲", true,
		"The exchange does not serve the place this computer connects from (451). Its rules decide where it may be used; the demo market works everywhere.",
		"交易所不向本机所在的地区提供服务（451），可用地区由交易所的规则决定。演示行情在任何地方都能使用。"},
	{"a login page for everything", down(market.Stale, market.Problem{Kind: market.BadAnswer}), stale, "▲", true,
		"The answer was not what was asked for, but a web page, an error or nonsense, so it is not shown. It is asked for again by itself. If this lasts: does this network want a login, or is there a newer version of this program? Last answer at 12:03:09 UTC.",
		"返回的不是所请求的数据，而是网页、错误信息或无法理解的内容，因此不予显示。程序会自动重试；若持续出现，请检查当前网络是否需要登录，或本程序是否有新版本。最近一次应答：12:03:09 UTC。"},
	{"maintenance", down(market.Stale, market.Problem{Kind: market.ExchangeDown, Code: 503}), theirs, "▲", true,
		"The exchange reports a fault of its own (503), or is under maintenance. Nothing is wrong here; it is asked again by itself. Last answer at 12:03:09 UTC.",
		"交易所报告自身故障（503）或正在维护。本机没有问题，程序会自动重试。最近一次应答：12:03:09 UTC。"},
	{"stale for no reason given", with(func(r *Reading) { r.Status.State = market.Stale }), stale, "▲", true,
		"Last answer at 12:04:08 UTC.", "最近一次应答：12:04:08 UTC。"},
	{"loading takes longer", with(func(r *Reading) {
		r.Status.State, r.Status.Ready = market.Loading, 312
		r.Status.Problem = &market.Problem{Kind: market.QuotaSpent, Route: market.RouteOpenInterest, Until: until, Used: 1895, Allowed: 1920, Own: 1890}
	}), isLoading, "◐", false,
		"This program has spent its share of the minute (1,895 of 1,920), and goes on at 12:09:00 UTC.",
		"本程序已用完这一分钟的请求额度（1,895 / 1,920），将于 12:09:00 UTC 继续。"},
}

var ofParts = []sentence{
	{"history refused", partly(market.Problem{Kind: market.RefusedFirewall, Route: market.RouteHistory, Until: until, Code: 403}), isLive, "●", false,
		"History is refused (403) until 12:09:00 UTC; everything else is live.",
		"历史数据被拒绝（403），至 12:09:00 UTC；其余数据均为实时。"},
	{"history told to wait", partly(market.Problem{Kind: market.LimitedUntil, Route: market.RouteHistory, Until: until, Told: true, Code: 429}), isLive, "●", false,
		"History rests until 12:09:00 UTC, as the exchange asked (429); everything else is live.",
		"历史数据暂停：交易所要求等待至 12:09:00 UTC（429）；其余数据均为实时。"},
	{"history limited by our own time", partly(market.Problem{Kind: market.LimitedUntil, Route: market.RouteHistory, Until: until, Code: 429}), isLive, "●", false,
		"History is refused for too many requests (429); this program chose to wait until 12:09:00 UTC; everything else is live.",
		"历史数据因请求过多被拒绝（429），本程序自行等待至 12:09:00 UTC；其余数据均为实时。"},
	{"history share spent", partly(market.Problem{Kind: market.QuotaSpent, Route: market.RouteHistory, Until: until, Used: 898, Allowed: 900}), isLive, "●", false,
		"History: this program has spent its share of the requests (898 of 900), and goes on at 12:09:00 UTC; everything else is live.",
		"历史数据：本程序已用完请求额度（898 / 900），将于 12:09:00 UTC 继续；其余数据均为实时。"},
	{"contracts get a page", partly(market.Problem{Kind: market.BadAnswer, Route: market.RouteContracts, Until: until}), isLive, "●", false,
		"The list of contracts is answered with a web page, an error or nonsense; next try at 12:09:00 UTC; everything else is live.",
		"合约列表返回的是网页、错误信息或无法理解的内容，下次重试：12:09:00 UTC；其余数据均为实时。"},
	{"open interest is slow", partly(market.Problem{Kind: market.TimedOut, Route: market.RouteOpenInterest}), isLive, "●", false,
		"Open interest gets no answer in time; everything else is live.",
		"持仓量未能及时响应；其余数据均为实时。"},
	{"ticker fault", partly(market.Problem{Kind: market.ExchangeDown, Route: market.RouteTickers, Code: 502, Until: until}), isLive, "●", false,
		"The 24 h ticker fails by a fault of the exchange (502); next try at 12:09:00 UTC; everything else is live.",
		"24 小时行情：交易所自身故障（502），下次重试：12:09:00 UTC；其余数据均为实时。"},
	{"marks unreachable", partly(market.Problem{Kind: market.Unreachable, Route: market.RouteMarkPrices, Until: until}), isLive, "●", false,
		"The mark price cannot be reached; next try at 12:09:00 UTC; everything else is live.",
		"标记价格无法连接，下次重试：12:09:00 UTC；其余数据均为实时。"},
	{"funding by place", partly(market.Problem{Kind: market.RefusedLocation, Route: market.RouteFunding, Until: until, Code: 451}), isLive, "●", false,
		"Funding is refused for this location (451) until 12:09:00 UTC; everything else is live.",
		"资金费率不向本地区提供（451），至 12:09:00 UTC；其余数据均为实时。"},
	{"funding's certificate", partly(market.Problem{Kind: market.BadCertificate, Route: market.RouteFunding}), isLive, "●", false,
		"Funding is answered without a certificate that proves the exchange (is this computer's clock right, and does anything intercept the connection?); everything else is live.",
		"资金费率：对方的证书无法证明它就是交易所（请检查本机时钟，以及连接是否被截取）；其余数据均为实时。"},
	{"funding, no proxy there", partly(market.Problem{Kind: market.ProxyUnreachable, Route: market.RouteFunding, Until: until}), isLive, "●", false,
		"Funding is not reached, for want of a connection to the proxy; next try at 12:09:00 UTC; everything else is live.",
		"资金费率：无法连接代理，下次重试：12:09:00 UTC；其余数据均为实时。"},
	{"funding's proxy wants a password", partly(market.Problem{Kind: market.ProxyLogin, Route: market.RouteFunding, Until: until}), isLive, "●", false,
		"Funding is not reached, since the proxy wants another user name and password; next try at 12:09:00 UTC; everything else is live.",
		"资金费率：代理需要其他用户名和密码，下次重试：12:09:00 UTC；其余数据均为实时。"},
	{"funding's proxy refuses", partly(market.Problem{Kind: market.ProxyRefused, Route: market.RouteFunding, Until: until}), isLive, "●", false,
		"Funding is not reached, since the proxy does not connect to it; next try at 12:09:00 UTC; everything else is live.",
		"资金费率：代理没有连接到交易所，下次重试：12:09:00 UTC；其余数据均为实时。"},
	{"funding banned", partly(market.Problem{Kind: market.BannedUntil, Route: market.RouteFunding, Until: until, Told: true}), isLive, "●", false,
		"Funding is banned for this address until 2025-06-17 12:09:00 UTC; everything else is live.",
		"资金费率对本机地址封禁至 2025-06-17 12:09:00 UTC；其余数据均为实时。"},
	{"ratios refused", partly(market.Problem{Kind: market.RefusedFirewall, Route: market.RouteRatios, Until: until, Code: 403}), isLive, "●", false,
		"Long/short ratio data is refused (403) until 12:09:00 UTC; everything else is live.",
		"多空比数据被拒绝（403），至 12:09:00 UTC；其余数据均为实时。"},
	{"liquidations refused", partly(market.Problem{Kind: market.RefusedLocation, Route: market.RouteLiquidations, Until: until, Code: 451}), isLive, "●", false,
		"The liquidation stream is refused for this location (451) until 12:09:00 UTC; everything else is live.",
		"强平推送不向本地区提供（451），至 12:09:00 UTC；其余数据均为实时。"},
	{"liquidations cut", partly(market.Problem{Kind: market.Unreachable, Route: market.RouteLiquidations}), isLive, "●", false,
		"Liquidations are not being seen, since their stream is down; everything else is live.",
		"强平推送已中断，暂时看不到强平；其余数据均为实时。"},
	{"stream down, no more known", with(func(r *Reading) { r.Status.StreamLive = false }), isLive, "●", false,
		"The live price stream is down; prices are asked for instead.",
		"实时价格推送已中断，改为定时查询价格。"},
	{"stream down", partly(market.Problem{Kind: market.Unreachable, Route: market.RouteStream, Until: until}), isLive, "●", false,
		"The live price stream is down; prices are asked for instead.",
		"实时价格推送已中断，改为定时查询价格。"},
	{"stream refused", partly(market.Problem{Kind: market.RefusedFirewall, Route: market.RouteStream, Until: until, Code: 403}), isLive, "●", false,
		"The live price stream is refused (403) until 12:09:00 UTC; prices are asked for instead.",
		"实时价格推送被拒绝（403），至 12:09:00 UTC，改为定时查询价格。"},
	{"no price at all", partly(market.Problem{Kind: market.RefusedFirewall, Route: market.RouteMarkPrices, Code: 403}, market.Problem{Kind: market.Unreachable, Route: market.RouteStream}), isLive, "●", false,
		"The mark price is refused (403).\nThe live price stream is down.",
		"标记价格被拒绝（403）。\n实时价格推送已中断。"},
	{"one contract has no answer", with(func(r *Reading) {
		p := &market.Problem{Kind: market.UnknownSymbol}
		r.Status.Ready, r.Status.Unanswered, r.Status.Partial = 516, 1, []*market.Problem{p}
		r.Quotes = []*market.Quote{quote("BTCUSDT", nil), quote("SOLUSDT", p)}
	}), isLive, "●", false,
		"1 contract has no answer.\nSOLUSDT: The exchange does not know SOLUSDT. It may have been delisted or renamed; the list of contracts is renewed by itself.",
		"1 个合约没有应答。\nSOLUSDT：交易所没有 SOLUSDT 这个合约。它可能已下架或更名，合约列表会自动更新。"},
	{"contracts that nobody names", with(func(r *Reading) {
		p := &market.Problem{Kind: market.TimedOut}
		r.Status.Ready, r.Status.Unanswered, r.Status.Partial = 515, 2, []*market.Problem{p, p}
	}), isLive, "●", false,
		"2 contracts have no answer.\nThe exchange did not answer in time. The line may be slow or the exchange busy; it is asked again by itself.",
		"2 个合约没有应答。\n交易所未能及时响应。可能是线路较慢或交易所繁忙，程序会自动重试。"},
	{"all at once", with(func(r *Reading) {
		r.Status.Partial = []*market.Problem{{Kind: market.RefusedFirewall, Route: market.RouteHistory, Until: until, Code: 403}, {Kind: market.BadAnswer}}
		r.Status.StreamLive, r.Status.Ready, r.Status.Unanswered = false, 516, 1
		r.Status.Storage = &market.StorageProblem{Kind: market.StorageFull}
		r.Notes = []string{"A note."}
	}), isLive, "●", false,
		"The disk is full: nothing more can be kept. What was kept stays readable.\nHistory is refused (403) until 12:09:00 UTC.\nThe live price stream is down; prices are asked for instead.\n1 contract has no answer.\nThe answer was not what was asked for, but a web page, an error or nonsense, so it is not shown. It is asked for again by itself. If this lasts: does this network want a login, or is there a newer version of this program?\nA note.",
		"磁盘已满，无法继续保存；已保存的数据仍可读取。\n历史数据被拒绝（403），至 12:09:00 UTC。\n实时价格推送已中断，改为定时查询价格。\n1 个合约没有应答。\n返回的不是所请求的数据，而是网页、错误信息或无法理解的内容，因此不予显示。程序会自动重试；若持续出现，请检查当前网络是否需要登录，或本程序是否有新版本。\nA note."},
	{"set aside comes last", with(func(r *Reading) {
		r.Status.StreamLive = false
		r.Status.Storage = &market.StorageProblem{Kind: market.StorageSetAside, What: "history.old"}
	}), isLive, "●", false,
		"The live price stream is down; prices are asked for instead.\nThe history was damaged, so it was set aside as history.old, what could be read of it was saved, and it goes on.",
		"实时价格推送已中断，改为定时查询价格。\n历史数据库已损坏：原文件已移存为 history.old，可读取的部分已恢复，程序继续记录。"},
}

func TestEverySentence(t *testing.T) {
	for _, c := range append(append([]sentence{}, ofAll...), ofParts...) {
		for i, lang := range assets.Languages() {
			want := [2]string{c.en, c.zh}[i]
			w := assets.NewWords(lang)
			m := NewModel(c.reading, w)
			if m.Tip != want {
				t.Errorf("%s, %s: the tooltip says\n%q, want\n%q", c.name, lang, m.Tip, want)
			}
			if line, _, _ := strings.Cut(want, "\n"); m.Sentence != line {
				t.Errorf("%s, %s: the bar says %q", c.name, lang, m.Sentence)
			}
			if m.State != c.state[i] || m.Symbol != c.symbol || m.Retry != c.retry {
				t.Errorf("%s, %s: %s %s, retry %t", c.name, lang, m.Symbol, m.State, m.Retry)
			}
			if lang == assets.English && m.OpenDemo != (c.retry && c.reading.Status.LastGood.IsZero()) {
				t.Errorf("%s: the demo is offered: %t", c.name, m.OpenDemo)
			}
		}
	}
}

// What is wrong besides the sentence on the bar is counted there.
func TestMoreIsCounted(t *testing.T) {
	w := assets.NewWords(assets.English)
	for _, c := range ofParts {
		want := map[string]string{"no price at all": "+1", "all at once": "+4", "set aside comes last": "+1"}[c.name]
		if got := NewModel(c.reading, w).More; got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

// A script gets in one line what the tooltip says in several; only the window
// names contracts there, and has notes of its own.
func TestStatusProblemIsOneLine(t *testing.T) {
	for _, c := range append(append([]sentence{}, ofAll...), ofParts...) {
		for i, lang := range assets.Languages() {
			if c.reading.Quotes != nil || c.reading.Notes != nil {
				continue
			}
			want := strings.ReplaceAll([2]string{c.en, c.zh}[i], "\n", [2]string{" ", ""}[i])
			if got := format.StatusProblem(assets.NewWords(lang), c.reading.Status, nil); got != want {
				t.Errorf("%s, %s: %q, want %q", c.name, lang, got, want)
			}
		}
	}
	for _, r := range []Reading{live(), {Status: market.Status{State: market.Loading}}} {
		if got := format.StatusProblem(assets.NewWords(assets.English), r.Status, nil); got != "" {
			t.Errorf("nothing is wrong, and it says %q", got)
		}
	}
}

// The kinds of problem are all in the table, as the exchange's and as a route's.
func TestEveryKindIsInTheTable(t *testing.T) {
	for _, kind := range []market.ProblemKind{market.Unreachable, market.TimedOut, market.BadCertificate, market.QuotaSpent, market.LimitedUntil,
		market.BannedUntil, market.RefusedFirewall, market.RefusedLocation, market.BadAnswer, market.ExchangeDown,
		market.ProxyUnreachable, market.ProxyLogin, market.ProxyRefused} {
		if !has(ofAll, kind) {
			t.Errorf("%s is not tried for the whole exchange", kind)
		}
		if !has(ofParts, kind) {
			t.Errorf("%s is not tried for a route", kind)
		}
	}
	for _, route := range []market.Route{market.RouteContracts, market.RouteOpenInterest, market.RouteHistory, market.RouteTickers,
		market.RouteMarkPrices, market.RouteFunding, market.RouteStream} {
		if s := assets.NewWords(assets.Chinese).T("problem.route_" + string(route)); s == "" {
			t.Errorf("no word for the route %s", route)
		}
	}
}

func has(cases []sentence, kind market.ProblemKind) bool {
	for _, c := range cases {
		st := c.reading.Status
		for _, p := range append(st.Partial, st.Problem) {
			if p != nil && p.Kind == kind {
				return true
			}
		}
	}
	return false
}

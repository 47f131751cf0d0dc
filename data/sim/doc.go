// Package sim is a simulated exchange: a server on loopback that speaks the
// protocol of Binance's USDⓈ-M futures (REST, market streams and the public
// archive of metrics) and plays a market of our own invention. The program's
// demo runs against it, and the tests use it as the whole program's
// counterpart; nothing but the base URLs differs from the real exchange.
//
// # The market
//
// Nothing is recorded and nothing is stored. Price and open interest of a
// contract are functions of (seed, symbol, instant), so that any instant
// within decades can be asked for alone, a restart continues where the last
// run would be now, and Server.Truth can tell a test what a client must see.
// See tree for the random walks, event for what is laid over them (flushes,
// squeezes, spikes, divergences, crowding), universe for how contracts differ.
// Only dates of listing of the newest contracts hang on the server's start.
//
// # The exchange
//
// Weights, budgets, limits, error codes and delays are those the real exchange
// documents. Server.Inject turns on every odd answer that has been seen of it,
// or of what stands between it and the program; Server.Stats tells how the
// client behaved.
//
// The files: hash, cascade, events, contract and funding make the market; names
// and universe the list of contracts; rest, history, ratios, ticker and encode the
// answers; stream, broadcast and archive the rest of the protocol; ledger the
// budgets; fault and mutate the odd answers; server, request and stats hold it
// together.
package sim

package sim

import (
	"strings"
	"sync"
	"time"
)

// FaultKind is one way in which answers can be odd.
type FaultKind string

// Faults of REST and archive answers.
const (
	Status    FaultKind = "status"     // HTTP status Code, with RetryAfter and Body where given; a Body is what the exchange says otherwise
	Delay     FaultKind = "delay"      // the answer comes after Wait
	Hang      FaultKind = "hang"       // no answer until the client gives up or the fault ends
	Reset     FaultKind = "reset"      // the connection is reset
	Truncate  FaultKind = "truncate"   // the body is shorter than its Content-Length
	ChunkCut  FaultKind = "chunk_cut"  // a chunked body that stops in the middle
	Redirect  FaultKind = "redirect"   // 302 to a login page, as hotel networks do
	WrongDate FaultKind = "wrong_date" // the Date header is off by Shift
)

// Faults of REST answers with status 200.
const (
	BrokenJSON   FaultKind = "broken_json"   // the first half of the answer
	Malformed    FaultKind = "malformed"     // in the first Rows rows, every field but the symbol is an object
	Null         FaultKind = "null"          // null
	EmptyObject  FaultKind = "empty_object"  // {}
	EmptyArray   FaultKind = "empty_array"   // []
	EmptyBody    FaultKind = "empty_body"    // nothing
	HTML         FaultKind = "html"          // a maintenance page
	ErrorBody    FaultKind = "error_body"    // {"code":-1121,…} with status 200
	Negative     FaultKind = "negative"      // quantities and prices are Value, or "-1"
	Duplicate    FaultKind = "duplicate"     // every row twice, newest first
	QuotedTime   FaultKind = "quoted_time"   // timestamps are strings
	WrongTime    FaultKind = "wrong_time"    // timestamps are off by Shift; 0 when Shift is 0
	OtherSymbol  FaultKind = "other_symbol"  // rows name a symbol that was not asked for
	OthersSpend  FaultKind = "others_spend"  // others behind the address spend PerSecond weight
	WrongDigest  FaultKind = "wrong_digest"  // archive: the checksum is another file's
	CorruptZip   FaultKind = "corrupt_zip"   // archive: the file's end is zeros
	ZipBomb      FaultKind = "zip_bomb"      // archive: a small file that unpacks to 64 MB; its checksum is right
	ZipTraversal FaultKind = "zip_traversal" // archive: the zip's member is named ../../evil.csv; its checksum is right
)

// Faults of streams. PathPrefix is held against the path of the handshake.
const (
	StreamRefuse  FaultKind = "stream_refuse"   // the handshake is answered with Code
	StreamSilent  FaultKind = "stream_silent"   // open, and nothing comes
	StreamDrop    FaultKind = "stream_drop"     // closed, without a closing handshake, at the next push
	StreamGarbage FaultKind = "stream_garbage"  // messages that are not what they should be
	StreamHalf    FaultKind = "stream_half"     // half a frame, then the connection ends
	StreamBadRows FaultKind = "stream_bad_rows" // rows that cannot be used among good ones
	StreamRepeat  FaultKind = "stream_repeat"   // what was pushed last comes again and again
	StreamOld     FaultKind = "stream_old"      // what was pushed a while before: Shift, which is negative
)

// Fault is something odd that the exchange does. Zero fields don't restrict:
// a Fault with only a Kind is on for every request until it is removed.
type Fault struct {
	Kind       FaultKind
	PathPrefix string        // of the request, or of the stream's handshake: "/fapi/v1/openInterest", "/market/"
	Symbol     string        // only requests for this symbol
	Share      float64       // of the requests that match, from 0 to 1; 0 means all
	Times      int           // ends after this many
	For        time.Duration // ends this long after it was injected, on the server's clock
	Until      time.Time     // ends then, on the server's clock

	Code        int           // Status, StreamRefuse
	RetryAfter  time.Duration // Status: the header, in whole seconds
	Body        string        // Status
	ContentType string        // Status, with Body; text/html by default
	Wait        time.Duration // Delay
	Rows        int           // Malformed; 1 by default
	Value       string        // Negative
	Shift       time.Duration // WrongTime, WrongDate, StreamOld
	PerSecond   int           // OthersSpend
}

// active is a fault that is on.
type active struct {
	Fault
	left  int           // of Times
	asked uint64        // requests that matched, for Share
	spent time.Time     // OthersSpend: until when it is booked
	done  chan struct{} // closed on removal, for those who hang
}

// faults are those that are on.
type faults struct {
	mu  sync.Mutex
	all []*active
}

// Inject turns a fault on and returns what turns it off again. Several may be
// on at once; of those that match and exclude each other the first counts.
func (s *Server) Inject(f Fault) (remove func()) {
	now := s.options.Now()
	if f.For > 0 && f.Until.IsZero() {
		f.Until = now.Add(f.For)
	}
	a := &active{Fault: f, left: f.Times, spent: now, done: make(chan struct{})}
	s.faults.mu.Lock()
	s.faults.all = append(s.faults.all, a)
	s.faults.mu.Unlock()
	return sync.OnceFunc(func() {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.drop(a)
	})
}

// Pardon ends every block and ban that the client was told of.
func (s *Server) Pardon() { s.ledger.pardon() }

func (f *faults) drop(a *active) {
	for i, x := range f.all {
		if x == a {
			f.all = append(f.all[:i:i], f.all[i+1:]...)
			close(a.done)
			return
		}
	}
}

// take finds a fault among kinds that hits this request, and counts it.
func (f *faults) take(now time.Time, path, symbol string, kinds func(FaultKind) bool) *active {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range append([]*active(nil), f.all...) {
		if !a.Until.IsZero() && !now.Before(a.Until) {
			f.drop(a)
			continue
		}
		if !kinds(a.Kind) || !strings.HasPrefix(path, a.PathPrefix) || a.Symbol != "" && a.Symbol != symbol {
			continue
		}
		a.asked++
		if a.Share > 0 && uniform(mix(a.asked)) >= a.Share {
			continue
		}
		if a.left == 1 {
			f.drop(a)
		}
		a.left--
		return a
	}
	return nil
}

// othersSpent is the weight that others spent since this was last asked, the
// part of it that fell into the current minute.
func (f *faults) othersSpent(now time.Time) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	total := 0
	for _, a := range f.all {
		if a.Kind != OthersSpend {
			continue
		}
		end := now
		if !a.Until.IsZero() && end.After(a.Until) {
			end = a.Until
		}
		if minute := now.Truncate(time.Minute); a.spent.Before(minute) {
			a.spent = minute
		}
		n := int(end.Sub(a.spent).Seconds() * float64(a.PerSecond))
		if n > 0 {
			total += n
			a.spent = end
		}
	}
	return total
}

func of(kinds ...FaultKind) func(FaultKind) bool {
	return func(k FaultKind) bool {
		for _, x := range kinds {
			if x == k {
				return true
			}
		}
		return false
	}
}

// The moments at which faults strike.
var (
	beforeAnswer = of(Delay, Hang)
	inTransport  = of(Status, Reset, Redirect)
	inBody       = of(Truncate, ChunkCut, BrokenJSON, Malformed, Null, EmptyObject, EmptyArray, EmptyBody, HTML, ErrorBody,
		Negative, Duplicate, QuotedTime, WrongTime, OtherSymbol, WrongDigest, CorruptZip, ZipBomb, ZipTraversal)
	atHandshake = of(StreamRefuse)
	atPush      = of(StreamSilent, StreamDrop, StreamGarbage, StreamHalf, StreamBadRows, StreamRepeat, StreamOld)
	inHeader    = of(WrongDate)
)

package sim

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// hub pushes the streams to whoever listens. A message is made once for all,
// and nothing is made while nobody listens.
type hub struct {
	s        *Server
	upgrader websocket.Upgrader

	mu      sync.Mutex
	clients map[*client]struct{}
	arrived chan struct{} // one slot: there is a client
}

// client is one stream connection.
type client struct {
	conn     *websocket.Conn
	path     string
	routed   bool // on the /market route; others are accepted and stay silent
	combined bool // messages are wrapped with their stream's name
	out      chan push
	gone     chan struct{} // closed when the reader ends
	last     *broadcast    // what was pushed last; the hub's own

	mu      sync.Mutex
	streams map[string]bool
}

// push is what goes to one client: a message, or an oddity.
type push struct {
	message *websocket.PreparedMessage
	odd     FaultKind
	text    []byte // of an odd message
}

const (
	streamBacklog = 64 // messages a client may lag behind before it is dropped
	pingEvery     = 3 * time.Minute
	writeTime     = 10 * time.Second
)

func newHub(s *Server) *hub {
	return &hub{
		s: s, clients: map[*client]struct{}{}, arrived: make(chan struct{}, 1),
		upgrader: websocket.Upgrader{WriteBufferSize: 64 << 10, CheckOrigin: func(*http.Request) bool { return true }},
	}
}

// serve is the life of one connection.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	h.s.stats.requested(streamRoute(path), r.UserAgent())
	if f := h.s.faults.take(h.s.options.Now(), path, "", atHandshake); f != nil {
		h.s.send(w, answer{status: max(f.Code, 400)})
		return
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := &client{
		conn: conn, path: path, routed: strings.HasPrefix(path, "/market/"), combined: strings.HasSuffix(path, "/stream"),
		out: make(chan push, streamBacklog), gone: make(chan struct{}), streams: map[string]bool{},
	}
	names := strings.Split(r.URL.Query().Get("streams"), "/")
	if !c.combined {
		_, name, _ := strings.Cut(path, "/ws/")
		names = strings.Split(name, "/")
	}
	for _, n := range names {
		if n != "" {
			c.streams[n] = true
		}
	}
	h.s.stats.do(func(st *Stats) { st.Streams++; st.OpenStreams++ })
	defer h.s.stats.do(func(st *Stats) { st.OpenStreams-- })
	h.add(c)
	defer h.remove(c)
	h.s.work.Go(func() { c.write(h.s.ctx.Done()) })
	c.read()
}

func streamRoute(path string) string {
	if strings.HasPrefix(path, "/market/") {
		return "/market/…"
	}
	return "/ws/…"
}

func (h *hub) add(c *client) {
	h.mu.Lock()
	h.clients[c] = struct{}{}
	h.mu.Unlock()
	select {
	case h.arrived <- struct{}{}:
	default:
	}
}

func (h *hub) remove(c *client) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
}

// read takes in what the client says until it goes: subscriptions.
func (c *client) read() {
	defer close(c.gone)
	c.conn.SetReadLimit(1 << 20)
	for {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		var said struct {
			Method string          `json:"method"`
			Params []string        `json:"params"`
			ID     json.RawMessage `json:"id"`
		}
		if json.Unmarshal(data, &said) != nil || said.Method != "SUBSCRIBE" && said.Method != "UNSUBSCRIBE" {
			continue
		}
		c.mu.Lock()
		for _, name := range said.Params {
			c.streams[name] = said.Method == "SUBSCRIBE"
		}
		c.mu.Unlock()
		id := said.ID
		if len(id) == 0 {
			id = json.RawMessage("null")
		}
		c.send(push{text: []byte(`{"result":null,"id":` + string(id) + `}`)})
	}
}

func (c *client) wants(stream string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.streams[stream]
}

// send queues a push; a client that lags too far behind is dropped.
func (c *client) send(p push) {
	select {
	case c.out <- p:
	case <-c.gone:
	default:
		_ = c.conn.Close()
	}
}

// write sends what is queued until the client or the server goes.
func (c *client) write(stopped <-chan struct{}) {
	defer c.conn.Close() // ends read as well
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case p := <-c.out:
			err = c.emit(p)
		case <-ping.C:
			err = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime))
		case <-c.gone:
			return
		case <-stopped:
			message := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
			_ = c.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
			return
		}
		if err != nil {
			return
		}
	}
}

var errDropped = errors.New("dropped on purpose")

func (c *client) emit(p push) error {
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTime))
	switch {
	case p.odd == StreamDrop:
		return errDropped
	case p.odd == StreamHalf:
		// A text frame that announces 4096 bytes and brings a few.
		_, _ = c.conn.NetConn().Write(append([]byte{0x81, 126, 0x10, 0x00}, `[{"e":"markPriceUpdate","E":17`...))
		return errDropped
	case p.message != nil:
		return c.conn.WritePreparedMessage(p.message)
	}
	return c.conn.WriteMessage(websocket.TextMessage, p.text)
}

// run pushes on every tick while anybody listens. Ticks fall on whole
// multiples of the interval.
func (h *hub) run() {
	every := h.s.options.StreamEvery
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for tick := int64(0); ; tick++ {
		for h.idle() {
			select {
			case <-h.arrived:
			case <-h.s.ctx.Done():
				return
			}
		}
		now := time.Now()
		timer.Reset(now.Truncate(every).Add(every).Sub(now))
		select {
		case <-timer.C:
			h.push(tick)
		case <-h.s.ctx.Done():
			return
		}
	}
}

func (h *hub) idle() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients) == 0
}

// push makes the messages that are wanted and hands them out.
func (h *hub) push(tick int64) {
	h.mu.Lock()
	list := make([]*client, 0, len(h.clients))
	for c := range h.clients {
		list = append(list, c)
	}
	h.mu.Unlock()
	now := h.s.options.Now()
	at := func(t time.Time) *broadcast {
		return &broadcast{s: h.s, ms: millis(t), u: h.s.market.Load(), made: map[string][]prepared{}}
	}
	fresh := at(now)
	for _, c := range list {
		if !c.routed {
			continue
		}
		b, odd := fresh, FaultKind("")
		if f := h.s.faults.take(now, c.path, "", atPush); f != nil {
			odd = f.Kind
			switch {
			case odd == StreamOld:
				b, odd = at(now.Add(f.Shift)), ""
			case odd == StreamRepeat:
				b, odd = cmp.Or(c.last, fresh), ""
			}
		}
		switch odd {
		case StreamSilent:
			continue
		case StreamDrop, StreamHalf:
			c.send(push{odd: odd})
			continue
		case StreamGarbage:
			c.send(push{text: garbage[tick%int64(len(garbage))]})
			continue
		}
		for _, stream := range pushed {
			if !c.wants(stream.name) || tick%stream.every != 0 {
				continue
			}
			c.last = b
			for _, m := range b.messages(stream) {
				c.send(m.push(c.combined, odd))
			}
		}
	}
}

// garbage are messages that no stream should bring.
var garbage = [][]byte{
	[]byte(`[{"e":"markPriceUpdate","s":"BTCUS`), []byte(`null`), []byte(`[]`), []byte(`{}`), []byte(`"hello"`), []byte(`17`), {},
	[]byte(`[{"e":"markPriceUpdate","E":"soon","s":17,"p":null,"r":{},"T":[]}]`), []byte(`[null,[],0,"x"]`), {0xff, 0xfe, 0x00},
	[]byte(`{"error":{"code":2,"msg":"Invalid request"}}`), []byte(`<html>502 Bad Gateway</html>`),
}

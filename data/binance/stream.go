package binance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Time limits and bounds of streams. All mark prices are about 150 kB.
const (
	maxMessage    = 1 << 20
	pongTimeout   = time.Second
	goodbye       = 200 * time.Millisecond
	markSilence   = 4 * time.Second // they come each second
	idleSilence   = 7 * time.Minute // the exchange pings every 3
	pingPeriod    = 15 * time.Second
	pongSilence   = 40 * time.Second // of who has answered a ping of ours before
	streamBuffers = 64 << 10
)

// stream is one kind of subscription.
type stream struct {
	name    string
	path    string // below the stream address
	silence time.Duration

	// Where no data is normal, pings show that the other end is there, and so do its
	// answers to ours: a line that died is silent, too. Where no data is not normal,
	// they must not hide that the data stopped.
	pingsCount bool

	opened func() // is called once there is a connection; nil: nobody needs to know
	alive  func() // is called with each ping and answer to one, where they count; nil likewise
}

// The exchange pushes all-market streams only on its /market route; on others
// they connect and stay silent, since 2026-04-23.
var (
	markStream        = stream{name: "mark price stream", path: "/market/ws/!markPrice@arr@1s", silence: markSilence}
	liquidationStream = stream{name: "liquidation stream", path: "/market/ws/!forceOrder@arr", silence: idleSilence, pingsCount: true}
)

// follow reads one connection until it breaks, goes silent or ctx ends, and
// returns why: a *market.Problem, or ctx's error, wrapped. read gets each
// message, which is its own until it returns, and tells whether there was
// anything usable in it.
func (c *Client) follow(ctx context.Context, s stream, read func(message []byte) bool) error {
	conn, err := c.connect(ctx, s)
	if err != nil {
		return err
	}
	if s.opened != nil {
		s.opened()
	}
	stop := context.AfterFunc(ctx, func() {
		bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
		_ = conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(goodbye)) // a courtesy
		_ = conn.Close()
	})
	defer func() {
		stop()
		_ = conn.Close()
	}()
	err = c.listen(conn, s, read)
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", s.name, ctx.Err())
	}
	return c.problem(ctx, s.name, &answer{}, err)
}

func (c *Client) connect(ctx context.Context, s stream) (*websocket.Conn, error) {
	dialer := websocket.Dialer{
		NetDialContext:   c.dial,
		HandshakeTimeout: requestTimeout,
		ReadBufferSize:   streamBuffers,
	}
	c.tally.request(s.path)
	conn, res, err := dialer.DialContext(ctx, c.streamURL+s.path, http.Header{"User-Agent": {c.agent}})
	if err == nil {
		return conn, nil
	}
	if res == nil {
		return nil, c.problem(ctx, s.name, &answer{}, err)
	}
	a := &answer{}
	a.note(res)
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // the dialer keeps the beginning of it
	a.refusal = errorIn(body)
	if a.refusal != nil {
		err = fmt.Errorf("%w: %w", err, a.refusal)
	} else if len(body) > 0 {
		err = fmt.Errorf("%w: %s", err, excerpt(body))
	}
	return nil, c.problem(ctx, s.name, a, err)
}

// listen reads messages. Only usable data keeps the watchdog quiet, and pings
// where they count.
func (c *Client) listen(conn *websocket.Conn, s stream, read func([]byte) bool) error {
	conn.SetReadLimit(maxMessage)
	silence := s.silence
	alive := func() error { return conn.SetReadDeadline(time.Now().Add(silence)) }
	pinged := func() error {
		if !s.pingsCount {
			return nil
		}
		if s.alive != nil {
			s.alive()
		}
		return alive()
	}
	conn.SetPingHandler(func(payload string) error {
		if err := pinged(); err != nil {
			return err
		}
		_ = conn.WriteControl(websocket.PongMessage, []byte(payload), time.Now().Add(pongTimeout)) // a broken line shows on reading
		return nil
	})
	conn.SetPongHandler(func(string) error {
		silence = min(silence, pongSilence)
		return pinged()
	})
	if err := alive(); err != nil {
		return err
	}
	if s.pingsCount {
		stop := ping(conn)
		defer stop()
	}
	var message bytes.Buffer // one for all messages: they come each second, and are long
	for {
		err := receive(conn, &message)
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			return fmt.Errorf("nothing usable came for %s: %w", silence, err)
		}
		if err != nil {
			return err
		}
		if read(message.Bytes()) { // of either kind: what is text to one server is bytes to another
			if err := alive(); err != nil {
				return err
			}
		}
	}
}

// ping asks the other end again and again whether it is there, until stop, which
// waits for the end of that.
func ping(conn *websocket.Conn) (stop func()) {
	var asking sync.WaitGroup
	over := make(chan struct{})
	asking.Go(func() {
		again := time.NewTicker(pingPeriod)
		defer again.Stop()
		for {
			select {
			case <-over:
				return
			case <-again.C:
				_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(pongTimeout)) // a broken line shows on reading
			}
		}
	})
	return func() {
		close(over)
		asking.Wait()
	}
}

// receive reads the next message into a buffer, in place of the one before.
func receive(conn *websocket.Conn, into *bytes.Buffer) error {
	_, next, err := conn.NextReader()
	if err != nil {
		return err
	}
	into.Reset()
	_, err = into.ReadFrom(next)
	return err
}

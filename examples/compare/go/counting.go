package main

import (
	"net"
	"sync/atomic"
)

// WireBytes are those to the server, and back.
type WireBytes struct {
	Out  int64 `json:"out"`
	Back int64 `json:"back"`
}

// A Wire counts what travels over all conns that go through it.
type Wire struct{ out, back int64 }

func (w *Wire) counted() WireBytes {
	return WireBytes{atomic.LoadInt64(&w.out), atomic.LoadInt64(&w.back)}
}

// count returns conn itself if w is nil: what is timed is not counted.
func (w *Wire) count(conn net.Conn, err error) (net.Conn, error) {
	if w == nil || err != nil {
		return conn, err
	}
	return &countingConn{conn, w}, nil
}

type countingConn struct {
	net.Conn
	wire *Wire
}

func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	atomic.AddInt64(&c.wire.back, int64(n))
	return n, err
}

func (c *countingConn) Write(p []byte) (int, error) {
	atomic.AddInt64(&c.wire.out, int64(len(p))) // before the answer can be there
	return c.Conn.Write(p)
}

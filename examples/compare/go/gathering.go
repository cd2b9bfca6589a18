//go:build !nogorilla

package main

import (
	"bufio"
	"net"
	"sync"
)

var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, bufferBytes) }}

// A gatheringConn gathers what is written until it is flushed, as gorilla's own conn makes a system call of each message.
// A server's flushes by itself when more is to be read: whoever reads has written all that it can.
type gatheringConn struct {
	net.Conn
	flushesOnRead bool
	mu            sync.Mutex
	writer        *bufio.Writer // nil while there is nothing to write: a conn that idles has no buffer
}

func (c *gatheringConn) Read(p []byte) (int, error) {
	if c.flushesOnRead {
		if err := c.Flush(); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(p)
}

func (c *gatheringConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer == nil {
		c.writer = writers.Get().(*bufio.Writer)
		c.writer.Reset(c.Conn)
	}
	return c.writer.Write(p)
}

func (c *gatheringConn) Flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer == nil {
		return nil
	}
	err := c.writer.Flush()
	writers.Put(c.writer)
	c.writer = nil
	return err
}

// A gatheringListener has conns that flush on read.
type gatheringListener struct{ net.Listener }

func (l gatheringListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &gatheringConn{Conn: conn, flushesOnRead: true}, nil
}

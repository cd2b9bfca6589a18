//go:build !nogorilla

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func serveWebSocket(listener net.Listener) error {
	go http.Serve(gatheringListener{listener}, http.HandlerFunc(echoMessages))
	return nil
}

// echoMessages reads into a buffer that it uses again, and writes from it.
func echoMessages(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	var message bytes.Buffer
	for {
		kind, reader, err := conn.NextReader()
		if err != nil {
			return
		}
		message.Reset()
		if _, err := message.ReadFrom(reader); err != nil {
			return
		}
		if err := conn.WriteMessage(kind, message.Bytes()); err != nil {
			return
		}
	}
}

type webSocketClient struct {
	conn     *websocket.Conn
	gathered *gatheringConn
	message  []byte
	received []byte
	rest     [1]byte
}

func newWebSocketClient(conn net.Conn, size int) (EchoClient, error) {
	gathered := &gatheringConn{Conn: conn, flushesOnRead: true} // until hands are shaken
	dialer := websocket.Dialer{
		NetDial:         func(string, string) (net.Conn, error) { return gathered, nil },
		WriteBufferSize: bufferBytes, // what is longer leaves in several frames
	}
	c, _, err := dialer.Dial("ws://"+conn.RemoteAddr().String(), nil)
	gathered.flushesOnRead = false
	return &webSocketClient{conn: c, gathered: gathered, message: newMessage(size), received: newMessage(size)}, err
}

func (c *webSocketClient) send(number uint32, count int) error {
	for i := 0; i < count; i++ {
		setNumber(c.message, number+uint32(i))
		if err := c.conn.WriteMessage(websocket.BinaryMessage, c.message); err != nil {
			return err
		}
	}
	return c.gathered.Flush()
}

func (c *webSocketClient) receive(number uint32, count int) (int, error) {
	c.conn.SetReadDeadline(time.Now().Add(stalled))
	for i := 0; i < count; i++ {
		_, reader, err := c.conn.NextReader()
		if err != nil {
			return i, err
		}
		if _, err := io.ReadFull(reader, c.received); err != nil {
			return i, err
		}
		if n, err := reader.Read(c.rest[:]); n > 0 || err != io.EOF {
			return i, fmt.Errorf("message is longer than %d", len(c.received))
		}
		if err := checkNumber(c.received, number+uint32(i)); err != nil {
			return i, err
		}
	}
	return count, nil
}

func (c *webSocketClient) close() { c.conn.Close() }

//go:build nogorilla

package main

import (
	"errors"
	"net"
)

var errNoGorilla = errors.New("built without gorilla/websocket")

func serveWebSocket(net.Listener) error { return errNoGorilla }

func newWebSocketClient(net.Conn, int) (EchoClient, error) { return nil, errNoGorilla }

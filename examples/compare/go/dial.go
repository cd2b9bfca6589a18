package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"time"
)

// dial connects to a subject's server, and counts what travels if wire is not nil.
func dial(command Command, wire *Wire) (EchoClient, error) {
	size := command.Size
	switch command.Name {
	case "pipe":
		ours, theirs := net.Pipe()
		go echoBytes(theirs)
		conn, _ := wire.count(ours, nil)
		return newStreamClient(conn, size), nil
	case "rest", "rest-close":
		return newHTTPClient(command, wire), nil
	}
	conn, err := dialConn(command, wire)
	if err != nil {
		return nil, err
	}
	switch command.Name {
	case "tcp", "tls", "unix":
		return newStreamClient(conn, size), nil
	case "udp":
		return newDatagramClient(conn, size), nil
	case "ws", "wss":
		return newWebSocketClient(conn, size)
	case "rpc-tcp-gob":
		return newRPCClient(rpc.NewClient(conn), size), nil
	case "rpc-tcp-jsonrpc":
		return newRPCClient(jsonrpc.NewClient(conn), size), nil
	case "rpc-http-gob":
		client, err := connectRPC(conn)
		return newRPCClient(client, size), err
	}
	return nil, fmt.Errorf("no such subject: %s", command.Name)
}

func dialConn(command Command, wire *Wire) (net.Conn, error) {
	network := "tcp"
	switch command.Name {
	case "udp", "unix":
		network = command.Name
	}
	conn, err := wire.count(net.DialTimeout(network, command.Address, 10*time.Second))
	if err != nil || command.Cert == "" {
		return conn, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(command.Cert))
	secure := tls.Client(conn, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
	return secure, secure.Handshake()
}

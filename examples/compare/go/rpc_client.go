package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/rpc"
)

// An rpcClient calls a method for each message; a burst is as many calls at once.
type rpcClient struct {
	client *rpc.Client
	size   int
	bursts chan []*rpc.Call
}

func newRPCClient(client *rpc.Client, size int) EchoClient {
	return &rpcClient{client, size, make(chan []*rpc.Call, 2)}
}

func (c *rpcClient) send(number uint32, count int) error {
	calls := make([]*rpc.Call, count)
	for i := range calls {
		message := newMessage(c.size)
		setNumber(message, number+uint32(i))
		calls[i] = c.client.Go("Echo.Send", message, new([]byte), make(chan *rpc.Call, 1))
	}
	c.bursts <- calls
	return nil
}

func (c *rpcClient) receive(number uint32, count int) (int, error) {
	for i, call := range <-c.bursts {
		<-call.Done
		if call.Error != nil {
			return i, call.Error
		}
		if err := checkNumber(*call.Reply.(*[]byte), number+uint32(i)); err != nil {
			return i, err
		}
	}
	return count, nil
}

func (c *rpcClient) close() { c.client.Close() }

// connectRPC does what rpc.DialHTTP does, on a conn that is dialled already.
func connectRPC(conn net.Conn) (*rpc.Client, error) {
	io.WriteString(conn, "CONNECT "+rpc.DefaultRPCPath+" HTTP/1.0\n\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: "CONNECT"})
	if err != nil {
		return nil, err
	}
	if response.Status != "200 Connected to Go RPC" {
		return nil, fmt.Errorf("unexpected HTTP response: %s", response.Status)
	}
	return rpc.NewClient(conn), nil
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
)

// An httpClient makes a request for each message; a burst is as many requests at once.
type httpClient struct {
	client  *http.Client
	url     string
	size    int
	results chan result
	hangUp  func()
}

type result struct {
	number uint32
	err    error
}

// mostConns is enough for the requests that are under way at a time.
const mostConns = 128

func newHTTPClient(command Command, wire *Wire) EchoClient {
	transport := &http.Transport{
		MaxIdleConns:        mostConns,
		MaxIdleConnsPerHost: mostConns, // 2 by default, and the rest would be dialled anew each time
		DisableCompression:  true,
		DisableKeepAlives:   command.Name == "rest-close",
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return wire.count(new(net.Dialer).DialContext(ctx, network, address))
		},
	}
	return &httpClient{
		client:  &http.Client{Transport: transport, Timeout: stalled},
		url:     "http://" + command.Address + "/echo",
		size:    command.Size,
		results: make(chan result, 2*mostConns),
		hangUp:  transport.CloseIdleConnections,
	}
}

func (c *httpClient) send(number uint32, count int) error {
	for i := 0; i < count; i++ {
		go func(number uint32) { c.results <- result{number, c.post(number)} }(number + uint32(i))
	}
	return nil
}

func (c *httpClient) post(number uint32) error {
	message := newMessage(c.size)
	setNumber(message, number)
	response, err := c.client.Post(c.url, "application/octet-stream", bytes.NewReader(message))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("unexpected HTTP response: %s", response.Status)
	}
	received := message[:c.size]
	if _, err := io.ReadFull(response.Body, received); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil { // so that the conn can be used again
		return err
	}
	return checkNumber(received, number)
}

// receive waits for as many answers as a burst has, of whichever burst they are.
func (c *httpClient) receive(_ uint32, count int) (int, error) {
	for i := 0; i < count; i++ {
		if result := <-c.results; result.err != nil {
			return i, result.err
		}
	}
	return count, nil
}

func (c *httpClient) close() { c.hangUp() }

// Command gorilla is gorilla/websocket, at both ends, for the interop tests to talk to.
//
//	gorilla server
//	gorilla client [-compress] [-level N] [-subprotocols a,b] [-buffer N] [-origin O] URL SCENARIO [ARG...]
//
// The server prints READY and its address, then a line of JSON for each connection that ends. The client prints one line
// of JSON with what came of it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"

	"github.com/gorilla/websocket"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) > 2 && os.Args[1] == "client":
		client(os.Args[2:])
	default:
		fmt.Fprintln(os.Stderr, "usage: gorilla server | client [FLAG...] URL SCENARIO [ARG...]")
		os.Exit(2)
	}
}

// Report is what one end has seen of a connection.
type Report struct {
	Path        string   `json:"path"`
	Status      int      `json:"status"`
	Subprotocol string   `json:"subprotocol"`
	Extensions  string   `json:"extensions"`
	Error       string   `json:"error"`
	Code        int      `json:"code"`
	Text        string   `json:"text"`
	Messages    []string `json:"messages"`
	Pings       []string `json:"pings"`
	Pongs       []string `json:"pongs"`
	Checked     int      `json:"checked"`
	Wrong       []string `json:"wrong"`
	// Bytes on the wire, the handshake included.
	Read    int64 `json:"read"`
	Written int64 `json:"written"`
}

// end notes why a connection is over.
func (r *Report) end(err error) {
	if err == nil {
		return
	}
	r.Error = err.Error()
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		r.Code, r.Text = closed.Code, closed.Text
	}
}

func (r *Report) print(conn *counted) {
	if conn != nil {
		r.Read, r.Written = conn.read.Load(), conn.written.Load()
	}
	line, err := json.Marshal(r)
	check(err)
	fmt.Println(string(line))
}

// counted is a conn that counts its bytes.
type counted struct {
	net.Conn
	read, written atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written.Add(int64(n))
	return n, err
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

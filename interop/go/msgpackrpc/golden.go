package main

import (
	"encoding/hex"
	"net"
	"net/rpc"
	"strings"
	"time"

	msgpackrpc "github.com/hashicorp/net-rpc-msgpackrpc/v2"
)

// exchange is one call: what the client sent and what the server sent, in hex.
type exchange struct {
	Name     string `json:"name"`
	Request  string `json:"request"`
	Response string `json:"response"`
}

// captured is the file test/testdata/rpc/msgpack.json.
type captured struct {
	Regenerate string     `json:"regenerate"`
	Exchanges  []exchange `json:"exchanges"`
}

// recorder keeps what is written to a conn.
type recorder struct {
	net.Conn
	sent []byte
}

func (r *recorder) Write(p []byte) (int, error) {
	r.sent = append(r.sent, p...)
	return r.Conn.Write(p)
}

func (r *recorder) take() string {
	sent := hex.EncodeToString(r.sent)
	r.sent = nil
	return sent
}

// golden runs one connection in this process and records what either side sends.
func golden() captured {
	a, b := net.Pipe()
	ours, theirs := &recorder{Conn: a}, &recorder{Conn: b}
	go msgpackrpc.ServeConn(theirs)
	client := msgpackrpc.NewClient(ours)
	var exchanges []exchange
	record := func(name, method string, args, reply interface{}) {
		if err := client.Call(method, args, reply); err != nil {
			if _, sent := err.(rpc.ServerError); !sent {
				panic(err)
			}
		}
		exchanges = append(exchanges, exchange{name, ours.take(), theirs.take()})
	}

	record("a number", "Arith.Multiply", &Args{7, 8}, new(int))
	record("a struct", "Arith.Divide", &Args{17, 5}, new(Quotient))
	record("an error of the method", "Arith.Divide", &Args{1, 0}, new(Quotient))
	record("an unknown method", "Arith.BadOperation", &Args{1, 2}, new(int))
	record("an unknown service", "Nobody.Multiply", &Args{1, 2}, new(int))
	record("no dot", "Multiply", &Args{1, 2}, new(int))
	record("all kinds", "Echo.Kinds", kinds(), new(Kinds))
	text := "grüße, 世界"
	record("text", "Echo.Text", &text, new(string))
	record("bytes", "Echo.Bytes", &[]byte{0, 1, 254, 255}, new([]byte))
	at := time.Date(2026, 11, 21, 8, 9, 10, 500_000_000, time.UTC)
	record("a time", "Echo.Time", &at, new(time.Time))
	return captured{"cd interop/go/msgpackrpc && go run . golden > ../../../test/testdata/rpc/msgpack.json", exchanges}
}

func kinds() *Kinds {
	return &Kinds{
		Bool: true, Small: 5, Minus: -300, Big: -1 << 62, Huge: 1<<64 - 1, Float: 1.5, Single: 0.25,
		Text: "text", Long: strings.Repeat("long ", 14), Bytes: []byte{1, 2, 3}, List: []int{1, 200, 70_000},
		Table: map[string]int{"one": 1}, Nested: Quotient{3, 1},
	}
}

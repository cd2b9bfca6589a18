package main

import (
	"encoding/hex"
	"io"
	"net/rpc"
	"os"
	"os/exec"
)

// exchange is one call: what the client sent and what the server sent, in hex.
type exchange struct {
	Name     string `json:"name"`
	Method   string `json:"method"`
	Request  string `json:"request"`
	Response string `json:"response"`
}

// stdio is a connection on stdin and stdout.
type stdio struct{}

func (stdio) Read(p []byte) (int, error)  { return os.Stdin.Read(p) }
func (stdio) Write(p []byte) (int, error) { return os.Stdout.Write(p) }
func (stdio) Close() error                { return os.Stdin.Close() }

// recorder is a connection to a child, and keeps what goes over it.
type recorder struct {
	io.ReadCloser
	io.WriteCloser
	sent, received []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.received = append(r.received, p[:n]...)
	return n, err
}

func (r *recorder) Write(p []byte) (int, error) {
	r.sent = append(r.sent, p...)
	return r.WriteCloser.Write(p)
}

func (r *recorder) Close() error { return r.WriteCloser.Close() }

// golden calls a server in another process, as ids of types are a process's, and records what either side sends.
func golden() []exchange {
	child := exec.Command(os.Args[0], "serve")
	stdout, err := child.StdoutPipe()
	check(err)
	stdin, err := child.StdinPipe()
	check(err)
	check(child.Start())
	conn := &recorder{ReadCloser: stdout, WriteCloser: stdin}
	client := rpc.NewClient(conn)
	var exchanges []exchange
	record := func(name, method string, args, reply interface{}) {
		if err := client.Call(method, args, reply); err != nil {
			if _, sent := err.(rpc.ServerError); !sent {
				panic(err)
			}
		}
		exchanges = append(exchanges, exchange{name, method, hex.EncodeToString(conn.sent), hex.EncodeToString(conn.received)})
		conn.sent, conn.received = nil, nil
	}

	record("a number", "Arith.Multiply", &Args{7, 8}, new(int))
	record("a number again", "Arith.Multiply", &Args{-7, 8}, new(int))
	record("a struct", "Arith.Divide", &Args{17, 5}, new(Quotient))
	record("an error of the method", "Arith.Divide", &Args{1, 0}, new(Quotient))
	record("zero", "Arith.Add", Args{}, new(Reply))
	record("an unknown method", "Arith.BadOperation", &Args{1, 2}, new(int))
	record("an unknown service", "Nobody.Multiply", &Args{1, 2}, new(int))
	record("no dot", "Multiply", &Args{1, 2}, new(int))
	record("arguments of another type", "Arith.Add", &Quotient{1, 2}, new(Reply))
	record("an error without a message", "Odd.NoMessage", &Args{1, 2}, new(int))
	record("a map", "BuiltinTypes.Map", &Args{7, 8}, new(map[int]int))
	record("a slice", "BuiltinTypes.Slice", &Args{7, 8}, new([]int))
	record("an array", "BuiltinTypes.Array", &Args{7, 8}, new([2]int))
	record("all kinds", "Echo.Kinds", kinds(), new(Kinds))
	record("nothing of any kind", "Echo.Kinds", &Kinds{}, new(Kinds))
	record("text", "Echo.Text", "grüße, 世界", new(string))
	record("no text", "Echo.Text", "", new(string))
	record("a map both ways", "Echo.Table", map[string]int{"one": 1}, new(map[string]int))
	record("bytes", "Echo.Bytes", []byte{0, 1, 254, 255}, new([]byte))
	check(client.Close())
	check(child.Wait())
	return exchanges
}

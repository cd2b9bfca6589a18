// Command msgpackrpc is the real peer of the msgpack codec: Go's net/rpc through hashicorp/net-rpc-msgpackrpc.
//
//	cd interop/go/msgpackrpc && go run . golden > ../../../test/testdata/rpc/msgpack.json
//
//	msgpackrpc golden    prints the bytes that both sides send, as JSON
//	msgpackrpc server    serves on a free port and prints READY and its address
//	msgpackrpc client A  calls the server at A in every way and prints what came of it, as JSON
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/rpc"
	"os"

	msgpackrpc "github.com/hashicorp/net-rpc-msgpackrpc/v2"
)

func main() {
	rpc.Register(Arith{})
	rpc.Register(Echo{})
	switch {
	case len(os.Args) == 2 && os.Args[1] == "golden":
		print(golden())
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) == 3 && os.Args[1] == "client":
		print(calls(os.Args[2]))
	default:
		fmt.Fprintln(os.Stderr, "usage: msgpackrpc golden | server | client address")
		os.Exit(2)
	}
}

func print(v interface{}) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(v))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("READY", listener.Addr())
	for {
		conn, err := listener.Accept()
		check(err)
		go msgpackrpc.ServeConn(conn)
	}
}

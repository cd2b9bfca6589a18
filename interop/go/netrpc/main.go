// Command netrpc is the real peer of the gob codec: Go's net/rpc.
//
//	cd interop/go/netrpc && go run . golden > ../../../test/testdata/rpc/gob-go1.21.json
//
//	netrpc golden       prints the bytes that both sides send, each in a process of its own, as JSON
//	netrpc serve        serves one connection on stdin and stdout
//	netrpc server       serves on a free port and prints READY and its address
//	netrpc client A     calls the server at A in every way and prints what came of it, as JSON
//	netrpc ctxserver    as server, but the fork keegancsmith/rpc: prints what becomes of its calls
//	netrpc ctxclient A  cancels a call of the server at A by that fork
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/rpc"
	"os"
)

func main() {
	switch command := append(os.Args[1:], ""); command[0] {
	case "golden":
		print(golden(), "  ")
	case "serve":
		register()
		rpc.ServeConn(stdio{})
	case "server":
		register()
		rpc.Accept(listen())
	case "client":
		print(calls(command[1]), "")
	case "ctxserver":
		serveCancellable()
	case "ctxclient":
		cancelOne(command[1])
	default:
		fmt.Fprintln(os.Stderr, "usage: netrpc golden | serve | server | client ADDRESS | ctxserver | ctxclient ADDRESS")
		os.Exit(2)
	}
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("READY", listener.Addr())
	return listener
}

func print(v interface{}, indent string) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", indent)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(v))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Command rpchttp is the real peer of RPC over HTTP: Go's rpc.HandleHTTP, rpc.DialHTTP and net/http.
//
//	rpchttp server    serves RPC on /_goRPC_ and /foo beside a page, and prints READY and its address
//	rpchttp client A  calls the server at A on both paths, asks for its pages, and prints what came of it, as JSON
//	rpchttp echo A    connects to the server at A, sends and reads bytes, and prints what came of it, as JSON
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/rpc"
	"os"
)

func main() {
	switch command := append(os.Args[1:], ""); command[0] {
	case "server":
		serve()
	case "client":
		print(calls(command[1]))
	case "echo":
		print(echo(command[1]))
	default:
		fmt.Fprintln(os.Stderr, "usage: rpchttp server | client ADDRESS | echo ADDRESS")
		os.Exit(2)
	}
}

func serve() {
	newServer().HandleHTTP(rpc.DefaultRPCPath, rpc.DefaultDebugPath)
	newServer().HandleHTTP("/foo", "/debug/foo")
	http.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "page") })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("READY", listener.Addr())
	check(http.Serve(listener, nil))
}

func print(v interface{}) {
	check(json.NewEncoder(os.Stdout).Encode(v))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

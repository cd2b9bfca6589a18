// Arith in Go, as the documentation of net/rpc has it: a server, and a client.
//
//	go run . server
//	go run . client tcp|http|jsonrpc ADDRESS
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
)

func main() {
	log.SetFlags(0)
	switch {
	case len(os.Args) == 2 && os.Args[1] == "server":
		serve()
	case len(os.Args) == 4 && os.Args[1] == "client":
		call(os.Args[2], os.Args[3])
	default:
		log.Fatal("usage: arith server | arith client tcp|http|jsonrpc ADDRESS")
	}
}

// serve listens on a port for each protocol: a server of net/rpc cannot tell them apart.
func serve() {
	check(rpc.Register(new(Arith)))
	rpc.HandleHTTP()
	tcp, web, json := listen(), listen(), listen()
	go rpc.Accept(tcp)
	go http.Serve(web, nil)
	fmt.Printf("tcp %s http %s jsonrpc %s\n", tcp.Addr(), web.Addr(), json.Addr())
	for {
		conn, err := json.Accept()
		check(err)
		go jsonrpc.ServeConn(conn)
	}
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	return listener
}

func call(protocol, address string) {
	client, err := dial(protocol, address)
	check(err)
	defer client.Close()

	// Synchronous call
	args := &Args{7, 8}
	var reply int
	check(client.Call("Arith.Multiply", args, &reply))
	fmt.Printf("Arith: %d*%d=%d\n", args.A, args.B, reply)

	// Asynchronous call
	quotient := new(Quotient)
	divCall := <-client.Go("Arith.Divide", &Args{17, 5}, quotient, nil).Done
	check(divCall.Error)
	fmt.Printf("Arith: 17/5=%d, %d left\n", quotient.Quo, quotient.Rem)

	err = client.Call("Arith.Divide", &Args{1, 0}, quotient)
	fmt.Printf("Arith: 1/0: %v\n", err)
}

func dial(protocol, address string) (*rpc.Client, error) {
	switch protocol {
	case "http":
		return rpc.DialHTTP("tcp", address)
	case "jsonrpc":
		return jsonrpc.Dial("tcp", address)
	}
	return rpc.Dial("tcp", address)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	ctxrpc "github.com/keegancsmith/rpc"
)

// Gate holds calls until they are cancelled.
type Gate struct{}

// Wait replies once nobody waits for it any more.
func (Gate) Wait(ctx context.Context, name string, reply *string) error {
	tell("began", name)
	select {
	case <-ctx.Done():
		tell("cancelled", name)
	case <-time.After(30 * time.Second):
		tell("forgotten", name)
	}
	*reply = name
	return nil
}

// Pass replies at once.
func (Gate) Pass(ctx context.Context, name string, reply *string) error {
	*reply = name
	return nil
}

func tell(what, name string) {
	check(json.NewEncoder(os.Stdout).Encode(map[string]string{what: name}))
}

func serveCancellable() {
	check(ctxrpc.Register(Gate{}))
	ctxrpc.Accept(listen())
}

// cancelOne cancels a call once the server holds it, which it tells by answering another, and calls again.
func cancelOne(address string) {
	client, err := ctxrpc.Dial("tcp", address)
	check(err)
	defer client.Close()
	ctx, cancel := context.WithCancel(context.Background())
	call := make(chan error, 1)
	go func() { call <- client.Call(ctx, "Gate.Wait", "a", new(string)) }()
	var reply string
	check(client.Call(context.Background(), "Gate.Holds", "a", &reply))
	cancel()
	err = <-call
	check(client.Call(context.Background(), "Gate.Cancelled", "a", &reply))
	check(json.NewEncoder(os.Stdout).Encode(map[string]string{"error": fmt.Sprint(err), "reply": reply}))
}

// Command wsbench serves WebSockets with gorilla/websocket, for the benchmarks to compare with: it echoes at /, and
// sends what comes at /broadcast to all who are there, as prepared messages. It prints READY and its address.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	room := &room{members: map[*member]bool{}}
	http.HandleFunc("/", echo)
	http.HandleFunc("/broadcast", room.serve)
	fmt.Println("READY", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(kind, data); err != nil {
			return
		}
	}
}

// A member has a goroutine that writes: gorilla allows one writer at a time.
type member struct {
	conn *websocket.Conn
	send chan *websocket.PreparedMessage
}

type room struct {
	mu      sync.Mutex
	members map[*member]bool
}

func (r *room) serve(w http.ResponseWriter, req *http.Request) {
	conn, err := upgrader.Upgrade(w, req, nil)
	if err != nil {
		return
	}
	m := &member{conn, make(chan *websocket.PreparedMessage, 256)}
	go m.write()
	r.mu.Lock()
	r.members[m] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.members, m)
		r.mu.Unlock()
		close(m.send)
		conn.Close()
	}()
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		prepared, err := websocket.NewPreparedMessage(kind, data)
		if err != nil {
			return
		}
		r.mu.Lock()
		for m := range r.members {
			m.send <- prepared
		}
		r.mu.Unlock()
	}
}

func (m *member) write() {
	for prepared := range m.send {
		if err := m.conn.WritePreparedMessage(prepared); err != nil {
			return
		}
	}
}

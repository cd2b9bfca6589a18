package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

type connKey struct{}

// listener counts the bytes of the conns that it accepts.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &counted{Conn: conn}, nil
}

// behaviours are what a connection does, by its path.
var behaviours = map[string]func(conn *websocket.Conn, query url.Values, report *Report) error{
	"/echo": func(conn *websocket.Conn, query url.Values, _ *Report) error {
		return echo(conn, query.Get("style"))
	},
	// Says hello, closes with a code and a text, and waits for the answer.
	"/close": func(conn *websocket.Conn, query url.Values, report *Report) error {
		if err := conn.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
			return err
		}
		message := websocket.FormatCloseMessage(number(query, "code"), query.Get("text"))
		if err := conn.WriteControl(websocket.CloseMessage, message, soon()); err != nil {
			return err
		}
		return collect(conn, report)
	},
	// Leaves without a close message.
	"/leave": func(conn *websocket.Conn, _ url.Values, _ *Report) error {
		if _, _, err := conn.ReadMessage(); err != nil {
			return err
		}
		return conn.Close()
	},
	// Pings, also between the fragments of a message, and waits.
	"/ping": func(conn *websocket.Conn, query url.Values, report *Report) error {
		w, err := conn.NextWriter(websocket.TextMessage)
		if err != nil {
			return err
		}
		for _, data := range query["data"] {
			if _, err := w.Write([]byte(strings.Repeat("x", 2*number(query, "buffer")))); err != nil {
				return err
			}
			if err := conn.WriteControl(websocket.PingMessage, []byte(data), soon()); err != nil {
				return err
			}
		}
		if err := w.Close(); err != nil {
			return err
		}
		return collect(conn, report)
	},
	// Takes messages of so many bytes at most.
	"/limit": func(conn *websocket.Conn, query url.Values, report *Report) error {
		conn.SetReadLimit(int64(number(query, "bytes")))
		return collect(conn, report)
	},
}

// collect reads to the end, and keeps what comes.
func collect(conn *websocket.Conn, report *Report) error {
	ping := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		report.Pings = append(report.Pings, data)
		return ping(data)
	})
	conn.SetPongHandler(func(data string) error {
		report.Pongs = append(report.Pongs, data)
		return nil
	})
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		report.Messages = append(report.Messages, string(data))
	}
}

func serve() {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("READY", inner.Addr())
	server := http.Server{
		Handler: http.HandlerFunc(handle),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, conn)
		},
	}
	check(server.Serve(listener{inner}))
}

func handle(w http.ResponseWriter, r *http.Request) {
	behave, ok := behaviours[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	query := r.URL.Query()
	upgrader := websocket.Upgrader{
		EnableCompression: query.Has("compress"),
		WriteBufferSize:   number(query, "buffer"),
		Subprotocols:      words(query.Get("subprotocols")),
	}
	report := Report{Path: r.URL.RequestURI(), Extensions: r.Header.Get("Sec-Websocket-Extensions")}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		report.end(err)
		report.print(nil)
		return
	}
	defer conn.Close()
	if query.Has("level") {
		check(conn.SetCompressionLevel(number(query, "level")))
	}
	report.Subprotocol = conn.Subprotocol()
	report.end(behave(conn, query, &report))
	counts, _ := r.Context().Value(connKey{}).(*counted)
	report.print(counts)
}

func number(query url.Values, name string) int {
	if !query.Has(name) {
		return 0
	}
	n, err := strconv.Atoi(query.Get(name))
	check(err)
	return n
}

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func soon() time.Time {
	return time.Now().Add(10 * time.Second)
}

package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/gorilla/websocket"
)

// senders are the ways to send a message. What streams leaves in frames of the conn's write buffer.
var senders = map[string]func(conn *websocket.Conn, kind int, data []byte) error{
	"message": func(conn *websocket.Conn, kind int, data []byte) error {
		return conn.WriteMessage(kind, data)
	},
	"stream": func(conn *websocket.Conn, kind int, data []byte) error {
		w, err := conn.NextWriter(kind)
		if err != nil {
			return err
		}
		for at := 0; at < len(data); at += 100 {
			if _, err := w.Write(data[at:min(at+100, len(data))]); err != nil {
				return err
			}
		}
		return w.Close()
	},
	"prepared": func(conn *websocket.Conn, kind int, data []byte) error {
		prepared, err := websocket.NewPreparedMessage(kind, data)
		if err != nil {
			return err
		}
		return conn.WritePreparedMessage(prepared)
	},
	"json": func(conn *websocket.Conn, kind int, data []byte) error {
		var value any
		if err := json.Unmarshal(data, &value); err != nil {
			return err
		}
		return conn.WriteJSON(value)
	},
	// Compressed and plain messages in turn.
	"mixed": func(conn *websocket.Conn, kind int, data []byte) error {
		conn.EnableWriteCompression(len(data)%2 == 0)
		return conn.WriteMessage(kind, data)
	},
}

// receive reads one message through a reader, a little at a time.
func receive(conn *websocket.Conn) (int, []byte, error) {
	kind, r, err := conn.NextReader()
	if err != nil {
		return 0, nil, err
	}
	data, err := io.ReadAll(r)
	return kind, data, err
}

// echo sends back what comes, until the end.
func echo(conn *websocket.Conn, style string) error {
	send, ok := senders[style]
	if !ok {
		return fmt.Errorf("no style %q", style)
	}
	for {
		kind, data, err := receive(conn)
		if err != nil {
			return err
		}
		if err := send(conn, kind, data); err != nil {
			return err
		}
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

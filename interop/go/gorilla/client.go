package main

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/websocket"
)

// scenarios are what a client does on its connection.
var scenarios = map[string]func(conn *websocket.Conn, args []string, report *Report) error{
	// Sends messages of each size, in each way and as each kind, and compares what comes back.
	"echo": func(conn *websocket.Conn, args []string, report *Report) error {
		for _, style := range []string{"message", "stream", "prepared", "mixed"} {
			for _, size := range args {
				n, err := strconv.Atoi(size)
				check(err)
				for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
					if err := roundTrip(conn, style, kind, payload(kind, n), report); err != nil {
						return err
					}
				}
			}
		}
		return leave(conn, websocket.CloseNormalClosure, "", report)
	},
	// Sends values as JSON, and reads them as JSON.
	"json": func(conn *websocket.Conn, args []string, report *Report) error {
		for _, text := range args {
			if err := senders["json"](conn, websocket.TextMessage, []byte(text)); err != nil {
				return err
			}
			var value any
			if err := conn.ReadJSON(&value); err != nil {
				return err
			}
			report.Messages = append(report.Messages, fmt.Sprint(value))
		}
		return leave(conn, websocket.CloseNormalClosure, "", report)
	},
	// Sends pings, and a message behind them; ends when that is back.
	"ping": func(conn *websocket.Conn, args []string, report *Report) error {
		for _, data := range args {
			if err := conn.WriteControl(websocket.PingMessage, []byte(data), soon()); err != nil {
				return err
			}
		}
		if err := conn.WriteMessage(websocket.TextMessage, []byte("behind")); err != nil {
			return err
		}
		conn.SetPongHandler(func(data string) error {
			report.Pongs = append(report.Pongs, data)
			return nil
		})
		if _, _, err := conn.ReadMessage(); err != nil {
			return err
		}
		return leave(conn, websocket.CloseNormalClosure, "", report)
	},
	// Closes with a code and a text.
	"close": func(conn *websocket.Conn, args []string, report *Report) error {
		code, err := strconv.Atoi(args[0])
		check(err)
		return leave(conn, code, args[1], report)
	},
	// Reads to the end.
	"collect": func(conn *websocket.Conn, _ []string, report *Report) error {
		return collect(conn, report)
	},
	// Breaks off in the middle of a message.
	"vanish": func(conn *websocket.Conn, _ []string, _ *Report) error {
		w, err := conn.NextWriter(websocket.BinaryMessage)
		if err != nil {
			return err
		}
		if _, err := w.Write(make([]byte, 100_000)); err != nil {
			return err
		}
		return conn.Close()
	},
}

// leave sends a close message, and reads up to the answer.
func leave(conn *websocket.Conn, code int, text string, report *Report) error {
	if err := conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), soon()); err != nil {
		return err
	}
	return collect(conn, report)
}

// payload makes bytes that compress well: for text, of several bytes a character.
func payload(kind, n int) []byte {
	if kind == websocket.TextMessage {
		return []byte(strings.Repeat("é", n/2) + strings.Repeat("x", n%2))
	}
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i / 7)
	}
	return data
}

func roundTrip(conn *websocket.Conn, style string, kind int, data []byte, report *Report) error {
	if err := senders[style](conn, kind, data); err != nil {
		return err
	}
	gotKind, got, err := receive(conn)
	if err != nil {
		return err
	}
	report.Checked++
	if gotKind != kind || !bytes.Equal(got, data) {
		report.Wrong = append(report.Wrong, fmt.Sprintf("%s %d: %d bytes of kind %d", style, len(data), len(got), gotKind))
	}
	return nil
}

func client(args []string) {
	flags := flag.NewFlagSet("client", flag.ExitOnError)
	compress := flags.Bool("compress", false, "offer compression")
	level := flags.Int("level", 1, "of compression")
	subprotocols := flags.String("subprotocols", "", "to offer")
	buffer := flags.Int("buffer", 0, "bytes of a fragment")
	origin := flags.String("origin", "", "the Origin to claim")
	check(flags.Parse(args))
	var wire *counted
	dialer := websocket.Dialer{
		EnableCompression: *compress,
		Subprotocols:      words(*subprotocols),
		WriteBufferSize:   *buffer,
		NetDial: func(network, address string) (net.Conn, error) {
			conn, err := net.Dial(network, address)
			wire = &counted{Conn: conn}
			return wire, err
		},
	}
	header := http.Header{}
	if *origin != "" {
		header.Set("Origin", *origin)
	}
	url, scenario, rest := flags.Arg(0), flags.Arg(1), flags.Args()[2:]
	report := Report{Path: url}
	conn, response, err := dialer.Dial(url, header)
	if response != nil {
		report.Status = response.StatusCode
		report.Extensions = response.Header.Get("Sec-Websocket-Extensions")
	}
	if err == nil {
		defer conn.Close()
		report.Subprotocol = conn.Subprotocol()
		check(conn.SetCompressionLevel(*level))
		err = scenarios[scenario](conn, rest, &report)
	}
	report.end(err)
	report.print(wire)
}

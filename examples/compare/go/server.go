package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"path/filepath"
	"strconv"
)

// A Server is the other end of an echo. It ends with its process.
type Server struct{}

const (
	loopback = "127.0.0.1:0"
	// datagramBuffer is how much a socket should hold of what is not read yet; the system may allow less.
	datagramBuffer = 1 << 20
)

func (*Server) do(command Command) (Answer, error) {
	if command.Op != "listen" {
		return Answer{}, fmt.Errorf("no such operation for a server: %s", command.Op)
	}
	switch command.Name {
	case "udp":
		return serveUDP()
	case "tls", "wss":
		return serveTLS(command.Name)
	case "unix":
		path := filepath.Join(command.Folder, fmt.Sprintf("go-%d.sock", os.Getpid()))
		return serve(command.Name, "unix", path)
	}
	return serve(command.Name, "tcp", loopback)
}

func serve(name, network, address string) (Answer, error) {
	listener, err := net.Listen(network, address)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Address: listener.Addr().String()}, serveOn(listener, name)
}

func serveTLS(name string) (Answer, error) {
	certificate, inPEM, err := newCertificate()
	if err != nil {
		return Answer{}, err
	}
	listener, err := tls.Listen("tcp", loopback, &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return Answer{}, err
	}
	return Answer{Address: listener.Addr().String(), Cert: inPEM}, serveOn(listener, name)
}

func serveOn(listener net.Listener, name string) error {
	switch name {
	case "tcp", "tls", "unix":
		go accept(listener, echoBytes)
	case "ws", "wss":
		return serveWebSocket(listener)
	case "rpc-tcp-gob":
		go accept(listener, newRPC().ServeConn)
	case "rpc-tcp-jsonrpc":
		server := newRPC()
		go accept(listener, func(conn io.ReadWriteCloser) { server.ServeCodec(jsonrpc.NewServerCodec(conn)) })
	case "rpc-http-gob":
		mux := http.NewServeMux()
		mux.Handle(rpc.DefaultRPCPath, newRPC())
		go http.Serve(listener, mux)
	case "rest", "rest-close":
		mux := http.NewServeMux()
		mux.HandleFunc("/echo", echoRequest)
		go http.Serve(listener, mux)
	default:
		return fmt.Errorf("no such subject: %s", name)
	}
	return nil
}

func accept(listener net.Listener, serve func(io.ReadWriteCloser)) {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go serve(conn)
		}
	}
}

func echoBytes(conn io.ReadWriteCloser) {
	defer conn.Close()
	io.Copy(conn, conn) // over TCP on Linux the bytes never leave the kernel
}

func serveUDP() (Answer, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return Answer{}, err
	}
	conn.SetReadBuffer(datagramBuffer)
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buffer)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				conn.WriteToUDPAddrPort(buffer[:n], from)
			}
		}
	}()
	return Answer{Address: conn.LocalAddr().String()}, nil
}

// An Echo is a service.
type Echo struct{}

// Send replies with what it gets.
func (Echo) Send(message *[]byte, reply *[]byte) error {
	*reply = *message
	return nil
}

func newRPC() *rpc.Server {
	server := rpc.NewServer()
	if err := server.Register(Echo{}); err != nil {
		panic(err)
	}
	return server
}

// echoRequest reads the whole request before it answers, as Go's HTTP/1.1 wants it.
func echoRequest(w http.ResponseWriter, r *http.Request) {
	message := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(message)))
	w.Write(message)
}

package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

const (
	bufferBytes = 64 << 10
	// stalled is how long a reliable conn may be silent before something must be wrong.
	stalled = 5 * time.Second
	// lost is how long to wait for a datagram. On one machine it takes far less, or never comes.
	lost = 300 * time.Millisecond
)

// A streamClient gathers each burst, and writes it at once.
type streamClient struct {
	conn     net.Conn
	reader   *bufio.Reader
	writer   *bufio.Writer
	message  []byte
	received []byte
}

func newStreamClient(conn net.Conn, size int) EchoClient {
	return &streamClient{
		conn:     conn,
		reader:   bufio.NewReaderSize(conn, bufferBytes),
		writer:   bufio.NewWriterSize(conn, bufferBytes),
		message:  newMessage(size),
		received: newMessage(size),
	}
}

func (c *streamClient) send(number uint32, count int) error {
	for i := 0; i < count; i++ {
		setNumber(c.message, number+uint32(i))
		if _, err := c.writer.Write(c.message); err != nil {
			return err
		}
	}
	return c.writer.Flush()
}

func (c *streamClient) receive(number uint32, count int) (int, error) {
	c.conn.SetReadDeadline(time.Now().Add(stalled))
	for i := 0; i < count; i++ {
		if _, err := io.ReadFull(c.reader, c.received); err != nil {
			return i, err
		}
		if err := checkNumber(c.received, number+uint32(i)); err != nil {
			return i, err
		}
	}
	return count, nil
}

func (c *streamClient) close() { c.conn.Close() }

// A datagramClient writes each message by itself. What does not come in time is lost, and so is what comes late.
type datagramClient struct {
	conn     net.Conn
	message  []byte
	received []byte
}

func newDatagramClient(conn net.Conn, size int) EchoClient {
	if udp, ok := conn.(*net.UDPConn); ok { // not where bytes are counted
		udp.SetReadBuffer(datagramBuffer)
	}
	return &datagramClient{conn, newMessage(size), newMessage(size)}
}

func (c *datagramClient) send(number uint32, count int) error {
	for i := 0; i < count; i++ {
		setNumber(c.message, number+uint32(i))
		if _, err := c.conn.Write(c.message); err != nil {
			return err
		}
	}
	return nil
}

func (c *datagramClient) receive(number uint32, count int) (int, error) {
	c.conn.SetReadDeadline(time.Now().Add(lost))
	came := 0
	for next, end := number, number+uint32(count); next < end; {
		if _, err := c.conn.Read(c.received); errors.Is(err, os.ErrDeadlineExceeded) {
			return came, nil
		} else if err != nil {
			return came, err
		}
		if got := numberOf(c.received); got >= next {
			came++
			next = got + 1
		}
	}
	return came, nil
}

func (c *datagramClient) close() { c.conn.Close() }

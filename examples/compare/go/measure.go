package main

import (
	"encoding/binary"
	"fmt"
	"time"
)

// An EchoClient is the client's side of an echo. One goroutine sends, and one receives, perhaps the same.
type EchoClient interface {
	// send sends a burst of messages, the first of which has that number.
	send(number uint32, count int) error
	// receive waits for the next burst, and returns how many of it came.
	receive(number uint32, count int) (int, error)
	close()
}

// Traffic is what was sent and came back.
type Traffic struct {
	Sent      int      `json:"sent"`
	Received  int      `json:"received"`
	Seconds   float64  `json:"seconds"`
	Counts    [][2]int `json:"counts"`
	MaxMicros float64  `json:"maxMicros"`
}

// pingPong sends one message at a time and waits for it.
func pingPong(client EchoClient, size int, d time.Duration) (*Traffic, error) {
	var latencies Histogram
	traffic := &Traffic{}
	start := time.Now()
	now := start
	for number := uint32(0); now.Sub(start) < d; number++ {
		before := now
		came, err := echo(client, number, size)
		if err != nil {
			return nil, err
		}
		now = time.Now()
		if came > 0 {
			latencies.record(now.Sub(before))
		}
		traffic.Sent++
		traffic.Received += came
	}
	traffic.Seconds = now.Sub(start).Seconds()
	traffic.Counts, traffic.MaxMicros = latencies.pairs(), latencies.maxMicros
	return traffic, nil
}

// atOnceBytes is what a conn takes before anybody reads.
const atOnceBytes = 16 << 10

// echo sends one message and waits for it. The echo of a long one begins to come before all of it has left.
func echo(client EchoClient, number uint32, size int) (int, error) {
	if size <= atOnceBytes {
		if err := client.send(number, 1); err != nil {
			return 0, err
		}
		return client.receive(number, 1)
	}
	sent := make(chan error, 1)
	go func() { sent <- client.send(number, 1) }()
	came, err := client.receive(number, 1)
	if err != nil {
		return came, err
	}
	return came, <-sent
}

// throughput keeps up to two bursts under way: while one comes back, the next is on its way already.
func throughput(client EchoClient, d time.Duration, burst int) (*Traffic, error) {
	traffic := &Traffic{Counts: [][2]int{}}
	bursts := make(chan uint32, 2)
	sent := make(chan error, 1)
	go func() {
		for number := range bursts {
			if err := client.send(number, burst); err != nil {
				sent <- err
				client.close()
				return
			}
		}
		sent <- nil
	}()
	start := time.Now()
	number := func(i int) uint32 { return uint32(i * burst) }
	begun, ended := 1, 0
	bursts <- number(0)
	for going := true; going || ended < begun; ended++ {
		if going = time.Since(start) < d; going {
			bursts <- number(begun)
			begun++
		}
		came, err := client.receive(number(ended), burst)
		if err != nil {
			close(bursts)
			return nil, err
		}
		traffic.Received += came
	}
	traffic.Seconds = time.Since(start).Seconds()
	traffic.Sent = begun * burst
	close(bursts)
	return traffic, <-sent
}

// newMessage returns a message of that size; it has room for a number.
func newMessage(size int) []byte { return make([]byte, size) }

func setNumber(message []byte, number uint32) { binary.BigEndian.PutUint32(message, number) }

func numberOf(message []byte) uint32 { return binary.BigEndian.Uint32(message) }

func checkNumber(message []byte, number uint32) error {
	if got := numberOf(message); got != number {
		return fmt.Errorf("received message %d instead of %d", got, number)
	}
	return nil
}

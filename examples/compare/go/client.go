package main

import (
	"fmt"
	"time"
)

// A Client measures one subject: connects to it, measures, and closes. Beside that it may have conns that idle.
type Client struct {
	echo EchoClient
	size int
	next uint32
	wire *Wire
	idle []EchoClient
}

func (c *Client) do(command Command) (Answer, error) {
	d := time.Duration(command.Ms) * time.Millisecond
	switch command.Op {
	case "connect":
		return c.connect(command)
	case "wire":
		return Answer{Wire: c.wire.counted()}, nil
	case "echo":
		return Answer{}, c.echoMany(command.Count)
	case "round-trips":
		return c.measured(pingPong(c.echo, c.size, d))
	case "throughput":
		return c.measured(throughput(c.echo, d, command.Count))
	case "close":
		c.echo.close()
		return Answer{}, nil
	case "idle":
		return Answer{}, c.addIdle(command)
	case "close-idle":
		for _, client := range c.idle {
			client.close()
		}
		c.idle = nil
		return Answer{}, nil
	}
	return Answer{}, fmt.Errorf("no such operation for a client: %s", command.Op)
}

func (c *Client) connect(command Command) (Answer, error) {
	c.wire, c.next, c.size = nil, 0, command.Size
	if command.Counted {
		c.wire = new(Wire)
	}
	client, err := dial(command, c.wire)
	if err != nil {
		return Answer{}, err
	}
	c.echo = client
	return Answer{}, nil
}

// echoMany sends messages one at a time, each of which must come back.
func (c *Client) echoMany(count int) error {
	for ; count > 0; count-- {
		came, err := echo(c.echo, c.next, c.size)
		if err != nil {
			return err
		}
		c.next++
		if came == 0 {
			return fmt.Errorf("message %d is lost", c.next-1)
		}
	}
	return nil
}

func (c *Client) measured(traffic *Traffic, err error) (Answer, error) {
	return Answer{Traffic: traffic}, err
}

// addIdle opens conns, each of which has echoed once, so that the server has seen it.
func (c *Client) addIdle(command Command) error {
	for i := 0; i < command.Count; i++ {
		client, err := dial(command, nil)
		if err != nil {
			return err
		}
		c.idle = append(c.idle, client)
		if _, err := echo(client, 0, command.Size); err != nil {
			return err
		}
	}
	return nil
}

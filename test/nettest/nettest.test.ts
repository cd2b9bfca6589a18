import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Listener, StreamConn } from "../../src/net/conn.js";
import { pipe } from "../../src/net/pipe.js";
import { PipeListener } from "../../src/net/pipe-listener.js";
import {
  connCases,
  listenerCases,
  type MakeListener,
  type MakePacketConns,
  type MakePipe,
  packetConnCases,
} from "../../src/nettest/index.js";
import { brokenConns } from "./broken-conns.js";
import { brokenListeners } from "./broken-listeners.js";
import { brokenPacketConns } from "./broken-packet-conns.js";
import { MemoryDatagramConn, Network } from "./memory-datagrams.js";
import { trackTimers } from "./track-timers.js";
import { AnswersTheEnd } from "./wrapped-conn.js";

function makePipe(wrap: (conn: StreamConn) => StreamConn = (conn) => conn): MakePipe {
  return async () => {
    const [c1, c2] = pipe();
    return { c1: wrap(c1), c2: wrap(c2), stop: () => [c1, c2].forEach((c) => c.close()) };
  };
}

type DialledListener = Listener<StreamConn> & { dial(): Promise<StreamConn> };

function makeListener(make: () => DialledListener = () => new PipeListener()): MakeListener {
  return async () => {
    const listener = make();
    return { listener, dial: () => listener.dial(), stop: () => listener.close() };
  };
}

function makePacketConns(Conn = MemoryDatagramConn): MakePacketConns {
  return async () => {
    const network = new Network();
    const [p1, p2] = [network.bind("a", "b", Conn), network.bind("b", "a", Conn)];
    return { p1, p2, stop: () => [p1, p2].forEach((p) => p.close()) };
  };
}

const makeWithoutHalfClose: MakePipe = async () => ({
  ...(await makePipe((c) => new AnswersTheEnd(c))()),
  traits: { halfClose: false },
});

const makeDatagramPipe: MakePipe = async () => {
  const network = new Network();
  const [c1, c2] = [network.bind("a", "b"), network.bind("b", "a")];
  return { c1, c2, stop: () => [c1, c2].forEach((c) => c.close()) };
};

describe("the cases hold, and leave no timer,", () => {
  let timers: ReturnType<typeof trackTimers>;
  beforeEach(() => {
    timers = trackTimers();
  });
  afterEach(() => {
    timers.restore();
    expect(timers.pending()).toBe(0);
  });

  describe("for pipe()", () => {
    for (const c of connCases) test(c.name, () => c.run(makePipe()));
  });
  describe("for a conn without half-close", () => {
    for (const c of connCases) test(c.name, () => c.run(makeWithoutHalfClose));
  });
  describe("for a conn that carries datagrams", () => {
    for (const c of connCases) test(c.name, () => c.run(makeDatagramPipe));
  });
  describe("for PipeListener", () => {
    for (const c of listenerCases) test(c.name, () => c.run(makeListener()));
  });
  describe("for packet conns in memory", () => {
    for (const c of packetConnCases) test(c.name, () => c.run(makePacketConns()));
  });
});

describe("the cases find", () => {
  const options = { timeoutMs: 500 };

  for (const { fault, wrap, foundBy } of brokenConns) {
    test.each(foundBy)(`of a conn, that ${fault}: %s`, async (name) => {
      const found = connCases.find((c) => c.name === name);
      await expect(found?.run(makePipe(wrap), options)).rejects.toThrow(`nettest: ${name}: `);
    });
  }
  for (const { fault, make, foundBy } of brokenListeners) {
    test(`of a listener, that ${fault}: ${foundBy}`, async () => {
      const found = listenerCases.find((c) => c.name === foundBy);
      await expect(found?.run(makeListener(make), options)).rejects.toThrow(`nettest: ${foundBy}: `);
    });
  }
  for (const { fault, Conn, foundBy } of brokenPacketConns) {
    test(`of a packet conn, that ${fault}: ${foundBy}`, async () => {
      const found = packetConnCases.find((c) => c.name === foundBy);
      await expect(found?.run(makePacketConns(Conn), options)).rejects.toThrow(`nettest: ${foundBy}: `);
    });
  }
});

describe("the lists", () => {
  test("connCases begins with the eleven of Go, by their names", () => {
    expect(connCases.slice(0, 11).map((c) => c.name)).toEqual([
      "BasicIO",
      "PingPong",
      "RacyRead",
      "RacyWrite",
      "ReadTimeout",
      "WriteTimeout",
      "PastTimeout",
      "PresentTimeout",
      "FutureTimeout",
      "CloseTimeout",
      "ConcurrentMethods",
    ]);
  });

  test.each([connCases, listenerCases, packetConnCases])(
    "every case has a name of its own and a sentence",
    (...cases) => {
      expect(new Set(cases.map((c) => c.name)).size).toBe(cases.length);
      for (const { name, property } of cases) {
        expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
        expect(property).toMatch(/^[A-Z].*\.$/);
      }
    },
  );
});

import { expect, test } from "vitest";
import { traitsOf } from "../../src/nettest/index.js";

const of = (transport: string) => traitsOf({ transport });

test("streams of the system have everything", () => {
  for (const transport of ["tcp", "tls", "unix"]) {
    expect(Object.values(of(transport))).toEqual([true, true, true, true, true, true]);
  }
});

test("a pipe has everything but buffers", () => {
  expect(of("pipe")).toEqual({ ...of("tcp"), buffered: false });
});

test("a WebSocket has everything but half-close", () => {
  for (const transport of ["ws", "wss"]) expect(of(transport)).toEqual({ ...of("tcp"), halfClose: false });
});

test("datagrams have buffers and nothing else", () => {
  expect(Object.entries(of("udp")).filter(([, has]) => has)).toEqual([["buffered", true]]);
});

test("an unknown transport is taken for a pipe, whatever its name", () => {
  for (const transport of ["carrier pigeon", "toString", ""]) expect(of(transport)).toBe(of("pipe"));
});

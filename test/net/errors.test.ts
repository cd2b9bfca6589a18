import { describe, expect, test } from "vitest";
import {
  AddrError,
  ClosedError,
  isClosed,
  isTimeout,
  LimitError,
  NetError,
  OpError,
  ParseError,
  TimeoutError,
  UnexpectedEOFError,
} from "../../src/net/errors.js";

const addr = (text: string) => ({ transport: "tcp", toString: () => text });
const [source, peer] = [addr("10.0.0.1:1"), addr("10.0.0.2:2")];
const cause = new NetError("connection refused", { code: "ECONNREFUSED" });

/** Wraps an error so many times. */
function wrapped(err: unknown, depth: number): unknown {
  let outer = err;
  for (let i = 0; i < depth; i++) outer = new Error(`layer ${i}`, { cause: outer });
  return outer;
}

describe("OpError", () => {
  test.each([
    ["dial tcp 10.0.0.2:2: connection refused", { op: "dial", net: "tcp", addr: peer }],
    ["read tcp 10.0.0.1:1->10.0.0.2:2: connection refused", { op: "read", net: "tcp", source, addr: peer }],
    ["listen tcp: connection refused", { op: "listen", net: "tcp" }],
    ["close 10.0.0.1:1: connection refused", { op: "close", net: "", source }],
    ["read: connection refused", { op: "read", net: "" }],
  ])("prints Go's line: %s", (line, parts) => {
    expect(new OpError({ ...parts, cause }).message).toBe(line);
  });

  test("has the code and the timeout of its cause", () => {
    const refused = new OpError({ op: "dial", net: "tcp", cause });
    expect([refused.code, refused.timeout, refused.cause]).toEqual(["ECONNREFUSED", false, cause]);
    const late = new OpError({ op: "read", net: "tcp", cause: new TimeoutError() });
    expect([late.code, late.timeout]).toEqual(["ERR_TIMEOUT", true]);
    const plain = new OpError({ op: "read", net: "tcp", cause: new Error("odd") });
    expect(plain.code).toBe("ERR_UNKNOWN");
  });

  test("keeps its parts", () => {
    const err = new OpError({ op: "write", net: "tcp", source, addr: peer, cause, bytesWritten: 7 });
    expect(err).toMatchObject({ op: "write", net: "tcp", source, addr: peer, bytesWritten: 7, name: "OpError" });
    expect(err).toBeInstanceOf(NetError);
  });
});

describe("NetError", () => {
  test("is a timeout if it says so, or else if its cause is one", () => {
    expect(new NetError("a", { code: "E" }).timeout).toBe(false);
    expect(new NetError("a", { code: "E", timeout: true }).timeout).toBe(true);
    expect(new NetError("a", { code: "E", cause: new TimeoutError() }).timeout).toBe(true);
    expect(new NetError("a", { code: "E", cause: new TimeoutError(), timeout: false }).timeout).toBe(false);
  });

  test("has no cause unless given one", () => {
    expect("cause" in new NetError("a", { code: "E" })).toBe(false);
    expect(new NetError("a", { code: "E", cause: null }).cause).toBe(null);
  });
});

test.each([
  [new ClosedError(), "ClosedError", "ERR_CLOSED", "use of closed network connection"],
  [new TimeoutError(), "TimeoutError", "ERR_TIMEOUT", "i/o timeout"],
  [new UnexpectedEOFError(), "UnexpectedEOFError", "ERR_UNEXPECTED_EOF", "unexpected EOF"],
  [new LimitError("too much"), "LimitError", "ERR_LIMIT", "too much"],
  [new AddrError("missing port in address", "1"), "AddrError", "ERR_ADDR", "address 1: missing port in address"],
  [new AddrError("missing address", ""), "AddrError", "ERR_ADDR", "missing address"],
  [new ParseError("IP address", "x"), "ParseError", "ERR_PARSE", "invalid IP address: x"],
])("%s has its name, its code and Go's words", (err, name, code, message) => {
  expect(err).toBeInstanceOf(NetError);
  expect([err.name, err.code, err.message]).toEqual([name, code, message]);
});

describe("isTimeout", () => {
  test.each([
    ["ours", new TimeoutError()],
    ["the system's", Object.assign(new Error("t"), { code: "ETIMEDOUT" })],
    ["that of AbortSignal.timeout()", new DOMException("late", "TimeoutError")],
    ["one of another copy of the package", Object.assign(new Error("i/o timeout"), { timeout: true })],
  ])("holds for %s, however often it is wrapped", (_, err) => {
    for (const depth of [0, 1, 5]) expect(isTimeout(wrapped(err, depth))).toBe(true);
  });

  test("holds for nothing else", () => {
    const others = [new ClosedError(), new Error("timeout"), new DOMException("", "AbortError"), null, undefined, "t"];
    expect(others.map(isTimeout)).toEqual(others.map(() => false));
  });
});

describe("isClosed", () => {
  test("holds for ours and for that of another copy of the package, however often it is wrapped", () => {
    for (const err of [new ClosedError(), Object.assign(new Error("closed"), { code: "ERR_CLOSED" })]) {
      for (const depth of [0, 1, 5]) expect(isClosed(wrapped(err, depth))).toBe(true);
    }
  });

  test("holds for nothing else", () => {
    expect([new TimeoutError(), new Error("ERR_CLOSED"), null, 0, "ERR_CLOSED"].map(isClosed)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });
});

describe("instanceof", () => {
  test("looks through wrapping for ClosedError and TimeoutError, as errors.Is does", () => {
    const closed = new OpError({ op: "read", net: "tcp", cause: new ClosedError() });
    const late = new OpError({ op: "read", net: "tcp", cause: new TimeoutError() });
    expect([closed instanceof ClosedError, closed instanceof TimeoutError]).toEqual([true, false]);
    expect([late instanceof ClosedError, late instanceof TimeoutError]).toEqual([false, true]);
  });

  test("tells the system's timeout from a deadline", () => {
    const system = new NetError("read: connection timed out", { code: "ETIMEDOUT", timeout: true });
    expect([isTimeout(system), (system as Error) instanceof TimeoutError]).toEqual([true, false]);
  });
});

test("a chain of causes that bites its own tail ends the search", () => {
  const err = new Error("a");
  err.cause = new Error("b", { cause: err });
  expect([isTimeout(err), isClosed(err)]).toEqual([false, false]);
});

import { getSystemErrorMap } from "node:util";
import { describe, expect, test } from "vitest";
import { fromNode, syscallError } from "../../src/net/errno.js";
import { ClosedError, NetError, TimeoutError } from "../../src/net/errors.js";

function nodeError(parts: object): Error {
  return Object.assign(new Error("as Node says it"), parts);
}

describe("syscallError", () => {
  test.each([
    ["connect", "ECONNREFUSED", "connect: connection refused"],
    ["read", "ECONNRESET", "read: connection reset by peer"],
    ["write", "EPIPE", "write: broken pipe"],
    ["bind", "EADDRINUSE", "bind: address already in use"],
    ["connect", "ENOENT", "connect: no such file or directory"],
  ])("says in Go's words what %s means by %s", (syscall, code, message) => {
    const err = syscallError(syscall, code);
    expect([err.message, err.code]).toEqual([message, code]);
  });

  test("keeps the name of an error that it has no words for", () => {
    expect(syscallError("connect", "EWHATEVER").message).toBe("connect: EWHATEVER");
  });

  test("only ETIMEDOUT is a timeout", () => {
    const codes = [...getSystemErrorMap().values()].map(([code]) => code);
    expect(codes.filter((code) => syscallError("read", code).timeout)).toEqual(["ETIMEDOUT"]);
  });
});

describe("fromNode", () => {
  test("names the system call that it is told, and keeps Node's error as the cause", () => {
    const cause = nodeError({ code: "ECONNREFUSED", syscall: "connect", errno: -111 });
    const err = fromNode(cause, "dial");
    expect(err).toBeInstanceOf(NetError);
    expect([err.message, err.cause]).toEqual(["dial: connection refused", cause]);
  });

  test.each([
    ["ENOTFOUND", "lookup nosuch.test: no such host"],
    ["EAI_AGAIN", "lookup nosuch.test: server misbehaving"],
  ])("a failed look-up with %s is in Go's words", (code, message) => {
    const err = fromNode(nodeError({ code, syscall: "getaddrinfo", hostname: "nosuch.test" }), "connect");
    expect([err.message, (err as NetError).code]).toEqual([message, code]);
  });

  test("what is ours passes through", () => {
    for (const err of [new ClosedError(), new TimeoutError(), syscallError("read", "EIO")]) {
      expect(fromNode(err, "read")).toBe(err);
    }
  });

  test("what speaks for itself passes through", () => {
    for (const err of [
      new Error("plain"),
      nodeError({ code: "ERR_SSL_WRONG_VERSION_NUMBER" }),
      new TypeError("Bad argument"),
    ]) {
      expect(fromNode(err, "read")).toBe(err);
    }
  });

  test("what is no error becomes one", () => {
    const err = fromNode("a string", "read");
    expect(err).toBeInstanceOf(NetError);
    expect(err.message).toBe("a string");
  });
});

import { describe, expect, test } from "vitest";
import { NetError } from "../../src/net/index.js";
import { parseCloseMessage } from "../../src/ws/close-error.js";
import * as ws from "../../src/ws/index.js";
import { hex } from "./frames.js";

describe("CloseError", () => {
  test.each([
    [1000, "", "websocket: close 1000 (normal)"],
    [1001, "bye", "websocket: close 1001 (going away): bye"],
    [1002, "", "websocket: close 1002 (protocol error)"],
    [1003, "", "websocket: close 1003 (unsupported data)"],
    [1005, "", "websocket: close 1005 (no status)"],
    [1006, "unexpected EOF", "websocket: close 1006 (abnormal closure): unexpected EOF"],
    [1007, "", "websocket: close 1007 (invalid payload data)"],
    [1008, "", "websocket: close 1008 (policy violation)"],
    [1009, "", "websocket: close 1009 (message too big)"],
    [1010, "", "websocket: close 1010 (mandatory extension missing)"],
    [1011, "", "websocket: close 1011 (internal server error)"],
    [1012, "", "websocket: close 1012"],
    [1013, "", "websocket: close 1013"],
    [1015, "", "websocket: close 1015 (TLS handshake error)"],
    [4000, "mine", "websocket: close 4000: mine"],
  ])("prints %i %s as gorilla does", (code, text, message) => {
    const err = new ws.CloseError(code, text);
    expect(err.message).toBe(message);
    expect(err).toMatchObject({ closeCode: code, text, code: "ERR_WS_CLOSE", name: "CloseError" });
    expect(err).toBeInstanceOf(NetError);
  });
});

test("formatCloseMessage makes code and text, and nothing for 1005", () => {
  expect(ws.formatCloseMessage(ws.CloseNormalClosure, "")).toEqual(hex("03 e8"));
  expect(ws.formatCloseMessage(ws.CloseGoingAway, "bye")).toEqual(hex("03 e9 62 79 65"));
  expect(ws.formatCloseMessage(ws.CloseNoStatusReceived, "dropped")).toEqual(new Uint8Array(0));
  expect(ws.formatCloseMessage(1000, "x".repeat(200))).toHaveLength(202);
});

test("isCloseError and isUnexpectedCloseError", () => {
  const err = new ws.CloseError(ws.CloseGoingAway);
  expect(ws.isCloseError(err, 1000, 1001)).toBe(true);
  expect(ws.isCloseError(err, 1000)).toBe(false);
  expect(ws.isCloseError(err)).toBe(false);
  expect(ws.isCloseError(new Error("x"), 1001)).toBe(false);
  expect(ws.isCloseError(new Error("x", { cause: err }), 1001)).toBe(false);
  expect(ws.isUnexpectedCloseError(err, 1000)).toBe(true);
  expect(ws.isUnexpectedCloseError(err, 1000, 1001)).toBe(false);
  expect(ws.isUnexpectedCloseError(err)).toBe(true);
  expect(ws.isUnexpectedCloseError(new Error("x"))).toBe(false);
  expect(ws.isUnexpectedCloseError(null, 1000)).toBe(false);
});

describe("a close payload", () => {
  test("is read", () => {
    expect(parseCloseMessage(new Uint8Array(0))).toMatchObject({ closeCode: 1005, text: "" });
    expect(parseCloseMessage(hex("03 e8"))).toMatchObject({ closeCode: 1000, text: "" });
    expect(parseCloseMessage(hex("0f a0 c3 a9"))).toMatchObject({ closeCode: 4000, text: "é" });
  });
  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999])(
    "may have code %i",
    (code) => {
      expect(parseCloseMessage(ws.formatCloseMessage(code, "")).closeCode).toBe(code);
    },
  );
  test.each([0, 999, 1004, 1006, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])("may not have code %i", (code) => {
    expect(() => parseCloseMessage(ws.formatCloseMessage(code, ""))).toThrow(`websocket: bad close code ${code}`);
  });
  test("may not be one byte, or text that is no UTF-8", () => {
    expect(() => parseCloseMessage(hex("03"))).toThrow("websocket: bad close payload of 1 byte");
    expect(() => parseCloseMessage(hex("03 e8 ff"))).toThrow("websocket: invalid utf8 payload in close frame");
    expect(() => parseCloseMessage(hex("03 e8 c3"))).toThrow("websocket: invalid utf8 payload in close frame");
  });
});

import { expect, test, vi } from "vitest";
import { type DialNetwork, dial } from "../../../src/rpc/browser/index.js";

test.each(["tcp", "tcp4", "tcp6", "tls", "unix"] as const)("dialling %s is refused", async (network) => {
  const refused = { name: "NotSupportedError", code: "ERR_NOT_SUPPORTED", feature: `dial ${network}` };
  await expect(dial(network, "127.0.0.1:1")).rejects.toMatchObject(refused);
});

test("a network that there is nowhere is unknown", async () => {
  await expect(dial("foo" as DialNetwork, "127.0.0.1:1")).rejects.toThrow("dial foo: unknown network foo");
});

test("a choice of certificates is refused", async () => {
  await expect(dial("wss", "127.0.0.1:1", { tls: {} })).rejects.toMatchObject({ feature: "tls" });
});

test("a codec that there is not is refused before anything is dialled", async () => {
  await expect(dial("ws", "127.0.0.1:1", { codec: "xml" as "gob" })).rejects.toThrow(TypeError);
});

test("a signal that has aborted rejects with its reason", async () => {
  const reason = new Error("enough");
  await expect(dial("ws", "127.0.0.1:1", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test.each([
  ["ws", "127.0.0.1:1234", "ws://127.0.0.1:1234/"],
  ["wss", "example.com/rpc", "wss://example.com/rpc"],
  ["ws", "wss://example.com/rpc?a=1", "wss://example.com/rpc?a=1"],
] as const)("%s at %s opens %s", async (network, address, url) => {
  const opened: string[] = [];
  class FakeWebSocket extends EventTarget {
    constructor(at: string) {
      super();
      opened.push(at);
      throw new DOMException("refused by the test", "SecurityError");
    }
  }
  vi.stubGlobal("WebSocket", FakeWebSocket);
  await expect(dial(network, address)).rejects.toMatchObject({ name: "OpError" });
  vi.unstubAllGlobals();
  expect(opened).toEqual([url]);
});

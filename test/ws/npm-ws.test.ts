import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import * as ws from "../../src/ws/index.js";

const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20];

interface Pair {
  ours: ws.Conn;
  theirs: WebSocket;
}

async function npmServer(): Promise<Pair> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "b" });
  await once(server, "listening");
  const connected = once(server, "connection");
  const { port } = server.address() as AddressInfo;
  const ours = await ws.dial(`ws://127.0.0.1:${port}/`, {
    subprotocols: ["a", "b"],
    headers: { "X-Test": ["1", "2"] },
  });
  const [theirs] = (await connected) as [WebSocket];
  server.close();
  return { ours, theirs };
}

async function npmClient(): Promise<Pair> {
  const listener = await ws.listen("127.0.0.1:0", { path: "/x", subprotocols: ["a", "b"] });
  const theirs = new WebSocket(listener.addr.toString(), ["c", "b", "a"]);
  const [ours] = await Promise.all([listener.accept(), once(theirs, "open")]);
  listener.close();
  return { ours, theirs };
}

describe.each([
  ["a server", npmServer],
  ["a client", npmClient],
])("npm ws as %s", (_, make) => {
  test("agrees on a subprotocol", async () => {
    const { ours, theirs } = await make();
    expect(ours.subprotocol).toBe("b");
    expect(theirs.protocol).toBe("b");
    theirs.close();
    await expect(ours.readMessage()).rejects.toMatchObject({ closeCode: 1005 });
    await ours.closed;
  });

  test.each(sizes)("echoes %i bytes, binary and text", async (n) => {
    const { ours, theirs } = await make();
    theirs.on("message", (data: RawData, binary: boolean) => theirs.send(data, { binary }));
    const data = Uint8Array.from({ length: n }, (_, i) => i * 11);
    await ours.writeMessage(ws.BinaryMessage, data);
    const back = await ours.readMessage();
    expect(back.type).toBe(ws.BinaryMessage);
    expect(Buffer.compare(back.data, data)).toBe(0);
    const text = "é".repeat(n >> 1) + "x".repeat(n & 1);
    await ours.writeMessage(ws.TextMessage, text);
    const again = await ours.readMessage();
    expect(again.type).toBe(ws.TextMessage);
    expect(again.text() === text).toBe(true);
    ours.close();
    await ours.closed;
  });

  test("pings and is pinged", async () => {
    const { ours, theirs } = await make();
    expect(await ours.ping()).toBeGreaterThanOrEqual(0);
    expect(await ours.ping("x".repeat(125))).toBeGreaterThanOrEqual(0);
    theirs.ping("payload");
    const [data] = (await once(theirs, "pong")) as [Buffer];
    expect(data.toString()).toBe("payload");
    ours.close();
    await ours.closed;
  });

  test.each([
    [1000, "bye"],
    [1001, ""],
    [1011, "oops"],
    [3000, ""],
    [4999, "é"],
  ])("sees our close code %i, and we see theirs", async (code, reason) => {
    const a = await make();
    const closed = once(a.theirs, "close");
    a.ours.close(code, reason);
    const [gotCode, gotReason] = (await closed) as [number, Buffer];
    expect([gotCode, gotReason.toString()]).toEqual([code, reason]);
    await a.ours.closed;

    const b = await make();
    b.theirs.close(code, reason);
    await expect(b.ours.readMessage()).rejects.toMatchObject({ closeCode: code, text: reason });
    await Promise.all([b.ours.closed, once(b.theirs, "close")]);
  });

  test("that terminates is 1006", async () => {
    const { ours, theirs } = await make();
    theirs.terminate();
    const err = await ours.readMessage().catch((e: unknown) => e);
    expect(err).toBeInstanceOf(ws.CloseError);
    await ours.closed;
  });

  test("sends fragments", async () => {
    const { ours, theirs } = await make();
    theirs.send("Hel", { fin: false });
    theirs.send("lo", { fin: true });
    expect((await ours.readMessage()).text()).toBe("Hello");
    ours.close();
    await ours.closed;
  });
});

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { type PerMessageDeflateOptions, type RawData, WebSocket, WebSocketServer } from "ws";
import * as ws from "../../src/ws/index.js";
import { sameBytes } from "../support/bytes.js";

const sizes = [0, 1, 125, 126, 1023, 65_535, 65_536, 1 << 20];

interface Pair {
  ours: ws.Conn;
  theirs: WebSocket;
  /** The parameters that were agreed. */
  agreed: string;
}

type Make = (ours: ws.DialOptions & ws.ListenOptions, theirs: boolean | PerMessageDeflateOptions) => Promise<Pair>;

const npmServer: Make = async (options, perMessageDeflate) => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate });
  await once(server, "listening");
  let agreed = "";
  server.once("headers", (lines) => {
    agreed = lines.find((line) => line.startsWith("Sec-WebSocket-Extensions: "))?.slice(26) ?? "";
  });
  const connected = once(server, "connection");
  const { port } = server.address() as AddressInfo;
  const ours = await ws.dial(`ws://127.0.0.1:${port}/`, options);
  const [theirs] = (await connected) as [WebSocket];
  server.close();
  return { ours, theirs, agreed };
};

const npmClient: Make = async (options, perMessageDeflate) => {
  const listener = await ws.listen("127.0.0.1:0", options);
  const theirs = new WebSocket(listener.addr.toString(), { perMessageDeflate });
  const [ours, [response]] = await Promise.all([
    listener.accept(),
    once(theirs, "upgrade") as Promise<[IncomingMessage]>,
    once(theirs, "open"),
  ]);
  listener.close();
  return { ours, theirs, agreed: response.headers["sec-websocket-extensions"] ?? "" };
};

const on = { thresholdBytes: 0 };
const kept = { thresholdBytes: 0, contextTakeover: true };
const all = { threshold: 0 };

/** What repeats itself from afar, and what does not. */
function payload(n: number): Uint8Array {
  const block = crypto.getRandomValues(new Uint8Array(3000));
  const data = new Uint8Array(n);
  for (let at = 0; at < n; at += block.length) data.set(block.subarray(0, n - at), at);
  return data;
}

describe.each([
  ["a server", npmServer],
  ["a client", npmClient],
])("npm ws as %s, and compression", (_, make) => {
  test.each<
    [string, Exclude<ws.DialOptions["enableCompression"], undefined>, boolean | PerMessageDeflateOptions, RegExp]
  >([
    ["neither has it", false, false, /^$/],
    ["only we have it", true, false, /^$/],
    ["only they have it", false, true, /^$/],
    ["all by default", true, true, /server_no_context_takeover.*client_no_context_takeover/],
    ["no contexts kept by us", on, all, /server_no_context_takeover.*client_no_context_takeover/],
    ["contexts kept by both", kept, all, /^permessage-deflate$/],
    ["the server's context not kept", kept, { ...all, serverNoContextTakeover: true }, /server_no_context_takeover/],
    ["the client's context not kept", kept, { ...all, clientNoContextTakeover: true }, /client_no_context_takeover/],
    [
      "windows of 10 bits that they want",
      kept,
      { ...all, serverMaxWindowBits: 10, clientMaxWindowBits: 10 },
      /server_max_window_bits=10/,
    ],
    [
      "windows of 9 bits that they want, contexts not kept",
      on,
      { ...all, serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
      /server_max_window_bits=9/,
    ],
    [
      "windows of 10 bits that we want",
      { ...kept, windowBits: 10, peerWindowBits: 10 },
      all,
      /(?=.*server_max_window_bits=10).*client_max_window_bits=10/,
    ],
    [
      "windows of both",
      { ...kept, windowBits: 11, peerWindowBits: 11 },
      { ...all, serverMaxWindowBits: 11, clientMaxWindowBits: 11 },
      /(?=.*server_max_window_bits=11).*client_max_window_bits=11/,
    ],
    ["our best level", { ...kept, level: 9 }, { ...all, zlibDeflateOptions: { level: 1 } }, /^permessage-deflate$/],
  ])("%s", async (_, enableCompression, perMessageDeflate, expected) => {
    const { ours, theirs, agreed } = await make({ enableCompression }, perMessageDeflate);
    expect(agreed).toMatch(expected);
    theirs.on("message", (data: RawData, binary: boolean) => theirs.send(data, { binary }));
    for (const n of sizes) {
      const data = payload(n);
      await ours.writeMessage(ws.BinaryMessage, data);
      sameBytes((await ours.readMessage()).data, data);
      const text = "grüße ".repeat(n >> 3);
      await ours.writeMessage(ws.TextMessage, text);
      expect((await ours.readMessage()).text() === text).toBe(true);
    }
    ours.close();
    await ours.closed;
  });

  test("many at once, in fragments, prepared, and with pings between", async () => {
    const { ours, theirs } = await make({ enableCompression: kept }, all);
    const got: string[] = [];
    theirs.on("message", (data: Buffer) => got.push(data.toString()));
    const want: string[] = [];
    const prepared = new ws.PreparedMessage(ws.TextMessage, "prepared ".repeat(50));
    for (let i = 0; i < 100; i++) {
      want.push(`message ${i} `.repeat(i), `parts ${i}${"x".repeat(i)}`, "prepared ".repeat(50));
      void ours.writeMessage(ws.TextMessage, want.at(-3) as string);
      const writer = await ours.nextWriter(ws.TextMessage);
      await writer.write(new TextEncoder().encode(`parts ${i}`));
      ours.ping().catch(() => {}); // it may not be answered before the end
      await writer.write(new TextEncoder().encode("x".repeat(i)));
      await writer.close();
      await ours.writePreparedMessage(prepared);
    }
    const closed = once(theirs, "close");
    ours.close(1000);
    await Promise.all([closed, ours.closed]);
    expect(got).toEqual(want);
  });

  test("streams in, message by message", async () => {
    const { ours, theirs } = await make({ enableCompression: kept }, all);
    const want = ["one", "two ".repeat(10_000), "", "four"];
    for (const text of want) {
      theirs.send(text.slice(0, 5), { fin: false });
      theirs.send(text.slice(5), { fin: true });
    }
    for (const text of want) {
      const { type, reader } = await ours.nextReader();
      expect(type).toBe(ws.TextMessage);
      const p = new Uint8Array(1000);
      let got = "";
      for (let n = await reader.read(p); n !== null; n = await reader.read(p))
        got += Buffer.from(p).toString("utf8", 0, n);
      expect(got).toBe(text);
    }
    theirs.close(1000);
    await ours.closed;
  });

  test("is held to our limit once inflated", async () => {
    const a = await make({ enableCompression: on, maxMessageBytes: 10_000 }, all);
    const told = once(a.theirs, "close");
    a.theirs.send(new Uint8Array(1 << 20));
    await expect(a.ours.readMessage()).rejects.toBeInstanceOf(ws.ReadLimitError);
    expect((await told)[0]).toBe(1009);
    await a.ours.closed;
  });
});

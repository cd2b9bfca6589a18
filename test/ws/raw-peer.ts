import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { FrameReader } from "../../src/ws/frame-reader.js";
import type { Conn } from "../../src/ws/index.js";
import * as ws from "../../src/ws/index.js";
import { join, Recorder, type Told } from "./frames.js";

const testKey = "dGhlIHNhbXBsZSBub25jZQ==";

/** The request of a handshake, by hand. Header fields that are `null` are left out. */
export function upgradeRequest(fields: Record<string, string | null> = {}, line = "GET / HTTP/1.1"): string {
  const all: Record<string, string | null> = {
    Host: "example.com",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": testKey,
    "Sec-WebSocket-Version": "13",
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${line}\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** A peer that speaks bytes: frames made by hand, answers kept. */
export class RawPeer {
  readonly socket: Socket;
  readonly recorder = new Recorder();
  readonly #reader: FrameReader;
  #ended: Promise<unknown>;

  constructor(socket: Socket, isServer: boolean) {
    this.socket = socket;
    this.#reader = new FrameReader({ masked: isServer, maxMessageBytes: Number.POSITIVE_INFINITY }, this.recorder);
    socket.on("error", () => {});
    this.#ended = new Promise((resolve) => socket.once("close", resolve));
    socket.once("end", () => socket.end());
    socket.on("data", (chunk: Uint8Array) => this.#reader.push(chunk));
  }

  send(...frames: Uint8Array[]): void {
    this.socket.write(join(frames));
  }

  /** Waits until the other side has sent so many frames. */
  async frames(n: number): Promise<Told[]> {
    while (this.recorder.told.length < n) await once(this.socket, "data");
    return this.recorder.told;
  }

  /** Waits until the connection is over; resolves to the last frame. */
  async end(): Promise<Told | undefined> {
    await this.#ended;
    return this.recorder.told.at(-1);
  }
}

/** What arrives up to the empty line, and what is behind it. */
export async function readHead(socket: Socket): Promise<{ head: string; rest: Uint8Array }> {
  let bytes = Buffer.alloc(0);
  while (bytes.indexOf("\r\n\r\n") < 0) {
    const chunk = (await Promise.race([once(socket, "data"), once(socket, "end").then(() => [])])) as Buffer[];
    if (chunk[0] === undefined) break;
    bytes = Buffer.concat([bytes, chunk[0]]);
  }
  const at = bytes.indexOf("\r\n\r\n") + 4;
  return { head: bytes.subarray(0, at).toString("latin1"), rest: bytes.subarray(at) };
}

/** Our server with a client that speaks bytes. */
export async function rawClient(options: ws.ListenOptions = {}): Promise<{ conn: Conn; peer: RawPeer }> {
  const listener = await ws.listen("127.0.0.1:0", options);
  const socket = connect({ host: "127.0.0.1", port: listener.addr.port, noDelay: true });
  socket.write(upgradeRequest());
  const [conn] = await Promise.all([listener.accept(), readHead(socket)]);
  listener.close();
  return { conn, peer: new RawPeer(socket, false) };
}

/** Our client with a server that speaks bytes. `behind` goes out together with the 101. */
export async function rawServer(
  options: ws.DialOptions = {},
  behind = new Uint8Array(0),
): Promise<{ conn: Conn; peer: RawPeer }> {
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const met = (async () => {
    const [socket] = (await once(server, "connection")) as [Socket];
    const { head } = await readHead(socket);
    const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? "";
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const answer = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    const peer = new RawPeer(socket, true);
    socket.write(join([new TextEncoder().encode(answer), behind]));
    return peer;
  })();
  const conn = await ws.dial(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, options);
  server.close();
  return { conn, peer: await met };
}

/** Two ends of ours. */
export async function connect2(
  listenOptions: ws.ListenOptions = {},
  dialOptions: ws.DialOptions = {},
): Promise<{ client: Conn; server: Conn }> {
  const listener = await ws.listen("127.0.0.1:0", listenOptions);
  const [client, server] = await Promise.all([ws.dial(listener.addr.toString(), dialOptions), listener.accept()]);
  listener.close();
  return { client, server };
}

/** Closes both ends, and waits for it. */
export async function closeAll(...conns: Conn[]): Promise<void> {
  for (const conn of conns) conn.close();
  await Promise.all(conns.map((conn) => conn.closed));
}

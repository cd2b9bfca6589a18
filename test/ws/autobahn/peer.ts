import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import * as ws from "../../../src/ws/index.js";
import { bytesOf, Decoder, encode, type Frame } from "./wire.js";

/** Which end is ours; the other is a {@link Peer}. */
export type Role = "server" | "client";
export const roles: readonly Role[] = ["server", "client"];

export const Text = 1;
export const Binary = 2;
export const Close = 8;
export const Ping = 9;
export const Pong = 10;

/** What of a frame is not as usual. */
export interface Oddities {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
}

/** How the two meet. */
export interface Meeting {
  readonly options?: ws.ListenOptions & ws.DialOptions;
  /** The peer's `Sec-WebSocket-Extensions`: what it offers as a client, or answers as a server. */
  readonly extensions?: string | ((offered: string) => string);
}

/** The end that is not ours: it speaks bytes, and sees frames. */
export class Peer {
  readonly socket: Socket;
  /** What the other end has said in its `Sec-WebSocket-Extensions`. */
  readonly extensions: string;
  readonly #isServer: boolean;
  readonly #decoder = new Decoder();
  readonly #frames: Frame[] = [];
  /** Those of a message under way. */
  readonly #begun: Frame[] = [];
  readonly #closed: Promise<unknown>;
  /** The conn at the other end. */
  conn: ws.Conn | null = null;

  constructor(socket: Socket, isServer: boolean, extensions: string, early: Uint8Array) {
    this.socket = socket;
    this.extensions = extensions;
    this.#isServer = isServer;
    this.#closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    socket.once("end", () => socket.end());
    this.#push(early);
    socket.on("data", (chunk: Uint8Array) => this.#push(chunk));
  }

  /** Makes a frame, masked as it must be. */
  frame(opcode: number, payload: Uint8Array | string = "", odd: Oddities = {}): Uint8Array {
    const masked = !this.#isServer;
    return encode({ fin: true, rsv: 0, masked, ...odd, opcode, payload: bytesOf(payload) });
  }

  /** Makes the frame of a close message. */
  close(code: number, text: Uint8Array | string = ""): Uint8Array {
    return this.frame(Close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), bytesOf(text)]));
  }

  /** Sends bytes at once or, if `chop` is given, so many at a time, each of which arrives alone. */
  async send(parts: Uint8Array | readonly Uint8Array[], chop = Number.POSITIVE_INFINITY): Promise<void> {
    const bytes = parts instanceof Uint8Array ? parts : Buffer.concat(parts);
    for (let at = 0; at < bytes.byteLength; at += chop) {
      this.socket.write(bytes.subarray(at, at + Math.min(chop, bytes.byteLength)));
      if (chop < bytes.byteLength) await setImmediate();
    }
  }

  /** Waits for the next frame; `null` when the connection is over. */
  async next(): Promise<Frame | null> {
    while (this.#frames.length === 0 && !this.socket.closed) {
      await Promise.race([once(this.socket, "data"), this.#closed]);
    }
    return this.#frames.shift() ?? null;
  }

  /** Waits for the next message, whole; a control message counts as one, and comes before the message that it interrupts. */
  async message(): Promise<Said> {
    for (let frame = await this.next(); frame !== null; frame = await this.next()) {
      const { opcode, rsv, fin, payload } = frame;
      if (opcode >= Close) return { opcode, rsv, payload };
      if ((opcode === 0) !== this.#begun.length > 0) throw new Error(`opcode ${opcode} out of turn`);
      this.#begun.push(frame);
      if (!fin) continue;
      const frames = this.#begun.splice(0);
      return { ...(frames[0] as Frame), payload: Buffer.concat(frames.map((each) => each.payload)) };
    }
    throw new Error("the connection is over");
  }

  /** Waits for the end of the connection; resolves to the messages up to it. */
  async rest(): Promise<Said[]> {
    const isClose = ({ opcode }: Frame) => opcode === Close;
    while (!this.#frames.some(isClose) && !this.socket.closed) {
      await Promise.race([once(this.socket, "data"), this.#closed]);
    }
    const start = performance.now();
    if (this.#isServer) this.socket.end(); // RFC 6455 section 7.1.1: the server is the first to end the connection
    await Promise.all([this.#closed, this.conn?.closed]);
    expect(performance.now() - start).toBeLessThan(4000); // else it was cut after closeTimeoutMs, 5 s
    const said: Said[] = [];
    while (this.#frames.length > 0) said.push(await this.message());
    return said;
  }

  #push(chunk: Uint8Array): void {
    for (const frame of this.#decoder.push(chunk)) {
      if (frame.masked !== this.#isServer) this.socket.destroy(new Error("masked wrongly"));
      this.#frames.push(frame);
    }
  }
}

/** A message, as it came. */
export interface Said {
  readonly opcode: number;
  readonly rsv: number;
  readonly payload: Uint8Array;
}

/** Prints what was said, for tests to compare; long payloads by their digest. */
export function print({ opcode, payload }: Said): string {
  if (opcode === Close) return payload.byteLength < 2 ? "close" : `close ${Buffer.from(payload).readUInt16BE()}`;
  const name = { [Text]: "text", [Binary]: "binary", [Ping]: "ping", [Pong]: "pong" }[opcode] ?? `opcode ${opcode}`;
  return `${name} ${printPayload(payload)}`;
}

function printPayload(payload: Uint8Array): string {
  if (payload.byteLength < 100) return Buffer.from(payload).toString("latin1");
  return `${payload.byteLength} bytes ${createHash("sha1").update(payload).digest("hex")}`;
}

/** Prints a message that is wanted. */
export function say(opcode: number, data: Uint8Array | string = ""): string {
  return print({ opcode, rsv: 0, payload: bytesOf(data) });
}

/** A conn of ours and its peer, for one test. */
export async function meet(role: Role, meeting: Meeting = {}): Promise<{ conn: ws.Conn; peer: Peer }> {
  const met = await (role === "server" ? meetServer(meeting) : meetClient(meeting));
  met.peer.conn = met.conn;
  onTestFinished(async () => {
    met.peer.socket.destroy();
    met.conn.closeNow();
    await met.conn.closed;
  });
  return met;
}

/** A peer of a conn that sends back what it gets, message by message or, with {@link stream}, as it comes. */
export async function meetEcho(role: Role, meeting: Meeting = {}, behave = echo): Promise<Peer> {
  const { conn, peer } = await meet(role, meeting);
  behave(conn).catch(() => {}); // it tells its peer
  return peer;
}

/** Sends back the parts of messages as they come, in as many fragments. */
export async function stream(conn: ws.Conn): Promise<void> {
  const p = new Uint8Array(1300);
  for (;;) {
    const { type, reader } = await conn.nextReader();
    const writer = await conn.nextWriter(type);
    for (let n = await reader.read(p); n !== null; n = await reader.read(p)) await writer.write(p.subarray(0, n));
    await writer.close();
  }
}

export async function echo(conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

/** Requires that `sent` gets these answers, and that the conn is as it was. */
export async function converse(peer: Peer, sent: readonly Uint8Array[], answers: readonly string[], chop?: number) {
  const [got] = await Promise.all([said(peer, answers.length), peer.send(sent, chop)]);
  expect(got).toEqual(answers);
}

/** Waits for so many messages, and prints them. */
async function said(peer: Peer, count: number): Promise<string[]> {
  const all: string[] = [];
  while (all.length < count) all.push(print(await peer.message()));
  return all;
}

/** Requires that `sent` gets these answers, and that the connection ends then. */
export async function talk(peer: Peer, sent: readonly Uint8Array[], answers: readonly string[], chop?: number) {
  await peer.send(sent, chop);
  const said = await peer.rest();
  expect(said.map(print)).toEqual(answers);
}

async function meetServer({ options, extensions }: Meeting): Promise<{ conn: ws.Conn; peer: Peer }> {
  const listener = await ws.listen("127.0.0.1:0", options);
  const socket = connect({ host: "127.0.0.1", port: listener.addr.port, noDelay: true });
  const key = randomBytes(16).toString("base64");
  const offer = typeof extensions === "string" ? `Sec-WebSocket-Extensions: ${extensions}\r\n` : "";
  const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13`;
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n${offer}\r\n`);
  const [conn, { head, rest }] = await Promise.all([listener.accept(), readHead(socket)]);
  listener.close();
  expect(head).toContain(`Sec-WebSocket-Accept: ${acceptOf(key)}\r\n`);
  return { conn, peer: new Peer(socket, false, field(head, "Sec-WebSocket-Extensions"), rest) };
}

async function meetClient({ options, extensions }: Meeting): Promise<{ conn: ws.Conn; peer: Peer }> {
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const answered = once(server, "connection").then(([socket]) => answer(socket as Socket, extensions));
  const { port } = server.address() as AddressInfo;
  try {
    const conn = await ws.dial(`ws://127.0.0.1:${port}/`, options);
    return { conn, peer: await answered };
  } catch (err) {
    (await answered).socket.destroy();
    throw err;
  } finally {
    server.close();
  }
}

async function answer(socket: Socket, extensions: Meeting["extensions"]): Promise<Peer> {
  const { head, rest } = await readHead(socket);
  const offered = field(head, "Sec-WebSocket-Extensions");
  const agreed = typeof extensions === "function" ? extensions(offered) : (extensions ?? "");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptOf(field(head, "Sec-WebSocket-Key"))}`,
    ...(agreed === "" ? [] : [`Sec-WebSocket-Extensions: ${agreed}`]),
  ];
  const peer = new Peer(socket, true, offered, rest);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return peer;
}

/** Reads up to the empty line; resolves to what is before and what is behind it. */
async function readHead(socket: Socket): Promise<{ head: string; rest: Uint8Array }> {
  let bytes = Buffer.alloc(0);
  let at = -1;
  for (; at < 0; at = bytes.indexOf("\r\n\r\n")) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  return { head: bytes.subarray(0, at + 4).toString("latin1"), rest: bytes.subarray(at + 4) };
}

/** RFC 6455 section 4.2.2. */
function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** Finds a field in the head of a request or an answer; empty if it is not there. */
function field(head: string, name: string): string {
  return new RegExp(`^${name}: *(.*?)\\r$`, "im").exec(head)?.[1] ?? "";
}

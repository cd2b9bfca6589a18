import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTLSServer, type TlsOptions } from "node:tls";
import { expect } from "vitest";
import { Dialer } from "../../src/ws/dialer.js";
import { acceptKey } from "../../src/ws/handshake.js";
import * as ws from "../../src/ws/index.js";
import type { DialerOptions } from "../../src/ws/options.js";
import { readHead } from "./raw-peer.js";

/** A server of bytes. */
export interface ByteServer {
  readonly port: number;
  /** Of the scheme `ws` or `wss`. */
  readonly url: string;
  /** What clients have asked for so far. */
  readonly requests: readonly string[];
  /** Waits until all clients are gone. */
  gone(): Promise<void>;
  close(): void;
}

/** What a server answers to a request: text, or what it does with the socket. */
export type Answer = string | ((request: string, socket: Socket) => void);

/** A server that answers every request alike, on TLS if it is given a certificate. */
export async function answering(answer: Answer, pem?: TlsOptions, path?: string): Promise<ByteServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    socket.on("error", () => {});
    void readHead(socket).then(({ head }) => {
      requests.push(head);
      if (typeof answer === "string") socket.end(answer);
      else answer(head, socket);
    });
  };
  const server: Server = pem === undefined ? createServer(serve) : createTLSServer(pem, serve);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(path ?? { port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${pem === undefined ? "ws" : "wss"}://127.0.0.1:${port}/`,
    requests,
    async gone() {
      await Promise.all([...sockets].map((socket) => once(socket.resume(), "close")));
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The head of an answer that agrees, with more header fields. */
export function agreeing(request: string, ...fields: readonly string[]): string {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1] ?? "";
  const own = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${acceptKey(key)}`];
  return `HTTP/1.1 101 Switching Protocols\r\n${[...own, ...fields].join("\r\n")}\r\n\r\n`;
}

/** Agrees, and sends two messages in the same packet, the second of which is cut. */
export function agreeAndSend(request: string, socket: Socket): void {
  socket.write(Buffer.concat([Buffer.from(agreeing(request)), Buffer.from([0x81, 2, 0x68, 0x69, 0x81, 3, 0x79])]));
  setImmediate(() => socket.write(Buffer.from([0x6f, 0x75])));
}

/** Expects what {@link agreeAndSend} sends. */
export async function hearsBoth(conn: ws.Conn): Promise<void> {
  expect((await conn.readMessage()).text()).toBe("hi");
  expect((await conn.readMessage()).text()).toBe("you");
  conn.closeNow();
  await conn.closed;
}

/** A server that sends all messages back. */
export async function echoServer(options: ws.ListenOptions = {}) {
  const listener = await ws.listen("127.0.0.1:0", options);
  void (async () => {
    for await (const conn of listener) void echo(conn).catch(() => {});
  })();
  return listener;
}

async function echo(conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

/** Dials, sends a message there and back, and closes. */
export async function roundTrip(url: string, options: DialerOptions): Promise<void> {
  const { conn } = await new Dialer(options).dial(url);
  const data = crypto.getRandomValues(new Uint8Array(10_000));
  await conn.writeMessage(ws.BinaryMessage, data);
  expect(Buffer.compare((await conn.readMessage()).data, data)).toBe(0);
  conn.close();
  await conn.closed;
}
